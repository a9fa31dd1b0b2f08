"""A Deny outside of some networks, asked with requests that come from no network: through a service or an endpoint.

Source: AWS IAM User Guide, "AWS: Denies access to AWS based on the source IP" and "AWS global condition context keys".
"""

from typing import TYPE_CHECKING, Final, cast

from iamlint.finding import Draft
from iamlint.model import Condition, Statement
from iamlint.record import NamedTuple
from iamlint.rule.families.requests import (
    CALLED_VIA,
    ENDPOINT,
    ENDPOINT_KEYS,
    INTERNET,
    LONG_LIVED,
    MFA_SESSION,
    SERVICE_KEYS,
    SESSION,
    VIA_SERVICE,
    Base,
    User,
    filled,
    ground,
    requests_of,
    samples,
    witness,
)

if TYPE_CHECKING:
    from iamlint.analyse.circumstances import Circumstances
    from iamlint.rule.context import Context

SOURCE_IP: Final = "aws:sourceip"
_SERVICE_PRINCIPAL: Final["Circumstances"] = {
    **INTERNET,
    "aws:principalisawsservice": ("true",),
    "aws:principalservicename": ("cloudtrail.amazonaws.com",),
    "aws:principalservicenameslist": ("cloudtrail.amazonaws.com",),
    "aws:sourcearn": ("arn:aws:cloudtrail:us-east-1:111122223333:trail/example",),
    "aws:sourceaccount": ("111122223333",),
}


class Hits(NamedTuple):
    """What a Deny by source address also denies, and the condition that does."""

    condition: Condition
    forwarded: bool
    """Calls that services make with the caller's credentials."""
    service_principals: bool
    """Calls that services make in their own name."""
    endpoints: bool
    """Requests through VPC endpoints."""
    witness: dict[str, object] | None
    """One such request; None where only services that call in their own name are hit, which have no policies."""


def source_ip_hits(deny: Statement, ctx: "Context") -> Hits | None:
    """What `deny` also hits; None where it is no Deny outside of networks, or spares all of that."""
    from iamlint.analyse.addresses import address_outside
    from iamlint.analyse.circumstances import Tries, all_hold, satisfying
    from iamlint.analyse.conditions import parse_operator

    shared = ground(deny.policy, ctx.environment)
    if shared is None:
        return None
    condition = None
    for candidate in deny.conditions:
        operator = parse_operator(candidate.operator) if candidate.key.lower() == SOURCE_IP else None
        if operator is not None and operator.negated and candidate.values:
            condition = candidate
            break
    outside = address_outside(item.text for item in condition.values) if condition else None
    if condition is None or outside is None:
        return None
    tries = Tries(shared.share)
    policy, others = deny.policy, [c for c in deny.conditions if c.key.lower() != SOURCE_IP]
    direct = Base({**INTERNET, SOURCE_IP: (outside,)}, ENDPOINT_KEYS | CALLED_VIA)
    keys = [key for key in shared.keys if key not in SERVICE_KEYS]

    for user in shared.users:
        for credential in (LONG_LIVED, SESSION, MFA_SESSION):
            start = filled({**direct.context, **credential, **user.keys}, keys, direct)
            met = satisfying(others, policy, start, direct.free, tries)
            if met is not None and all_hold(deny.conditions, policy, met):
                return _hits(deny, condition, met, user, ctx)
    return None


def spared(deny: Statement, hits: Hits) -> Draft | None:
    """Conditions that leave out of `deny` what it is not meant for; VPC endpoints only their owner knows."""
    from iamlint.rule.families.drafts import condition_added

    services = {
        "aws:ViaAWSService": hits.forwarded,
        "aws:PrincipalIsAWSService": hits.service_principals,
    }
    changes = condition_added(deny, "Bool", {key: "false" for key, hit in services.items() if hit})
    endpoints = condition_added(deny, "StringNotEquals", {"aws:SourceVpce": _ENDPOINT}) if hits.endpoints else ()
    if changes is None or endpoints is None:
        return None
    what = ["calls of services"] * bool(changes) + ["requests through VPC endpoints"] * bool(endpoints)
    needs = "needs the ids of your VPC endpoints" if endpoints else None
    return Draft(f"leave out {' and '.join(what)}", (*changes, *endpoints), needs)


_ENDPOINT: Final = "vpce-EXAMPLE0"


def _hits(deny: Statement, condition: Condition, direct: "Circumstances", user: User, ctx: "Context") -> Hits | None:
    """What `deny` hits beside a call from outside with the context `direct`."""
    from iamlint.analyse.circumstances import Tries
    from iamlint.aws.sensitive import sensitive_actions

    address = {SOURCE_IP: direct[SOURCE_IP]}
    via: Circumstances = {**direct, **VIA_SERVICE, **address}
    own = {key: values for key, values in {**direct, **_SERVICE_PRINCIPAL, **address}.items() if key not in _OF_USERS}
    endpoint = {key: values for key, values in {**direct, **ENDPOINT}.items() if key != SOURCE_IP}
    forwarded = _denied_always(deny, via, CALLED_VIA)
    services = _for_services(deny) and _denied_always(deny, own, SERVICE_KEYS)
    endpoints = _denied_always(deny, endpoint, ENDPOINT_KEYS)
    if not (forwarded or services or endpoints):
        return None
    told = None
    if forwarded or endpoints:
        actions = samples(deny, sensitive_actions(), ctx.catalogue)
        request = next(requests_of(deny, actions, user, direct, Tries(100)), None)
        if request is not None:
            told = witness(request._replace(context=via if forwarded else endpoint), [deny.policy])
            # What makes the difference is shown even where the policy never asks for it.
            name, value = (
                ("aws:ViaAWSService", "true") if forwarded else ("aws:SourceVpce", endpoint["aws:sourcevpce"][0])
            )
            context = cast("dict[str, object]", told["context"])
            if name.lower() not in map(str.lower, context):
                context[name] = value
    return Hits(condition, forwarded, services, endpoints, told)


def _denied_always(deny: Statement, context: "Circumstances", choice: frozenset[str]) -> bool:
    """True iff the statement's conditions hold for requests with this context, whatever the values of `choice`."""
    from iamlint.analyse.circumstances import all_hold, escapes

    return all_hold(deny.conditions, deny.policy, context) and not any(escapes(deny, context, choice.__contains__))


_OF_USERS: Final = frozenset(("aws:principalarn", "aws:username", "aws:principaltype", "aws:userid"))


def _for_services(deny: Statement) -> bool:
    """True iff services that call in their own name are among the statement's principals."""
    return any(p.is_everyone or p.type == "Service" for p in deny.principals) or bool(deny.not_principals)
