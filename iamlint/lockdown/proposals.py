"""Policies that are proposed: each small enough, clean under `check`, and compared with what there was before.

The Denies follow AWS IAM User Guide, "AWS: Allows MFA-authenticated IAM users to manage their own credentials on the
Security credentials page" and "AWS: Denies access to AWS based on the source IP".
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Final

from iamlint.analyse.narrowing.door import size_of
from iamlint.aws.quotas import quota
from iamlint.aws.sensitive import MFA_ENROLMENT, SENSITIVE
from iamlint.config import Settings
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.engine.select import select
from iamlint.finding import Proof, Severity
from iamlint.load import load_text
from iamlint.model import Policy
from iamlint.record import NamedTuple
from iamlint.rewrite.prove import prove
from iamlint.rule.families.networks import is_private

PREFIX: Final = "iamlint-"
_EVERYTHING: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}


class Proposal(NamedTuple):
    """A managed policy to create. `name` ends with a digest of the document, so that another one has another name."""

    name: str
    kind: str
    """`identity` or `boundary`."""
    title: str
    document: Mapping[str, object]
    proof: Proof
    """What it makes of what there was; see `proof_of`."""
    proof_of: str

    @property
    def file(self) -> str:
        """Where it is written, relative to the output folder."""
        return f"policies/{self.name}.json"

    @property
    def text(self) -> str:
        """The file's content."""
        return json.dumps(self.document, indent=2, ensure_ascii=True) + "\n"

    @property
    def size(self) -> int:
        """Characters as IAM counts them."""
        return size_of(self.document)

    def arn(self, partition: str, account: str) -> str:
        """Its ARN once it is created."""
        return f"arn:{partition}:iam::{account}:policy/{self.name}"


class Refused(NamedTuple):
    """A policy that is not proposed, and why."""

    title: str
    reason: str


def document(*statements: Mapping[str, object]) -> dict[str, object]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def proposal(
    stem: str,
    kind: str,
    title: str,
    value: Mapping[str, object],
    proof: Proof,
    proof_of: str,
    settings: Settings,
) -> Proposal | Refused:
    """The policy, or why it is not proposed: too big, not clean under `check`, or granting something new."""
    limit = quota("boundary" if kind == "boundary" else "managed").limit
    if size_of(value) > limit:
        return Refused(title, f"it has {size_of(value)} characters, {limit} fit into a managed policy")
    if proof.verdict in ("wider", "incomparable"):
        return Refused(title, f"it would grant something new: {proof.reason}")
    complaints = complaints_about(value, kind, settings)
    if complaints:
        return Refused(title, f"`iamlint check` says of it: {complaints[0]}")
    digest = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]
    return Proposal(f"{PREFIX}{stem}-{digest}", kind, title, value, proof, proof_of)


def complaints_about(value: Mapping[str, object], kind: str, settings: Settings) -> list[str]:
    """What `check` finds in the document at the level of a warning or above."""
    bare = Settings(root=settings.root, environment=settings.environment)
    run = Run(bare, select(load_rules(), bare))
    run.add(load_text("proposal.json", json.dumps(value, indent=2), bare, kind=kind, named_alone=True))
    report = run.report()
    return [
        *(error.message for error in report.errors),
        *(f"{f.rule}: {f.message}" for f in report.findings if f.severity.rank <= Severity.WARNING.rank),
    ]


def require_mfa(settings: Settings) -> Proposal | Refused:
    """A Deny of all without MFA, for persons; it leaves open what it takes to enrol a device and to sign in with it."""
    value = document(
        {
            "Sid": "DenyWithoutMFA",
            "Effect": "Deny",
            "NotAction": sorted(MFA_ENROLMENT),
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        }
    )
    title = "deny everything without MFA, but enrolling a device and sts:GetSessionToken"
    return _deny("require-mfa", title, value, settings)


def deny_sensitive(spared: Iterable[str], settings: Settings) -> Proposal | Refused:
    """A Deny of the sensitive actions without MFA, which a machine never has, but of those that are `spared`."""
    left_out = frozenset(spared)
    actions = sorted(action for group in SENSITIVE for action in group.actions if action not in left_out)
    title = "deny sensitive actions without MFA"
    if not actions:
        return Refused(title, "it uses every sensitive action")
    value = document(
        {
            "Sid": "DenySensitiveActionsWithoutMFA",
            "Effect": "Deny",
            "Action": actions,
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        }
    )
    services = sorted({action.partition(":")[0] for action in left_out})
    but = f"-but-{'-'.join(services)}" if 0 < len(services) < 4 else "-but-some" if services else ""
    title += f", but {len(left_out)} of {', '.join(services)}" if services else ""
    return _deny(f"deny-sensitive{but}", title, value, settings)


def deny_outside(settings: Settings) -> Proposal | Refused:
    """A Deny outside of the networks of the configuration, but for calls of services and through VPC endpoints."""
    title = "deny everything from outside the allowed networks"
    if not settings.environment.networks:
        return Refused(title, "no networks in the configuration: list them as [[environment.networks]]")
    public = [network.cidr for network in settings.environment.networks if not is_private(network.cidr)]
    if not public:
        return Refused(title, "the networks of the configuration are private: AWS never sees such an address")
    value = document(
        {
            "Sid": "DenyOutsideNetworks",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {
                "NotIpAddress": {"aws:SourceIp": public},
                "Bool": {"aws:ViaAWSService": "false"},
                "Null": {"aws:SourceVpce": "true"},
            },
        }
    )
    return _deny("deny-outside-networks", title, value, settings)


def _deny(stem: str, title: str, value: dict[str, object], settings: Settings) -> Proposal | Refused:
    statements = value["Statement"]
    assert isinstance(statements, list)  # noqa: S101 - made above
    before = Policy(document(_EVERYTHING), "identity")
    proof = prove(before, Policy(document(_EVERYTHING, *statements), "identity"))
    return proposal(stem, "identity", title, value, proof, "beside whatever a user holds", settings)
