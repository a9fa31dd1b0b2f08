"""An AWS account as its exports tell it: who there is, with which policies, keys and second factors.

Values only, nothing judges. Facts of an export that is absent are `Unknown`, which no rule can mistake for "no" (see
`iamlint.model.fact`). Each value has a `Spot`: its own place in the file that it comes from. Sources: the IAM API
Reference ("GetAccountAuthorizationDetails", "ListAccessKeys", "GetAccessKeyLastUsed", "ListMFADevices") and the IAM
User Guide, "Generate credential reports for your AWS account".
"""

from collections.abc import Hashable, Mapping
from datetime import datetime

from iamlint.model.cached import cached
from iamlint.model.fact import Fact, Unknown
from iamlint.model.held import InlinePolicy, ManagedPolicy, PolicyText, PolicyVersion
from iamlint.model.spot import Spot
from iamlint.record import NamedTuple

__all__ = [
    "AccessKey",
    "Account",
    "Attachment",
    "Certificate",
    "Credential",
    "Group",
    "InlinePolicy",
    "ManagedPolicy",
    "Membership",
    "MfaDevice",
    "PasswordPolicy",
    "PolicyText",
    "PolicyVersion",
    "Principal",
    "Role",
    "Root",
    "ServiceUse",
    "User",
]


class Attachment(NamedTuple):
    """A managed policy that is attached, or set as permissions boundary. `spot` is its ARN in the holder's entity."""

    name: str
    arn: str
    spot: Spot


class Membership(NamedTuple):
    """A group that a user is in, by name."""

    name: str
    spot: Spot


class MfaDevice(NamedTuple):
    """A second factor. `kind` is `virtual`, `u2f` (FIDO), `sms`, `hardware`, told by the serial number."""

    serial: str
    kind: str
    enabled: Fact[datetime]
    spot: Spot


class AccessKey(NamedTuple):
    """A long-lived access key of a user or of the root user.

    `number` is 1 or 2 as the credential report counts, `id` the key's id: None where no export that joins tells it.
    """

    owner: str
    """ARN of the user."""
    id: str | None
    number: int | None
    active: bool
    created: Fact[datetime]
    rotated: Fact[datetime]
    """When it was created or last activated or deactivated: it can be younger than the key, never older."""
    last_used: Fact[datetime | None]
    """None: never, or not since 22 April 2015, when AWS began to note it."""
    last_used_service: Fact[str | None]
    spot: Spot
    """The key in the credential report (its `access_key_N_active`) or in the list of access keys (the entry)."""
    spots: Mapping[str, Spot] = {}
    """The places of single facts: `active`, `created`, `rotated`, `last_used`, where an export tells them."""

    @property
    def subject_id(self) -> str:
        """The key id where known, else the owner's ARN with `#` and the number."""
        return self.id or f"{self.owner}#{self.number or '?'}"

    @property
    def since(self) -> Fact[datetime]:
        """Since when the key exists, as far as known: created, else last rotated."""
        return self.rotated if isinstance(self.created, Unknown) else self.created

    def at(self, fact: str) -> Spot:
        """The place of a fact (`active`, `created`, `rotated`, `last_used`), else of the key."""
        return self.spots.get(fact, self.spot)


class Credential(NamedTuple):
    """Another long-lived credential of a user: for one service, an SSH public key, or a signing certificate."""

    id: str
    active: bool
    created: Fact[datetime]
    service: str | None
    """The service that it is for, where it is for one."""
    spot: Spot
    """Its status."""


class ServiceUse(NamedTuple):
    """A service that somebody may use, and when that was last tried; None: not in the tracking period of 400 days.

    `actions` are those that AWS tracks, in the same way. An action that is not among them says nothing.
    """

    namespace: str
    last: datetime | None
    actions: Mapping[str, datetime | None]
    spot: Spot


class Principal:
    """What users, groups and roles share. Facts are `Unknown` where only other exports know the principal."""

    kind = ""

    def __init__(self, arn: str, name: str, path: str, account_id: str, spot: Spot) -> None:
        self.arn = arn
        self.name = name
        self.path = path
        """`/` or `/…/`."""
        self.account_id = account_id
        self.spot = spot
        self.value: Mapping[str, object] = {}
        """The entity of the account authorization details; empty where there is none."""
        missing = Unknown("account-authorization-details")
        self.id: Fact[str] = missing
        self.created: Fact[datetime] = missing
        self.inline: Fact[tuple[InlinePolicy, ...]] = missing
        self.attached: Fact[tuple[Attachment, ...]] = missing
        self.boundary: Fact[Attachment | None] = missing
        self.tags: Fact[Mapping[str, str]] = missing
        self.services: Fact[tuple[ServiceUse, ...]] = Unknown("service-last-accessed")
        """The services that its identity policies allow, with their last use."""

    @property
    def is_service_owned(self) -> bool:
        """True iff AWS made it and its owner cannot change it: service-linked and Identity Center roles."""
        return self.path.startswith(("/aws-service-role/", "/aws-reserved/"))


class Group(Principal):
    """A group; it has no boundary and no tags."""

    kind = "group"


class Role(Principal):
    """A role. `last_used` is None where it was not used in the tracking period of 400 days."""

    kind = "role"

    def __init__(self, arn: str, name: str, path: str, account_id: str, spot: Spot) -> None:
        super().__init__(arn, name, path, account_id, spot)
        self.trust: Fact[PolicyText] = Unknown("account-authorization-details")
        self.last_used: Fact[datetime | None] = Unknown("account-authorization-details")
        self.instance_profiles: Fact[tuple[str, ...]] = Unknown("account-authorization-details")
        """The ARNs of the instance profiles that hand it to EC2 instances."""


class Certificate(NamedTuple):
    """An X.509 signing certificate, as the credential report counts them."""

    number: int
    active: bool
    rotated: Fact[datetime]
    spot: Spot


class User(Principal):
    """A user, joined from all exports."""

    kind = "user"

    def __init__(self, arn: str, name: str, path: str, account_id: str, spot: Spot) -> None:
        super().__init__(arn, name, path, account_id, spot)
        self.groups: Fact[tuple[Membership, ...]] = Unknown("account-authorization-details")
        report = Unknown("credential-report")
        self.row: Spot | None = None
        """The user's row in the credential report; `row.at("mfa_active")` is a cell of it."""
        self.has_password: Fact[bool] = report
        self.password_last_used: Fact[datetime | None] = Unknown("credential-report", "users")
        """None: never, or not since 20 October 2014, or there is no password."""
        self.password_changed: Fact[datetime | None] = report
        self.has_mfa: Fact[bool] = Unknown("credential-report", "mfa-devices")
        self.mfa_devices: Fact[tuple[MfaDevice, ...]] = Unknown("mfa-devices")
        self.keys: Fact[tuple[AccessKey, ...]] = Unknown("credential-report", "access-keys")
        self.certificates: Fact[tuple[Certificate, ...]] = report
        self.credentials: dict[str, tuple[Credential, ...]] = {}
        """Export → its credentials, for the lists that tell of this user; see `credentials_of`."""

    def credentials_of(self, export: str) -> Fact[tuple[Credential, ...]]:
        """The credentials in the list `export`: `service-specific-credentials`, `ssh-public-keys` …"""
        found = self.credentials.get(export)
        return Unknown(export) if found is None else found

    def report_spot(self, column: str) -> Spot:
        """The cell of the credential report, else the user's own place."""
        return self.row.at(column) if self.row is not None else self.spot


class Root:
    """The account's root user."""

    kind = "root"

    def __init__(self, arn: str, account_id: str) -> None:
        self.arn = arn
        self.account_id = account_id
        self.row: Spot | None = None
        self.spots: dict[str, Spot] = {}
        """Where the account summary tells `has_mfa`, `has_access_key` and `has_password`."""
        summary = Unknown("credential-report", "account-summary")
        self.has_mfa: Fact[bool] = summary
        self.has_access_key: Fact[bool] = summary
        self.has_password: Fact[bool] = Unknown("account-summary")
        self.keys: Fact[tuple[AccessKey, ...]] = Unknown("credential-report")
        self.password_last_used: Fact[datetime | None] = Unknown("credential-report")

    def spot(self, fact: str, column: str) -> Spot | None:
        """The place of `fact`: the cell `column` of the report, else the entry of the account summary."""
        return self.row.at(column) if self.row is not None else self.spots.get(fact)


class PasswordPolicy(NamedTuple):
    """The account's own password policy."""

    value: Mapping[str, object]
    spot: Spot


class Account:
    """One account, joined from every export of it.

    `exports` names those that were found, `incomplete` those of them whose last page is missing.
    """

    kind = "account"

    def __init__(self, id_: str, partition: str, as_of: datetime, root: Root) -> None:
        self.id = id_
        self.partition = partition
        self.as_of = as_of
        """The time that ages are counted at."""
        self.root = root
        self.kept: dict[Hashable, object] = {}
        """What analyses work out once for the account."""
        self.exports: frozenset[str] = frozenset()
        self.incomplete: frozenset[str] = frozenset()
        self.users: tuple[User, ...] = ()
        self.groups: tuple[Group, ...] = ()
        self.roles: tuple[Role, ...] = ()
        self.policies: tuple[ManagedPolicy, ...] = ()
        self.summary: Fact[Mapping[str, int]] = Unknown("account-summary")
        self.summary_spot: Spot | None = None
        self.password_policy: Fact[PasswordPolicy | None] = Unknown("password-policy")
        self.scps: Fact[tuple[tuple[PolicyText, ...], ...]] = Unknown("organizations")
        """The service control policies that bind it, level by level from the root of the organisation down.

        Without levels: none do, as in the management account. `Unknown` where no export tells.
        """
        self.providers: Fact[tuple[str, ...]] = Unknown("identity-providers")
        """The ARNs of its OIDC and SAML providers, of the kinds that an export lists."""
        self.organization: Fact[str] = Unknown("organizations")
        """The id of its organisation (`o-…`)."""
        self.rcps: Fact[tuple[tuple[PolicyText, ...], ...]] = Unknown("organizations")
        """The resource control policies that bind its resources, in the same way."""

    @property
    def arn(self) -> str:
        """The ARN of the account's root user, which stands for the account."""
        return f"arn:{self.partition}:iam::{self.id}:root"

    @property
    def principals(self) -> tuple[Principal, ...]:
        """Users, groups and roles."""
        return (*self.users, *self.groups, *self.roles)

    @cached
    def _groups(self) -> Mapping[str, Group]:
        return {group.name: group for group in self.groups}

    @cached
    def _policies(self) -> Mapping[str, ManagedPolicy]:
        return {policy.arn: policy for policy in self.policies}

    @cached
    def _principals(self) -> Mapping[str, Principal]:
        return {principal.arn: principal for principal in self.principals}

    def group(self, name: str) -> Fact[Group]:
        """The group of this name; `Unknown` where the exports do not have it."""
        return self._groups.get(name) or Unknown("account-authorization-details")

    def policy(self, arn: str) -> Fact[ManagedPolicy]:
        """The managed policy of this ARN; `Unknown` where the exports do not have it."""
        return self._policies.get(arn) or Unknown("account-authorization-details")

    def principal(self, arn: str) -> Principal | None:
        """The user, group or role of this ARN; None where the exports have none."""
        return self._principals.get(arn)

    def document_of(self, attachment: Attachment) -> Fact[PolicyText]:
        """The document in force of an attached policy."""
        policy = self.policy(attachment.arn)
        return policy if isinstance(policy, Unknown) else policy.document

    def holders(self, principal: Principal) -> Fact[tuple[Principal, ...]]:
        """Whose policies apply to `principal`: itself, then the groups that it is in."""
        if not isinstance(principal, User):
            return (principal,)
        if isinstance(principal.groups, Unknown):
            return principal.groups
        groups = [self.group(membership.name) for membership in principal.groups]
        for group in groups:
            if isinstance(group, Unknown):
                return group
        return (principal, *(group for group in groups if not isinstance(group, Unknown)))

    def documents(self, principal: Principal) -> Fact[tuple[PolicyText, ...]]:
        """Every identity policy that applies to `principal`, its groups' too; `Unknown` where one is.

        Boundaries and trust policies are not among them.
        """
        holders = self.holders(principal)
        if isinstance(holders, Unknown):
            return holders
        found: list[PolicyText] = []
        for holder in holders:
            if isinstance(holder.inline, Unknown):
                return holder.inline
            if isinstance(holder.attached, Unknown):
                return holder.attached
            for document in (
                *(inline.document for inline in holder.inline),
                *map(self.document_of, holder.attached),
            ):
                if isinstance(document, Unknown):
                    return document
                found.append(document)
        return tuple(found)
