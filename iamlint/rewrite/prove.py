"""What a changed policy grants against the original one.

A proof holds over all requests, whatever other policies are attached beside this one, and under both readings of
wildcards in the first five fields of an ARN (see `iamlint.analyse.resources`), since AWS documents one and its own
checks follow the other.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from iamlint.analyse.actions import action_matches, statement_matches_action
from iamlint.analyse.decide.compare import compare
from iamlint.analyse.decide.replay import allows
from iamlint.analyse.request import Request
from iamlint.finding import Proof
from iamlint.model import Policy, Statement
from iamlint.rewrite.cover import says_no_more
from iamlint.rewrite.difference import Difference, difference, everything, of_statements
from iamlint.rewrite.lean import texts

MOST_WORK = 200_000
"""Steps of about a microsecond for each of the comparisons; beyond that a rewrite is unproven."""
_MOST_ENTRIES = 5_000
"""Actions, resources and values of a policy; IAM takes none that has so many, and each step goes through them."""
_SHORT = 4_096
"""What a change of so many characters gains is kept."""
_LONG = 256
"""Few texts have so many characters."""
_Gained: TypeAlias = "tuple[Request | None, tuple[str, ...]] | str"


def prove(before: Policy, after: Policy, budget: int = MOST_WORK) -> Proof:
    """The verdict of replacing `before` by `after`, both of one kind.

    `equivalent` iff they allow the same requests; `narrower` iff `after` allows fewer, of which the witness is one;
    `wider` iff it allows more, of which the witness is one; `incomparable` iff both: the witness is newly allowed.
    `unproven` where either question is not decided within `budget` steps, with the reason.
    """
    before, after = _versioned(before), _versioned(after)
    change = difference(before, after)
    if change.entries > _MOST_ENTRIES:
        return Proof("unproven", f"the policy has more than {_MOST_ENTRIES} entries, and IAM takes none so large")
    budget //= 1 + change.longest // _LONG  # a step goes through whole texts
    gained = _gained(change, budget)
    if isinstance(gained, str) and says_no_more(after, before):
        gained = None, ()
    lost = _gained(change.undone, budget) if not isinstance(gained, str) else gained
    if isinstance(lost, str) and not isinstance(gained, str) and says_no_more(before, after):
        lost = None, ()
    if isinstance(gained, str):
        return Proof("unproven", gained)
    if isinstance(lost, str):
        return Proof("unproven", lost)
    assumes = tuple(dict.fromkeys((*gained[1], *lost[1])))
    if gained[0] is not None:
        verdict = "wider" if lost[0] is None else "incomparable"
        return Proof(verdict, "this request is newly allowed", _witness(gained[0]), assumes)
    if lost[0] is not None:
        return Proof("narrower", "this request is no longer allowed", _witness(lost[0]), assumes)
    return Proof("equivalent", None, None, assumes)


def _versioned(policy: Policy) -> Policy:
    """The policy with the version that it is read as: "IAM JSON policy elements: Version" (AWS IAM User Guide)."""
    if not isinstance(policy.value, dict) or "Version" in policy.value:
        return policy
    return Policy({**policy.value, "Version": policy.version}, policy.kind, policy.resource_type)


def _gained(change: Difference, budget: int) -> _Gained:
    """A request that only the new policy allows, or None, and what that assumes; the reason where nobody can tell.

    Looks first at nothing but what is not in both. Where that gains nothing, nothing is gained: what both allow or
    deny beside it changes none of it. What it gains may be allowed or denied by the others already.
    """
    if change.covered:
        return None, ()
    company = tuple(change.company())
    for old, new, whole in change.apart():
        found = _gained_apart(old, new, company, budget)
        if isinstance(found, str):
            continue
        if whole if found[0] is None else _is_gained(found[0], change, company):
            return found
    return _gained_among(change.old, change.new, company, budget)


def _gained_apart(old: Policy, new: Policy, company: tuple[tuple[Policy, ...], ...], budget: int) -> _Gained:
    """As `_gained_among`. Many policies are changed in one and the same way: that is asked once, where it is short."""
    written = json.dumps(old.value), json.dumps(new.value)
    if sum(map(len, written)) > _SHORT:
        return _gained_among(old, new, company, budget)
    return _asked_once(*written, old.kind, old.resource_type, tuple(map(len, company)), budget)


@lru_cache(maxsize=512)
def _asked_once(
    old: str, new: str, kind: str, resource_type: str | None, company: tuple[int, ...], budget: int
) -> _Gained:
    before, after = (Policy(json.loads(text), kind, resource_type) for text in (old, new))
    return _gained_among(before, after, [(everything(kind),) * count for count in company], budget)


def _gained_among(old: Policy, new: Policy, company: Iterable[tuple[Policy, ...]], budget: int) -> _Gained:
    assumes: list[str] = []
    for others in company:
        for across_colons in (False, True):
            found = compare((old, *others), (new, *others), across_colons=across_colons, budget=budget)
            if found.witness is not None:
                return found.witness, ()
            if found.verdict == "cannot-tell":
                return found.reason or "cannot tell"
            assumes += found.assumes
    return None, tuple(assumes)


def _is_gained(request: Request, change: Difference, company: Iterable[tuple[Policy, ...]]) -> bool:
    old, new = _asked(request, change.old, change.gone, change), _asked(request, change.new, change.come, change)
    return any(
        allows((new, *others), request, across_colons) and not allows((old, *others), request, across_colons)
        for others in company
        for across_colons in (False, True)
    )


def _asked(request: Request, policy: Policy, own: Sequence[Statement], change: Difference) -> Policy:
    """The policy without the statements that are not about the action, and those of its `own` without other actions.

    Lists are long, and those of what is in both policies are prepared once for all proofs of one of them.
    """
    action = request.action
    left = [s.value for s in change.common if statement_matches_action(s, action)]
    for statement in own:
        if "Action" in statement and "NotAction" not in statement:
            met = [text for text in texts(statement) if action_matches(text, action)]
            left += [{**statement.value, "Action": met}] if met else []
        else:
            left.append(statement.value)
    return of_statements(left, policy)


def _witness(request: Request) -> Mapping[str, object]:
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "context": dict(request.context),
    }
