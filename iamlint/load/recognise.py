"""Which values of a JSON text are policy documents, told by their shape.

The shapes are those of AWS's own answers: a bare policy, a list of policies, and what the IAM, Organizations and
resource services print (`get-policy-version`, `get-role`, `get-user-policy`, `get-bucket-policy` …, account
authorization details). Nothing is searched for at random: a template or a lock file has policies of its own grammar.
"""

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from iamlint.model import detect_kind
from iamlint.syntax import Path
from iamlint.syntax.embedded import MAX_DRESS, unquote

_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_GAAD: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_ORGANIZATION_KINDS: Final = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}


class Found(NamedTuple):
    """A policy document at `path`; `embedded` iff it is written inside the string there."""

    path: Path
    value: object
    kind: str | None = None
    embedded: bool = False
    name: str | None = None
    arn: str | None = None
    owner: str | None = None
    fault: str | None = None
    """Why the text inside the string is no JSON, where it is none; `value` is None then."""


def policies(value: object) -> Iterator[Found]:
    """The policy documents that `value` holds, in document order."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            if isinstance(entry, dict):
                for found in _of_object(entry):
                    yield found._replace(path=(index, *found.path))
    elif isinstance(value, dict):
        yield from _of_object(value)
    elif isinstance(value, str):
        inner = undress(value)
        if isinstance(inner, dict) and is_policy(inner):
            yield Found((), inner, embedded=True)


def is_policy(value: dict[str, object]) -> bool:
    """True iff `value` can only be meant as a policy document, sound or not."""
    statement = value.get("Statement")
    if "Statement" in value:
        entries = statement if isinstance(statement, list) else [statement]
        if any(isinstance(entry, dict) and _is_statement(entry) for entry in entries):
            return True
        return any(str(key).lower() == "version" for key in value) or set(value) <= {"Id", "Statement"}
    if value.get("Version") in _VERSIONS:
        return not any(isinstance(key, str) and key.endswith("List") for key in value)
    lower = {str(key).lower(): entry for key, entry in value.items()}
    return "statement" in lower and lower.get("version") in _VERSIONS


def _is_statement(value: dict[str, object]) -> bool:
    return not {"Effect", "Action", "NotAction", "Principal", "NotPrincipal", "Resource"}.isdisjoint(value)


def undress(text: str) -> object:
    """The JSON value written in `text`: as JSON, percent-encoded, or inside another string; else `text` itself."""
    value: object = text
    for _ in range(MAX_DRESS):
        if not isinstance(value, str):
            break
        head = value.lstrip(" \t\r\n")[:1]
        if head == "%":
            value = unquote(value)
        elif head in ("{", "[", '"') and head:
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                break
        else:
            break
    return value


def _of_object(value: dict[str, object]) -> Iterator[Found]:
    if is_policy(value):
        yield Found((), value)
    elif any(isinstance(value.get(key), list) for key in _GAAD):
        yield from _account(value)
    elif isinstance(version := value.get("PolicyVersion"), dict):
        yield from _document(version, "Document", "identity", path=("PolicyVersion",))
    elif isinstance(role := value.get("Role"), dict) and "AssumeRolePolicyDocument" in role:
        for found in _document(role, "AssumeRolePolicyDocument", "trust", owner=_text(role, "Arn")):
            yield found._replace(path=("Role", *found.path))
    elif isinstance(roles := value.get("Roles"), list):
        for index, entry in enumerate(roles):
            if isinstance(entry, dict) and "AssumeRolePolicyDocument" in entry:
                for found in _document(entry, "AssumeRolePolicyDocument", "trust", owner=_text(entry, "Arn")):
                    yield found._replace(path=("Roles", index, *found.path))
    elif "AssumeRolePolicyDocument" in value:
        yield from _document(value, "AssumeRolePolicyDocument", "trust", owner=_text(value, "Arn"))
    elif "PolicyDocument" in value:
        owner = _text(value, "UserName") or _text(value, "RoleName") or _text(value, "GroupName")
        yield from _document(value, "PolicyDocument", "identity" if owner else None, owner=owner)
    elif isinstance(policy := value.get("Policy"), dict) and "Content" in policy:
        summary = policy.get("PolicySummary")
        type_ = _text(summary, "Type") if isinstance(summary, dict) else None
        if type_ is None or type_ in _ORGANIZATION_KINDS:
            kind = _ORGANIZATION_KINDS.get(type_ or "")
            yield from _document(policy, "Content", kind, path=("Policy",))
    elif isinstance(policy, dict) and is_policy(policy):
        yield Found(("Policy",), policy)
    elif isinstance(policy, str):
        yield from _document(value, "Policy", None)


def _document(
    holder: dict[str, object],
    key: str,
    kind: str | None,
    *,
    path: Path = (),
    owner: str | None = None,
    name: str | None = None,
    arn: str | None = None,
) -> Iterator[Found]:
    """The document under `key`, in whatever dress."""
    document = holder.get(key)
    name = name or _text(holder, "PolicyName")
    place = (*path, key)
    if isinstance(document, dict):
        yield Found(place, document, kind, False, name, arn, owner)
    elif isinstance(document, str):
        inner = undress(document)
        if isinstance(inner, dict):
            yield Found(place, inner, kind, True, name, arn, owner)
        elif isinstance(inner, str) and inner.lstrip()[:1] == "{":
            yield Found(place, None, kind, True, name, arn, owner, fault="the text in this string is not JSON")


def _account(value: dict[str, object]) -> Iterator[Found]:
    """The documents of account authorization details (IAM API Reference, GetAccountAuthorizationDetails)."""
    for list_name, inline in (
        ("UserDetailList", "UserPolicyList"),
        ("GroupDetailList", "GroupPolicyList"),
        ("RoleDetailList", "RolePolicyList"),
    ):
        for index, entity in _entries(value, list_name):
            owner = _text(entity, "Arn")
            if list_name == "RoleDetailList":
                yield from _document(entity, "AssumeRolePolicyDocument", "trust", path=(list_name, index), owner=owner)
            for position, policy in _entries(entity, inline):
                yield from _document(
                    policy, "PolicyDocument", "identity", path=(list_name, index, inline, position), owner=owner
                )
    for index, policy in _entries(value, "Policies"):
        for position, version in _entries(policy, "PolicyVersionList"):
            if version.get("IsDefaultVersion") is True:
                yield from _document(
                    version,
                    "Document",
                    "identity",
                    path=("Policies", index, "PolicyVersionList", position),
                    name=_text(policy, "PolicyName"),
                    arn=_text(policy, "Arn"),
                )


def _entries(holder: dict[str, object], key: str) -> Iterator[tuple[int, dict[str, object]]]:
    entries = holder.get(key)
    if isinstance(entries, list):
        for index, entry in enumerate(entries):
            if isinstance(entry, dict):
                yield index, entry


def _text(holder: dict[str, object], key: str) -> str | None:
    value = holder.get(key)
    return value if isinstance(value, str) else None


def kind_of(found: Found) -> str:
    """The kind that the surroundings tell, else the one that the document shows by itself."""
    return found.kind or detect_kind(found.value)
