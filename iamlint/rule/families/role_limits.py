"""The services that a right on roles is for, told by what else the policy allows, as a condition on that right."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from iamlint.analyse.actions import action_covers, action_matches, action_meets
from iamlint.finding import Draft
from iamlint.model import Item, Policy, Statement
from iamlint.rule.base import quote
from iamlint.rule.families.action_lists import entry_spread, listed
from iamlint.rule.families.drafts import MOST_ENTRIES
from iamlint.rule.families.names import has_wildcard
from iamlint.rule.families.splits import fits, like, split
from iamlint.rule.families.ties import conditions_added, merged
from iamlint.syntax.change import Change, Drop, Insert, Put

if TYPE_CHECKING:
    from iamlint.rule.context import Context

_MOST_SERVICES: Final = 20
"""A policy for more services than that is an administrator's: naming them limits little."""
_MOST_ACTIONS: Final = 2000
_SERVICE: Final = "SERVICE.amazonaws.com"
"""Stands where nobody has said what the service is."""


def for_services(policy: Policy, right: str) -> list[str]:
    """The service principals, sorted, that the policy's other actions need the `right` for; [] for none or too many.

    A policy that allows all actions, or all but some, does not tell.
    """
    from iamlint.aws.role_takers import role_takers

    takers = role_takers(right)
    found: set[str] = set()
    seen: set[str] = set()
    for statement in policy.statements:
        if not statement.allows:
            continue
        if "NotAction" in statement:
            return []
        for item in statement.actions:
            entry = item.text.lower()
            prefix = entry.partition(":")[0]
            if has_wildcard(prefix) or len(seen) > _MOST_ACTIONS:
                return []
            if entry in seen or entry == right.lower():
                continue
            seen.add(entry)
            for taker in takers.get(prefix, ()):
                if action_meets(entry, taker.action):
                    found.update(taker.principals)
    return sorted(found) if len(found) <= _MOST_SERVICES else []


def limited_to_services(statement: Statement, right: str, key: str, ctx: "Context") -> Draft | None:
    """The `right`, in a statement of its own where others stand beside it, under the condition `key` on the services.

    With a placeholder where the policy does not tell which services. None where the statement allows everything, and in
    a partition whose names are not known.
    """
    if ctx.environment.partition == "aws-cn" or len(statement.actions) + len(statement.not_actions) > MOST_ENTRIES:
        return None
    granting = [item for item in statement.actions if action_matches(item.text, right)]
    if any(has_wildcard(item.text.partition(":")[0]) for item in granting):
        return None
    services = for_services(statement.policy, right)
    needs = None if services else "it needs the services that the roles are for: no other action of the policy tells"
    services = services or [_SERVICE]
    block = {"StringEquals": {key: services if len(services) > 1 else services[0]}}
    beside = [name for item in granting for name in _others(item, right, ctx)]
    if granting and len(granting) == len(statement.actions) and not beside:
        changes = conditions_added(statement, block)
    else:
        conditions = merged(statement.value.get("Condition", {}), block)
        left = _left(statement, granting, right, ctx) if granting else _left_out(statement, right)
        if conditions is None or left is None:
            return None
        named = next((item.text for item in granting if not has_wildcard(item.text)), right)
        new = like(statement, {"Action": named, "Condition": conditions}, right.partition(":")[2])
        changes = split(statement, left, new)
    return None if changes is None else fits(Draft(f"add the condition {quote(key)}", changes, needs), statement.policy)


def _others(item: Item, right: str, ctx: "Context") -> list[str]:
    """The actions that the entry grants today, but for the right."""
    if not has_wildcard(item.text):
        return []
    return [name for name in ctx.catalogue.names(item.text.lower()) if name.lower() != right.lower()]


def _left(statement: Statement, granting: Sequence[Item], right: str, ctx: "Context") -> tuple[Change, ...] | None:
    """What takes the right out of the entries: of a wildcard stays what it grants beside it today."""
    changes: list[Change] = []
    entries: list[str] = []
    for item in granting:
        kept = listed(_others(item, right, ctx), item.text, lambda entry: not action_matches(entry, right))
        fresh = [entry for entry in kept if not any(action_covers(other, entry) for other in entries)]
        entries += fresh
        spread = entry_spread(statement, item, fresh, but=granting) if fresh else (Drop(item.path),)
        if spread is None:
            return None
        changes += spread
    return tuple(changes)


def _left_out(statement: Statement, right: str) -> tuple[Change, ...]:
    """What adds the right to NotAction."""
    held, path = statement.value.get("NotAction"), statement.at("NotAction")
    return (Insert((*path, len(held)), right),) if isinstance(held, list) else (Put(path, [held, right]),)
