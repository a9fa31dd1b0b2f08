"""That one policy says no more than another, told piece by piece.

A statement is taken apart into pieces, by action, resource, principal or value of a condition, until each piece lies
within one statement of the other policy. That holds whatever else is attached and under every reading, and each step is
a question about two statements without their conditions. It proves what the search over whole policies has no time for:
that statements were joined, taken apart or left out.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from iamlint.analyse.conditions import parse_operator
from iamlint.analyse.decide.compare import compare
from iamlint.analyse.minimise.covering import conditions_cover, part_covers
from iamlint.analyse.minimise.parts import Part, part
from iamlint.analyse.normal import normal_form
from iamlint.analyse.work import Budget, TooMuchWork
from iamlint.model import Policy, Statement
from iamlint.model.cached import kept

_MOST_PIECES: Final = 2_000
_MOST_STEPS: Final = 300_000
_HARDER: Final = 40
"""A question with conditions takes as long as so many pieces."""
_WORK: Final = 20_000
"""Steps for one question about two statements."""


def says_no_more(new: Policy, old: Policy) -> bool:
    """True only if `new` allows nothing that `old` does not, whatever stands beside them; False says nothing.

    So it is iff what `new` allows is allowed by statements of `old`, and what `old` denies is denied by those of `new`.
    """
    if new.has_variables is not old.has_variables or new.kind != old.kind:
        return False
    budget = Budget(_MOST_STEPS)
    cover = _Cover(new, budget)
    try:
        return all(
            cover.all_within(*_parts(wide, narrow, effect, budget))
            for narrow, wide, effect in ((old, new, "Allow"), (new, old, "Deny"))
        )
    except (TooMuchWork, _NotUnderstood):
        return False


class _NotUnderstood(Exception):
    pass


def _parts(inner: Policy, outer: Policy, effect: str, budget: Budget) -> tuple[list[Part], list[Part]]:
    """What only `inner` says to this effect, and all that `outer` says, as far as it is understood.

    Raises `_NotUnderstood` for a statement that only `inner` has.
    """
    known = {form_of(statement) for statement in outer.statements if statement.value.get("Effect") == effect}
    only = [s for s in inner.statements if s.value.get("Effect") == effect and form_of(s) not in known]
    ones = [part(statement, budget) for statement in only]
    others = [part(statement, budget) for statement in outer.statements if statement.value.get("Effect") == effect]
    if None in ones:
        raise _NotUnderstood
    return [each._replace(sid=None) for each in ones if each], [each._replace(sid=None) for each in others if each]


@kept
def form_of(statement: Statement) -> str:
    """The normal form as a text; a policy's statements are asked for each of its proofs."""
    return json.dumps(normal_form(statement), sort_keys=True)


class _Cover:
    """Asks about pieces, and confirms each answer with the decision procedure."""

    def __init__(self, policy: Policy, budget: Budget) -> None:
        self._policy = policy
        self._budget = budget
        self._pieces = _MOST_PIECES
        self._asked: dict[tuple[object, ...], bool] = {}

    def all_within(self, parts: Sequence[Part], others: Sequence[Part]) -> bool:
        """True only if each part is within `others`."""
        known = {other.form for other in others}
        return all(one.form in known or self._within(one, others) for one in parts)

    def _within(self, one: Part, others: Sequence[Part]) -> bool:
        self._pieces -= 1
        if self._pieces < 0:
            return False
        variables = self._policy.has_variables
        plain = one._replace(conditions=())
        near = [o for o in others if part_covers(o._replace(conditions=()), plain, variables, self._budget)]
        if any(self._is_so(one, other) for other in near):
            return True
        return any(all(self._within(piece, others) for piece in pieces) for pieces in _split(one))

    def _is_so(self, one: Part, other: Part) -> bool:
        """The decision procedure's word on it. What both ask of condition keys changes nothing and is left out."""
        alike = conditions_cover(other, one)
        pair = [each._replace(conditions=() if alike else each.conditions, effect="Allow") for each in (other, one)]
        key = (pair[0].form, pair[1].form)
        if key not in self._asked:
            if not alike:
                self._pieces -= _HARDER
            wider, narrower = (
                Policy({"Version": self._policy.version, "Statement": [each.value()]}, self._policy.kind)
                for each in pair
            )
            self._asked[key] = key[0] == key[1] or all(
                compare(wider, narrower, across_colons=across, budget=_WORK).verdict == "no-new-access"
                for across in (False, True)
            )
        return self._asked[key]


def _split(one: Part) -> Iterator[list[Part]]:
    """Ways to take it apart: what it matches is matched by one of the pieces."""
    if one.action == "Action" and len(one.actions) > 1:
        yield [one._replace(actions=(text,)) for text in one.actions]
        return  # what is not within one other for each action may be for each of its resources
    if one.resource == "Resource" and len(one.resources) > 1:
        yield [one._replace(resources=(text,)) for text in one.resources]
    if one.principal == "Principal" and sum(len(texts) for _, texts in one.principals) > 1:
        yield [one._replace(principals=((type_, (text,)),)) for type_, texts in one.principals for text in texts]
    for row, (operator, keys) in enumerate(one.conditions):
        known = parse_operator(operator)
        if known is None or known.negated or known.family == "Null" or known.quantifier == "ForAllValues":
            continue
        for column, (key, values) in enumerate(keys):
            if len(values) > 1:
                yield [_with(one, row, column, key, value) for value in values]


def _with(one: Part, row: int, column: int, key: str, value: object) -> Part:
    operator, keys = one.conditions[row]
    changed = (*keys[:column], (key, (value,)), *keys[column + 1 :])
    return one._replace(conditions=(*one.conditions[:row], (operator, changed), *one.conditions[row + 1 :]))
