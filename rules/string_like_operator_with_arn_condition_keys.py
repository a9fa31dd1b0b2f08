from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, as_arns, key_uses, quote


class StringLikeOperatorWithArnConditionKeys(StatementRule):
    """A condition compares an ARN by StringLike or StringNotLike.

    ## Why it matters
    In a string a `*` reaches over colons: `arn:aws:iam::*:role/x` also matches ARNs of other accounts, services and
    resources that contain `:role/x` somewhere. ARN operators compare field by field.

    ## What to do instead
    Write `ArnLike` or `ArnNotLike`, with all fields of the ARN in the pattern.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    aws = "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS"
    security_severity = 2.5
    elements = frozenset(("Condition",))
    operators = frozenset(("stringlike", "stringnotlike"))
    tags = ("security",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/x*"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/x"}}}',
            why="no pattern",
        ),
        Good(
            '{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringLike":{'
            '"kms:EncryptionContext:aws:s3:arn":"arn:aws:s3:::b*","aws:ResourceTag/arn":"arn:aws:s3:::b*"}}}',
            why="text that happens to look like an ARN",
        ),
        Good('{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotLike":{"aws:username":"a*"}}}'),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringLike":{«"aws:PrincipalArn"»:"arn:aws:iam::*:role/x"}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Deny","Action":"iam:AttachRolePolicy","Resource":"*",'
            '"Condition":{"stringnotlikeifexists":{«"iam:policyarn"»:["arn:aws:iam::aws:policy/job-function/*"]}}}',
            rewritten='{"Effect":"Deny","Action":"iam:AttachRolePolicy","Resource":"*",'
            '"Condition":{"ArnNotLikeIfExists":{"iam:policyarn":["arn:aws:iam::aws:policy/job-function/*"]}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAnyValue:StringLike":{'
            '«"dynamodb:FISTargetARNs"»:"arn:aws:dynamodb:*","aws:CalledVia":"a*"}}}',
            why="a key of several ARNs",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for use in key_uses(statement, ctx):
            condition, operator, key = use
            if operator.name in ("StringLike", "StringNotLike") and key.value_type == "ARN":
                better = operator.name.replace("String", "Arn")
                what = f"{quote(condition.key)} is an ARN, and a `*` of {operator.name} reaches over its colons"
                yield self.finding(
                    condition, f"{what}; use {quote(better)}", rewrite=partial(as_arns, use, statement, better)
                )
