"""Account authorization details: entities → principals, managed policies and their documents.

Shapes: IAM API Reference, "GetAccountAuthorizationDetails". Missing lists and empty ones mean the same inside an
entity. A role stands again in its instance profiles; those are not looked into.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from iamlint.load.document import PolicyDocument
from iamlint.load.entity import Entity
from iamlint.load.recognise import Found, document
from iamlint.load.times import when
from iamlint.model.account import (
    Attachment,
    Group,
    InlinePolicy,
    ManagedPolicy,
    Membership,
    PolicyText,
    PolicyVersion,
    Principal,
    Role,
    User,
)
from iamlint.model.fact import Fact, Unknown
from iamlint.model.spot import Spot
from iamlint.syntax import Path

_MISSING = Unknown("account-authorization-details")


class Reader:
    """Makes values of entities; `documents` are those to check, in the order of the entities, `broken` the others."""

    def __init__(self) -> None:
        self.documents: list[PolicyDocument] = []
        self.broken: list[tuple[Entity, Found]] = []

    def user(self, entity: Entity) -> User:
        """One of `UserDetailList`."""
        user = User(*_names(entity, "UserName"))
        user.groups = tuple(
            Membership(name, Spot(entity, ("GroupList", index)))
            for index, name in enumerate(_list(entity.value, "GroupList"))
            if isinstance(name, str)
        )
        self._fill(user, entity, "UserId", "UserPolicyList")
        return user

    def group(self, entity: Entity) -> Group:
        """One of `GroupDetailList`."""
        group = Group(*_names(entity, "GroupName"))
        self._fill(group, entity, "GroupId", "GroupPolicyList")
        return group

    def role(self, entity: Entity) -> Role:
        """One of `RoleDetailList`."""
        role = Role(*_names(entity, "RoleName"))
        trust = entity.value.get("AssumeRolePolicyDocument")
        role.trust = self._document(entity, trust, ("AssumeRolePolicyDocument",), "trust", None, role.arn)
        used = entity.value.get("RoleLastUsed")
        if isinstance(used, dict):
            role.last_used = when(used.get("LastUsedDate"))
        profiles = (profile.get("Arn") for _, profile in _objects(entity.value, "InstanceProfileList"))
        role.instance_profiles = tuple(arn for arn in profiles if isinstance(arn, str))
        self._fill(role, entity, "RoleId", "RolePolicyList")
        return role

    def policy(self, entity: Entity) -> ManagedPolicy:
        """One of `Policies`. Only the version in force is checked: the others grant nothing."""
        arn = entity.text_of("Arn") or entity.text_of("PolicyName") or ""
        name = entity.text_of("PolicyName") or arn.rpartition("/")[2]
        policy = ManagedPolicy(arn, name, entity.value, Spot(entity))
        versions = list(_objects(entity.value, "PolicyVersionList"))
        marked = [version for _, version in versions if version.get("IsDefaultVersion") is True]
        default = marked[0].get("VersionId") if marked else entity.text_of("DefaultVersionId")
        found: list[PolicyVersion] = []
        for index, version in versions:
            in_force = version in marked if marked else len(versions) == 1 or version.get("VersionId") == default
            path: Path = ("PolicyVersionList", index)
            text = self._document(
                entity, version.get("Document"), (*path, "Document"), "identity", name, None, arn=arn, check=in_force
            )
            id_ = version.get("VersionId")
            found.append(
                PolicyVersion(
                    id_ if isinstance(id_, str) else "",
                    in_force,
                    _time(version.get("CreateDate")),
                    text,
                    Spot(entity, path),
                )
            )
        policy.versions = tuple(found)
        return policy

    def _fill(self, principal: Principal, entity: Entity, id_key: str, inline_key: str) -> None:
        value = entity.value
        principal.value = value
        principal.id = entity.text_of(id_key) or _MISSING
        principal.created = _time(value.get("CreateDate"))
        principal.inline = tuple(
            InlinePolicy(
                str(policy.get("PolicyName") or ""),
                self._document(
                    entity,
                    policy.get("PolicyDocument"),
                    (inline_key, index, "PolicyDocument"),
                    "identity",
                    str(policy.get("PolicyName") or ""),
                    principal.arn,
                ),
                Spot(entity, (inline_key, index, "PolicyName")),
            )
            for index, policy in _objects(value, inline_key)
        )
        principal.attached = tuple(
            Attachment(
                str(policy.get("PolicyName") or ""),
                str(policy.get("PolicyArn") or ""),
                Spot(entity, ("AttachedManagedPolicies", index, "PolicyArn")),
            )
            for index, policy in _objects(value, "AttachedManagedPolicies")
        )
        boundary = value.get("PermissionsBoundary")
        arn = boundary.get("PermissionsBoundaryArn") if isinstance(boundary, dict) else None
        principal.boundary = (
            Attachment(arn.rpartition("/")[2], arn, Spot(entity, ("PermissionsBoundary", "PermissionsBoundaryArn")))
            if isinstance(arn, str)
            else None
        )
        principal.tags = {
            str(tag.get("Key")): str(tag.get("Value") or "") for _, tag in _objects(value, "Tags") if "Key" in tag
        }

    def _document(
        self,
        entity: Entity,
        value: object,
        path: Path,
        kind: str,
        name: str | None,
        owner: str | None,
        *,
        arn: str | None = None,
        check: bool = True,
    ) -> Fact[PolicyText]:
        for found in document(value, path, kind, certain=True, name=name, arn=arn, owner=owner):
            if found.problem is not None:
                if check:
                    self.broken.append((entity, found))
            else:
                made = PolicyDocument(entity, found, kind, entity.path)
                if check:
                    self.documents.append(made)
                return PolicyText(made)
        return _MISSING


def account_of(arn: str) -> tuple[str, str]:
    """Partition and account id of an ARN; empty strings where it has none."""
    parts = arn.split(":", 5)
    return (parts[1], parts[4]) if len(parts) == 6 and parts[0] == "arn" else ("", "")


def _names(entity: Entity, name_key: str) -> tuple[str, str, str, str, Spot]:
    arn = entity.text_of("Arn") or ""
    name = entity.text_of(name_key) or arn.rpartition("/")[2]
    return arn or name, name, entity.text_of("Path") or "/", account_of(arn)[1], Spot(entity)


def _time(value: object) -> Fact[datetime]:
    return when(value) or _MISSING


def _list(value: Mapping[str, object], key: str) -> list[object]:
    entries = value.get(key)
    return entries if isinstance(entries, list) else []


def _objects(value: Mapping[str, object], key: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    for index, entry in enumerate(_list(value, key)):
        if isinstance(entry, dict):
            yield index, entry
