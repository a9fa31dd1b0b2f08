from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    PARTITIONS,
    PRINCIPAL_KINDS,
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    PrincipalItem,
    Severity,
    Statement,
    StatementRule,
    entry_written,
    is_account,
    quote,
)


class MalformedPrincipal(StatementRule):
    """A principal under `AWS` has none of the forms that accounts, users, roles and sessions have.

    ## Why it matters
    IAM and the services refuse to save the policy.

    ## What to do instead
    Write an account (`111122223333`), the ARN of a user, role or session, or `*` for everybody.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """

    severity = Severity.ERROR
    kinds = PRINCIPAL_KINDS
    elements = frozenset(("Principal", "NotPrincipal"))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Principal":{"AWS":["*","111122223333"]},"Action":"s3:*","Resource":"*"}'),
        Good('{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":"sts:AssumeRole"}'),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":["AROAEXAMPLEEXAMPLEEXA","AIDAEXAMPLEID"]},"Action":"sts:AssumeRole"}',
            why="unique ids: another rule",
        ),
        Good(
            '{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::*:role/a"},"Action":"s3:*","Resource":"*"}',
            why="another rule",
        ),
        Good('{"Effect":"Allow","Principal":{"Service":"x"},"Action":"s3:*","Resource":"*"}', why="another kind"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Principal":{"AWS":«""»},"Action":"s3:*","Resource":"*"}', kind="resource"),
        Bad('{"Effect":"Allow","Principal":{"AWS":["*",«"role/app"»]},"Action":"sts:AssumeRole"}', kind="trust"),
        Bad(
            '{"Effect":"Deny","NotPrincipal":{"AWS":«"1111-2222-3333"»},"Action":"s3:*","Resource":"*"}',
            kind="resource",
            rewritten='{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}',
            verdict="incomparable",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for principal in statement.principals + statement.not_principals:
            if principal.type == "AWS" and not _is_principal(principal.text):
                message = f"{quote(principal)} is no principal" if principal.text else "a principal is empty"
                yield self.finding(
                    principal,
                    f"{message}; write an account number, an ARN or `*`",
                    rewrite=partial(_rewrite, statement, principal),
                )


def _rewrite(statement: Statement, principal: PrincipalItem) -> Draft | None:
    """An account's number without what is written between its digits, an ARN with its first field."""
    text = principal.text.strip()
    digits = text.replace("-", "").replace(" ", "")
    if is_account(digits):
        return entry_written(statement.policy, principal.path, digits)
    if text[:4].lower() == "arn:":
        return entry_written(statement.policy, principal.path, f"arn:{text[4:]}")
    is_arn = text.partition(":")[0] in PARTITIONS and text.count(":") >= _COLONS
    return entry_written(statement.policy, principal.path, f"arn:{text}") if is_arn else None


_COLONS = 4


def _is_principal(text: str) -> bool:
    """True iff `text` may be one; what has a wildcard or a variable is judged elsewhere."""
    if text.startswith("arn:") or "*" in text or "?" in text or "${" in text:
        return True
    return text.isascii() and (
        (len(text) == 12 and text.isdecimal())
        or (text.isalnum() and text.isupper() and (len(text) >= 16 or text.startswith(("AIDA", "AROA"))))
    )
