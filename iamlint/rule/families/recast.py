"""The operator that a condition evidently needs: for the type of its key, for patterns, for several values."""

from collections.abc import Callable
from typing import Final

from iamlint.analyse.conditions import Operator
from iamlint.finding import Draft
from iamlint.model import Condition, Statement
from iamlint.rule.context import Context
from iamlint.rule.families.condition_keys import KeyUse, condition_key
from iamlint.rule.families.drafts import condition_added, moved, under
from iamlint.rule.families.meant import meant_network
from iamlint.rule.families.values import (
    date_of_number,
    has_plain_wildcard,
    is_address,
    is_boolean,
    is_date,
    is_number,
)
from iamlint.syntax.change import Change, Put


def respelt(operator: Operator, name: str, *, quantifier: str | None = None, if_exists: bool | None = None) -> str:
    """The operator `name` with the quantifier and the suffix of `operator`, or with these."""
    prefix = operator.quantifier if quantifier is None else quantifier
    suffix = operator.if_exists if if_exists is None else if_exists
    return f"{prefix}{':' if prefix else ''}{name}{'IfExists' if suffix else ''}"


def recast(use: KeyUse, statement: Statement, fitting: tuple[str, ...]) -> Draft | None:
    """The condition under an operator for the type of its key; None where its values are not of that type."""
    operator, condition = use.operator, use.condition
    texts = [item.text for item in condition.values]
    source, target = operator.family, fitting[0]
    if not texts or len(texts) > _MOST_VALUES or (target != "String" and any("${" in text for text in texts)):
        return None
    equality = operator.name.endswith(("Equals", "IgnoreCase", "Like")) and "Than" not in operator.name
    if source == "String" and operator.name.endswith("Like") and target != "IpAddress" and _has_pattern(texts):
        return None
    if target == "Bool" and source == "String" and len(texts) == 1 and is_boolean(texts[0]):
        return _bool(use, statement, texts[0].lower())
    not_ = "Not" if operator.negated else ""
    if target == "String":
        if (source == "Numeric" and equality) or source == "Bool":
            return _under(statement, condition, respelt(operator, f"String{not_}Equals"), str)
        return None
    if source == "Numeric" and target == "Date":
        return _under(statement, condition, respelt(operator, operator.name.replace("Numeric", "Date")), _date)
    if source != "String":
        return None
    if target == "IpAddress":
        return _under(statement, condition, respelt(operator, f"{not_}IpAddress"), _network)
    fits: dict[str, Callable[[str], bool]] = {"Numeric": is_number, "Date": is_date}
    if target in fits and all(map(fits[target], texts)):
        return under(statement, condition, respelt(operator, f"{target}{not_}Equals"))
    return None


_MOST_VALUES: Final = 1000


def _has_pattern(texts: list[str]) -> bool:
    return any(map(has_plain_wildcard, texts))


def _network(text: str) -> str | None:
    range_ = meant_network(text) if len(text) < _LONG else None
    return range_ if range_ is not None and is_address(range_) else None


_LONG: Final = 100


def _date(text: str) -> str | None:
    return None if len(text) == len("2026") else date_of_number(text)  # a year, or seconds after 1970


def _bool(use: KeyUse, statement: Statement, text: str) -> Draft | None:
    """`StringNotEquals` `true` is `BoolIfExists` `false`, since negated operators hold without the key."""
    operator = use.operator
    wanted = {"true": "false", "false": "true"}[text] if operator.negated else text
    holds = operator.if_exists or (operator.negated and not operator.quantifier)
    name = respelt(operator, "Bool", if_exists=holds)
    return _under(statement, use.condition, name, lambda _: wanted)


def _under(statement: Statement, condition: Condition, operator: str, new: Callable[[str], str | None]) -> Draft | None:
    """The condition under another operator with its values made new; None where one cannot be."""
    values = [new(item.text) for item in condition.values]
    if None in values:
        return None
    alone = len(values) == 1 and condition.values[0].path == condition.path
    changes = moved(statement, condition, operator, values[0] if alone else values)
    return None if changes is None else Draft(f"compare with `{operator}`", changes)


def as_arns(use: KeyUse, statement: Statement, name: str) -> Draft | None:
    """The condition under the ARN operator `name`, where all of its values have the form of ARNs."""
    if not all(is_arn_pattern(item.text) for item in use.condition.values):
        return None
    return under(statement, use.condition, respelt(use.operator, name))


def is_arn_pattern(text: str) -> bool:
    """True iff `text` is `*`, or begins with `arn:` and has all fields or a `*` for those that are missing."""
    return not text.strip("*") or (text.startswith("arn:") and (text.count(":") >= _COLONS or text.endswith("*")))


_COLONS: Final = 5


def as_patterns(statement: Statement, condition: Condition, operator: Operator, ctx: Context) -> Draft | None:
    """The condition under an operator that takes wildcards, that for ARNs where its key holds one."""
    key = condition_key(condition.key, ctx)
    arns = key is not None and key.value_type == "ARN" and all(is_arn_pattern(i.text) for i in condition.values)
    name = f"{'Arn' if arns else 'String'}{'Not' if operator.negated else ''}Like"
    return under(statement, condition, respelt(operator, name))


_CALLERS: Final = frozenset(
    (
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:vpceorgpaths",
    )
)
"""Lists that tell who calls, from where or what about: one of the values decides. The others list what is asked for."""


def with_quantifier(use: KeyUse, statement: Statement) -> Draft | None:
    """The condition with the quantifier that asks for less in an Allow and for more in a Deny.

    An Allow of some names is of these only, and of one at least; a Deny of names is of any of them, and a Deny of all
    others is of any other. Whoever calls has one of the values, or none of them.
    """
    condition, operator = use.condition, use.operator
    of_caller = condition.key.lower() in _CALLERS
    if of_caller:
        quantifier = "ForAllValues" if operator.negated else "ForAnyValue"
    else:
        quantifier = "ForAllValues" if statement.allows else "ForAnyValue"
    changes = moved(statement, condition, respelt(operator, operator.name, quantifier=quantifier))
    if changes is None or not (statement.allows or statement.denies):
        return None
    guard: tuple[Change, ...] | None = ()
    if quantifier == "ForAllValues" and not operator.negated and not operator.if_exists:
        guard = null_guard(statement, condition.key)
    return None if guard is None else Draft(f"write `{quantifier}:`", (*changes, *guard))


def null_guard(statement: Statement, key: str) -> tuple[Change, ...] | None:
    """What makes the statement ask for the key; nothing where it does, None where it asks for its absence."""
    for condition in statement.conditions:
        if condition.operator.lower() == "null" and condition.key.lower() == key.lower():
            texts = {item.text.lower() for item in condition.values}
            if texts == {"false"}:
                return ()
            return (Put(condition.path, "false"),) if "false" in texts else None
    return condition_added(statement, "Null", {key: "false"})


def guarded(statement: Statement, condition: Condition) -> Draft | None:
    """The statement asks for the key of the condition."""
    changes = null_guard(statement, condition.key)
    return Draft("ask for the key with `Null` `false`", changes) if changes else None
