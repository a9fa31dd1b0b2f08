"""Action patterns: `service:Name` with `*` and `?`, in any case; `*` alone is every action.

An action has exactly one colon, so the colon of a pattern always meets it and no wildcard reaches across. A
pattern without a colon, or with two, matches no action. Source: AWS IAM User Guide, "IAM JSON policy
elements: Action".
"""

from collections.abc import Iterable
from functools import lru_cache
from sys import intern

from iamlint.analyse.wildcards import covers, matches, meets
from iamlint.model import Statement
from iamlint.model.cached import kept


@lru_cache(maxsize=16384)
def action_parts(pattern: str) -> tuple[str, str] | None:
    """Service and name, in lower case, of an action or a pattern; None where it matches no action."""
    service, colon, name = pattern.lower().partition(":")
    if not colon:
        return ("*", "*") if service and not service.strip("*") else None
    return None if ":" in name else (intern(service), intern(name))  # most are names of AWS's, which are kept anyway


def action_matches(pattern: str, action: str) -> bool:
    """True iff `pattern` matches `action`, the full name of one action (`s3:GetObject`)."""
    if "*" not in pattern and "?" not in pattern:
        return pattern.lower() == action.lower() and action.count(":") == 1
    parts = action_parts(pattern)
    return parts is not None and action.count(":") == 1 and matches(":".join(parts), action.lower())


def action_covers(pattern: str, other: str) -> bool:
    """True iff `pattern` matches every action that `other` matches, existing ones and any to come.

    A malformed `other` matches no action and is covered by everything.
    """
    theirs = action_parts(other)
    if theirs is None:
        return True
    ours = action_parts(pattern)
    return ours is not None and covers(ours[0], theirs[0]) and covers(ours[1], theirs[1])


def action_meets(pattern: str, other: str) -> bool:
    """True iff both patterns match one and the same action, existing or to come."""
    ours, theirs = action_parts(pattern), action_parts(other)
    return ours is not None and theirs is not None and meets(ours[0], theirs[0]) and meets(ours[1], theirs[1])


class ActionSet:
    """What a list of action patterns matches, prepared for many questions.

    Whole names and patterns that end in their only `*` are nearly all there are: one look-up and one
    `startswith` answer for any number of them.
    """

    __slots__ = ("_names", "_patterns", "_prefixes", "_stems")

    def __init__(self, patterns: Iterable[str]) -> None:
        names, prefixes, rest = set(), set(), {}
        for pattern in patterns:
            if "*" not in pattern and "?" not in pattern:
                if pattern.count(":") == 1:
                    names.add(pattern.lower())
                continue
            parts = action_parts(pattern)
            if parts is None:
                continue
            text = "" if parts == ("*", "*") else ":".join(parts).rstrip("*")
            stem = text.partition("*")[0].partition("?")[0]
            if stem != text:
                rest[":".join(parts)] = stem
            else:
                prefixes.add(text)
        self._names = frozenset(names)
        self._prefixes = tuple(prefixes)
        self._patterns = tuple(rest)
        self._stems = tuple(set(rest.values()))

    def matches(self, lowered: str) -> bool:
        """True iff a pattern matches the action, which is given in lower case and has one colon."""
        return (
            lowered in self._names
            or lowered.startswith(self._prefixes)
            or (lowered.startswith(self._stems) and any(matches(p, lowered) for p in self._patterns))
        )


@kept
def prepared_actions(statement: Statement) -> tuple[ActionSet, bool]:
    """What the statement lists, and whether it means all others (`NotAction`); kept while it lives."""
    # IAM refuses a statement with both elements, so which one wins does not matter.
    others = "Action" not in statement and "NotAction" in statement
    items = statement.not_actions if others else statement.actions
    return ActionSet(item.text for item in items), others


def statement_matches_action(statement: Statement, action: str) -> bool:
    """True iff the `Action` of the statement matches `action`, or its `NotAction` does not."""
    listed, others = prepared_actions(statement)
    return action.count(":") == 1 and listed.matches(action.lower()) is not others
