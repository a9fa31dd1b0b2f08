"""What of changed statements makes a difference: they are often long lists that differ in an entry."""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from iamlint.analyse.actions import ActionSet, action_meets
from iamlint.analyse.conditions import parse_operator
from iamlint.aws.glob import is_pattern
from iamlint.model import Statement

_MOST_PAIRS: Final = 20_000
"""Pairs of patterns, each a microsecond or two, that are held against each other."""
_FEW: Final = 8
"""Actions that are all looked at at once."""

Values = list[dict[str, Any]]


def lean(gone: Sequence[Statement], come: Sequence[Statement]) -> tuple[Values, Values]:
    """The statements that go and come, as JSON, without actions that do not bear on what is gained by the change.

    What comes is without the actions that a statement which goes lists, and which says the same beside them: they are
    allowed before. What goes is without those that none of the others meets. Both are of policies of one version.
    """
    if any(not statement.is_regular or not statement.allows for statement in (*gone, *come)):
        return [s.value for s in gone], [s.value for s in come]
    listed: dict[str, set[str]] = {}
    for statement in gone:
        if "Action" in statement:
            listed.setdefault(_beside(statement), set()).update(map(str.lower, texts(statement)))
    new: Values = []
    wanted: list[str] | None = []
    for statement in come:
        if "Action" not in statement:
            wanted = None
            new.append(statement.value)
            continue
        before = listed.get(_beside(statement), ())
        left = [text for text in texts(statement) if text.lower() not in before]
        if left:
            new.append({**statement.value, "Action": left})
            if wanted is not None:
                wanted += map(str.lower, left)
    return list(_met(gone, come, wanted)), new


def probe(gone: Values, come: Values) -> tuple[Values, Values] | None:
    """The same for one action of a long list: what it gains is gained. None where there is no long list."""
    for value in come:
        actions = value.get("Action")
        if isinstance(actions, list) and len(actions) > _FEW:
            one = actions[0].lower()
            old = []
            for each in gone:
                listed = each.get("Action")
                if isinstance(listed, list):
                    met = [text for text in listed if action_meets(text, one)]
                    old += [{**each, "Action": met}] if met else []
                else:
                    old.append(each)
            return old, [{**value, "Action": actions[0]}]
    return None


def _met(gone: Sequence[Statement], come: Sequence[Statement], wanted: list[str] | None) -> Iterator[dict[str, Any]]:
    """What goes without the actions that meet none of those `wanted`, None for any."""
    if wanted is None or len(wanted) * sum(len(texts(statement)) for statement in gone) > _MOST_PAIRS:
        yield from (statement.value for statement in gone)
        return
    plain = frozenset(wanted)
    wild = [text for text in wanted if is_pattern(text)]
    some = ActionSet(wild) if wild else None
    for statement in gone:
        if "Action" not in statement:
            yield statement.value
            continue
        met = [
            text
            for text in texts(statement)
            if (
                any(action_meets(text, each) for each in wanted)
                if is_pattern(text)
                else text.lower() in plain or (some is not None and some.matches(text.lower()))
            )
        ]
        if met:
            yield {**statement.value, "Action": met}
            continue
        keys = {key for key, _ in told(statement)}
        if keys and any(reads(s, keys) for s in (*gone, *come) if s is not statement):
            yield statement.value


def texts(statement: Statement, element: str = "Action") -> list[str]:
    """The entries of an element, without their places: a changed statement is looked at once."""
    held = statement.value.get(element)
    if isinstance(held, list):
        return [text for text in held if isinstance(text, str)]
    return [held] if isinstance(held, str) else []


def _beside(statement: Statement) -> str:
    """What the statement says beside its actions, as JSON: for Python `1` and `true` are equal."""
    others = {name: value for name, value in statement.value.items() if name not in ("Sid", "Action")}
    return json.dumps(others, sort_keys=True)


def reads(statement: Statement, keys: Collection[str]) -> bool:
    """True if the statement may ask for one of the keys, in a condition or by a variable."""
    return "${" in json.dumps(statement.value) or any(c.key.lower() in keys for c in statement.conditions)


def told(statement: Statement) -> Iterator[tuple[str, str]]:
    """The keys, in lower case, of whose values a condition tells more than that they are texts, one at a time.

    Each with what it tells: the family of the operator, and whether there may be several values.
    """
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        if operator is not None and (operator.quantifier or operator.family not in ("String", "Arn")):
            family = "" if operator.family in ("String", "Arn") else operator.family
            yield condition.key.lower(), f"{bool(operator.quantifier)} {family}"
