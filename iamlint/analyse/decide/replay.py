"""A request that the search found, asked again of the plain evaluator.

It is shown only if `evaluate` agrees. The evaluator answers for all that applies to a request; here everything else is
made to allow, so that the policies at hand decide.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from iamlint.analyse.decide.callers import FOLLOWING
from iamlint.analyse.decide.clauses import WITH_PRINCIPALS, reading
from iamlint.analyse.evaluation import evaluate
from iamlint.analyse.matching import Question
from iamlint.analyse.principals import Caller, caller
from iamlint.analyse.request import Policies, Request
from iamlint.analyse.resources import FIELDS
from iamlint.analyse.steps import decide
from iamlint.model import Policy

PRINCIPAL: Final = "arn:aws:iam::111122223333:user/example"
"""Who asks, where the policies do not say whom they are for."""

_ACCOUNT: Final = "111122223333"
_ANOTHER: Final = "444455556666"
_FOLLOWING: Final = frozenset(
    (
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:principaltype",
        "aws:resourceaccount",
        "aws:userid",
        "aws:username",
    )
)
"""Keys that the evaluator takes from the request where its context does not have them."""

_ALL: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_EVERYTHING: Final = Policy({"Version": "2012-10-17", "Statement": _ALL}, "identity")
_FOR_ACCOUNT: Final = Policy(
    {"Version": "2012-10-17", "Statement": {**_ALL, "Principal": {"AWS": _ACCOUNT}}}, "resource"
)


def as_request(action: str, resource: str, principal: str | None, context: Mapping[str, tuple[str, ...]]) -> Request:
    """The request as the evaluator takes it. A key that has to be absent, though it would follow, has no values."""
    keys = {
        key: values[0] if len(values) == 1 else values
        for key, values in context.items()
        if (values or key in _FOLLOWING) and (principal is None or key not in FOLLOWING)
    }
    if principal is None:
        return Request(PRINCIPAL, action, resource, _ACCOUNT, keys)
    # A policy on a resource decides alone where the resource belongs to another account than the principal.
    return Request(principal, action, resource, _ACCOUNT if _ANOTHER in principal else _ANOTHER, keys)


def allows(policies: Sequence[Policy], request: Request, across_colons: bool = False) -> bool:
    """True iff the policies, together and all of one kind, allow the request as far as it depends on them.

    `across_colons` asks for the other reading of wildcards, see `iamlint.analyse.resources`.
    """
    try:
        who = caller(request.principal)
    except ValueError:
        return _allows_by_texts(policies, request, Caller("canonical-user", name=request.principal), across_colons)
    if request.action.lower() == "sts:getcalleridentity":  # allowed to all, whatever policies say
        return _allows_by_texts(policies, request, who, across_colons)
    kinds = {policy.kind for policy in policies}
    if kinds == {"rcp"}:
        given = Policies([_EVERYTHING], (), (), [policies], ())
    elif kinds & WITH_PRINCIPALS:
        given = Policies([_EVERYTHING], (), (), (), policies)
    else:
        given = Policies(policies, (), (), (), [_FOR_ACCOUNT])
    if across_colons:
        return decide(Question(request, who, across_colons), given).allowed
    return evaluate(
        request, given.identity, given.boundary, scps=given.scps, rcps=given.rcps, resource_policy=given.resource
    ).allowed


def _allows_by_texts(policies: Sequence[Policy], request: Request, who: Caller, across_colons: bool) -> bool:
    """As `allows`, for what the evaluator does not know or answers without looking at the policies."""
    context = Question(request, who).context
    action = request.action.lower()
    fields = (request.resource,) if across_colons else request.resource.split(":", FIELDS - 1)
    met = [
        clause
        for policy in policies
        for clause in (*reading(policy).allows, *reading(policy).denies)
        if clause.is_for(who)
        and clause.matches_action(action)
        and (arns := clause.arns(context, across_colons)) is not None
        and arns.match(None if request.resource == "*" else fields)
        and all(test.holds(context.values(key), context) for key, test in clause.tests.items())
    ]
    return any(clause.statement.allows for clause in met) and not any(clause.statement.denies for clause in met)
