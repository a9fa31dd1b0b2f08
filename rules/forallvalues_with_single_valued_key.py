from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    is_single_valued,
    key_uses,
    quote,
    respelt,
    under,
)


class ForallvaluesWithSingleValuedKey(StatementRule):
    """An Allow compares a key of one value under ForAllValues.

    ## Why it matters
    `ForAllValues:` also holds where the request has no value at all. Whoever can make requests without the key passes
    the condition.

    ## What to do instead
    Leave `ForAllValues:` out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SECURITY_WARNING
    aws = "FORALLVALUES_WITH_SINGLE_VALUED_KEY"
    security_severity = 5.5
    effect = "Allow"
    elements = frozenset(("Condition",))
    operators = frozenset(("forallvalues",))
    tags = ("security",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"a"}}}',
            why="a key of several values",
        ),
        Good(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{"aws:username":"x"}}}',
            why="a Deny gets stricter by it",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAnyValue:StringEquals":{"aws:username":"x"},"ForAllValues:Null":{"aws:userid":"true"}}}',
            why="other qualifiers and Null are other rules",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAllValues:StringEquals":{"idp.example.com:groups":"x"}}}',
            why="nobody knows how many values a provider gives",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ForAllValues:ArnLike":{«"aws:PrincipalArn"»:"arn:aws:iam::111122223333:role/x"}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/x"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"idp.example.com"},'
            '"Condition":{"forallvalues:StringEquals":{«"idp.example.com:aud"»:"sts.amazonaws.com",'
            '«"idp.example.com:sub"»:["a"]}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"ForAllValues:StringLikeIfExists":'
            '{«"s3:prefix"»:["home/*"],"aws:TagKeys":"x"},"ForAllValues:StringEquals":{«"aws:RequestTag/a"»:"x"}}}'
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition, operator, key in key_uses(statement, ctx):
            if operator.quantifier == "ForAllValues" and operator.family != "Null" and is_single_valued(key):
                what = f"{quote(condition.key)} has one value, and `ForAllValues:` lets requests without it pass"
                plain = respelt(operator, operator.name, quantifier="")
                yield self.finding(
                    condition, f"{what}; leave the prefix out", rewrite=partial(under, statement, condition, plain)
                )
