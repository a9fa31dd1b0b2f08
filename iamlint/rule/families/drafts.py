"""Drafts that many rules have in common: another text, another name, what goes.

Each gives None where the change cannot be made without harm to what stands beside it, or where that is too much to look
through. None of them says what it is worth: that is proven where it stands.
"""

from collections.abc import Mapping
from typing import Final

from iamlint.finding import Draft
from iamlint.model import Condition, Policy, Statement
from iamlint.rule.base import quote
from iamlint.syntax import Path
from iamlint.syntax.change import Change, Drop, Insert, Put, Rename

MOST_ENTRIES: Final = 2000
"""In longer lists and objects nothing is drafted: each draft looks through its list, and each entry may have one."""
_SAME: Final = object()


def written(path: Path, value: object) -> Draft | None:
    """`value` stands at `path`; None where it is None."""
    return None if value is None else Draft(f"write {_shown(value)}", (Put(path, value),))


def taken_out(path: Path) -> Draft:
    """What stands at `path` goes."""
    return Draft("take it out", (Drop(path),))


def renamed(holder: object, path: Path, name: str | None) -> Draft | None:
    """The key at the end of `path` is `name`; None where that is None, or `holder`, its object, has such a key."""
    if name is None or not isinstance(holder, dict) or len(holder) > MOST_ENTRIES:
        return None
    taken = any(key.lower() == name.lower() for key in holder if key != path[-1])
    return None if taken else Draft(f"write {quote(name)}", (Rename(path, name),))


def entry_written(policy: Policy, path: Path, text: str | None) -> Draft | None:
    """`text` stands in place of an entry of a list, or of the one that there is; once, where it is there already."""
    entries = _at(policy, path[:-1])
    if text is None or not isinstance(entries, list):
        return written(path, text)
    if len(entries) > MOST_ENTRIES:
        return None
    lowered = text.lower() if path[-2] in ("Action", "NotAction") else text
    for index, entry in enumerate(entries):
        if index != path[-1] and isinstance(entry, str) and lowered in (entry, entry.lower()):
            return Draft(f"take it out: {quote(text)} is there", (Drop(path),))
    return written(path, text)


def entry_out(policy: Policy, path: Path) -> Draft | None:
    """The entry of a list goes; None where it is the only one."""
    entries = _at(policy, path[:-1])
    if not isinstance(entries, list) or not 1 < len(entries) <= MOST_ENTRIES:
        return None
    return taken_out(path)


def dead_statement_out(
    statement: Statement, title: str = "take the statement out, which never applies"
) -> Draft | None:
    """The statement, which never applies, goes; None where it is the only one.

    Nor does a Deny: one that denies nothing is a mistake, and only its author knows what it is to deny.
    """
    if not statement.allows or len(statement.path) < 2 or len(statement.policy.statements) < 2:
        return None
    return Draft(title, (Drop(statement.path),))


def key_written(statement: Statement, condition: Condition, name: str | None) -> Draft | None:
    """The condition is on the key `name`; None where that is None, or under the operator already."""
    return renamed(_at(statement.policy, condition.path[:-1]), condition.path, name)


def operator_written(statement: Statement, operator: str, name: str | None) -> Draft | None:
    """All under `operator` stands under `name`; None where that is None, or has one of the keys with other values."""
    block = statement.value.get("Condition")
    keys = block.get(operator) if isinstance(block, dict) else None
    if name is None or not isinstance(block, dict) or len(block) > MOST_ENTRIES or not isinstance(keys, dict):
        return None
    path = statement.at("Condition", operator)
    home = _spelling(block, name, but=operator)
    if home is None:
        return Draft(f"write {quote(name)}", (Rename(path, name),))
    held = block[home]
    if not isinstance(held, dict) or len(held) + len(keys) > MOST_ENTRIES:
        return None
    there = {key.lower(): value for key, value in held.items()}
    if any(there.get(key.lower(), value) != value for key, value in keys.items()):
        return None
    moves = tuple(
        Insert(statement.at("Condition", home, key), value) for key, value in keys.items() if key.lower() not in there
    )
    return Draft(f"write {quote(name)}", (*moves, Drop(path)))


def moved(
    statement: Statement, condition: Condition, operator: str, value: object = _SAME
) -> tuple[Change, ...] | None:
    """What puts the condition under another operator, with the same value or another; None where the key is there."""
    block = statement.value.get("Condition")
    keys = block.get(condition.operator) if isinstance(block, dict) else None
    if not isinstance(block, dict) or not isinstance(keys, dict) or max(len(block), len(keys)) > MOST_ENTRIES:
        return None
    if value is _SAME:
        value = keys[condition.key]
    if operator.lower() == condition.operator.lower():
        return (Put(condition.path, value),)
    home = _spelling(block, operator)
    if home is None and len(keys) == 1:
        rename = Rename(condition.path[:-1], operator)
        return (rename,) if value == keys[condition.key] else (rename, Put(condition.path, value))
    gone = Drop(condition.path if len(keys) > 1 else condition.path[:-1])
    if home is None:
        return Insert(statement.at("Condition", operator), {condition.key: value}), gone
    held = block[home]
    if not isinstance(held, dict) or len(held) > MOST_ENTRIES or _spelling(held, condition.key) is not None:
        return None
    return Insert(statement.at("Condition", home, condition.key), value), gone


def under(statement: Statement, condition: Condition, operator: str | None, value: object = _SAME) -> Draft | None:
    """As `moved`, for a draft by itself; None where `operator` is None."""
    changes = None if operator is None else moved(statement, condition, operator, value)
    if operator is None or changes is None:
        return None
    what = quote(operator) if value is _SAME else f"{quote(operator)} with {_shown(value)}"
    return Draft(f"write {what}", changes)


def condition_out(statement: Statement, *conditions: Condition) -> tuple[Change, ...]:
    """What takes these conditions out, with all that would be empty then."""
    block = statement.value.get("Condition")
    going: dict[str, list[Condition]] = {}
    for condition in conditions:
        going.setdefault(condition.operator, []).append(condition)
    if not isinstance(block, dict):
        return ()
    whole = [operator for operator, gone in going.items() if len(block[operator]) == len(gone)]
    if len(whole) == len(block):
        return (Drop(statement.at("Condition")),)
    return (
        *(Drop(statement.at("Condition", operator)) for operator in whole),
        *(Drop(c.path) for operator, gone in going.items() if operator not in whole for c in gone),
    )


def condition_added(statement: Statement, operator: str, new: Mapping[str, object]) -> tuple[Change, ...] | None:
    """What adds conditions, value by key; None where one on such a key stands under the operator."""
    block = statement.value.get("Condition", {})
    if not new:
        return ()
    if not isinstance(block, dict) or len(block) > MOST_ENTRIES:
        return None
    home = _spelling(block, operator)
    if home is not None:
        held = block[home]
        if not isinstance(held, dict) or len(held) > MOST_ENTRIES or any(_spelling(held, key) for key in new):
            return None
        return tuple(Insert(statement.at("Condition", home, key), value) for key, value in new.items())
    if "Condition" in statement:
        return (Insert(statement.at("Condition", operator), dict(new)),)
    return (Insert(statement.at("Condition"), {operator: dict(new)}),)


def version_written(policy: Policy) -> Draft | None:
    """The policy is read as the version of the policy language that knows variables."""
    title, version = "write Version 2012-10-17", "2012-10-17"
    if not isinstance(policy.value, dict):
        return None
    if "Version" in policy.value:
        return Draft(title, (Put(("Version",), version),))
    misspelt = next((name for name in policy.value if name.lower() == "version"), None)
    if misspelt is not None:
        change = Rename((misspelt,), "Version")
        return Draft(title, (change,) if policy.value[misspelt] == version else (change, Put((misspelt,), version)))
    return Draft(title, (Insert(("Version",), version, first=True),))


def _spelling(holder: Mapping[str, object], name: str, but: str | None = None) -> str | None:
    """How `name` is written in `holder`; None where it is not there."""
    lowered = name.lower()
    return next((key for key in holder if key.lower() == lowered and key != but), None)


def _at(policy: Policy, path: Path) -> object:
    value = policy.value
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


def _shown(value: object) -> str:
    if isinstance(value, str):
        return quote(value)
    import json

    return quote(json.dumps(value))
