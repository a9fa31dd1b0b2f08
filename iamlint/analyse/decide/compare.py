"""Does one policy grant anything that another one does not?

A request is new access iff a statement of NEW allows it, none of NEW denies it, and OLD does not allow it: either none
of its statements allows it, or one denies it. So for each statement `n` of NEW that allows there are these questions,
and NEW grants nothing new iff all answers are no:

    a request that n matches, and no Deny of NEW and no Allow of OLD
    a request that n and a Deny of OLD match, and no Deny of NEW         (for each Deny of OLD)

Each is one `search.find`. Questions whose answer is plain from equal statements are not asked. A permissions boundary
has to allow too: then `n` is a pair of statements, and there is a question of the first kind for each of OLD's two.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Literal, TypeAlias

from iamlint.analyse.decide.assumptions import USUAL
from iamlint.analyse.decide.clauses import WITH_PRINCIPALS, Clause, reading
from iamlint.analyse.decide.decision import MOST_WORK, Decision, Question
from iamlint.analyse.decide.replay import allows
from iamlint.analyse.decide.search import Options
from iamlint.analyse.request import Request
from iamlint.analyse.variables import variable_parts
from iamlint.model import Policy
from iamlint.record import NamedTuple

Verdict = Literal["no-new-access", "new-access", "cannot-tell"]
Policies: TypeAlias = Policy | Sequence[Policy]


class Comparison(NamedTuple):
    """Whether NEW grants anything that OLD does not.

    `no-new-access`: it does not, for requests that keep to what `assumes` names; see `assumptions.ASSUMPTIONS`.
    `new-access`: it grants `witness`, which OLD does not. `cannot-tell`: the `reason` says why.
    """

    verdict: Verdict
    witness: Request | None = None
    reason: str | None = None
    assumes: tuple[str, ...] = ()


def compare(
    old: Policies,
    new: Policies,
    *,
    old_boundary: Policies | None = None,
    new_boundary: Policies | None = None,
    known_actions: bool = False,
    across_colons: bool = False,
    assume: Iterable[str] = USUAL,
    budget: int = MOST_WORK,
) -> Comparison:
    """no-new-access iff every request that `new` allows is allowed by `old`, of all requests that keep to `assume`.

    Each side is a policy or several that are attached together: they allow what one of them allows and none denies,
    and what the side's permissions boundary, if there is one, allows as well. Principals count iff the kind of the
    policies has them. `known_actions` looks only at actions that AWS lists today, `across_colons` lets wildcards in the
    first five fields of an ARN go on at the colon (see `iamlint.analyse.resources`). `budget` bounds the work, in steps
    of a microsecond or two; beyond it the answer is cannot-tell.

    A policy without `Version` holds no variables, but text that looks like one was hardly meant to be taken literally
    by whoever wrote it: where both readings give different verdicts, the answer is cannot-tell and says both.

    Raises ValueError where policies with principals and policies without are given together.
    """
    options = Options(known_actions, across_colons, frozenset(assume))
    olds, news = _layers(old, old_boundary), _layers(new, new_boundary)
    policies = [policy for layer in (*olds, *news) for policy in layer]
    if len({policy.kind in WITH_PRINCIPALS for policy in policies}) > 1:
        raise ValueError("policies on resources and policies of principals cannot be compared")
    comparison = _compared(olds, news, options, budget)
    if comparison.verdict == "cannot-tell" or not any(map(_lacks_version, policies)):
        return comparison
    other = _compared([*map(_with_version, olds)], [*map(_with_version, news)], options, budget)
    if other.verdict == comparison.verdict:
        return comparison
    return Comparison(
        "cannot-tell",
        reason="a policy without `Version` holds `${`, which is plain text for AWS there: as it stands the verdict is "
        f"{comparison.verdict}; with the version 2012-10-17, where it is a variable, it is {other.verdict}",
    )


_Layer: TypeAlias = tuple[Policy, ...]
"""Policies of which one has to allow and none may deny; of several layers each has to allow."""


def _layers(policies: Policies, boundary: Policies | None) -> list[_Layer]:
    return [several(policies)] if boundary is None else [several(policies), several(boundary)]


def _compared(olds: Sequence[_Layer], news: Sequence[_Layer], options: Options, budget: int) -> Comparison:
    across = options.across_colons
    decision = Decision([policy for layer in (*olds, *news) for policy in layer], options, budget)

    def confirms(request: Request) -> bool:
        return all(allows(layer, request, across) for layer in news) and not all(
            allows(layer, request, across) for layer in olds
        )

    found = decision.first(_questions(olds, news), confirms)
    if isinstance(found, Request):
        return Comparison("new-access", found)
    if found is not None:
        return Comparison("cannot-tell", reason=found)
    return Comparison("no-new-access", assumes=decision.assumes())


def several(policies: Policies) -> tuple[Policy, ...]:
    """One policy or several, as several."""
    return (policies,) if isinstance(policies, Policy) else tuple(policies)


def _questions(olds: Sequence[_Layer], news: Sequence[_Layer]) -> Iterator[Question]:
    still_denied = [clause for layer in news for policy in layer for clause in reading(policy).denies]
    denied = [clause for layer in olds for policy in layer for clause in reading(policy).denies]
    same = {clause.form for clause in still_denied}
    denied = [clause for clause in denied if clause.form not in same]
    allowed = [[clause for policy in layer for clause in reading(policy).allows] for layer in olds]
    to_escape = [([*still_denied, *clauses], {clause.form for clause in clauses}) for clauses in allowed]
    for granting in product(*([c for policy in layer for c in reading(policy).allows] for layer in news)):
        if not all(_may_meet(one, other) for one, other in combinations(granting, 2)):
            continue
        for escapes, known in to_escape:
            if not any(clause.form in known for clause in granting):
                yield Question(granting, escapes)
        for deny in denied:
            if all(_may_meet(clause, deny) for clause in granting):
                yield Question((*granting, deny), still_denied)


def _may_meet(one: Clause, other: Clause) -> bool:
    """False only if the statements are about different services."""
    return one.services is None or other.services is None or not one.services.isdisjoint(other.services)


def _lacks_version(policy: Policy) -> bool:
    """True iff the policy has no `Version` and would have variables if it had one."""
    value = policy.value
    if policy.has_variables or not isinstance(value, dict) or "Version" in value:
        return False
    return any(inside is not None for text in reading(policy).with_braces for _, inside in variable_parts(text))


def _with_version(layer: _Layer) -> _Layer:
    return tuple(
        Policy({"Version": "2012-10-17", **policy.value}, policy.kind)
        if isinstance(policy.value, dict) and _lacks_version(policy)
        else policy
        for policy in layer
    )
