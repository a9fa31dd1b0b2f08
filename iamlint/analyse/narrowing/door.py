"""`narrow`: the levels from tight to wide, the first that fits into the quota, and the proof of what it grants."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from iamlint.analyse.decide.clauses import WITH_PRINCIPALS
from iamlint.analyse.decide.compare import compare
from iamlint.analyse.decide.replay import allows
from iamlint.analyse.evaluation import evaluate
from iamlint.analyse.minimise import normalised
from iamlint.analyse.minimise.parts import part
from iamlint.analyse.narrowing.met import Seen, matched, seen
from iamlint.analyse.narrowing.pieces import LEVELS, Use, pieces
from iamlint.analyse.narrowing.resources import EXACT, INSIDE
from iamlint.analyse.request import Request
from iamlint.analyse.work import Budget, TooMuchWork
from iamlint.aws.quotas import counted
from iamlint.aws.quotas import quota as quota_of
from iamlint.model import Policy, Statement
from iamlint.record import NamedTuple

MOST_WORK: Final = 500_000
"""Steps for each question of the proof."""


class Style(NamedTuple):
    """How readable the result is to be.

    `exact` names each thing that was seen and nothing else; without it, what lies inside a named thing is left open
    (`arn:aws:s3:::reports/*`). More than `most_resources` patterns of one action become one for their type.
    """

    exact: bool = False
    most_resources: int = 10


READABLE: Final = Style()


class Narrowed(NamedTuple):
    """The tightest policy that was found.

    `policy` is None where nothing needs to be allowed or denied: the policy may go. `level` says how wide it had to be
    to fit: `exact` and `inside` as in `Style`, `type` with all resources of a type in the account and Region,
    `resources` with the resources of the original statements, `entries` with their action entries too, `original`
    unchanged. `proven` iff it grants nothing that the original does not and allows each observed request that the
    original allows; else `reason` says why not. `elsewhere` are observed requests that the original does not allow.
    `size` is in characters without white space.
    """

    policy: Policy | None
    level: str
    proven: bool
    reason: str | None
    elsewhere: tuple[Request, ...]
    size: int
    assumes: tuple[str, ...] = ()


def narrow(
    policy: Policy,
    observed: Iterable[Request] = (),
    *,
    keep: Sequence[str] = (),
    quota: int | None = None,
    style: Style = READABLE,
    budget: int = MOST_WORK,
) -> Narrowed:
    """The tightest policy under `quota` that allows each of the `observed` requests that `policy` allows.

    `keep` are action patterns of which nothing is known: what the policy grants of them stays as it is. A request with
    the resource `*` is one whose resource is not known: the resources of the statement stay. Condition keys that a
    request does not hold are taken to have been right. Denials stay, and so do statements that are not understood.
    `quota` counts characters without white space; None is what IAM takes of a policy of this kind.

    Raises ValueError for a request that names no principal that IAM knows, or not exactly one action.
    """
    limit = _quota(policy) if quota is None else quota
    every = [seen(request) for request in _distinct(observed)]
    uses = {statement: _uses(statement, every) for statement in policy.statements if statement.allows}
    used = {id(use.seen) for own in uses.values() for use in own}
    elsewhere = tuple(one.request for one in every if id(one) not in used)
    asked = [one.request for one in every if id(one) in used]
    reason: str | None = None
    for level in LEVELS[LEVELS.index(EXACT if style.exact else INSIDE) :]:
        made = _made(policy, uses, keep, level, style.most_resources)
        for value in _spellings(policy, made):
            size = 0 if value is None else size_of(value)
            if size > limit:
                reason = f"it does not fit into {limit} characters"
                continue
            failed, assumes = _failure(policy, made, value, asked, budget)
            if failed is None:
                after = None if value is None else _like(policy, value)
                return Narrowed(after, level, True, None, elsewhere, size, assumes)
            reason = failed
    return Narrowed(policy, "original", False, reason, elsewhere, size_of(policy.value))


def size_of(value: object) -> int:
    """Characters of the document as short as it is printed."""
    return counted(json.dumps(value, ensure_ascii=False, separators=(",", ":")), False)


def _quota(policy: Policy) -> int:
    return quota_of("managed" if policy.kind == "identity" else policy.kind, policy.resource_type).limit


def _distinct(observed: Iterable[Request]) -> Iterator[Request]:
    known = set()
    for request in observed:
        context = tuple((key, v if isinstance(v, str) else tuple(v)) for key, v in sorted(request.context.items()))
        row = (*request[:4], context)
        if row not in known:
            known.add(row)
            yield request


def _uses(statement: Statement, every: Sequence[Seen]) -> list[Use]:
    found = ((one, matched(statement, one)) for one in every)
    return [Use(one, entries) for one, entries in found if entries is not None]


_Made = list[tuple[Statement, list[dict[str, object]]]]
"""What is left of each statement."""


def _made(policy: Policy, uses: dict[Statement, list[Use]], keep: Sequence[str], level: str, most: int) -> _Made:
    """Each statement with what is left of it; of several each has a Sid of its own, where the one has one."""
    taken: set[object] = {statement.sid for statement in policy.statements if statement.sid}
    found: _Made = []
    for statement in policy.statements:
        if statement in uses and part(statement, Budget()) is not None:
            left = pieces(statement, uses[statement], keep, level, most)
            found.append((statement, [*left[:1], *(_with_free_sid(each, taken) for each in left[1:])]))
        else:
            found.append((statement, [statement.value]))
    return found


def _with_free_sid(statement: dict[str, object], taken: set[object]) -> dict[str, object]:
    sid, number = statement.get("Sid"), 2
    if not sid or not isinstance(sid, str):
        return statement
    while f"{sid}{number}" in taken:
        number += 1
    taken.add(f"{sid}{number}")
    return {**statement, "Sid": f"{sid}{number}"}


def _spellings(policy: Policy, made: _Made) -> Iterator[object]:
    """The document, None where it would be empty, and the same with what it says twice said once."""
    statements = [each for _, left in made for each in left]
    if not statements or not isinstance(policy.value, dict):
        yield None
        return
    value = {**policy.value, "Statement": statements}
    yield value
    with suppress(TooMuchWork):
        yield normalised(_like(policy, value))


def _failure(
    before: Policy, made: _Made, value: object, asked: Sequence[Request], budget: int
) -> tuple[str | None, tuple[str, ...]]:
    """Why it is not proven that the document does what it has to, and what the proof assumes.

    It grants nothing new if what is left of each statement grants nothing that the statement does not: the denials stay
    as they are.
    """
    after = _of(before, [each for _, left in made for each in left])
    new = after if value is None else _like(before, value)
    pairs = [
        (_of(before, [statement.value]), _of(before, left))
        for statement, left in made
        if left and left != [statement.value]
    ]
    assumes: dict[str, None] = {}
    for old, narrower in (*pairs, (after, new)):
        for across_colons in (False, True):
            found = compare(old, narrower, across_colons=across_colons, budget=budget)
            if found.verdict != "no-new-access":
                return found.reason or "it grants a request that the original does not", ()
            assumes.update(dict.fromkeys(found.assumes))
    for request in asked:
        lost = any(allows([before], request, across) and not allows([new], request, across) for across in (False, True))
        if lost or _decision(before, request) != _decision(new, request):
            return f"it does not allow {request.action} on {request.resource}, which was observed", ()
    return None, tuple(assumes)


def _members(policy: Policy) -> dict[str, object]:
    return policy.value if isinstance(policy.value, dict) else {}


def _of(policy: Policy, statements: Sequence[object]) -> Policy:
    return _like(policy, {**_members(policy), "Statement": list(statements)})


def _like(policy: Policy, value: object) -> Policy:
    return Policy(value, policy.kind, policy.resource_type)


def _decision(policy: Policy, request: Request) -> str:
    if policy.kind in WITH_PRINCIPALS:
        return evaluate(request, (), resource_policy=policy).decision
    return evaluate(request, [policy]).decision
