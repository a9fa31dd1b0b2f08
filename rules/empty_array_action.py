from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, dead_statement_out


class EmptyArrayAction(StatementRule):
    """Action or NotAction is a list without an entry.

    ## Why it matters
    A statement with an empty Action does nothing. With an empty NotAction it means all actions, which nobody reads
    into it.

    ## What to do instead
    Name the actions, or take the statement out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EMPTY_ARRAY_ACTION"
    elements = frozenset(("Action", "NotAction"))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Action":[{}],"Resource":"*"}', why="a wrong type is another rule"),
        Good('{"Effect":"Allow","Action":"","Resource":"*"}', why="an empty string is another rule"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":«[]»,"Resource":"*"}'),
        Bad(
            '{"Effect":"Allow","Action":«[]»,"Resource":"*"},{"Effect":"Allow","Action":"s3:*","Resource":"*"}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Deny","NotAction":«[]»,"Resource":"*"}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for element in ("Action", "NotAction"):
            if statement.value.get(element) == []:
                yield self.finding(
                    statement.at(element),
                    f"{element} lists nothing; name the actions or take the statement out",
                    rewrite=partial(dead_statement_out, statement) if element == "Action" else None,
                )
