"""Deny statements that drafts add to a policy: what must not happen without MFA, from elsewhere, or in the clear.

Sources: AWS IAM User Guide, "AWS: Allows MFA-authenticated IAM users to manage their own credentials on the Security
credentials page" and "AWS: Denies access to AWS based on the source IP"; Amazon S3 User Guide, "Examples of Amazon S3
bucket policies", section "Managing access based on HTTP or HTTPS requests".
"""

from collections.abc import Iterable, Mapping, Sequence

from iamlint.finding import Draft
from iamlint.model import Policy, Statement
from iamlint.rule.families.drafts import MOST_ENTRIES
from iamlint.rule.families.networks import is_private
from iamlint.rule.families.splits import added, fits, free_sid
from iamlint.syntax.change import Insert, Put, Rename


def mfa_deny(policy: Policy) -> Draft | None:
    """A Deny of everything without MFA but of what it takes to enrol a device; None where there is no room for it."""
    from iamlint.aws.sensitive import MFA_ENROLMENT

    return _denying(
        policy,
        "deny all without MFA but what it takes to get MFA",
        "DenyWithoutMFA",
        {
            "NotAction": list(MFA_ENROLMENT),
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        },
    )


def enrolment_left_open(statement: Statement, closed: Sequence[str]) -> Draft | None:
    """A Deny of everything without MFA leaves out what it takes to get MFA, one with NotAction the `closed` actions.

    None where it denies a list of actions.
    """
    from iamlint.aws.sensitive import MFA_ENROLMENT

    title = "leave out what it takes to get MFA"
    if "Action" in statement:
        if [item.text for item in statement.actions] != ["*"]:
            return None
        path = statement.at("Action")
        return fits(Draft(title, (Rename(path, "NotAction"), Put(path, list(MFA_ENROLMENT)))), statement.policy)
    path, held = statement.at("NotAction"), statement.value.get("NotAction")
    if not isinstance(held, list):
        return fits(Draft(title, (Put(path, [held, *closed]),)), statement.policy) if isinstance(held, str) else None
    changes = tuple(Insert((*path, len(held)), name) for name in closed)
    return fits(Draft(title, changes), statement.policy) if len(held) <= MOST_ENTRIES else None


def source_ip_deny(policy: Policy, networks: Iterable[str]) -> Draft | None:
    """A Deny of requests from outside of the networks; None where none of them is public, or there is no room for it.

    It spares what comes from no network: calls that services make for the caller, and those through VPC endpoints.
    """
    public = [cidr for cidr in networks if not is_private(cidr)]
    if not public:
        return None
    return _denying(
        policy,
        "deny what comes from outside the networks, but for calls of services and through VPC endpoints",
        "DenyOutsideNetworks",
        {
            "Action": "*",
            "Resource": "*",
            "Condition": {
                "NotIpAddress": {"aws:SourceIp": public if len(public) > 1 else public[0]},
                "Bool": {"aws:ViaAWSService": "false"},
                "Null": {"aws:SourceVpce": "true"},
            },
        },
    )


def plain_http_deny(policy: Policy, resources: Iterable[str]) -> Draft | None:
    """A Deny of everything on the resources without TLS; None where there is no room for it."""
    return _denying(
        policy,
        "deny requests without TLS",
        "DenyPlainHttp",
        {
            "Principal": "*",
            "Action": "s3:*",
            "Resource": list(resources),
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )


def _denying(policy: Policy, title: str, sid: str, elements: Mapping[str, object]) -> Draft | None:
    changes = added(policy, {"Sid": free_sid(policy, sid), "Effect": "Deny", **elements})
    return None if changes is None else fits(Draft(title, changes), policy)
