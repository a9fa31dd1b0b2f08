"""Is there a stranger whom a statement lets in? Asked of the decision procedure, which answers with a request.

A stranger is whoever belongs to none of the circles that the policy names: no account, organization, principal, VPC or
resource that it pins down, as "Blocking public access to your Amazon S3 storage" (Amazon S3 User Guide, section "The
meaning of public") counts them. That is itself a policy: one that denies each of these circles everything. What is
still allowed beside it, and beside the policy's own Deny statements, is open to all.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from iamlint.analyse.conditions import Operator, parse_operator
from iamlint.model import Condition, Policy, Statement
from iamlint.model.cached import kept
from iamlint.record import NamedTuple
from iamlint.rule.families.everyone import CIRCLES, NARROWING, TRUE_FOR_SERVICES, is_fixed, is_network, is_plain
from iamlint.rule.families.requests import witness

if TYPE_CHECKING:
    from iamlint.analyse.decide.compare import Comparison
    from iamlint.analyse.request import Request
    from iamlint.aws.catalogue import Catalogue

_Deny = Mapping[str, object]
_NOT_TO_ASSUME: Final[_Deny] = {
    "Effect": "Deny",
    "Principal": "*",
    "NotAction": "sts:AssumeRole",
    "Resource": "*",
}
_MOST_WORK: Final = 50_000
_MOST_VALUES: Final = 2000
"""Policies with more values of conditions are not judged: so many do not fit into one that a service accepts."""
_SOMEBODY: Final = "arn:aws:iam::444455556666:role/stranger"
_NOT_THE_ROLE: Final[_Deny] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "*",
    "NotResource": "arn:aws:iam::111122223333:role/example",
}


class Opening(NamedTuple):
    """What is left open to strangers; `request` is one of theirs that is allowed.

    `level` is `full` for whoever likes; `limited` for whoever calls from a network or knows a secret that the policy
    names, and for AWS's services, which act for anybody; None where nobody is let in.
    """

    level: str | None
    request: "Request | None" = None


_CLOSED: Final = Opening(None)


@kept
def opening(statement: Statement) -> Opening | None:
    """What `statement`, which allows everyone something, lets strangers do beside the policy's Deny statements.

    None where it cannot be told. Of a role's trust policy only assuming the role counts.
    """
    policy = statement.policy
    denials = [deny for deny in policy.statements if deny.denies]
    conditions = [condition for each in (statement, *denials) for condition in each.conditions]
    if sum(len(condition.values) for condition in conditions) > _MOST_VALUES:
        return None
    allow = {**statement.value, "Principal": "*"}
    statements = [allow, *(deny.value for deny in denials), *_circles(conditions, policy.has_variables)]
    if policy.kind == "trust":
        statements.append(_NOT_TO_ASSUME)
    narrow = [*_narrow(conditions, policy.has_variables)]
    for level, left in (("full", narrow), ("limited", [])):
        found = _asked([*statements, *left], policy)
        if found.witness is not None:
            return Opening(level, _plainer([*statements, *left], policy) or found.witness)
    return _CLOSED if found.verdict == "no-new-access" else None


def is_closed(statement: Statement) -> bool:
    """True iff it is proven that the statement lets no stranger in."""
    found = opening(statement)
    return found is not None and found.level is None


def _plainer(statements: Sequence[_Deny], policy: Policy) -> "Request | None":
    """A request that is easy to picture: of one without credentials, else of somebody else's role."""
    anonymous: list[_Deny] = [
        _denying({"StringNotEquals": {"aws:PrincipalAccount": "anonymous"}}),
        _denying({"Null": {"aws:PrincipalArn": "false"}}),
    ]
    somebody: list[_Deny] = [_denying({"ArnNotEquals": {"aws:PrincipalArn": _SOMEBODY}})]
    ways: tuple[list[_Deny], ...] = (anonymous, somebody, [])
    if policy.kind == "trust":
        ways = ([*somebody, _NOT_THE_ROLE], [_NOT_THE_ROLE])
    for deny in ways:
        for known_actions in (True, False):
            request = _asked([*statements, *deny], policy, known_actions).witness
            if request is not None:
                return request
    return None


def _asked(statements: Sequence[_Deny], policy: Policy, known_actions: bool = False) -> "Comparison":
    """Whether the statements allow anything; of `known_actions` only those that AWS lists."""
    from iamlint.analyse.decide.assumptions import ALWAYS_PRESENT, USUAL
    from iamlint.analyse.decide.compare import compare

    nothing = Policy({"Version": policy.version, "Statement": []}, policy.kind)
    new = Policy({"Version": policy.version, "Statement": statements}, policy.kind)
    assume = {*USUAL, ALWAYS_PRESENT}
    return compare(nothing, new, known_actions=known_actions, assume=assume, budget=_MOST_WORK)


def _denying(conditions: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    return {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": conditions}


def _circles(conditions: Sequence[Condition], variables: bool) -> Iterator[_Deny]:
    """A Deny for each of the circles that the conditions name."""
    for condition, operator in _on_texts(conditions, CIRCLES):
        form, like = CIRCLES[condition.key.lower()], _is_pattern(operator)
        texts = [text for text in _texts(condition) if is_fixed(text, form, like, variables)]
        if texts:
            yield _denying({_positive(operator): {condition.key: texts}})
        if texts and form == "path":
            whole = [f"{text.partition('/')[0]}/*" for text in texts]
            yield _denying({f"{_quantifier(operator)}StringLike": {condition.key: whole}})


def _narrow(conditions: Sequence[Condition], variables: bool) -> Iterator[_Deny]:
    """A Deny for each of the limits that keep out some strangers only, and for AWS's services."""
    yield _denying({"Bool": {"aws:PrincipalIsAWSService": "true"}})
    for condition, operator in _on_texts(conditions, NARROWING):
        texts = [text for text in _texts(condition) if is_plain(text, _is_pattern(operator), variables)]
        if texts:
            yield _denying({_positive(operator): {condition.key: texts}})
    for condition in conditions:
        key = condition.key.lower()
        if key == "aws:sourceip":
            networks = [text for text in _texts(condition) if is_network(text)]
            if networks:
                yield _denying({"IpAddress": {condition.key: networks}})
        elif key in TRUE_FOR_SERVICES:
            yield _denying({"Bool": {condition.key: "true"}})


def _on_texts(
    conditions: Sequence[Condition], keys: Mapping[str, str] | Sequence[str]
) -> Iterator[tuple[Condition, Operator]]:
    for condition in conditions:
        operator = parse_operator(condition.operator)
        if condition.key.lower() in keys and operator is not None and operator.family in ("String", "Arn"):
            yield condition, operator


def _texts(condition: Condition) -> list[str]:
    return [item.text for item in condition.values]


def _is_pattern(operator: Operator) -> bool:
    return operator.family == "Arn" or operator.name.endswith("Like")


def _quantifier(operator: Operator) -> str:
    return "ForAnyValue:" if operator.quantifier else ""


def _positive(operator: Operator) -> str:
    """The operator that holds for the values that the condition names."""
    return _quantifier(operator) + operator.name.replace("Not", "")


def replayable(request: "Request", policies: Sequence[Policy], catalogue: "Catalogue") -> dict[str, object]:
    """The request for a finding: its action spelled as AWS lists it, of its context only what the policies ask for."""
    prefix, _, name = request.action.partition(":")
    service = catalogue.service(prefix)
    action = service.actions.get(name.lower()) if service else None
    context = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in request.context.items()}
    qualified = request.action if action is None else action.qualified
    return witness(request._replace(action=qualified, context=context), policies)
