"""Statements that are alike but for one list: they say in one statement what they say in several."""

from collections.abc import Callable, Sequence

from iamlint.analyse.conditions import parse_operator
from iamlint.analyse.minimise.covering import (
    actions_cover,
    actions_left,
    covers_around,
    part_covers,
    patterns_left,
    resources_cover,
    services_of,
)
from iamlint.analyse.minimise.parts import Part, Principals
from iamlint.analyse.work import Budget
from iamlint.model.policy import scalar_text

_Outline = Callable[[Part], object]
_Join = Callable[[Sequence[Part]], Part]


def without_covered(parts: Sequence[Part], variables: bool, budget: Budget) -> list[Part]:
    """Without the statements that another one covers, and the entries: but those with a Sid stay, with one at least.

    Raises `TooMuchWork`.
    """
    left = list(parts)
    services = [services_of(part) for part in left]
    at = len(left) - 1
    while at >= 0:  # of two that are alike the first stays
        part, own = left[at], services[at]
        others = [
            other
            for index, (other, theirs) in enumerate(zip(left, services, strict=True))
            if index != at and not (theirs and own and theirs.isdisjoint(own)) and covers_around(other, part)
        ]
        if any(part_covers(other, part, variables, budget) for other in others):
            if part.sid is None:
                del left[at], services[at]
        else:
            left[at] = _thinned(part, others, variables, budget)
            services[at] = services_of(left[at])
        at -= 1
    return left


def _thinned(part: Part, around: Sequence[Part], variables: bool, budget: Budget) -> Part:
    """Without the actions and resources for which another statement, one of `around`, covers this one."""
    if part.action == "Action" and len(part.actions) > 1:
        wide = [other for other in around if resources_cover(other, part, variables, budget)]
        kept = [text for text in part.actions if wide and not _covers_action(wide, part, text, budget)]
        part = part._replace(actions=tuple(kept) or part.actions)
    if part.resource == "Resource" and len(part.resources) > 1:
        wide = [other for other in around if actions_cover(other, part, budget)]
        kept = [text for text in part.resources if wide and not _covers_resource(wide, part, text, variables, budget)]
        part = part._replace(resources=tuple(kept) or part.resources)
    return part


def _covers_action(others: Sequence[Part], part: Part, text: str, budget: Budget) -> bool:
    one = part._replace(actions=(text,))
    return any(actions_cover(other, one, budget) for other in others)


def _covers_resource(others: Sequence[Part], part: Part, text: str, variables: bool, budget: Budget) -> bool:
    one = part._replace(resources=(text,))
    return any(resources_cover(other, one, variables, budget) for other in others)


def joined(parts: Sequence[Part], variables: bool, budget: Budget) -> list[Part]:
    """With one part for all that are alike but for their actions, resources, principals or values of one condition.

    Only parts without a Sid are joined. Raises `TooMuchWork`.
    """

    def by_actions(alike: Sequence[Part]) -> Part:
        texts = dict.fromkeys(text for part in alike for text in part.actions)
        return alike[0]._replace(actions=actions_left(tuple(texts), budget))

    def by_resources(alike: Sequence[Part]) -> Part:
        texts = dict.fromkeys(text for part in alike for text in part.resources)
        return alike[0]._replace(resources=patterns_left(tuple(texts), variables, budget))

    ways: list[tuple[str, _Outline, _Join]] = [
        ("Action", lambda part: part._replace(actions=()).form, by_actions),
        ("Resource", lambda part: part._replace(resources=()).form, by_resources),
        ("Principal", lambda part: part._replace(principals=()).form, _by_principals),
    ]
    left = list(parts)
    while True:
        before = len(left)
        for element, outline, join in ways:
            left = _joined(left, element, outline, join, budget)
        left = _by_values(left, budget)
        if len(left) == before:
            return left


def _joined(parts: Sequence[Part], element: str, outline: _Outline, join: _Join, budget: Budget) -> list[Part]:
    alike: dict[object, list[Part]] = {}
    for number, part in enumerate(parts):
        budget.spend(1 + len(part.actions) + len(part.resources))
        may = part.sid is None and element in (part.action, part.resource, part.principal)
        alike.setdefault(outline(part) if may else number, []).append(part)
    return [same[0] if len(same) == 1 else join(same) for same in alike.values()]


def _by_principals(alike: Sequence[Part]) -> Part:
    if any(part.principals == (("*", ("*",)),) for part in alike):
        return next(part for part in alike if part.principals == (("*", ("*",)),))
    found: dict[str, dict[str, None]] = {}
    for part in alike:
        for type_, texts in part.principals:
            found.setdefault(type_, {}).update(dict.fromkeys(texts))
    principals: Principals = tuple((type_, tuple(sorted(found[type_]))) for type_ in sorted(found))
    return alike[0]._replace(principals=principals)


def _by_values(parts: Sequence[Part], budget: Budget) -> list[Part]:
    """Joins parts whose conditions differ in the values of one key, under an operator that takes any of them."""
    left = list(parts)
    places = max((len(keys) for part in parts for _, keys in part.conditions), default=0)
    for row in range(max((len(part.conditions) for part in parts), default=0)):
        for column in range(places):
            alike: dict[object, list[Part]] = {}
            for number, part in enumerate(left):
                budget.spend(1 + len(part.actions) + len(part.resources))
                may = part.sid is None and _takes_any(part, row, column)
                alike.setdefault(_with(part, row, column, ()).form if may else number, []).append(part)
            left = [_together(same, row, column) if len(same) > 1 else same[0] for same in alike.values()]
    return left


def _takes_any(part: Part, row: int, column: int) -> bool:
    """True iff the condition there holds iff it does with one of its values."""
    if row >= len(part.conditions) or column >= len(part.conditions[row][1]):
        return False
    operator = parse_operator(part.conditions[row][0])
    return (
        operator is not None
        and operator.family != "Null"
        and not operator.negated
        and operator.quantifier != "ForAllValues"
    )


def _with(part: Part, row: int, column: int, values: tuple[object, ...]) -> Part:
    operator, keys = part.conditions[row]
    changed = (*keys[:column], (keys[column][0], values), *keys[column + 1 :])
    return part._replace(conditions=(*part.conditions[:row], (operator, changed), *part.conditions[row + 1 :]))


def _together(alike: Sequence[Part], row: int, column: int) -> Part:
    listed = [value for part in reversed(alike) for value in part.conditions[row][1][column][1]]
    values = {scalar_text(value) or "": value for value in listed}
    return _with(alike[0], row, column, tuple(values[text] for text in sorted(values)))
