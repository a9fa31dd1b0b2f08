"""Values of a condition that another value of it covers: the values of a key are alternatives."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from iamlint.analyse.addresses import network
from iamlint.analyse.conditions import Operator, parse_operator
from iamlint.analyse.resources import FIELDS
from iamlint.analyse.wildcards import covers
from iamlint.finding import Draft, Hit
from iamlint.model import Condition, Item, Statement
from iamlint.rule.base import Rule, listing
from iamlint.rule.families.drafts import MOST_ENTRIES
from iamlint.syntax.change import Drop

_MOST_PAIRS: Final = 20_000
"""Pairs of values of a condition, each a microsecond or two, beyond which only equal values are looked for."""


def covered_values(rule: Rule, statement: Statement) -> Iterator[Hit]:
    """A hit for each condition with values that change nothing, which marks them."""
    for condition in statement.conditions:
        operator = parse_operator(condition.operator) if len(condition.values) > 1 else None
        if operator is None or operator.family == "Null" or "Than" in operator.name:
            continue
        found = _covered(condition.values, operator)
        if found:
            texts = listing(dict.fromkeys(item.text for item in found))
            many = len(found) > 1
            yield rule.finding(
                list(found),
                f"other values take in {texts}; take {'them' if many else 'it'} out",
                rewrite=partial(_without, condition, found),
            )


def _without(condition: Condition, items: Sequence[Item]) -> Draft | None:
    if len(condition.values) > MOST_ENTRIES:
        return None
    return Draft("take out what other values take in", tuple(Drop(item.path) for item in items))


def _covered(values: Sequence[Item], operator: Operator) -> list[Item]:
    """Those that another value covers; of equal ones all but the first."""
    first: dict[str, Item] = {}
    found = []
    for item in values:
        text = item.text.lower() if operator.name.endswith("IgnoreCase") else item.text
        if first.setdefault(text, item) is not item:
            found.append(item)
    takes_in = _TAKING_IN.get(operator.name.replace("Not", ""))
    if takes_in is None:
        return found
    plain = [item for text, item in first.items() if "${" not in text]
    wide = [item for item in plain if operator.family == "IpAddress" or "*" in item.text or "?" in item.text]
    if len(plain) * len(wide) <= _MOST_PAIRS:
        found += [item for item in plain if any(_is_wider(by, item, takes_in) for by in wide)]
    return sorted(found, key=lambda item: item.path)


def _is_wider(by: Item, item: Item, takes_in: Callable[[str, str], bool]) -> bool:
    """True iff `by` takes in `item`; of two that take in each other, the later one goes."""
    if by is item or not takes_in(by.text, item.text):
        return False
    return by.path < item.path or not takes_in(item.text, by.text)


def _arn_covers(pattern: str, other: str) -> bool:
    """Wildcards of ARN operators stay within their field: true only if each field covers the other's."""
    ours, theirs = pattern.split(":", FIELDS - 1), other.split(":", FIELDS - 1)
    return len(ours) == len(theirs) == FIELDS and all(map(covers, ours, theirs))


def _network_covers(wide: str, narrow: str) -> bool:
    ours, theirs = network(wide), network(narrow)
    return ours is not None and theirs is not None and theirs.within(ours)


_TAKING_IN: Final = {
    "StringLike": covers,
    "ArnLike": _arn_covers,
    "ArnEquals": _arn_covers,
    "IpAddress": _network_covers,
}
"""Operator without `Not` → whether its first value is met wherever the second one is."""
