"""What principals of an account can do to the limits that others set them, for rules."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from iamlint.model.fact import Unknown, known

if TYPE_CHECKING:
    from iamlint.analyse.escalation.guards import Hole, Restorable
    from iamlint.model import Spot
    from iamlint.model.account import Account, Group, ManagedPolicy, PolicyVersion, Principal


def boundary_holes(principal: "Principal", account: "Account") -> "tuple[Hole, ...]":
    """The ways in which a user or role gets rid of its own boundary.

    Raises `NotKnown` where the exports do not tell.
    """
    from iamlint.analyse.escalation.guards import boundary_holes as holes

    return known(holes(principal, account))


def entry_spot(hole: "Hole") -> "Spot | None":
    """The entry that allows what a hole needs."""
    from iamlint.rule.families.escalation import action_path

    if hole.entry.document is None:
        return None
    return hole.entry.document.spot.at(*action_path(hole.entry, hole.action))


_stronger: "WeakKeyDictionary[ManagedPolicy, list[tuple[PolicyVersion, dict[str, object] | None]]]" = (
    WeakKeyDictionary()
)


def stronger_versions(
    principal: "Principal", account: "Account"
) -> "list[tuple[ManagedPolicy, PolicyVersion, dict[str, object] | None]]":
    """Versions of its policies that a user or role can bring back and that allow what the one in force does not.

    Each with a request that only the older one allows. Of an administrator none are looked for: nothing is more than
    everything. Raises `NotKnown` where the exports do not tell.
    """
    from iamlint.analyse.escalation import escalations
    from iamlint.analyse.escalation.guards import restorable

    candidates = known(restorable(principal, account))
    who = escalations(account)
    if principal.arn in who.administrators and principal.arn not in who.unknown:
        return []
    found = []
    for each in candidates:
        if each.policy not in _stronger:
            _stronger[each.policy] = list(_compared(each))
        found += [(each.policy, version, request) for version, request in _stronger[each.policy]]
    return found


def _compared(each: "Restorable") -> "Iterator[tuple[PolicyVersion, dict[str, object] | None]]":
    from iamlint.analyse.decide.compare import compare
    from iamlint.rule.families.requests import witness

    now = known(each.policy.document).policy
    for version in each.versions:
        if isinstance(version.document, Unknown):
            continue
        old = version.document.policy
        comparison = compare(now, old)
        if comparison.verdict == "new-access":
            yield version, None if comparison.witness is None else witness(comparison.witness, [old])


def makes_administrators(group: "Group", account: "Account") -> bool:
    """True iff a group alone gives its members every right. Raises `NotKnown` where the exports do not tell."""
    from iamlint.analyse.escalation.guards import makes_administrators as makes

    return known(makes(group, account)) is not None
