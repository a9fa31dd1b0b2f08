"""Condition blocks that never hold, or always: decided for each condition key by itself.

Keys are independent of each other, so a block never holds iff what it says of some key does not, and it always holds
iff each of its conditions does. A condition that AWS's checks refuse as it stands, such as one with a number that is
none, has findings of its own and is not judged here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from iamlint.analyse.conditions import Operator, parse_operator
from iamlint.analyse.variables import keys_read
from iamlint.model import Condition, Policy, Statement
from iamlint.model.cached import kept
from iamlint.rule.families.meaning import Questions
from iamlint.rule.families.values import is_address, is_base64, is_boolean, is_date, is_number
from iamlint.syntax.change import Drop

_MOST_VALUES: Final = 500
_MOST_TRIES: Final = 20
"""Values that are tried before the question is asked."""
_FITS: Final = {
    "Binary": is_base64,
    "Bool": is_boolean,
    "Date": is_date,
    "IpAddress": is_address,
    "Null": is_boolean,
    "Numeric": is_number,
}


def contradictions(statement: Statement) -> Iterator[list[Condition]]:
    """Conditions on one key that no request meets together; as few of them as it takes."""
    by_key: dict[str, list[Condition]] = {}
    for condition in statement.conditions:
        by_key.setdefault(condition.key.lower(), []).append(condition)
    ask = None
    for conditions in by_key.values():
        if len(conditions) == 1 and not _may_fail(conditions[0]):
            continue
        if not all(map(_is_sound, conditions)) or _is_repeated(conditions) or _is_met(conditions, statement.policy):
            continue
        ask = ask or Questions(statement.policy)
        if not ask.implies([_asking(conditions)], []):
            continue
        for condition in conditions:
            rest = [other for other in conditions if other is not condition]
            if rest and ask.implies([_asking(rest)], []):
                conditions = rest
        yield sorted(conditions, key=lambda condition: condition.operator.lower())


def tautologies(statement: Statement) -> Iterator[Condition]:
    """Conditions that every request meets."""
    ask = None
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        if operator is None or not _may_always_hold(condition, operator) or not _is_sound(condition):
            continue
        if _is_missed(condition, statement.policy):
            continue
        ask = ask or Questions(statement.policy)
        if ask.implies([_asking([])], [_asking([condition])]):
            yield condition


def _may_fail(condition: Condition) -> bool:
    """True unless it is plain that some request meets the condition."""
    operator = parse_operator(condition.operator)
    if operator is None or operator.holds_without_key:
        return False
    return operator.family == "Arn" or (operator.negated and operator.quantifier == "ForAnyValue")


def _may_always_hold(condition: Condition, operator: Operator) -> bool:
    """True unless it is plain that some request fails the condition."""
    if not operator.holds_without_key or operator.family in ("Null", "Bool"):
        return False
    if operator.negated:
        return operator.family == "Arn"
    if operator.family == "IpAddress":
        return any(item.text.endswith("/0") for item in condition.values)
    return operator.family in ("String", "Arn") and any("*" in item.text for item in condition.values)


@kept
def _met(policy: Policy) -> dict[tuple[object, ...], bool]:
    """Of conditions that were tried, whether they are met: the statements of a policy ask for much the same."""
    return {}


def _is_met(conditions: Sequence[Condition], policy: Policy) -> bool:
    """True only if some request meets these sound conditions on one key: a likely value does, which is quick to see."""
    known = _met(policy)
    asked = tuple([(c.operator, c.key, *[item.text for item in c.values]) for c in conditions])
    if asked not in known:
        known[asked] = _is_met_by_trying(conditions, policy)
    return known[asked]


def _is_met_by_trying(conditions: Sequence[Condition], policy: Policy) -> bool:
    if not _is_tried(conditions):
        return False
    from iamlint.analyse.circumstances import Tries, satisfying

    asked = {condition.key.lower() for condition in conditions}
    filled: dict[str, tuple[str, ...]] = {
        key: ("x",) for condition in conditions for key in _filling(condition) if key not in asked
    }
    return satisfying(conditions, policy, filled, asked.__contains__, Tries(_MOST_TRIES)) is not None


def _is_missed(condition: Condition, policy: Policy) -> bool:
    """True only if some request fails this sound condition: one with a likely value does, which is quick to see."""
    if not _is_tried((condition,)):
        return False
    from iamlint.analyse.circumstances import all_hold, variants

    ways = islice(variants(condition.key.lower(), (condition,), policy, {}), _MOST_TRIES)
    return any(not all_hold((condition,), policy, way) for way in ways)


def _is_tried(conditions: Sequence[Condition]) -> bool:
    """True iff any value may be tried that the operators want: of one type, not the caller's own, nor filled in by it.

    What is known of principals limits the values that keys about them can have; not those of tags.
    """
    keys = {key for condition in conditions for key in (condition.key.lower(), *_filling(condition))}
    if any(key.startswith(_OF_CALLER) and not key.startswith("aws:principaltag/") for key in keys):
        return False
    families = {operator.family for c in conditions if (operator := parse_operator(c.operator))} - {"Null"}
    return len(families) < 2


_OF_CALLER: Final = ("aws:principal", "aws:user")


def _filling(condition: Condition) -> Iterator[str]:
    """The keys, in lower case, whose values the condition's own take in by variables."""
    for item in condition.values:
        yield from keys_read(item.text)


def _is_sound(condition: Condition) -> bool:
    """True iff the operator is known, has values, and each of them is of its type."""
    operator = parse_operator(condition.operator)
    if operator is None or not 0 < len(condition.values) <= _MOST_VALUES:
        return False
    if operator.family in ("Bool", "Null") and len(condition.values) > 1:
        return False
    fits = _FITS.get(operator.family)
    return fits is None or all("${" in item.text or fits(item.text) for item in condition.values)


def _is_repeated(conditions: Iterable[Condition]) -> bool:
    """True iff an operator has the key twice, in two spellings, of which IAM takes one."""
    operators = [condition.operator.lower() for condition in conditions]
    return len(set(operators)) < len(operators)


def _asking(conditions: Iterable[Condition]) -> Mapping[str, object]:
    """A statement for every request that meets the conditions."""
    block: dict[str, dict[str, list[str]]] = {}
    for condition in conditions:
        block.setdefault(condition.operator, {})[condition.key] = [item.text for item in condition.values]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    return {**statement, "Condition": block} if block else statement


def without(statement: Statement, condition: Condition) -> Drop:
    """The change that takes the condition out, with what would be left empty around it."""
    operators = [other.operator for other in statement.conditions]
    if operators.count(condition.operator) > 1:
        return Drop(condition.path)
    return Drop(condition.path[:-1] if len(operators) > 1 else condition.path[:-2])
