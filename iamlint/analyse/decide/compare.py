"""Does one policy grant anything that another one does not?

A request is new access iff a statement of NEW allows it, none of NEW denies it, and OLD does not allow it: either none
of its statements allows it, or one denies it. So for each statement `n` of NEW that allows there are these questions,
and NEW grants nothing new iff all answers are no:

    a request that n matches, and no Deny of NEW and no Allow of OLD
    a request that n and a Deny of OLD match, and no Deny of NEW         (for each Deny of OLD)

Each is one `search.find`. Questions whose answer is plain from equal statements are not asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from iamlint.analyse.decide.assumptions import USUAL
from iamlint.analyse.decide.clauses import WITH_PRINCIPALS, Clause, reading
from iamlint.analyse.decide.decision import MOST_WORK, Decision, Question
from iamlint.analyse.decide.replay import allows
from iamlint.analyse.decide.search import Options
from iamlint.analyse.request import Request
from iamlint.analyse.variables import variable_parts
from iamlint.model import Policy

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
    known_actions: bool = False,
    across_colons: bool = False,
    assume: Iterable[str] = USUAL,
    budget: int = MOST_WORK,
) -> Comparison:
    """no-new-access iff every request that `new` allows is allowed by `old`, of all requests that keep to `assume`.

    Each side is a policy or several that are attached together: they allow what one of them allows and none denies.
    Principals count iff the kind of the policies has them. `known_actions` looks only at actions that AWS lists today,
    `across_colons` lets wildcards in the first five fields of an ARN go on at the colon (see
    `iamlint.analyse.resources`). `budget` bounds the work, in steps of a microsecond or two; beyond it the answer is
    cannot-tell.

    A policy without `Version` holds no variables, but text that looks like one was hardly meant to be taken literally
    by whoever wrote it: where both readings give different verdicts, the answer is cannot-tell and says both.

    Raises ValueError where policies with principals and policies without are given together.
    """
    options = Options(known_actions, across_colons, frozenset(assume))
    olds, news = several(old), several(new)
    if len({policy.kind in WITH_PRINCIPALS for policy in (*olds, *news)}) > 1:
        raise ValueError("policies on resources and policies of principals cannot be compared")
    comparison = _compared(olds, news, options, budget)
    if comparison.verdict == "cannot-tell" or not any(map(_lacks_version, (*olds, *news))):
        return comparison
    other = _compared(tuple(map(_with_version, olds)), tuple(map(_with_version, news)), options, budget)
    if other.verdict == comparison.verdict:
        return comparison
    return Comparison(
        "cannot-tell",
        reason="a policy without `Version` holds `${`, which is plain text for AWS there: as it stands the verdict is "
        f"{comparison.verdict}; with the version 2012-10-17, where it is a variable, it is {other.verdict}",
    )


def _compared(olds: Sequence[Policy], news: Sequence[Policy], options: Options, budget: int) -> Comparison:
    across = options.across_colons
    decision = Decision((*olds, *news), options, budget)
    found = decision.first(
        _questions(olds, news),
        lambda request: allows(news, request, across) and not allows(olds, request, across),
    )
    if isinstance(found, Request):
        return Comparison("new-access", found)
    if found is not None:
        return Comparison("cannot-tell", reason=found)
    return Comparison("no-new-access", assumes=decision.assumes())


def several(policies: Policies) -> tuple[Policy, ...]:
    """One policy or several, as several."""
    return (policies,) if isinstance(policies, Policy) else tuple(policies)


def _questions(old: Iterable[Policy], new: Iterable[Policy]) -> Iterator[Question]:
    before, after = list(map(reading, old)), list(map(reading, new))
    allowed = [clause for policy in before for clause in policy.allows]
    denied = [clause for policy in before for clause in policy.denies]
    still_denied = [clause for policy in after for clause in policy.denies]
    to_escape = [*still_denied, *allowed]
    known = {clause.form for clause in allowed}
    same = {clause.form for clause in still_denied}
    for policy in after:
        for clause in policy.allows:
            if clause.form not in known:
                yield Question((clause,), to_escape)
            for deny in denied:
                if deny.form not in same and _may_meet(clause, deny):
                    yield Question((clause, deny), still_denied)


def _may_meet(one: Clause, other: Clause) -> bool:
    """False only if the statements are about different services."""
    return one.services is None or other.services is None or not one.services.isdisjoint(other.services)


def _lacks_version(policy: Policy) -> bool:
    """True iff the policy has no `Version` and would have variables if it had one."""
    value = policy.value
    if policy.has_variables or not isinstance(value, dict) or "Version" in value:
        return False
    return any(inside is not None for text in reading(policy).with_braces for _, inside in variable_parts(text))


def _with_version(policy: Policy) -> Policy:
    if not isinstance(policy.value, dict) or not _lacks_version(policy):
        return policy
    return Policy({"Version": "2012-10-17", **policy.value}, policy.kind)
