"""What a changed policy grants against the original one.

A proof holds over all requests, and under both readings of wildcards in the first five fields of an ARN (see
`iamlint.analyse.resources`), since AWS documents one and its own checks follow the other.
"""

from collections.abc import Mapping

from iamlint.analyse.decide.compare import compare
from iamlint.analyse.request import Request
from iamlint.finding import Proof
from iamlint.model import Policy

MOST_WORK = 200_000
"""Steps of about a microsecond for each of the four comparisons; beyond that a rewrite is unproven."""


def prove(before: Policy, after: Policy) -> Proof:
    """The verdict of replacing `before` by `after`, both of one kind.

    `equivalent` iff they allow the same requests; `narrower` iff `after` allows fewer, of which the witness is one;
    `wider` iff it allows more, of which the witness is one; `incomparable` iff both: the witness is newly allowed.
    `unproven` where either question is not decided, with the reason.
    """
    gained, lost = _gained(before, after), _gained(after, before)
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


def _gained(old: Policy, new: Policy) -> "tuple[Request | None, tuple[str, ...]] | str":
    """A request that only `new` allows, or None, and what that assumes; the reason where nobody can tell."""
    assumes: list[str] = []
    for across_colons in (False, True):
        found = compare(old, new, across_colons=across_colons, budget=MOST_WORK)
        if found.witness is not None:
            return found.witness, ()
        if found.verdict == "cannot-tell":
            return found.reason or "cannot tell"
        assumes += found.assumes
    return None, tuple(assumes)


def _witness(request: Request) -> Mapping[str, object]:
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "context": dict(request.context),
    }
