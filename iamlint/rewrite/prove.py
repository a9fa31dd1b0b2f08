"""What a changed policy grants against the original one.

A proof holds over all requests, whatever other policies are attached beside this one, and under both readings of
wildcards in the first five fields of an ARN (see `iamlint.analyse.resources`), since AWS documents one and its own
checks follow the other.
"""

import json
from collections.abc import Iterator, Mapping

from iamlint.analyse.decide.clauses import WITH_PRINCIPALS
from iamlint.analyse.decide.compare import compare
from iamlint.analyse.normal import normal_form
from iamlint.analyse.request import Request
from iamlint.finding import Proof
from iamlint.model import Policy

MOST_WORK = 200_000
"""Steps of about a microsecond for each of the comparisons; beyond that a rewrite is unproven."""


def prove(before: Policy, after: Policy) -> Proof:
    """The verdict of replacing `before` by `after`, both of one kind.

    `equivalent` iff they allow the same requests; `narrower` iff `after` allows fewer, of which the witness is one;
    `wider` iff it allows more, of which the witness is one; `incomparable` iff both: the witness is newly allowed.
    `unproven` where either question is not decided, with the reason.
    """
    before, after = _versioned(before), _versioned(after)
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


def _versioned(policy: Policy) -> Policy:
    """The policy with the version that it is read as: "IAM JSON policy elements: Version" (AWS IAM User Guide)."""
    if not isinstance(policy.value, dict) or "Version" in policy.value:
        return policy
    return Policy({**policy.value, "Version": policy.version}, policy.kind, policy.resource_type)


def _gained(old: Policy, new: Policy) -> "tuple[Request | None, tuple[str, ...]] | str":
    """A request that only `new` allows, or None, and what that assumes; the reason where nobody can tell."""
    assumes: list[str] = []
    for others in _company(old, new):
        for across_colons in (False, True):
            found = compare((old, *others), (new, *others), across_colons=across_colons, budget=MOST_WORK)
            if found.witness is not None:
                return found.witness, ()
            if found.verdict == "cannot-tell":
                return found.reason or "cannot tell"
            assumes += found.assumes
    return None, tuple(assumes)


def _company(old: Policy, new: Policy) -> Iterator[tuple[Policy, ...]]:
    """What to look at the two beside: nothing, and a policy that allows all, where what they deny is not the same.

    Between these lies whatever else is attached: it allows what it does, and a Deny here takes it away.
    """
    (allows, denies), (allows_now, denies_now) = map(_forms, (old, new))
    if allows != allows_now or denies == denies_now:
        yield ()
    if denies != denies_now:
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        if old.kind in WITH_PRINCIPALS:
            everything["Principal"] = "*"
        yield (Policy({"Version": "2012-10-17", "Statement": [everything]}, old.kind),)


def _forms(policy: Policy) -> tuple[set[str], set[str]]:
    """The normal forms of what the policy allows and of what it denies."""
    allows: set[str] = set()
    denies: set[str] = set()
    for statement in policy.statements:
        if statement.allows or statement.denies:
            (allows if statement.allows else denies).add(json.dumps(normal_form(statement), sort_keys=True))
    return allows, denies


def _witness(request: Request) -> Mapping[str, object]:
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "context": dict(request.context),
    }
