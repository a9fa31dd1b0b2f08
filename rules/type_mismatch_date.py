from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, is_date, meant_date, misfits


class TypeMismatchDate(StatementRule):
    """A value under a date operator is no date.

    ## Why it matters
    The comparison never succeeds: a grant that should end never starts, a Deny that should begin never does.

    ## What to do instead
    Write the date in ISO 8601, such as `2026-04-01T00:00:00Z`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "TYPE_MISMATCH_DATE"
    elements = frozenset(("Condition",))
    operators = frozenset(("date",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2026-04-01T00:00:00Z"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":["2026-04","2026-04-01","2026-04-01T10:30+02:00"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:EpochTime":1700000000}}}',
            why="seconds since 1970",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"tomorrow"}}}',
            why="another type",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":«"tomorrow"»}}}'
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"DateGreaterThanIfExists":{"aws:TokenIssueTime":["2026-04-01",«"2026-13-01"»]}}}',
            why="no such month",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"dateEquals":{"aws:CurrentTime":«"01.04.2026"»}}}'
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"DateLessThan":{"aws:CurrentTime":«"2026-04-01 10:00:00"»}}}',
            why="a T stands between date and time",
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"DateLessThan":{"aws:CurrentTime":"2026-04-01T10:00:00"}}}',
            verdict="wider",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from misfits(self, statement, ("Date",), is_date, "a date like `2026-04-01T00:00:00Z`", meant_date)
