"""Statements with a condition on MFA, asked with the three kinds of credentials.

`aws:MultiFactorAuthPresent` is absent from requests of a long-lived key, `false` with temporary credentials that were
made without MFA, `true` with MFA. Source: AWS IAM User Guide, "Secure API access with MFA" and "AWS global condition
context keys".
"""

from typing import TYPE_CHECKING, Final

from iamlint.analyse.actions import statement_matches_action
from iamlint.finding import Draft
from iamlint.model import Condition, Statement
from iamlint.record import NamedTuple
from iamlint.rule.families.requests import (
    CALLED_VIA,
    ENDPOINT_KEYS,
    FROM_ENDPOINT,
    FROM_INTERNET,
    INTERNET,
    LONG_LIVED,
    MFA_SESSION,
    PRESENT,
    SESSION,
    Base,
    Ground,
    entry_of,
    filled,
    ground,
    owner_of,
    requests_of,
    samples,
)
from iamlint.syntax import Path

if TYPE_CHECKING:
    from iamlint.analyse.circumstances import Circumstances
    from iamlint.analyse.evaluation import Request
    from iamlint.config import Environment
    from iamlint.rule.context import Context

_OF_CREDENTIALS: Final = frozenset((PRESENT, "aws:multifactorauthage"))


class Reading(NamedTuple):
    """Whom the MFA conditions of a statement let through, whatever its other conditions say."""

    long_lived: bool
    session: bool
    mfa: bool

    @property
    def without_mfa(self) -> bool:
        """True iff requests without MFA are met, be it only of one kind."""
        return self.long_lived or self.session


def mfa_reading(statement: Statement) -> Reading | None:
    """How the statement reads the three kinds of credentials; None where it has no condition on MFA's presence."""
    if not any(c.key.lower() == PRESENT for c in statement.conditions):
        return None
    from iamlint.analyse.circumstances import all_hold

    own = _own(statement)
    return Reading(*(all_hold(own, statement.policy, kind) for kind in (LONG_LIVED, SESSION, MFA_SESSION)))


def _own(statement: Statement) -> list[Condition]:
    return [c for c in statement.conditions if c.key.lower() in _OF_CREDENTIALS]


def _others(statement: Statement) -> list[Condition]:
    return [c for c in statement.conditions if c.key.lower() not in _OF_CREDENTIALS]


def has_other_conditions(statement: Statement) -> bool:
    """True iff the statement has conditions beside those on MFA."""
    return bool(_others(statement))


def mfa_condition(statement: Statement, credential: "Circumstances", holds: bool) -> Condition:
    """The statement's first condition on MFA's presence that does (or does not) hold with these credentials."""
    from iamlint.analyse.circumstances import all_hold

    present = [c for c in statement.conditions if c.key.lower() == PRESENT]
    return next((c for c in present if all_hold((c,), statement.policy, credential) is holds), present[0])


def mfa_asked(statement: Statement, operator: str, value: str) -> Draft | None:
    """The statement's conditions on MFA's presence as the one that compares it with `value` under `operator`."""
    from iamlint.rule.families.drafts import condition_out, moved

    present = [c for c in statement.conditions if c.key.lower() == PRESENT]
    kept = next((c for c in present if c.operator.lower() == operator.lower()), present[0])
    changes = moved(statement, kept, operator, value)
    if changes is None:
        return None
    others = [condition for condition in present if condition is not kept]
    gone = condition_out(statement, *others) if others else ()
    return Draft(f"ask for MFA with `{operator}` `{value}`", (*changes, *gone))


def unhindered_request(statement: Statement, credential: "Circumstances", ctx: "Context") -> "Request | None":
    """A request with these credentials that `statement` is about, and that no statement of its policy denies.

    The statement's MFA conditions are left aside, the others hold. None where none was found: where such requests
    never meet the other conditions, or where a Deny catches them.
    """
    from iamlint.analyse.circumstances import Tries, around_denies, satisfying
    from iamlint.aws.sensitive import MFA_ENROLMENT, sensitive_actions

    shared = ground(statement.policy, ctx.environment)
    if shared is None:
        return None
    policies, policy, others, tries = shared.policies, statement.policy, _others(statement), Tries(shared.share)
    actions = list(samples(statement, (*sensitive_actions(), *MFA_ENROLMENT, "sts:AssumeRole"), ctx.catalogue))
    for base in (FROM_INTERNET, FROM_ENDPOINT):
        for user in shared.users:
            start = filled({**base.context, **credential, **user.keys}, shared.keys, base)
            for request in requests_of(statement, actions, user, start, tries):
                context = {**start, **owner_of(request.resource, user).keys}
                met = satisfying(others, policy, context, base.free, tries)
                if met is None:
                    continue
                found = around_denies(request._replace(context=met), policies, base.free, (others, policy), tries)
                if found is not None:
                    return found[0]
    return _decided(statement, credential, shared)


def _decided(statement: Statement, credential: "Circumstances", shared: Ground) -> "Request | None":
    """As `unhindered_request`, of all requests."""
    from iamlint.analyse.evaluation import EXPLICITLY_DENIED, evaluate
    from iamlint.rule.families.decided import as_user, facts, request_through

    wanted = {k: v for k, v in statement.value.items() if k in ("Principal", "Action", "NotAction", "NotResource")}
    if "Resource" in statement:
        wanted["Resource"] = statement.value["Resource"]
    block: dict[str, dict[str, list[str]]] = {}
    for condition in _others(statement):
        block.setdefault(condition.operator, {})[condition.key] = [item.text for item in condition.values]
    part = {**wanted, "Condition": block}
    for base in (FROM_INTERNET, FROM_ENDPOINT):
        for user in shared.users:
            start = filled({**base.context, **credential, **user.keys}, shared.keys, base)
            found = request_through(shared, [part, *facts(start, shared.keys, base.free)], None, shared.policies)
            if found is None or isinstance(found, str):
                continue
            request = as_user(found, user, start, base.free)
            if evaluate(request, shared.policies).decision != EXPLICITLY_DENIED:
                return request
    return None


ENROLMENT: Final = ("iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "sts:GetSessionToken")
"""Without one of these nobody gets a first device, or a session with it from a long-lived key."""

_CIRCUMSTANCES: Final = ENDPOINT_KEYS | {"aws:sourceip", "aws:requestedregion", "aws:currenttime", "aws:epochtime"}
"""What a user can change about a request without anybody's help: place and time."""


class LockOut(NamedTuple):
    """The steps of the enrolment that a Deny closes, the entries that do so, and one of the requests."""

    actions: tuple[str, ...]
    places: tuple[Path, ...]
    request: "Request"


def mfa_lock_out(statement: Statement, environment: "Environment") -> LockOut | None:
    """What the Deny `statement` closes of the enrolment to who has no MFA yet; None where it leaves a way."""
    read = mfa_reading(statement)
    if read is None or read.mfa or not read.without_mfa:
        return None
    closed: dict[str, Request] = {}
    for action in ENROLMENT:
        if statement_matches_action(statement, action):
            request = _closed(statement, action, read, environment)
            if request is not None:
                closed[action] = request
    if not closed:
        return None
    places = tuple(dict.fromkeys(entry_of(statement, action) for action in closed))
    return LockOut(tuple(closed), places, next(iter(closed.values())))


def _closed(statement: Statement, action: str, read: Reading, environment: "Environment") -> "Request | None":
    """The user's own request for `action`, where it is denied from every place; None where a way stays open.

    Temporary credentials cannot call sts:GetSessionToken, so only the long-lived key counts there.
    """
    kinds = [LONG_LIVED] if read.long_lived else []
    if read.session and action != "sts:GetSessionToken":
        kinds.append(SESSION)
    for kind in kinds:
        request = _denied_everywhere(statement, action, kind, environment)
        if request is not None:
            return request
    return None


def _denied_everywhere(
    statement: Statement, action: str, credential: "Circumstances", environment: "Environment"
) -> "Request | None":
    from iamlint.analyse.circumstances import Tries, around_denies, satisfying
    from iamlint.analyse.evaluation import Request, evaluate

    shared = ground(statement.policy, environment)
    if shared is None:
        return None
    policy, tries = statement.policy, Tries(shared.share)
    base = Base(INTERNET, ENDPOINT_KEYS | CALLED_VIA)
    for user in shared.users:
        device = user.name.rpartition("/")[2]
        own = {
            "iam:CreateVirtualMFADevice": f"arn:{user.partition}:iam::{user.account}:mfa/{device}",
            "iam:EnableMFADevice": user.arn,
        }.get(action, "*")
        start = filled({**base.context, **credential, **user.keys}, shared.keys, base)
        met = satisfying(_others(statement), policy, start, base.free, tries)
        if met is None:
            continue
        request = Request(user.arn, action, own, None, met)
        decision = evaluate(request, shared.policies)
        if not any(b.statement is not None and b.statement.path == statement.path for b in decision.blockers):
            continue
        around = around_denies(request, shared.policies, _CIRCUMSTANCES.__contains__, ((), policy), tries)
        if around is None and _is_closed(action, own, met, shared):
            return request
    return None


def _is_closed(action: str, resource: str, context: "Circumstances", shared: Ground) -> bool:
    """True iff no place and no time lets the request through."""
    from iamlint.rule.families.decided import facts, request_through

    parts = [{"Action": action, "Resource": resource}, *facts(context, shared.keys, _CIRCUMSTANCES.__contains__)]
    return request_through(shared, parts, None, shared.policies) is None
