from collections.abc import Iterator

from iamlint.rule import PRINCIPAL_KINDS, Bad, Context, Good, Hit, Severity, Statement, StatementRule, missing


class MissingPrincipal(StatementRule):
    """A statement of a resource-based policy has neither Principal nor NotPrincipal.

    ## Why it matters
    A policy that is attached to a resource must say whom it is about; without that the service refuses it.

    ## What to do instead
    Add `Principal` with the accounts, roles or services that need the resource.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "MISSING_PRINCIPAL"
    kinds = PRINCIPAL_KINDS
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}', why="identity policies name nobody"),
        Good('{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Deny","Principal":{},"Action":"s3:*","Resource":"*"}', why="emptiness is another rule"),
    ]
    bad = [
        Bad('«{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}»', kind="resource"),
        Bad('«{"Effect":"Allow","Action":"sts:AssumeRole"}»', kind="trust"),
        Bad(
            '«{"Effect":"Allow","Principals":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}»',
            kind="trust",
            rewritten='{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}',
            verdict="wider",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        yield from missing(self, statement, ("Principal", "NotPrincipal"), "add the principals that it is about")
