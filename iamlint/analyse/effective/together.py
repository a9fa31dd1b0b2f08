"""Layers of policies as one policy: what they allow together, statement by statement, and every Deny.

Two lists of patterns are met entry by entry; where of two entries none covers the other and they still meet, no list of
patterns need say what they have in common, and the answer is that there is none.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Final

from iamlint.analyse.actions import action_covers, action_meets
from iamlint.analyse.granted import resource_meets
from iamlint.analyse.resources import FIELDS, completed, is_everything
from iamlint.analyse.wildcards import covers
from iamlint.analyse.work import TooMuchWork
from iamlint.model import Policy, Statement
from iamlint.record import NamedTuple

_MOST: Final = 2_000
_Block = dict[str, dict[str, object]]


class _Unsaid(Exception):
    """One policy cannot say it, or not as far as is worked out here."""


class _Part(NamedTuple):
    """What a statement allows: entries, or with a `not` all but these."""

    actions: tuple[str, ...]
    not_actions: bool
    resources: tuple[str, ...]
    not_resources: bool
    condition: _Block

    def value(self) -> dict[str, object]:
        """The part as a statement."""
        found: dict[str, object] = {
            "Effect": "Allow",
            "NotAction" if self.not_actions else "Action": list(self.actions),
            "NotResource" if self.not_resources else "Resource": list(self.resources),
        }
        return {**found, "Condition": self.condition} if self.condition else found


def together(layers: Sequence[Sequence[Policy]]) -> Policy | None:
    """One identity policy that allows what every layer allows and no policy denies; None where that is not found."""
    from iamlint.analyse.minimise import normalised

    policies = [policy for layer in layers for policy in layer]
    if any(not policy.has_variables and "${" in str(policy.value) for policy in policies):
        return None  # plain text in one version of the language, a variable in the other
    try:
        parts = _met(layers)
        denies = [dict(statement.value) for policy in policies for statement in policy.statements if statement.denies]
        for deny in denies:
            deny.pop("Sid", None)
        whole = Policy({"Version": "2012-10-17", "Statement": [*(part.value() for part in parts), *denies]}, "identity")
        return Policy(normalised(whole), "identity")
    except (_Unsaid, TooMuchWork):
        return None


def _met(layers: Sequence[Sequence[Policy]]) -> list[_Part]:
    found: list[_Part] | None = None
    for layer in layers:
        parts = [_part(statement) for policy in layer for statement in policy.statements if statement.allows]
        if found is None:
            found = parts
            continue
        if any(_is_everything(part) for part in parts):
            continue
        if len(found) * len(parts) > _MOST:
            raise _Unsaid
        found = [both for one, two in product(found, parts) if (both := _both(one, two)) is not None]
    return found or []


def _part(statement: Statement) -> _Part:
    not_actions, not_resources = "NotAction" in statement, "NotResource" in statement
    condition = statement.value.get("Condition") or {}
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        raise _Unsaid
    actions = statement.not_actions if not_actions else statement.actions
    resources = statement.not_resources if not_resources else statement.resources
    return _Part(
        tuple(item.text for item in actions),
        not_actions,
        tuple(item.text for item in resources),
        not_resources,
        condition,
    )


def _is_everything(part: _Part) -> bool:
    return (
        not part.condition
        and not part.not_actions
        and not part.not_resources
        and any(action_covers(text, "*") for text in part.actions)
        and any(map(is_everything, part.resources))
    )


def _both(one: _Part, two: _Part) -> _Part | None:
    """What both allow; None where that is nothing."""
    actions = _common(one.actions, one.not_actions, two.actions, two.not_actions, action_covers, action_meets)
    if actions is None:
        return None
    resources = _common(
        one.resources, one.not_resources, two.resources, two.not_resources, _resource_covers, _resource_meets
    )
    if resources is None:
        return None
    return _Part(*actions, *resources, _conditions(one.condition, two.condition))


def _common(
    ones: tuple[str, ...],
    not_ones: bool,
    twos: tuple[str, ...],
    not_twos: bool,
    covered: Callable[[str, str], bool],
    met: Callable[[str, str], bool],
) -> tuple[tuple[str, ...], bool] | None:
    """The entries in common, and whether they are those that are left out."""
    if not_ones and not_twos:
        return tuple(dict.fromkeys((*ones, *twos))), True
    if not_ones:
        return _common(twos, not_twos, ones, not_ones, covered, met)
    found: list[str] = []
    for text in ones:
        found += _without(text, twos, covered, met) if not_twos else _within(text, twos, covered, met)
    return (tuple(dict.fromkeys(found)), False) if found else None


def _within(
    text: str, others: Iterable[str], covered: Callable[[str, str], bool], met: Callable[[str, str], bool]
) -> list[str]:
    found = []
    for other in others:
        if covered(other, text):
            return [text]
        if covered(text, other):
            found.append(other)
        elif met(text, other):
            raise _Unsaid
    return found


def _without(
    text: str, others: Iterable[str], covered: Callable[[str, str], bool], met: Callable[[str, str], bool]
) -> list[str]:
    for other in others:
        if covered(other, text):
            return []
        if met(text, other):
            raise _Unsaid
    return [text]


def _resource_covers(pattern: str, other: str) -> bool:
    if pattern == other or is_everything(pattern):
        return True
    if "${" in pattern or "${" in other or is_everything(other):
        return False
    return all(map(covers, _fields(pattern), _fields(other)))


def _resource_meets(one: str, two: str) -> bool:
    return "${" in one or "${" in two or resource_meets(one, two)


def _fields(pattern: str) -> list[str]:
    return completed(pattern).split(":", FIELDS - 1)


def _conditions(one: _Block, two: _Block) -> _Block:
    """Both blocks as one: they must hold together."""
    found: _Block = {operator: dict(keys) for operator, keys in one.items()}
    for operator, keys in two.items():
        for key, values in keys.items():
            there = found.setdefault(operator, {})
            if any(name.lower() == key.lower() and there[name] != values for name in there):
                raise _Unsaid
            there[key] = values
    return found
