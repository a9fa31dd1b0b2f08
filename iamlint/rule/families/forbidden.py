"""Access that the configuration forbids, sought in policies: each is proven not to grant it, or a request shows it.

What is forbidden is put as statements, and so is what is known of who asks. Policies grant it iff some request is
matched by all of these, by a statement that allows, by one of the boundary's where there is one, and by none that
denies. That is decided over all requests, under both readings of wildcards in ARNs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from iamlint.analyse.actions import action_matches
from iamlint.analyse.granted import Granted, granted
from iamlint.analyse.resources import is_everything
from iamlint.analyse.work import Budget, TooMuchWork
from iamlint.model import Policy, Statement
from iamlint.model.fact import Unknown, known
from iamlint.record import NamedTuple
from iamlint.rule.base import PRINCIPAL_KINDS

if TYPE_CHECKING:
    from collections.abc import Hashable

    from iamlint.analyse.decide.clauses import Clause
    from iamlint.analyse.request import Request
    from iamlint.config import ForbiddenSpec
    from iamlint.model import Spot
    from iamlint.model.account import Account, PolicyText, Principal
    from iamlint.rule.context import Context

MOST_WORK: Final = 300_000
"""Steps of about a microsecond for one answer."""
_MOST_TEXT: Final = 200_000
"""Characters of actions, resources and values; IAM takes no policy so large."""
_MOST_TOLD: Final = 25
_MOST_UNTOLD: Final = 3
"""Statements of one policy that are reported for one prohibition, and those of which nobody can tell."""
_TOO_LARGE: Final = "the policy is too large to check"
_UNATTACHED: Final = "the policy does not tell which resource it is attached to"


class Breach(NamedTuple):
    """A statement that grants what is forbidden, as `request` shows, or may grant it: then `reason` says why.

    `asked` is what was asked for, as policies.
    """

    spec: "ForbiddenSpec"
    grant: Granted
    asked: tuple[Policy, ...]
    request: "Request | None" = None
    reason: str | None = None


def breaches(policy: Policy, ctx: "Context") -> Iterator[Breach]:
    """What the policy by itself grants of what is forbidden, statement by statement, until enough is said of it.

    A role's trust policy only counts where a prohibition is for every resource: it does not tell of which role it is.
    """
    for spec in ctx.forbidden_access:
        everywhere = any(map(is_everything, spec.resources))
        if policy.kind == "trust" and not everywhere:
            continue
        untold = 0
        for told, breach in enumerate(_breaches(policy, spec, everywhere), 1):
            yield breach
            untold += breach.request is None and breach.reason != _UNATTACHED
            if told == _MOST_TOLD or untold == _MOST_UNTOLD:
                break


def _breaches(policy: Policy, spec: "ForbiddenSpec", everywhere: bool) -> Iterator[Breach]:
    asked = _asked(spec, policy.kind)
    for grant in _grants(policy, spec):
        if grant is None:
            yield Breach(spec, Granted(policy.statements[0], None), asked, reason=_TOO_LARGE)
            return
        found = _sought([policy], [], asked, [grant.statement])
        if isinstance(found, str):
            yield Breach(spec, grant, asked, reason=found)
        elif found is not None and policy.kind == "resource" and not everywhere and _is_for_its_own(grant.statement):
            yield Breach(spec, grant, asked, reason=_UNATTACHED)
        elif found is not None:
            yield Breach(spec, _entry(grant.statement, found), asked, _by_its_key(found, policy.kind))


class HeldBreach(NamedTuple):
    """A breach by what somebody holds. `spot` is the entry that grants; `policies` are all that were asked about."""

    breach: Breach
    spot: "Spot"
    policies: tuple[Policy, ...]


class _Kept:
    """What was found out about an account: users share policies, and sets of policies."""

    def __init__(self) -> None:
        self.grants: dict[tuple[Hashable, ForbiddenSpec], list[Granted | None]] = {}
        self.answers: dict[Hashable, Request | str | None] = {}

    def of(self, text: "PolicyText", spec: "ForbiddenSpec") -> "list[Granted | None]":
        key = (text.key, spec)
        if key not in self.grants:
            self.grants[key] = list(_grants(text.policy, spec))
        return self.grants[key]


_kept: "WeakKeyDictionary[Account, _Kept]" = WeakKeyDictionary()


def held_breaches(principal: "Principal", account: "Account", ctx: "Context") -> Iterator[HeldBreach]:
    """What is forbidden and the principal can do, with all of its policies and its boundary.

    Raises `NotKnown` where one of these is not in the exports.
    """
    texts = list({text.key: text for text in known(account.documents(principal))}.values())
    boundary = known(principal.boundary)
    limit = None if boundary is None else known(account.document_of(boundary))
    kept = _kept.setdefault(account, _Kept())
    for spec in ctx.forbidden_access:
        found = [(text, grant) for text in texts for grant in kept.of(text, spec)]
        if not found:
            continue
        asked = _asked(spec, "identity")
        policies, limits = [text.policy for text in texts], [limit.policy] if limit else []
        facts = _facts(principal, account, [*policies, *limits, *asked])
        statements = [grant.statement for _, grant in found if grant is not None]
        answer: Request | str | None = _TOO_LARGE
        if len(statements) == len(found):
            key = (spec, tuple(text.key for text in texts), limit and limit.key, repr(facts))
            if key not in kept.answers:
                kept.answers[key] = _sought(policies, limits, [*asked, *_fitting(facts, "identity")], statements)
            answer = kept.answers[key]
        if answer is None:
            continue
        text, first = found[0]
        if isinstance(answer, str):
            breach = Breach(spec, first or Granted(text.policy.statements[0], None), asked, reason=answer)
        else:
            text, deciding = next((t, g) for t, g in found if g is not None and _allows(g.statement, answer))
            breach = Breach(spec, _entry(deciding.statement, answer), asked, answer._replace(principal=principal.arn))
        statement, action = breach.grant
        spot = text.spot.at(*(statement.at("NotAction") if action is None else action.path))
        yield HeldBreach(breach, spot, (*policies, *limits))


def _entry(statement: Statement, request: "Request") -> Granted:
    """The statement with its first entry that matches the request's action."""
    return Granted(statement, next((i for i in statement.actions if action_matches(i.text, request.action)), None))


def _by_its_key(request: "Request", kind: str) -> "Request":
    """The request with the principal that its context tells of, where policies are not for certain principals."""
    arn = request.context.get("aws:principalarn")
    return request._replace(principal=arn) if isinstance(arn, str) and kind not in PRINCIPAL_KINDS else request


def _allows(statement: Statement, request: "Request") -> bool:
    """True iff the statement, if it stood alone, would allow the request."""
    from iamlint.analyse.decide.replay import allows

    alone = Policy({"Version": statement.policy.version, "Statement": statement.value}, statement.policy.kind)
    return allows([alone], request) or allows([alone], request, across_colons=True)


def _grants(policy: Policy, spec: "ForbiddenSpec") -> Iterator[Granted | None]:
    """The statements that may grant what is forbidden, whatever their conditions say; None where there are too many."""
    last = None
    if _is_large(policy):
        yield None
        return
    try:
        for grant in granted(policy.statements, spec.actions, spec.resources, Budget()):
            if grant.statement is not last:
                yield grant
            last = grant.statement
    except TooMuchWork:
        yield None


def _is_large(policy: Policy) -> bool:
    items = (
        item
        for s in policy.statements
        for item in chain(s.actions, s.resources, s.not_resources, *(condition.values for condition in s.conditions))
    )
    return sum(len(item.text) for item in items) > _MOST_TEXT


def _is_for_its_own(statement: Statement) -> bool:
    """True iff the statement is for the resource that its policy is attached to, whichever that is."""
    return any(is_everything(item.text) for item in statement.resources) or "Resource" not in statement


def _asked(spec: "ForbiddenSpec", kind: str) -> tuple[Policy, ...]:
    """What is forbidden, each part as a policy that allows just the requests that fit it."""
    block: dict[str, dict[str, object]] = {}
    for operator, key, values in spec.conditions:
        block.setdefault(operator, {})[key] = list(values)
    principals: dict[str, dict[str, object]] = {}
    for operator, patterns in (("ArnLike", spec.principals), ("ArnNotLike", spec.except_principals)):
        if patterns and "*" not in patterns:
            principals[operator] = {"aws:PrincipalArn": [_arn(pattern) for pattern in patterns]}
    wanted = {"Action": list(spec.actions), "Resource": list(spec.resources), "Condition": block}
    return tuple(_fitting([wanted, *([{"Condition": principals}] if principals else [])], kind))


def _fitting(parts: Iterable[Mapping[str, object]], kind: str) -> Iterator[Policy]:
    """For each part of a statement a policy that allows all that fits it."""
    who = {"Principal": "*"} if kind in PRINCIPAL_KINDS else {}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*", **who}
    for part in parts:
        yield Policy({"Version": "2012-10-17", "Statement": {**everything, **part}}, kind)


def _arn(pattern: str) -> str:
    return f"arn:*:*:*:{pattern}:*" if pattern.isdigit() else pattern


def _facts(principal: "Principal", account: "Account", policies: Iterable[Policy]) -> list[Mapping[str, object]]:
    """Parts of statements that every request of the principal fits, as far as the policies ask for the keys."""
    from iamlint.analyse.circumstances import mentioned_keys

    is_user = principal.kind == "user"
    values = {
        "aws:principalarn": principal.arn,
        "aws:principalaccount": account.id,
        "aws:principaltype": "User" if is_user else "AssumedRole",
        "aws:principalisawsservice": "false",
    }
    tags = {} if isinstance(principal.tags, Unknown) else principal.tags
    if is_user:
        values["aws:username"] = principal.name
        values |= {f"aws:principaltag/{key.lower()}": value for key, value in tags.items()}
    equal: dict[str, str] = {}
    absent: dict[str, str] = {}
    for key in mentioned_keys(policies):
        if key in values:
            equal[key] = values[key]
        elif key == "aws:username" or (is_user and key.startswith("aws:principaltag/") and tags):
            absent[key] = "true"
    blocks = ({"StringEquals": equal} if equal else {}), ({"Null": absent} if absent else {})
    return [{"Condition": block} for block in blocks if block]


def _sought(
    policies: Sequence[Policy], limits: Sequence[Policy], asked: Sequence[Policy], statements: Iterable[Statement]
) -> "Request | str | None":
    """A request that one of `statements` allows and nothing denies; None iff there is none; why it cannot be told."""
    from iamlint.analyse.decide.assumptions import ALWAYS_PRESENT, USUAL
    from iamlint.analyse.decide.clauses import reading
    from iamlint.analyse.decide.decision import Decision, Question
    from iamlint.analyse.decide.replay import allows
    from iamlint.analyse.decide.search import Options
    from iamlint.analyse.request import Request
    from iamlint.aws.catalogue import catalogue

    wanted = {id(statement) for statement in statements}
    granting = [c for policy in policies for c in reading(policy).allows if id(c.statement) in wanted]
    capping: list[tuple[Clause, ...]] = [()]
    if limits:
        capping = [(clause,) for policy in limits for clause in reading(policy).allows]
    fitting = [clause for policy in asked for clause in reading(policy).allows]
    denying = [clause for policy in (*policies, *limits) for clause in reading(policy).denies]
    questions = [Question((grant, *cap, *fitting), denying) for grant, cap in product(granting, capping)]
    sides = [side for side in (policies, limits, *([policy] for policy in asked)) if side]
    everything = [*policies, *limits, *asked]
    for across in (False, True):

        def confirms(request: Request, across: bool = across) -> bool:
            return all(allows(side, request, across) for side in sides)

        options = Options(across_colons=across, assume=USUAL | {ALWAYS_PRESENT})
        found = Decision(everything, options, MOST_WORK).first(questions, confirms)
        if isinstance(found, Request):
            if catalogue().action_status(*found.action.split(":", 1)) == "current":
                return found
            listed = Decision(everything, options._replace(known_actions=True), MOST_WORK).first(questions, confirms)
            return listed if isinstance(listed, Request) else found
        if found is not None:
            return found
    return None
