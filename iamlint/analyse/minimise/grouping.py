"""The same pairs of action and resource in other statements, where that takes fewer characters."""

from collections.abc import Sequence
from itertools import product
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
    wide = {pair for pair in pairs if any("*" in text or "?" in text for text in pair)}
    if len(pairs) * len(wide) > _MOST_COMPARED:
        return None
    actions, resources = (dict.fromkeys(pair[side] for pair in pairs) for side in (0, 1))
    wide_actions, wide_resources = ({pair[side] for pair in wide} for side in (0, 1))
    by_service: dict[str, list[str]] = {}
    for action in wide_actions:
        by_service.setdefault(_service(action), []).append(action)

    def near(action: str) -> list[str]:
        return [*by_service.get(_service(action), ()), *(by_service.get("*", ()) if _service(action) != "*" else ())]

    budget.spend(sum(len(near(action)) for action in actions) + len(resources) * len(wide_resources))
    over_actions = {one: [other for other in near(one) if action_covers(other, one)] for one in actions}
    over_resources = {
        one: [other for other in wide_resources if resource_covers(other, one, variables)] for one in resources
    }

    def is_covered(pair: tuple[str, str]) -> bool:
        over = wide.intersection(product(over_actions[pair[0]], over_resources[pair[1]]))
        # Of two that cover each other, which are spellings of one pattern, the first stays.
        return any(
            other < pair or pair[0] not in over_actions[other[0]] or pair[1] not in over_resources[other[1]]
            for other in over - {pair}
        )

    left: list[tuple[str, str]] = []
    for pair in pairs:
        budget.spend(1 + len(over_actions[pair[0]]) * len(over_resources[pair[1]]))
        if not is_covered(pair):
            left.append(pair)
    return left


def _service(action: str) -> str:
    """Whose action it is, in lower case; `*` for what may be of several services. Others are no cover for it."""
    service, colon, _ = action.lower().partition(":")
    return "*" if not colon or "*" in service or "?" in service else service
