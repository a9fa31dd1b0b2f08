from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    PRINCIPAL_KINDS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    dead_statement_out,
)


class EmptyObjectPrincipal(StatementRule):
    """Principal is an empty object.

    ## Why it matters
    The statement names nobody and so does nothing; with NotPrincipal it means everybody.

    ## What to do instead
    Name the principals: `{"AWS": "arn:aws:iam::111122223333:role/app"}`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.SUGGESTION
    aws = "EMPTY_OBJECT_PRINCIPAL"
    kinds = PRINCIPAL_KINDS
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}', kind="resource"),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":[]},"Action":"s3:*","Resource":"*"}',
            kind="resource",
            why="another rule",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":«{}»,"Action":"s3:*","Resource":"*"}', kind="resource"),
        Bad('{"Effect":"Allow","Principal":«{}»,"Action":"*"}', kind="trust"),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"},'
            '{"Effect":"Allow","Principal":«{}»,"Action":"s3:*","Resource":"*"}',
            kind="resource",
            rewritten='{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Deny","NotPrincipal":«{}»,"Action":"s3:*","Resource":"*"}', kind="resource"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for element in ("Principal", "NotPrincipal"):
            if statement.value.get(element) == {}:
                rewrite = partial(dead_statement_out, statement) if element == "Principal" else None
                message = f"{element} names nobody; name the principals"
                yield self.finding(statement.at(element), message, rewrite=rewrite)
