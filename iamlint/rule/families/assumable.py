"""Who may assume a role only because she may assume every role that lets the account in."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.analyse.escalation.entries import Entry
    from iamlint.analyse.escalation.people import People
    from iamlint.analyse.escalation.rights import Rights
    from iamlint.model import Statement
    from iamlint.model.account import Account, Role, User
    from iamlint.model.fact import Unknown

_ACTION: Final = "sts:AssumeRole"
_PROBES: Final = ("role/Zq0-nobody-chose", "role/zq1/Nobody/chose-2")
"""Roles that no pattern means which does not mean all."""
_MOST_ASKED: Final = 500
"""Users of whom one role is asked; more are not counted."""


class Holder(NamedTuple):
    """A user who may assume a role by a statement of hers about all roles, and the trust's statement."""

    user: "User"
    grant: "Entry"
    trust: "Statement"

    @property
    def is_limited(self) -> bool:
        """True iff a condition of either statement must be met."""
        return bool(self.grant.statement.conditions or self.trust.conditions)


class Holders(NamedTuple):
    """Those who may; `unknown` is what the exports lack of some other user."""

    found: tuple[Holder, ...]
    unknown: "Unknown | None" = None


class _Group(NamedTuple):
    """Users with the same statements on the action; `is_personal` iff these may treat one otherwise than another."""

    users: "list[tuple[User, Rights]]"
    is_personal: bool


class _Wide(NamedTuple):
    """Users with a right to assume whatever role, and what the exports lack of some user."""

    groups: tuple[_Group, ...]
    unknown: "Unknown | None"


def holders_of_all(role: "Role", account: "Account") -> Holders:
    """The users, but for administrators, who may assume `role` by a statement that is about all roles.

    The trust of the role names the account, which leaves it to their policies.
    """
    from iamlint.analyse.escalation.people import people_of

    people = people_of(account)
    trust = people.trusts.get(role.arn)
    if trust is None or trust.named.isdisjoint((account.id, account.arn)):
        return Holders(())
    wide = account.kept.get(_Wide)
    if not isinstance(wide, _Wide):
        wide = account.kept[_Wide] = _wide(people)
    chooses = bool(trust.named - {account.id, account.arn}) or any(
        entry.statement.denies or _is_personal(entry) for entry in trust.entries
    )
    found: list[Holder] = []
    for group in wide.groups:
        each = chooses or group.is_personal
        for user, rights in group.users[:_MOST_ASKED] if each else group.users[:1]:
            trusted, grant = people.admitted(rights, role.arn) or (None, None)
            if trusted is not None and grant is not None and _is_about_all(grant, account):
                found += [Holder(one, grant, trusted) for one, _ in ([(user, rights)] if each else group.users)]
    return Holders(tuple(found), wide.unknown)


def _wide(people: "People") -> _Wide:
    from iamlint.analyse.escalation import escalations
    from iamlint.analyse.escalation.known import Known, of_caller, truth
    from iamlint.model.account import User

    account = people.account
    administrators = escalations(account).administrators
    groups: dict[Hashable, _Group] = {}
    for arn, rights in people.rights.items():
        member = people.members[arn]
        if not isinstance(member, User) or arn in administrators or _ACTION.lower() not in rights.armed:
            continue
        own = [entry for entry in rights.identity if _ACTION.lower() in entry.actions]
        if any(entry.statement.allows and _is_about_all(entry, account) for entry in own):
            limits = (*(rights.limits.boundary or ()), *(e for level in rights.limits.scps for e in level))
            told = Known(*of_caller(rights.who, rights.tags))
            personal = [entry for entry in (*own, *limits) if _is_personal(entry)]
            holds = tuple(None if _has_variables(entry) else truth(entry.statement, told) for entry in personal)
            key = (tuple(map(_key, own)), id(rights.limits), holds)
            groups.setdefault(key, _Group([], None in holds)).users.append((member, rights))
    unknown = (lack for arn, lack in people.unknown.items() if isinstance(people.members[arn], User))
    return _Wide(tuple(groups.values()), next(unknown, None))


def _key(entry: "Entry") -> Hashable:
    """Equal for the same statement of documents of equal text."""
    document = entry.document
    return (None if document is None else document.key, entry.statement.path)


def _has_variables(entry: "Entry") -> bool:
    """True iff a resource of the statement may be another one for each user."""
    statement = entry.statement
    return statement.policy.has_variables and any(
        "${" in item.text for item in (*statement.resources, *statement.not_resources)
    )


def _is_personal(entry: "Entry") -> bool:
    """True iff the statement may treat one user otherwise than another."""
    import json

    text = json.dumps(entry.statement.value).lower()
    return any(name in text for name in ("aws:username", "aws:userid", "aws:principal"))


def _is_about_all(entry: "Entry", account: "Account") -> bool:
    """True iff the statement is about roles whatever their names: one pattern matches all, or it names exceptions."""
    from iamlint.analyse.resources import resource_matches

    if "NotResource" in entry.statement:
        return True
    start = f"arn:{account.partition}:iam::{account.id}:"
    return any(
        all(resource_matches(item.text, start + probe) is True for probe in _PROBES)
        for item in entry.statement.resources
    )
