"""What is said already: by another entry of a list, by another statement."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from iamlint.analyse.actions import action_covers, action_meets
from iamlint.analyse.redundant import groups
from iamlint.analyse.resources import FIELDS, completed, is_everything
from iamlint.analyse.variables import variable_parts
from iamlint.analyse.wildcards import covers, meets
from iamlint.analyse.work import Budget
from iamlint.aws.glob import is_pattern

if TYPE_CHECKING:
    from iamlint.analyse.minimise.parts import Conditions, Part


def actions_left(texts: Sequence[str], budget: Budget) -> tuple[str, ...]:
    """The action patterns, sorted, without those that another one covers; of two spellings the first in order.

    Raises `TooMuchWork`.
    """
    every = sorted(texts, key=lambda text: (text.lower(), text))
    lowered = [text.lower() for text in every]
    gone = {
        index
        for group in groups(lowered, budget)
        for index in group.spare
        if action_covers(lowered[group.keep[0]], lowered[index]) and _is_action(lowered[index])
    }
    return tuple(text for index, text in enumerate(every) if index not in gone)


def _is_action(text: str) -> bool:
    """True iff the text matches anything: what matches nothing is a mistake, and not to be hidden."""
    return text.count(":") == 1 or not text.strip("*")


def patterns_left(
    texts: Sequence[str], variables: bool, budget: Budget, *, fields: bool = True, spared: bool = False
) -> tuple[str, ...]:
    """The patterns, sorted, without those that another one covers; `fields` says that they are those of ARNs.

    `spared` says that they are what a statement leaves out: there variables stay, since one without a value counts.
    Raises `TooMuchWork`.
    """
    every = sorted(texts)
    plain = [_open(text) if variables else text for text in every]
    gone = set()
    for group in groups(plain, budget):
        keep = every[group.keep[0]]
        for index in group.spare:
            covered = resource_covers(keep, every[index], variables) if fields else _covers(keep, plain[index])
            if covered and not (variables and "${" in (keep + every[index] if spared else keep)):
                gone.add(index)
    return tuple(text for index, text in enumerate(every) if index not in gone)


def _covers(pattern: str, other: str) -> bool:
    return covers(pattern, other)


def resource_covers(pattern: str, other: str, variables: bool) -> bool:
    """True only if `pattern` matches every resource that `other` matches, under both readings of wildcards in ARNs.

    A variable in `other` may have any value. With one in `pattern` the two have to be equal.
    """
    if pattern == other or is_everything(pattern):
        return True
    if is_everything(other) or (variables and "${" in pattern):
        return False
    if not is_pattern(pattern) and pattern.count(":") >= FIELDS - 1:
        return False
    return all(map(covers, _fields(pattern), _fields(_open(other) if variables else other)))


def resource_meets(pattern: str, other: str, variables: bool) -> bool:
    """False only if no resource is matched by both, under both readings."""
    if is_everything(pattern) or is_everything(other):
        return True
    if variables:
        pattern, other = _open(pattern), _open(other)
    return meets(completed(pattern), completed(other))


def _open(pattern: str) -> str:
    """`pattern` with a `*` for each variable."""
    if "${" not in pattern:
        return pattern
    return "".join(text if inside is None else "*" for text, inside in variable_parts(pattern))


def _fields(pattern: str) -> list[str]:
    return completed(pattern).split(":", FIELDS - 1)


def part_covers(part: "Part", other: "Part", variables: bool, budget: Budget) -> bool:
    """True only if every request that `other` matches is matched by `part`, and both do the same with it.

    Raises `TooMuchWork`.
    """
    return (
        covers_around(part, other)
        and resources_cover(part, other, variables, budget)
        and actions_cover(part, other, budget)
    )


def covers_around(part: "Part", other: "Part") -> bool:
    """As `part_covers`, of all but the actions and resources."""
    return part.effect == other.effect and _principals_cover(part, other) and conditions_cover(part, other)


def _principals_cover(part: "Part", other: "Part") -> bool:
    if part.principals == other.principals:
        return part.principal == other.principal
    if not part.principal == other.principal == "Principal":
        return False
    ours = dict(part.principals)
    return all(set(texts) <= set(ours.get(type_, ())) for type_, texts in other.principals)


def conditions_cover(part: "Part", other: "Part") -> bool:
    """True iff whatever `part` asks, `other` asks as well."""
    if not part.conditions or part.conditions == other.conditions:
        return True
    return _asked(part.conditions) <= _asked(other.conditions)


@lru_cache(maxsize=1024)
def _asked(conditions: "Conditions") -> frozenset[tuple[str, str, tuple[object, ...]]]:
    return frozenset([(op.lower(), key.lower(), values) for op, keys in conditions for key, values in keys])


def services_of(part: "Part") -> frozenset[str]:
    """The services of the listed actions, in lower case; empty where they may be of any."""
    if part.action != "Action":
        return frozenset()
    found = frozenset([text.partition(":")[0].lower() for text in part.actions])
    return frozenset() if any("*" in text or "?" in text for text in found) else found


def actions_cover(part: "Part", other: "Part", budget: Budget) -> bool:
    """True only if `part` is about all actions that `other` is about. Raises `TooMuchWork`."""
    ours, theirs = part.actions, other.actions
    match part.action, other.action:
        case "Action", "Action":
            return _all_covered(theirs, ours, budget)
        case "NotAction", "NotAction":
            return _all_covered(ours, theirs, budget)
        case "NotAction", "Action":
            budget.spend(len(ours) * len(theirs))
            return not any(action_meets(a, b) for a in ours for b in theirs)
        case _:
            return any(not text.strip("*") for text in ours)


def _all_covered(texts: Sequence[str], by: tuple[str, ...], budget: Budget) -> bool:
    """True iff each of the action patterns is covered by one of `by`."""
    spelt, wide = _looked_up(by)
    for text in texts:
        if text.lower() not in spelt:
            budget.spend(len(wide))
            if not _is_action(text) or not any(action_covers(pattern, text) for pattern in wide):
                return False
    return True


@lru_cache(maxsize=1024)
def _looked_up(patterns: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The patterns in lower case, and those that cover more than themselves."""
    return frozenset(map(str.lower, patterns)), tuple(text for text in patterns if "*" in text or "?" in text)


def resources_cover(part: "Part", other: "Part", variables: bool, budget: Budget) -> bool:
    """True only if `part` is about all resources that `other` is about. Raises `TooMuchWork`."""
    ours, theirs = part.resources, other.resources
    budget.spend(len(ours) * len(theirs))
    match part.resource, other.resource:
        case "Resource", "Resource":
            return all(any(resource_covers(a, b, variables) for a in ours) for b in theirs)
        case "NotResource", "NotResource":
            known = all(a in theirs for a in ours if variables and "${" in a)
            return known and all(any(resource_covers(b, a, variables) for b in theirs) for a in ours)
        case "NotResource", "Resource":
            # With a variable that has no value the statement matches nothing: see `evaluate`.
            known = not (variables and any("${" in text for text in ours))
            return known and not any(resource_meets(a, b, variables) for a in ours for b in theirs)
        case "Resource", "NotResource":
            return any(map(is_everything, ours))
        case _:
            return part.resource == other.resource
