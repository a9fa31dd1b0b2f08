"""What principals name: identity providers with the condition keys that belong to them, and services.

Source: AWS IAM User Guide, "AWS JSON policy elements: Principal" and "Available keys for AWS OIDC federation".
"""

from collections.abc import Iterator
from typing import Final

from iamlint.analyse.actions import action_matches, action_meets
from iamlint.aws.key_groups import SOURCE_KEYS
from iamlint.model import PrincipalItem, Statement
from iamlint.record import NamedTuple

GITHUB: Final = "token.actions.githubusercontent.com"
_ASSUMING: Final = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity")


class Provider(NamedTuple):
    """An identity provider: `kind` is `oidc` or `saml`.

    The `name` of an OIDC provider is its issuer without `https://`, in lower case: the prefix of its condition keys.
    """

    kind: str
    name: str


def oidc_principals(statement: Statement) -> Iterator[tuple[PrincipalItem, str]]:
    """Each OIDC principal that an Allow lets assume the role, with its provider's name."""
    if not statement.allows or not _assumes(statement):
        return
    for principal in statement.principals:
        if principal.type == "Federated" and (provider := provider_of(principal.text)) and provider.kind == "oidc":
            yield principal, provider.name


def tested_issuers(statement: Statement) -> frozenset[str]:
    """The providers of whom a condition tests a key, in lower case: what stands in keys before the claim's name."""
    keys = [condition.key.lower() for condition in statement.conditions]
    return frozenset(issuer for key in keys for issuer in (key.partition(":")[0], key.rpartition(":")[0]))


def provider_of(text: str) -> Provider | None:
    """The provider of an ARN (`…:saml-provider/NAME`, `…:oidc-provider/NAME`) or domain name; None for anything else.

    What stands in the ARN before the resource is not looked at.
    """
    if not text.startswith("arn:"):
        return Provider("oidc", text.lower()) if _is_domain(text.partition("/")[0]) else None
    kind, _, name = text.split(":", 5)[-1].partition("/")
    if kind not in ("oidc-provider", "saml-provider") or not name:
        return None
    return Provider("oidc", name.lower()) if kind == "oidc-provider" else Provider("saml", name)


def _is_domain(text: str) -> bool:
    labels = text.split(".")
    return text.isascii() and len(labels) > 1 and all(label.replace("-", "").isalnum() for label in labels)


def _assumes(statement: Statement) -> bool:
    if statement.not_actions:
        return not all(any(action_matches(item.text, wanted) for item in statement.not_actions) for wanted in _ASSUMING)
    return any(action_meets(item.text, wanted) for item in statement.actions for wanted in _ASSUMING)


def service_principals(statement: Statement) -> list[PrincipalItem]:
    """The services that the statement names; one with a wildcard or a variable names none."""
    return [p for p in statement.principals if p.type == "Service" and not any(mark in p.text for mark in "*?$")]


def names_source(statement: Statement) -> bool:
    """True iff a condition asks for whose resource a service calls: `aws:SourceArn`, `aws:SourceAccount` …"""
    return any(condition.key.lower() in SOURCE_KEYS for condition in statement.conditions)


def unique_ids(statement: Statement, prefix: str) -> Iterator[PrincipalItem]:
    """The principals that are unique ids with this prefix: `AROA` for roles, `AIDA` for users.

    Source: AWS IAM User Guide, "IAM identifiers", section "Unique identifiers".
    """
    for principal in statement.principals + statement.not_principals:
        text = principal.text
        if principal.type == "AWS" and text.startswith(prefix) and text.isascii() and text.isalnum() and text.isupper():
            yield principal
