"""One policy by itself: does whoever holds it give itself every right, whatever else the account holds?"""

from collections.abc import Iterator, Mapping
from typing import Final

from iamlint.analyse.escalation.entries import Entry, entries_of
from iamlint.analyse.escalation.rights import NEW_NAME, Limits, Rights, capped
from iamlint.analyse.principals import caller
from iamlint.model import Policy
from iamlint.record import NamedTuple

_ACCOUNT: Final = "111122223333"
_START: Final = f"arn:aws:iam::{_ACCOUNT}:"
_ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
_ATTACHED: Final = {"iam:policyarn": (_ADMINISTRATOR,)}
_OWN: Final = {
    "user": (
        ("iam:PutUserPolicy", "user"),
        ("iam:AttachUserPolicy", "user"),
        ("iam:PutGroupPolicy", "group"),
        ("iam:AttachGroupPolicy", "group"),
        ("iam:CreatePolicyVersion", "policy"),
    ),
    "role": (("iam:PutRolePolicy", "role"), ("iam:AttachRolePolicy", "role")),
}


class Found(NamedTuple):
    """A set of actions that is enough, and the statements that allow them."""

    actions: tuple[str, ...]
    grants: tuple[Entry, ...]


def self_made(policy: Policy) -> list[Found]:
    """The ways in which a user or role with just this policy gives itself every right; none where a Deny stops it.

    They need nothing but the policy: a resource counts only where it takes in names that nobody chose, or the holder's
    own. The account in an ARN is taken for the holder's.
    """
    entries = entries_of(_at_home(policy))
    if not any(entry.statement.allows for entry in entries):
        return []
    found: dict[tuple[str, ...], Found] = {}
    for kind, ways in _OWN.items():
        rights = Rights(caller(f"{_START}{kind}/{NEW_NAME}"), entries, Limits())
        if not rights.leads_on or not capped(rights):
            continue
        for action, on in ways:
            entry = rights.may(action, f"{_START}{on}/{NEW_NAME}", _ATTACHED if "Attach" in action else {})
            if entry is not None:
                found.setdefault((action,), Found((action,), (entry,)))
        for made in _new_roles(rights):
            found.setdefault(made.actions, made)
    return list(found.values())


def _new_roles(rights: Rights) -> Iterator[Found]:
    role = f"{_START}role/{NEW_NAME}"
    unbounded: Mapping[str, tuple[str, ...]] = {"iam:permissionsboundary": ()}
    made = rights.may("iam:CreateRole", role, unbounded)
    if made is None or not rights.unhindered("sts:AssumeRole", role, False, {}):
        return
    for action in ("iam:PutRolePolicy", "iam:AttachRolePolicy"):
        entry = rights.may(action, role, {**unbounded, **(_ATTACHED if "Attach" in action else {})})
        if entry is not None:
            yield Found(("iam:CreateRole", action), (made, entry))


def _at_home(policy: Policy) -> Policy:
    """The policy with the account of every IAM resource in it as the holder's, and statements in their places."""
    value = policy.value
    if not isinstance(value, dict):
        return policy
    statements = value.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    moved = [_moved(entry) if isinstance(entry, dict) else entry for entry in listed]
    return Policy({**value, "Statement": moved if isinstance(statements, list) else moved[0]}, policy.kind)


def _moved(statement: dict[str, object]) -> dict[str, object]:
    found = dict(statement)
    for element in ("Resource", "NotResource"):
        texts = found.get(element)
        if isinstance(texts, list):
            found[element] = [_home(text) if isinstance(text, str) else text for text in texts]
        elif isinstance(texts, str):
            found[element] = _home(texts)
    return found


def _home(text: str) -> str:
    fields = text.split(":", 5)
    if len(fields) < 6 or fields[2] != "iam" or fields[4] == "aws":
        return text
    return ":".join((fields[0], "aws", "iam", "", _ACCOUNT, fields[5]))
