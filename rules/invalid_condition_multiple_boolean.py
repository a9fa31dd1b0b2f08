from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, parse_operator, quote, written


class InvalidConditionMultipleBoolean(StatementRule):
    """A boolean condition has several values.

    ## Why it matters
    IAM may refuse to save the policy; with both values the condition would ask for nothing.

    ## What to do instead
    Write the one value that is meant. Where the key only has to be there, write `Null` with `false`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_CONDITION_MULTIPLE_BOOLEAN"
    elements = frozenset(("Condition",))
    operators = frozenset(("bool", "null"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":["true"]}}}'),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:username":false}}}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"StringEquals":{"aws:ResourceTag/x":["true","false"]}}}',
            why="text",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"Bool":{"aws:SecureTransport":«["true", "false"]»,"aws:ViaAWSService":"true"}}}'
        ),
        Bad('{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"null":{"aws:username":«[true, true]»}}}'),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"boolifexists":{"aws:MultiFactorAuthPresent":«["false", "false"]»}}}',
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*",'
            '"Condition":{"boolifexists":{"aws:MultiFactorAuthPresent":"false"}}}',
            verdict="equivalent",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in statement.conditions:
            if len(condition.values) < 2:
                continue
            operator = parse_operator(condition.operator)
            if operator is not None and operator.family in ("Bool", "Null"):
                what = f"{quote(condition.operator)} takes one value for {quote(condition.key)}"
                one = condition.values[0].value if len({item.text.lower() for item in condition.values}) == 1 else None
                yield self.finding(
                    condition.path,
                    f"{what}, not {len(condition.values)}; keep the one that is meant",
                    rewrite=partial(written, condition.path, one),
                )
