"""Statements that drafts take apart: what one statement says in two, and whether the policy still fits afterwards."""

from collections.abc import Mapping, Sequence
from typing import Final

from iamlint.finding import Draft
from iamlint.model import Policy, Statement
from iamlint.model.cached import kept
from iamlint.rule.families.sizes import excess
from iamlint.syntax.change import Change, Drop, Insert, Put, changed

_MANAGED: Final = 6_144
"""What a managed policy may have; inline policies of a role may have more together."""
_MOST_STATEMENTS: Final = 500
_LONGEST_SID: Final = 64


def added(policy: Policy, *new: Mapping[str, object], after: Statement | None = None) -> tuple[Change, ...] | None:
    """What adds the statements `new` to a policy, behind the statement `after` or at the end.

    None where the policy has no statements that another one can stand beside, or a great many.
    """
    held = policy.value.get("Statement") if isinstance(policy.value, dict) else None
    if isinstance(held, list) and len(held) <= _MOST_STATEMENTS:
        index = len(held) if after is None else int(after.path[-1]) + 1
        return tuple(Insert(("Statement", index), one) for one in new)
    return (Put(("Statement",), [held, *new]),) if isinstance(held, dict) else None


def split(statement: Statement, changes: Sequence[Change], *new: Mapping[str, object]) -> tuple[Change, ...] | None:
    """`changes` of the statement, and the statements `new` behind it; None as for `added`."""
    if len(statement.path) > 1:
        beside = added(statement.policy, *new, after=statement)
        return None if beside is None else (*changes, *beside)
    own = [change._replace(path=change.path[len(statement.path) :]) for change in changes]
    return (Put(statement.path, [changed(statement.value, own), *new]),)


def like(statement: Statement, elements: Mapping[str, object], purpose: str) -> dict[str, object]:
    """A statement that says what `statement` does, but for these elements; None for one that it lacks.

    Elements of actions, resources and principals take the place of their Not-twins. Its Sid, where there is one, has
    the `purpose` added.
    """
    new: dict[str, object] = {}
    pending = dict(elements)
    for name, value in statement.value.items():
        twin = name.removeprefix("Not")
        if name == "Sid":
            new[name] = free_sid(statement.policy, f"{value}{purpose}")
        elif twin in pending or f"Not{twin}" in pending:
            found = twin if twin in pending else f"Not{twin}"
            if pending[found] is not None:
                new[found] = pending[found]
            del pending[found]
        else:
            new[name] = value
    new.update((name, value) for name, value in pending.items() if value is not None)
    return new


def free_sid(policy: Policy, wanted: str) -> str:
    """A Sid like this one that no statement of the policy has."""
    taken = {
        statement.value.get("Sid") for statement in policy.statements if isinstance(statement.value.get("Sid"), str)
    }
    wanted = wanted[:_LONGEST_SID]
    number, found = 2, wanted
    while found in taken:
        number, found = number + 1, f"{wanted}{number}"
    return found


def fits(draft: Draft | None, policy: Policy) -> Draft | None:
    """The draft; None where it makes a policy too large for what it may be attached to that was not so before."""
    if draft is None:
        return None
    after = Policy(changed(policy.value, draft.changes), policy.kind, policy.resource_type)
    before = _without_length(policy)
    limits = (None, _MANAGED) if policy.kind == "identity" else (None,)
    for limit in limits:
        if excess(after, policy.kind, limit=limit) is not None and excess(before, policy.kind, limit=limit) is None:
            return None
    return draft


@kept
def _without_length(policy: Policy) -> Policy:
    """The policy as it is printed in one line, however it is written: so is what a draft makes of it."""
    return Policy(policy.value, policy.kind, policy.resource_type)


def dropped_or_put(
    path: tuple[str | int, ...], entries: Sequence[object], left: Sequence[object]
) -> tuple[Change, ...]:
    """What leaves `left` of the `entries` of the list at `path`: those that are not in it go, one by one."""
    remaining = list(left)
    changes: list[Change] = []
    for index, entry in enumerate(entries):
        if remaining and remaining[0] == entry:
            remaining.pop(0)
        else:
            changes.append(Drop((*path, index)))
    return tuple(changes) if not remaining else (Put(path, list(left)),)
