"""Is there a request of a certain caller that policies let through? Decided where trying has found none.

The rules that ask `evaluate` try likely requests first, which are easy to picture. That they find none proves nothing;
here the same is asked of all requests.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from iamlint.model import Policy, Statement
from iamlint.rule.base import PRINCIPAL_KINDS
from iamlint.rule.families.requests import Ground, User

if TYPE_CHECKING:
    from iamlint.analyse.circumstances import Circumstances
    from iamlint.analyse.decide.clauses import Clause
    from iamlint.analyse.request import Request

MOST_WORK: Final = 50_000
"""Steps of about a microsecond for one answer."""
_MOST_TEXT: Final = 100_000
"""Characters of resources and values in policies that are asked about; IAM takes none so large."""
_OF_TYPE: Final = {"aws:sourceip": "IpAddress"}
_TRUE_OR_FALSE: Final = frozenset(
    (
        "aws:multifactorauthpresent",
        "aws:principalisawsservice",
        "aws:securetransport",
        "aws:viaawsservice",
        "kms:grantisforawsresource",
    )
)


def facts(context: "Circumstances", keys: Iterable[str], is_free: Callable[[str], bool]) -> list[Mapping[str, object]]:
    """Parts of statements that a request fits iff each of `keys` that nobody can choose is as in `context`.

    Keys are in lower case; one that is not in `context` is absent.
    """
    block: dict[str, dict[str, list[str]]] = {}
    for key in keys:
        if not is_free(key):
            values = context.get(key)
            operator = _OF_TYPE.get(key) or ("Bool" if key in _TRUE_OR_FALSE else "StringEquals")
            block.setdefault(operator if values else "Null", {})[key] = list(values or ("true",))
    return [{"Condition": {operator: keys_}} for operator, keys_ in block.items()]


def request_through(
    shared: Ground,
    parts: Sequence[Mapping[str, object]],
    statements: Sequence[Statement] | None,
    policies: Sequence[Policy],
    boundary: Sequence[Policy] = (),
) -> "Request | str | None":
    """A request that fits all `parts` of statements, that one of `statements` matches and no Deny of `policies`.

    `statements` None: whether anything allows it does not matter. With a `boundary`, that has to allow it as well. None
    iff there is no such request; a text where it cannot be told, which says why. `shared` counts the questions.
    """
    from iamlint.analyse.decide.assumptions import ALWAYS_PRESENT, USUAL
    from iamlint.analyse.decide.clauses import reading
    from iamlint.analyse.decide.decision import Decision, Question
    from iamlint.analyse.decide.replay import allows
    from iamlint.analyse.decide.search import Options

    shared.questions -= 1
    if shared.questions < 0 or _size((*policies, *boundary)) > _MOST_TEXT:
        return "it takes more work than is allowed"
    kind = policies[0].kind
    asked = [_fitting(json.dumps(part), kind) for part in parts]
    granting: Sequence[tuple[Clause, ...]] = [()]
    if statements is not None:
        wanted = {id(statement) for statement in statements}
        granting = [(c,) for policy in policies for c in reading(policy).allows if id(c.statement) in wanted]
    capping: Sequence[tuple[Clause, ...]] = [()]
    if boundary:
        capping = [(clause,) for policy in boundary for clause in reading(policy).allows]
    fitting = [clause for policy in asked for clause in reading(policy).allows]
    denying = [clause for policy in (*policies, *boundary) for clause in reading(policy).denies]
    questions = [Question((*one, *cap, *fitting), denying) for one in granting for cap in capping]
    others = [] if statements is not None else [_fitting("{}", kind)]
    sides = [[*policies, *others], *([boundary] if boundary else []), *([part] for part in asked)]
    decision = Decision([*policies, *boundary, *asked], Options(assume=USUAL | {ALWAYS_PRESENT}), MOST_WORK)
    return decision.first(questions, lambda request: all(allows(side, request) for side in sides))


def _size(policies: Iterable[Policy]) -> int:
    items = (
        item
        for policy in policies
        for s in policy.statements
        for item in chain(s.resources, s.not_resources, *(condition.values for condition in s.conditions))
    )
    return sum(len(item.text) for item in items)


@lru_cache(maxsize=64)
def _fitting(text: str, kind: str) -> Policy:
    """A policy that allows all that fits the part of a statement, which is given as JSON: many are asked again."""
    part = json.loads(text)
    statement = {"Effect": "Allow", **part}
    for element in ("Principal", "Action", "Resource"):
        if f"Not{element}" not in part and (element != "Principal" or kind in PRINCIPAL_KINDS):
            statement.setdefault(element, "*")
    return Policy({"Version": "2012-10-17", "Statement": statement}, kind)


def as_user(request: "Request", user: User, start: "Circumstances", is_free: Callable[[str], bool]) -> "Request":
    """The request as `user` sends it: with the keys of `start` that nobody can choose, and those that it has itself."""
    chosen = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in request.context.items()}
    fixed = {key: values for key, values in start.items() if not is_free(key)}
    context = {key: values for key, values in {**chosen, **fixed}.items() if values}
    return request._replace(principal=user.arn, resource_account=None, context=context)
