from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    PRINCIPAL_KINDS,
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    Path,
    Severity,
    Statement,
    StatementRule,
    dead_statement_out,
    quote,
    taken_out,
)


class EmptyArrayPrincipal(StatementRule):
    """A kind of principal has a list without an entry.

    ## Why it matters
    The entry names nobody, so the statement grants or denies less than it seems to.

    ## What to do instead
    Name the principals, or take the entry out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EMPTY_ARRAY_PRINCIPAL"
    kinds = PRINCIPAL_KINDS
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Principal":{"AWS":["111122223333"]},"Action":"s3:*","Resource":"*"}', kind="resource"),
        Good('{"Effect":"Allow","Principal":{},"Action":"s3:*","Resource":"*"}', kind="resource", why="another rule"),
        Good(
            '{"Effect":"Allow","Principal":[],"Action":"s3:*","Resource":"*"}',
            kind="resource",
            why="no list: another rule",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":{"AWS":«[]»},"Action":"s3:*","Resource":"*"}', kind="resource"),
        Bad(
            '{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com","Federated":«[]»},"Action":"sts:AssumeRole"}',
            kind="trust",
            rewritten='{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}',
            verdict="equivalent",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for element in ("Principal", "NotPrincipal"):
            principals = statement.value.get(element)
            for kind, entries in principals.items() if isinstance(principals, dict) else ():
                if entries == []:
                    path = statement.at(element, kind)
                    yield self.finding(
                        path,
                        f"{element} lists nobody under {quote(kind)}; name somebody or take it out",
                        rewrite=partial(_rewrite, statement, element, path),
                    )


def _rewrite(statement: Statement, element: str, path: Path) -> Draft | None:
    principals = statement.value[element]
    if isinstance(principals, dict) and len(principals) > 1:
        return taken_out(path)
    return dead_statement_out(statement) if element == "Principal" else None
