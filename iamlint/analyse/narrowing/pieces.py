"""What is left of one statement: the actions that were seen or are to be kept, on the resources they were seen with."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from iamlint.analyse.actions import action_covers, action_matches, action_meets
from iamlint.analyse.minimise.covering import actions_left, patterns_left
from iamlint.analyse.narrowing.met import UNKNOWN, Seen
from iamlint.analyse.narrowing.resources import EXACT, INSIDE, TYPE, within
from iamlint.analyse.work import Budget
from iamlint.model import Statement
from iamlint.record import NamedTuple

RESOURCES: Final = "resources"
ENTRIES: Final = "entries"
LEVELS: Final = (EXACT, INSIDE, TYPE, RESOURCES, ENTRIES)
"""From tight to wide: see `Narrowed.level`."""

_WHOLE: Final = "\0"
"""Stands for the element as the statement has it."""


class Use(NamedTuple):
    """A request that the statement may have allowed, and the entries of `Resource` that it meets."""

    seen: Seen
    entries: tuple[str, ...]


def pieces(
    statement: Statement, uses: Sequence[Use], keep: Sequence[str], level: str, most_resources: int
) -> list[dict[str, object]]:
    """The statements that are left, none where nothing is."""
    kept = _kept(statement, keep)
    if kept is None:
        return [statement.value]
    if not uses and not kept:
        return []
    if level == ENTRIES and "Action" in statement:
        asked = {use.seen.request.action for use in uses}
        entries = [item.text for item in statement.actions if any(action_matches(item.text, name) for name in asked)]
        return [_like(statement, [*entries, *kept], [_WHOLE])]
    rows: dict[str, dict[str, None]] = {entry: {_WHOLE: None} for entry in kept}
    for action, own in _by_action(uses).items():
        if any(action_covers(entry, action) for entry in kept):
            continue
        found = rows.setdefault(action, {})
        found.update(dict.fromkeys(_resources(statement, action, own, level, most_resources)))
    columns: dict[tuple[str, ...], list[str]] = {}
    for action, resources in rows.items():
        left = (_WHOLE,) if _WHOLE in resources else _left(statement, resources)
        columns.setdefault(left, []).append(action)
    return [_like(statement, actions, resources) for resources, actions in columns.items()]


def _kept(statement: Statement, keep: Sequence[str]) -> list[str] | None:
    """What of the statement's actions is to be kept whatever was seen; None where that is not told apart."""
    if "NotAction" in statement:
        listed = [item.text for item in statement.not_actions]
        return None if any(not any(action_covers(text, wanted) for text in listed) for wanted in keep) else []
    found: dict[str, None] = {}
    for item in statement.actions:
        for wanted in keep:
            if action_covers(item.text, wanted):
                found[wanted] = None
            elif action_meets(item.text, wanted):
                found[item.text] = None
    return list(found)


def _by_action(uses: Iterable[Use]) -> dict[str, list[Use]]:
    """The uses of each action, as AWS spells it."""
    from iamlint.aws.catalogue import catalogue

    known = catalogue()
    found: dict[str, list[Use]] = {}
    for use in uses:
        action = use.seen.request.action
        prefix, _, name = action.lower().partition(":")
        entry = known.action(prefix, name)
        found.setdefault(entry.qualified if entry is not None else action, []).append(use)
    return dict(sorted(found.items()))


def _resources(statement: Statement, action: str, uses: Sequence[Use], level: str, most: int) -> list[str]:
    """Patterns for what the action was seen with; more than `most` of one type are all of that type."""
    if "Resource" not in statement and "NotResource" not in statement:
        return [_WHOLE]
    if level not in (EXACT, INSIDE, TYPE) or any(use.seen.request.resource == UNKNOWN for use in uses):
        return [_WHOLE]
    for how in LEVELS[LEVELS.index(level) : 3]:
        found: dict[str, None] = {}
        for use in uses:
            patterns = within(statement, use.entries, use.seen.request.resource, action, how)
            found.update(dict.fromkeys(patterns or [_WHOLE]))
        if len(found) <= most:
            break
    return list(found)


def _left(statement: Statement, resources: Mapping[str, None]) -> tuple[str, ...]:
    return patterns_left(tuple(resources), statement.policy.has_variables, Budget())


def _like(statement: Statement, actions: Sequence[str], resources: Sequence[str]) -> dict[str, object]:
    """The statement with other actions and resources; its other elements stay."""
    new: dict[str, object] = {}
    listed = list(actions_left(actions, Budget()))
    for name, value in statement.value.items():
        if name in ("Action", "NotAction"):
            new["Action"] = listed if len(listed) > 1 else listed[0]
        elif name in ("Resource", "NotResource") and list(resources) != [_WHOLE]:
            new["Resource"] = list(resources) if len(resources) > 1 else resources[0]
        else:
            new[name] = value
    return new
