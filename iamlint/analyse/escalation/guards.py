"""What principals can do to the limits that others set them: boundaries, older versions of their policies, groups."""

from collections.abc import Iterator
from typing import Final

from iamlint.analyse.escalation.entries import Entry
from iamlint.analyse.escalation.people import People, people_of
from iamlint.analyse.escalation.rights import Limits, Rights
from iamlint.analyse.principals import caller
from iamlint.model.account import Account, Group, ManagedPolicy, PolicyVersion, Principal
from iamlint.model.fact import Fact, Unknown
from iamlint.record import NamedTuple

_BOUNDARY: Final = "iam:permissionsboundary"
_SOMEBODY: Final = "a-name-that-nobody-chose"


class Hole(NamedTuple):
    """An action by which a principal gets rid of its own boundary, on what, and the statement that allows it."""

    action: str
    on: str
    entry: Entry


def _rights(people: People, principal: Principal) -> Fact[Rights]:
    unknown = people.unknown.get(principal.arn)
    if unknown is not None:
        return unknown
    return people.rights.get(principal.arn) or Unknown("account-authorization-details")


def boundary_holes(principal: Principal, account: Account) -> Fact[tuple[Hole, ...]]:
    """The ways in which a user or role takes off its own permissions boundary, swaps it or rewrites it.

    None where it has no boundary; a boundary itself, a Deny or an SCP can stop each of them.
    """
    people = people_of(account)
    rights, boundary = _rights(people, principal), principal.boundary
    if isinstance(rights, Unknown):
        return rights
    if isinstance(boundary, Unknown):
        return boundary
    if boundary is None:
        return ()
    kind, tags = principal.kind.capitalize(), people.tags_of(principal.arn)
    found: list[Hole] = []
    administrator = f"arn:{account.partition}:iam::aws:policy/AdministratorAccess"
    for verb, value in (("Delete", boundary.arn), ("Put", administrator)):
        action = f"iam:{verb}{kind}PermissionsBoundary"
        entry = rights.may(action, principal.arn, {_BOUNDARY: (value,)}, tags)
        if entry is not None:
            found.append(Hole(action, principal.arn, entry))
    if not boundary.arn.startswith(f"arn:{account.partition}:iam::aws:"):
        entry = rights.may("iam:CreatePolicyVersion", boundary.arn)
        if entry is not None:
            found.append(Hole("iam:CreatePolicyVersion", boundary.arn, entry))
    return tuple(found)


class Restorable(NamedTuple):
    """A policy of a principal of which it can bring back another version, and the statement that allows it."""

    policy: ManagedPolicy
    versions: tuple[PolicyVersion, ...]
    entry: Entry


def restorable(principal: Principal, account: Account) -> Fact[tuple[Restorable, ...]]:
    """The policies that apply to a user or role and whose default version it may set, with their other versions."""
    people = people_of(account)
    rights = _rights(people, principal)
    if isinstance(rights, Unknown):
        return rights
    if "iam:setdefaultpolicyversion" not in rights.armed:
        return ()
    return tuple(_restorable(people, principal, rights))


def _restorable(people: People, principal: Principal, rights: Rights) -> Iterator[Restorable]:
    seen: set[str] = set()
    for policy, _ in people.policies(principal):
        others = tuple(version for version in policy.versions if not version.is_default)
        if policy.arn in seen or not others:
            continue
        seen.add(policy.arn)
        entry = rights.may("iam:SetDefaultPolicyVersion", policy.arn)
        if entry is not None:
            yield Restorable(policy, others, entry)


def makes_administrators(group: Group, account: Account) -> Fact[Entry | None]:
    """A statement by which a group alone gives its members every right; None where it does not."""
    people = people_of(account)
    entries = people.held(group)
    if isinstance(entries, Unknown):
        return entries
    who = caller(f"arn:{account.partition}:iam::{account.id}:user/{_SOMEBODY}")
    return Rights(who, entries, Limits()).administers
