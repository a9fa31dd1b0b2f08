"""Whole documents: the normal form, and the shortest one that is found."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from iamlint.analyse.minimise.grouping import regrouped
from iamlint.analyse.minimise.joining import joined, without_covered
from iamlint.analyse.minimise.parts import Part, alone, length, part
from iamlint.analyse.work import Budget
from iamlint.model import Policy

Same: TypeAlias = Callable[[Policy, Policy], bool]
"""Whether two policies are known to mean the same."""

_FIRST: Final = ("Version", "Id", "Statement")
_MOST_ASKED: Final = 40
"""Statements that are taken out one by one, to see whether anything is missed."""
_MOST_ROUNDS: Final = 10


def unreadable(policy: Policy) -> str | None:
    """Why the document has no other form; None where it has."""
    if not isinstance(policy.value, dict) or "Statement" not in policy.value:
        return "it is no policy document"
    held = policy.value["Statement"]
    entries = held if isinstance(held, list) else [held]
    if not all(isinstance(entry, dict) for entry in entries):
        return "a statement is no object"
    return None


def normalised(policy: Policy) -> object:
    """The normal form of a document: equal for documents that say the same in another order, or say it twice.

    Elements, statements and entries are sorted, what others cover is gone, statements without a Sid that are alike but
    for one list are one. Those with a Sid stay. A statement of which anything is not understood stays as it is, behind
    the others. The normal form of the normal form is itself. Raises `TooMuchWork`.
    """
    budget = Budget()
    parts, odd = _taken_apart(policy, budget)
    parts = _settled(parts, policy.has_variables, budget)
    return _document(policy, [each.value() for each in sorted(parts, key=_order)] + odd)


def compacted(policy: Policy, same: Same | None = None) -> object:
    """The shortest document that is found and says the same, without Sids and Id.

    `same` may know more than what is plain to see. What is shortest cannot be shortened so again. Raises `TooMuchWork`.
    """
    variables = policy.has_variables
    budget = Budget()
    parts, odd = _taken_apart(policy, budget)
    parts = _settled([each._replace(sid=None) for each in parts], variables, budget)

    def document(of: Sequence[Part]) -> object:
        return _document(policy, [each.value() for each in of] + odd, compact=True)

    for _ in range(_MOST_ROUNDS):  # of fewer statements more can be told
        parts = _shortest(parts, variables)
        before = parts
        if same is not None and 1 < len(parts) <= _MOST_ASKED:
            for each in sorted(parts, key=length, reverse=True):
                without = [other for other in parts if other is not each]
                if without and same(_policy(policy, document(parts)), _policy(policy, document(without))):
                    parts = without
        if parts == before:
            break
    return document(parts)


def _shortest(parts: Sequence[Part], variables: bool) -> list[Part]:
    """The settled parts, regrouped until that makes no difference, in order."""
    left = sorted(parts, key=_order)
    for _ in range(_MOST_ROUNDS):
        budget = Budget()
        grouped = regrouped(left, variables, budget)
        if sorted(grouped, key=_order) == left:
            break
        left = sorted(_settled(grouped, variables, budget), key=_order)
    return left


def _policy(policy: Policy, value: object) -> Policy:
    return Policy(value, policy.kind, policy.resource_type)


def _taken_apart(policy: Policy, budget: Budget) -> tuple[list[Part], list[object]]:
    """What is understood of the document, in an order that does not depend on its own, and the other statements."""
    parts: list[Part] = []
    odd: list[object] = []
    for statement in policy.statements:
        found = part(statement, budget)
        if found is None:
            odd.append(statement.value)
        else:
            parts.append(found)
    return sorted(parts, key=_order), odd


def _settled(parts: Sequence[Part], variables: bool, budget: Budget) -> list[Part]:
    """What is left when nothing more can be joined or taken out."""
    left = list(parts)
    for _ in range(_MOST_ROUNDS):
        now = without_covered(sorted(left, key=_order), variables, budget)
        now = joined(now, variables, budget)
        if now == left:
            break
        left = now
    return left


def _order(each: Part) -> tuple[object, ...]:
    """Allow before Deny, then as the statements read."""
    return (
        each.effect,
        tuple(text.lower() for text in each.actions),
        each.action,
        each.resource,
        each.resources,
        each.principal,
        each.principals,
        json.dumps(each.conditions, ensure_ascii=True),
        each.sid or "",
    )


def _document(policy: Policy, statements: Sequence[object], compact: bool = False) -> object:
    if not isinstance(policy.value, dict):
        return policy.value
    value = policy.value
    made = {name: value[name] for name in _names(value) if not (compact and name == "Id")}
    made["Statement"] = alone(statements) if compact else list(statements)
    return made


def _names(value: dict[str, object]) -> Iterator[str]:
    """The members in their order, those that are not known last."""
    yield from (name for name in _FIRST if name in value)
    yield from (name for name in value if name not in _FIRST)
