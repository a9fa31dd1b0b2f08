"""A request that the search found, asked again of the plain evaluator.

It is shown only if `evaluate` agrees. The evaluator answers for all that applies to a request; here everything else is
made to allow, so that the policies at hand decide.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from iamlint.analyse.decide.clauses import WITH_PRINCIPALS, reading
from iamlint.analyse.evaluation import evaluate
from iamlint.analyse.matching import Question
from iamlint.analyse.principals import Caller, caller
from iamlint.analyse.request import Request
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

_EVERYTHING: Final = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
_FOR_ACCOUNT: Final = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"AWS": _ACCOUNT}, "Action": "*", "Resource": "*"},
}


def as_request(action: str, resource: str, principal: str | None, context: Mapping[str, tuple[str, ...]]) -> Request:
    """The request as the evaluator takes it. A key that has to be absent, though it would follow, has no values."""
    keys = {
        key: values[0] if len(values) == 1 else values for key, values in context.items() if values or key in _FOLLOWING
    }
    if principal is None:
        return Request(PRINCIPAL, action, resource, _ACCOUNT, keys)
    # A policy on a resource decides alone where the resource belongs to another account than the principal.
    return Request(principal, action, resource, _ACCOUNT if _ANOTHER in principal else _ANOTHER, keys)


def allows(policies: Sequence[Policy], request: Request) -> bool:
    """True iff the policies, together and all of one kind, allow the request as far as it depends on them."""
    kinds = {policy.kind for policy in policies}
    try:
        who = caller(request.principal)
    except ValueError:
        return _allows_by_texts(policies, request, Caller("canonical-user", name=request.principal))
    if request.action.lower() == "sts:getcalleridentity":  # allowed to all, whatever policies say
        return _allows_by_texts(policies, request, who)
    everything = Policy(_EVERYTHING, "identity")
    if kinds == {"rcp"}:
        return evaluate(request, [everything], (), scps=(), rcps=[policies], resource_policy=()).allowed
    if kinds & WITH_PRINCIPALS:
        return evaluate(request, [everything], (), scps=(), rcps=(), resource_policy=policies).allowed
    on_resource = Policy(_FOR_ACCOUNT, "resource")
    return evaluate(request, policies, (), scps=(), rcps=(), resource_policy=on_resource).allowed


def _allows_by_texts(policies: Sequence[Policy], request: Request, who: Caller) -> bool:
    """As `allows`, for what the evaluator does not know or answers without looking at the policies."""
    question = Question(request, who)
    action = request.action.lower()
    row = None if request.resource == "*" else request.resource.split(":", 5)
    met = [
        clause
        for policy in policies
        for clause in (*reading(policy).allows, *reading(policy).denies)
        if clause.is_for(who)
        and clause.matches_action(action)
        and (arns := clause.arns(question.context, False)) is not None
        and arns.match(row)
        and all(test.holds(question.context.values(key), question.context) for key, test in clause.tests.items())
    ]
    return any(c.statement.allows for c in met) and not any(c.statement.denies for c in met)
