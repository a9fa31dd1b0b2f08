from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    MOST_ENTRIES,
    PRINCIPAL_KINDS,
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    Path,
    Put,
    Severity,
    Statement,
    StatementRule,
    is_account,
    parse_service_principal,
    quote,
    written,
)


class InvalidPrincipalFormat(StatementRule):
    """Principal is a list, or a string other than `*`.

    ## Why it matters
    IAM refuses to save the policy: each principal stands under the kind that it is of.

    ## What to do instead
    Write `{"AWS": "111122223333"}`, `{"Service": "ec2.amazonaws.com"}`, or `"*"` for everybody.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_PRINCIPAL_FORMAT"
    kinds = PRINCIPAL_KINDS
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":7,"Action":"s3:*","Resource":"*"}', why="a wrong type is another rule"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Principal":«"111122223333"»,"Action":"s3:*","Resource":"*"}',
            kind="resource",
            rewritten='{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}',
            verdict="equivalent",
        ),
        Bad('{"Effect":"Allow","Principal":«["*"]»,"Action":"sts:AssumeRole"}', kind="trust"),
        Bad('{"Effect":"Deny","NotPrincipal":«""»,"Action":"s3:*","Resource":"*"}', kind="resource"),
        Bad('{"Effect":"Deny","Principal":«["*"]»,"Action":"s3:*","Resource":"*"}', kind="rcp"),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        everybody = statement.policy.kind == "rcp"  # which is the only Principal there
        for element in ("Principal", "NotPrincipal"):
            value = statement.value.get(element)
            if isinstance(value, str) and value != "*":
                advice = 'write `"*"`' if everybody else 'write {"AWS": …} or {"Service": …}'
                message = f"{element} is {quote(value)} without a kind; {advice}"
            elif isinstance(value, list):
                advice = 'write `"*"`' if everybody else 'put it under its kind, as in {"AWS": […]}'
                message = f"{element} is a list; {advice}"
            else:
                continue
            path = statement.at(element)
            yield self.finding(path, message, rewrite=partial(_rewrite, path, value, statement.policy.kind))


def _rewrite(path: Path, value: object, kind: str) -> Draft | None:
    """The principals under the kind that they all are of."""
    entries = value if isinstance(value, list) else [value]
    if entries == ["*"]:
        return written(path, "*") if kind != "trust" else None  # which takes no such principal
    kinds = {_kind(entry) for entry in entries if isinstance(entry, str)} if len(entries) <= MOST_ENTRIES else set()
    if kind == "rcp" or len(kinds) != 1 or None in kinds or not all(isinstance(entry, str) for entry in entries):
        return None
    return Draft("put it under its kind", (Put(path, {kinds.pop(): value}),))


def _kind(text: str) -> str | None:
    if text.startswith("arn:"):
        return "Federated" if ":oidc-provider/" in text or ":saml-provider/" in text else "AWS"
    if is_account(text):
        return "AWS"
    return "Service" if parse_service_principal(text) else None
