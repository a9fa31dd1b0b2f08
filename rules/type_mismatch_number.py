from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, is_number, meant_number, misfits


class TypeMismatchNumber(StatementRule):
    """A value under a numeric operator is no number.

    ## Why it matters
    The comparison never succeeds: an Allow gives nothing, a Deny stops nobody; under NumericNotEquals it always does.

    ## What to do instead
    Write an integer or a decimal number, such as `3600`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "TYPE_MISMATCH_NUMBER"
    elements = frozenset(("Condition",))
    operators = frozenset(("numeric",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":10}}}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThanEqualsIfExists":{"aws:MultiFactorAuthAge":"3600"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"x:Ratio":["-0.5","1e3"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"ten"}}}',
            why="another type",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"s3:max-keys":"${aws:username}"}}}',
            why="a variable: another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":«"ten"»}}}'
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"NumericGreaterThanIfExists":{"aws:MultiFactorAuthAge":["60",«"1h"»]}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAllValues:numericEquals":{"s3:max-keys":«"1,000"»}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAllValues:numericEquals":{"s3:max-keys":"1000"}}}',
            verdict="wider",
        ),
        Bad('{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"s3:max-keys":«true»}}}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from misfits(self, statement, ("Numeric",), is_number, "a number", meant_number)
