from collections.abc import Iterator
from functools import partial

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, dead_statement_out


class EmptyArrayResource(StatementRule):
    """Resource or NotResource is a list without an entry.

    ## Why it matters
    A statement with an empty Resource does nothing. With an empty NotResource it means all resources, which
    nobody reads into it.

    ## What to do instead
    Name the resources, or take the statement out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EMPTY_ARRAY_RESOURCE"
    elements = frozenset(("Resource", "NotResource"))
    only_irregular = True
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Resource":["*"],"Action":"s3:*"}'),
        Good('{"Effect":"Allow","Resource":[{}],"Action":"s3:*"}', why="a wrong type is another rule"),
        Good('{"Effect":"Allow","Resource":"","Action":"s3:*"}', why="an empty string is another rule"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Resource":«[]»,"Action":"s3:*"}'),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Resource":«[]»,"Action":"sqs:*"}',
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Deny","NotResource":«[]»,"Action":"s3:*"}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for element in ("Resource", "NotResource"):
            if statement.value.get(element) == []:
                yield self.finding(
                    statement.at(element),
                    f"{element} lists nothing; name the resources or take the statement out",
                    rewrite=partial(dead_statement_out, statement) if element == "Resource" else None,
                )
