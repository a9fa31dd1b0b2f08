"""Principals of OpenID Connect providers, and the condition keys that belong to them.

Source: AWS IAM User Guide, "AWS JSON policy elements: Principal" and "Available keys for AWS OIDC federation".
"""

from collections.abc import Iterator
from typing import Final

from iamlint.analyse.actions import action_matches, action_meets
from iamlint.model import PrincipalItem, Statement

GITHUB: Final = "token.actions.githubusercontent.com"
_ASSUMING: Final = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity")


def oidc_principals(statement: Statement) -> Iterator[tuple[PrincipalItem, str]]:
    """Each OIDC principal that an Allow lets assume the role, with its provider's name in lower case.

    The name is the issuer without `https://`, which is the prefix of the provider's condition keys.
    """
    if not statement.allows or not _assumes(statement):
        return
    for principal in statement.principals:
        if principal.type == "Federated" and (provider := _provider(principal.text)):
            yield principal, provider


def has_key(statement: Statement, prefix: str) -> bool:
    """True iff a condition of the statement tests a key that starts with `prefix`, which is in lower case."""
    return any(condition.key.lower().startswith(prefix) for condition in statement.conditions)


def _provider(text: str) -> str | None:
    """The provider of an ARN `…:oidc-provider/NAME`, or a domain name as it stands; None for anything else."""
    if not text.startswith("arn:"):
        return text.lower() if "." in text and ":" not in text else None
    resource = text.split(":", 5)[-1]
    kind, _, name = resource.partition("/")
    return name.lower() if kind == "oidc-provider" and name else None


def _assumes(statement: Statement) -> bool:
    if statement.not_actions:
        return not all(any(action_matches(item.text, wanted) for item in statement.not_actions) for wanted in _ASSUMING)
    return any(action_meets(item.text, wanted) for item in statement.actions for wanted in _ASSUMING)
