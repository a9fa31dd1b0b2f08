"""Trust in other accounts, and whether it is tied to more than the account.

Sources: AWS IAM User Guide, "The confused deputy problem" and "Access to AWS accounts owned by third parties".
"""

from collections.abc import Collection, Iterator
from typing import Final

from iamlint.analyse.actions import statement_matches_action
from iamlint.model import Policy, PrincipalItem, Statement

_TIES: Final = frozenset(
    (
        "sts:externalid",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalarn",
        "aws:principaltag",
        "aws:userid",
        "aws:username",
        "aws:multifactorauthpresent",
        "aws:multifactorauthage",
    )
)
"""Keys that tell one caller of an account from another, or that only a person meets."""


def foreign_trusts(policy: Policy, own: Collection[str]) -> Iterator[PrincipalItem]:
    """The AWS principals of accounts that are not `own` and that may assume the role under no condition that ties."""
    for statement in policy.statements:
        if not statement.allows or not statement_matches_action(statement, "sts:AssumeRole") or _is_tied(statement):
            continue
        for item in statement.principals:
            account = _account_of(item.text) if item.type == "AWS" else None
            if account is not None and account not in own:
                yield item


def _is_tied(statement: Statement) -> bool:
    return any(condition.key.lower().partition("/")[0] in _TIES for condition in statement.conditions)


def _account_of(text: str) -> str | None:
    """The account of a principal: an account id, or the ARN of a root user, user, role or session."""
    if len(text) == 12 and text.isdecimal():
        return text
    fields = text.split(":", 5)
    if len(fields) == 6 and fields[0] == "arn" and fields[2] in ("iam", "sts"):
        return fields[4] if len(fields[4]) == 12 and fields[4].isdecimal() else None
    return None
