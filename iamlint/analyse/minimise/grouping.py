"""The same pairs of action and resource in other statements, where that takes fewer characters."""

from collections.abc import Sequence
from typing import Final

from iamlint.analyse.actions import action_covers
from iamlint.analyse.minimise.covering import resource_covers
from iamlint.analyse.minimise.parts import Part, length
from iamlint.analyse.work import Budget

_MOST_PAIRS: Final = 3000
_MOST_COMPARED: Final = 200_000


def regrouped(parts: Sequence[Part], variables: bool, budget: Budget) -> list[Part]:
    """`parts`, those alike but for actions and resources written in the shortest of a few ways.

    Raises `TooMuchWork`.
    """
    groups: dict[object, list[Part]] = {}
    for number, part in enumerate(parts):
        plain = part.sid is None and part.action == "Action" and part.resource == "Resource"
        groups.setdefault(part._replace(actions=(), resources=()).form if plain else number, []).append(part)
    made: list[Part] = []
    for alike in groups.values():
        made += _shortest(alike, variables, budget) if len(alike) > 1 else alike
    return made


def _shortest(alike: Sequence[Part], variables: bool, budget: Budget) -> Sequence[Part]:
    if sum(len(part.actions) * len(part.resources) for part in alike) > _MOST_PAIRS:
        return alike
    pairs = _pairs(alike, variables, budget)
    if pairs is None:
        return alike
    ways: list[Sequence[Part]] = [alike]
    for by_action in (True, False):
        rows: dict[str, list[str]] = {}
        for action, resource in pairs:
            rows.setdefault(*((action, [])) if by_action else (resource, [])).append(resource if by_action else action)
        columns: dict[tuple[str, ...], list[str]] = {}
        for one, others in rows.items():
            columns.setdefault(tuple(sorted(others)), []).append(one)
        ways.append(
            [
                alike[0]._replace(
                    actions=tuple(sorted(ones if by_action else others, key=str.lower)),
                    resources=tuple(sorted(others if by_action else ones)),
                )
                for others, ones in columns.items()
            ]
        )
    return min(ways, key=lambda way: sum(1 + length(part) for part in way))


def _pairs(alike: Sequence[Part], variables: bool, budget: Budget) -> list[tuple[str, str]] | None:
    """All pairs of an action and a resource, without those that another pair covers; None where they are too many."""
    spelt: dict[str, str] = {}
    pairs = dict.fromkeys(
        (spelt.setdefault(action.lower(), action), resource)
        for part in alike
        for action in part.actions
        for resource in part.resources
    )
    wide = [pair for pair in pairs if any("*" in text or "?" in text for text in pair)]
    if len(pairs) * len(wide) > _MOST_COMPARED:
        return None
    left: list[tuple[str, str]] = []
    for pair in pairs:
        budget.spend(1 + len(wide))
        if not any(other != pair and _covers(other, pair, variables) for other in wide):
            left.append(pair)
    return left


def _covers(pair: tuple[str, str], other: tuple[str, str], variables: bool) -> bool:
    if not (action_covers(pair[0], other[0]) and resource_covers(pair[1], other[1], variables)):
        return False
    # Of two that cover each other, which are spellings of one pattern, the first stays.
    back = action_covers(other[0], pair[0]) and resource_covers(other[1], pair[1], variables)
    return not back or pair < other
