"""What a changed policy grants against the original one.

A proof holds over all requests, whatever other policies are attached beside this one, and under both readings of
wildcards in the first five fields of an ARN (see `iamlint.analyse.resources`), since AWS documents one and its own
checks follow the other.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from iamlint.analyse.conditions import parse_operator
from iamlint.analyse.decide.clauses import WITH_PRINCIPALS
from iamlint.analyse.decide.compare import compare
from iamlint.analyse.decide.replay import allows
from iamlint.analyse.normal import normal_form
from iamlint.analyse.request import Request
from iamlint.finding import Proof
from iamlint.model import Policy, Statement

MOST_WORK = 200_000
"""Steps of about a microsecond for each of the comparisons; beyond that a rewrite is unproven."""


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
    budget //= 1 + max(map(_longest, (before, after))) // _LONG  # a step goes through whole texts
    gained, lost = _gained(before, after, budget), _gained(after, before, budget)
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


def _longest(policy: Policy) -> int:
    """Characters of the longest text that requests are held against."""
    found = 0
    for statement in policy.statements:
        listed = (statement.actions, statement.not_actions, statement.resources, statement.not_resources)
        for items in (*listed, *(condition.values for condition in statement.conditions)):
            found = max(found, max([len(item.text) for item in items], default=0))
    return found


def _versioned(policy: Policy) -> Policy:
    """The policy with the version that it is read as: "IAM JSON policy elements: Version" (AWS IAM User Guide)."""
    if not isinstance(policy.value, dict) or "Version" in policy.value:
        return policy
    return Policy({**policy.value, "Version": policy.version}, policy.kind, policy.resource_type)


def _gained(old: Policy, new: Policy, budget: int) -> _Gained:
    """A request that only `new` allows, or None, and what that assumes; the reason where nobody can tell.

    Looks first at nothing but the statements that are not in both. Where these gain nothing, nothing is gained: what
    both allow or deny beside them changes none of it. What they gain may be allowed or denied by the others already.
    """
    apart = _apart(old, new)
    if apart is not None:
        found = _gained_among(*apart, budget)
        if not isinstance(found, str) and (found[0] is None or _is_gained(found[0], old, new)):
            return found
    return _gained_among(old, new, budget)


def _gained_among(old: Policy, new: Policy, budget: int) -> _Gained:
    assumes: list[str] = []
    for others in _company(old, new):
        for across_colons in (False, True):
            found = compare((old, *others), (new, *others), across_colons=across_colons, budget=budget)
            if found.witness is not None:
                return found.witness, ()
            if found.verdict == "cannot-tell":
                return found.reason or "cannot tell"
            assumes += found.assumes
    return None, tuple(assumes)


def _is_gained(request: Request, old: Policy, new: Policy) -> bool:
    return any(
        allows((new, *others), request, across_colons) and not allows((old, *others), request, across_colons)
        for others in _company(old, new)
        for across_colons in (False, True)
    )


def _apart(old: Policy, new: Policy) -> tuple[Policy, Policy] | None:
    """The two without the statements that are in both.

    None where there are none, or where these tell of what kind or how many the values are of a key that matters.
    """
    forms, forms_now = _forms(old), _forms(new)
    common = forms.keys() & forms_now.keys()
    gone = [statement for form, statement in forms.items() if form not in common]
    come = [statement for form, statement in forms_now.items() if form not in common]
    told = {key for form in common for key in _told(forms[form])}
    if not common or (told and any(_reads(statement, told) for statement in (*gone, *come))):
        return None
    return _of(gone, old), _of(come, new)


def _told(statement: Statement) -> Iterator[str]:
    """The keys, in lower case, of whose values a condition tells more than that they are texts, one at a time."""
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        if operator is not None and (operator.quantifier or operator.family not in ("String", "Arn")):
            yield condition.key.lower()


def _reads(statement: Statement, keys: set[str]) -> bool:
    """True if the statement may ask for one of the keys, in a condition or by a variable."""
    return "${" in json.dumps(statement.value) or any(c.key.lower() in keys for c in statement.conditions)


def _of(statements: Iterable[Statement], policy: Policy) -> Policy:
    value = {"Version": policy.version, "Statement": [statement.value for statement in statements]}
    return Policy(value, policy.kind, policy.resource_type)


def _company(old: Policy, new: Policy) -> Iterator[tuple[Policy, ...]]:
    """What to look at the two beside: nothing, and a policy that allows all, where what they deny is not the same.

    Between these lies whatever else is attached: it allows what it does, and a Deny here takes it away.
    """
    forms, forms_now = _forms(old), _forms(new)
    every = {**forms, **forms_now}
    changed = [every[form] for form in forms.keys() ^ forms_now.keys()]
    denies_change = any(statement.denies for statement in changed)
    if not denies_change or any(statement.allows for statement in changed):
        yield ()
    if denies_change:
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        if old.kind in WITH_PRINCIPALS:
            everything["Principal"] = "*"
        yield (Policy({"Version": "2012-10-17", "Statement": [everything]}, old.kind),)


def _forms(policy: Policy) -> dict[str, Statement]:
    """The statements that allow or deny, by their normal form."""
    return {
        json.dumps(normal_form(statement), sort_keys=True): statement
        for statement in policy.statements
        if statement.allows or statement.denies
    }


def _witness(request: Request) -> Mapping[str, object]:
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "context": dict(request.context),
    }
