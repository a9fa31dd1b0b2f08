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
    key,
    listing,
    nearest,
    quote,
    renamed,
)

_KINDS = ("AWS", "CanonicalUser", "Federated", "Service")


class InvalidPrincipalKey(StatementRule):
    """A principal stands under a key that is no kind of principal.

    ## Why it matters
    IAM refuses to save the policy. The kinds are `AWS`, `CanonicalUser`, `Federated` and `Service`, in these
    capitals.

    ## What to do instead
    Accounts, users, roles and their sessions go under `AWS`, identity providers under `Federated`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_PRINCIPAL_KEY"
    kinds = PRINCIPAL_KINDS
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Principal":{"AWS":"*","Service":"s3.amazonaws.com"},"Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Deny","NotPrincipal":{"CanonicalUser":"79a5"},"Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}'),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":{«"User"»:"x"},"Action":"s3:*","Resource":"*"}', kind="resource"),
        Bad(
            '{"Effect":"Allow","Principal":{«"aws"»:"111122223333"},"Action":"sts:AssumeRole"}',
            kind="trust",
            why="capitals",
            rewritten='{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}',
            verdict="wider",
        ),
        Bad(
            '{"Effect":"Deny","NotPrincipal":{"AWS":"*",«"Services"»:[]},"Action":"s3:*","Resource":"*"}',
            kind="resource",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for element in ("Principal", "NotPrincipal"):
            principals = statement.value.get(element)
            for kind in principals if isinstance(principals, dict) else ():
                if kind not in _KINDS:
                    near = nearest(kind, _KINDS)
                    advice = f"did you mean {quote(near)}?" if near else f"write one of {listing(_KINDS)}"
                    path = statement.at(element, kind)
                    yield self.finding(
                        key(path),
                        f"{quote(kind)} is no kind of principal; {advice}",
                        rewrite=partial(renamed, principals, path, near),
                    )
