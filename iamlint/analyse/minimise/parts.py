"""A statement taken apart, in an order of its own."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from iamlint.analyse.conditions import parse_operator
from iamlint.analyse.minimise.covering import actions_left, patterns_left
from iamlint.analyse.work import Budget
from iamlint.model import Statement
from iamlint.model.policy import STATEMENT_ELEMENTS, scalar_text
from iamlint.record import NamedTuple

Principals = tuple[tuple[str, tuple[str, ...]], ...]
Conditions = tuple[tuple[str, tuple[tuple[str, tuple[Any, ...]], ...]], ...]
"""Operators → keys → values, as scalars of JSON."""


class Part(NamedTuple):
    """A statement whose every element is understood: lists without repetition, sorted.

    The principal `"*"` is that of type `*`. Elements that are absent have an empty name.
    """

    effect: str
    principal: str
    principals: Principals
    action: str
    actions: tuple[str, ...]
    resource: str
    resources: tuple[str, ...]
    conditions: Conditions
    sid: str | None

    @property
    def form(self) -> tuple[object, ...]:
        """Equal for parts that say the same, but for the case of names and the type of values."""
        conditions = tuple(
            (operator.lower(), tuple((key.lower(), tuple(map(scalar_text, values))) for key, values in keys))
            for operator, keys in self.conditions
        )
        actions = tuple(text.lower() for text in self.actions)
        return (*self[:4], actions, self.resource, self.resources, conditions)

    def value(self) -> dict[str, object]:
        """The statement as JSON; lists of one entry as that entry."""
        made: dict[str, object] = {} if self.sid is None else {"Sid": self.sid}
        made["Effect"] = self.effect
        if self.principal:
            everyone = self.principals == (("*", ("*",)),)
            made[self.principal] = "*" if everyone else {type_: alone(texts) for type_, texts in self.principals}
        made[self.action] = alone(self.actions)
        if self.resource:
            made[self.resource] = alone(self.resources)
        if self.conditions:
            made["Condition"] = {op: {key: alone(values) for key, values in keys} for op, keys in self.conditions}
        return made


def alone(entries: Iterable[object]) -> object:
    """The entry itself where there is one, else the list."""
    listed = list(entries)
    return listed[0] if len(listed) == 1 else listed


def length(part: Part) -> int:
    """Characters of the statement as short as it can be printed."""
    return len(json.dumps(part.value(), ensure_ascii=False, separators=(",", ":")))


def part(statement: Statement, budget: Budget) -> Part | None:
    """The statement taken apart, without what it says twice; None where any of it is not understood.

    Raises `TooMuchWork`.
    """
    value = statement.value
    if not value.keys() <= frozenset(STATEMENT_ELEMENTS) or not (statement.allows or statement.denies):
        return None
    sid = value.get("Sid")
    found = [_one_of(value, name) for name in ("Principal", "Action", "Resource")]
    if None in found or not isinstance(sid, str | None):
        return None
    principal, action, resource = map(str, found)
    actions, resources = _texts(value.get(action)), _texts(value.get(resource))
    principals, conditions = _principals(value.get(principal)), _conditions(statement, budget)
    if not actions or (resource and not resources) or (principal and not principals) or conditions is None:
        return None
    variables = statement.policy.has_variables
    return Part(
        str(value["Effect"]),
        principal,
        principals,
        action,
        actions_left(actions, budget),
        resource,
        patterns_left(resources, variables, budget, spared=resource == "NotResource"),
        conditions,
        sid,
    )


def _one_of(value: Mapping[str, object], name: str) -> str | None:
    """Which of an element and its Not-twin is there: "" for neither, None for both."""
    there = [each for each in (name, f"Not{name}") if each in value]
    return None if len(there) > 1 else "".join(there)


def _texts(value: object) -> tuple[str, ...]:
    """The strings of an element; none where it holds anything else."""
    entries = value if isinstance(value, list) else [value]
    texts = [entry for entry in entries if isinstance(entry, str)]
    return tuple(dict.fromkeys(texts)) if len(texts) == len(entries) else ()


def _principals(value: object) -> Principals:
    if value == "*":
        return (("*", ("*",)),)
    if not isinstance(value, dict) or not value:
        return ()
    found = tuple((type_, tuple(sorted(_texts(value[type_])))) for type_ in sorted(value))
    return found if all(texts for type_, texts in found) and "*" not in value else ()


def _conditions(statement: Statement, budget: Budget) -> Conditions | None:
    block = statement.value.get("Condition", {})
    if not isinstance(block, dict) or not _distinct(block):
        return None
    found = []
    for operator in sorted(block, key=str.lower):
        keys = block[operator]
        if not isinstance(keys, dict) or not keys or not _distinct(keys):
            return None
        listed = [(key, _values(keys[key], operator, statement, budget)) for key in sorted(keys, key=str.lower)]
        if not all(values for _, values in listed):
            return None
        found.append((operator, tuple(listed)))
    return tuple(found)


def _distinct(holder: Mapping[str, object]) -> bool:
    return len({key.lower() for key in holder}) == len(holder)


def _values(value: object, operator: str, statement: Statement, budget: Budget) -> tuple[object, ...]:
    """The values of a key, each once, sorted, without those that others cover; none where one is no scalar."""
    by_text: dict[str, object] = {}
    for entry in value if isinstance(value, list) else [value]:
        text = scalar_text(entry)
        if text is None:
            return ()
        by_text.setdefault(text, entry)
    known = parse_operator(operator)
    texts: Iterable[str] = by_text
    if known is not None and known.name in ("StringLike", "StringNotLike"):
        texts = patterns_left(tuple(by_text), statement.policy.has_variables, budget, fields=False, spared=True)
    return tuple(by_text[text] for text in sorted(texts))
