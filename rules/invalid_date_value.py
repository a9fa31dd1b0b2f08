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
    date_of_number,
    is_number,
    parse_operator,
    quote,
    written,
)


class InvalidDateValue(StatementRule):
    """A date in a condition is written as a bare number.

    ## Why it matters
    IAM reads a number as seconds since 1970. `2026` is then no year but the evening of that day: an Allow until then
    gives nothing, a Deny from then on is always in force. Nobody sees which day `1900000000` is.

    ## What to do instead
    Write the date: `2026-01-01` or `2026-01-01T08:00:00Z`.

    ## When it can be wrong
    `aws:EpochTime` is itself a number of seconds; there only what looks like a year is reported.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.WARNING
    aws = "INVALID_DATE_VALUE"
    elements = frozenset(("Condition",))
    operators = frozenset(("date",))
    tags = ("validity",)

    good = [
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2026-04-01"}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"DateLessThan":{"aws:CurrentTime":["2026-04","2026-04-01T10:00:00Z"]}}}'
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:EpochTime":"1900000000"},'
            '"NumericLessThan":{"aws:EpochTime":2026}}}',
            why="a key, and an operator, for numbers",
        ),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"tomorrow"}}}',
            why="no date at all: another rule",
        ),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":«"2021"»},'
            '"DateLessThan":{"aws:CurrentTime":"2022-12-31"}}}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*",'
            '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2021-01-01"},'
            '"DateLessThan":{"aws:CurrentTime":"2022-12-31"}}}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"dategreaterthanifexists":{'
            '"aws:TokenIssueTime":["2026-04-01",«"1700000000"»,«1700000000»]}}}',
            rewritten='{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"dategreaterthanifexists":{'
            '"aws:TokenIssueTime":["2026-04-01","2023-11-14T22:13:20Z","2023-11-14T22:13:20Z"]}}}',
            verdict="equivalent",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:EpochTime":«2027»}}}',
            why="meant as a year",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for condition in statement.conditions:
            operator = parse_operator(condition.operator)
            if operator is None or operator.family != "Date":
                continue
            in_seconds = condition.key.lower() == "aws:epochtime"
            for item in condition.values:
                is_year = len(item.text) == 4 and item.text.isdecimal()
                if is_year or (is_number(item.text) and not in_seconds):
                    date = f"{item.text}-01-01" if is_year else date_of_number(item.text)
                    advice = f"write {quote(date)}" if date else "write the date as `YYYY-MM-DD`"
                    yield self.finding(
                        item,
                        f"{quote(item)} counts as seconds since 1970; {advice}",
                        rewrite=partial(written, item.path, date),
                    )
