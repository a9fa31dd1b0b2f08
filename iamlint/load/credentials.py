"""Lists by user or principal beside the credential report: other long-lived credentials, and what was last used.

Shapes: IAM API Reference, "ListServiceSpecificCredentials", "ListSSHPublicKeys", "ListSigningCertificates" and
"GetServiceLastAccessedDetails". The last does not say what it was asked for: that is beside the answer, as `Arn`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from iamlint.load.entity import Entity
from iamlint.load.times import when
from iamlint.model.account import Account, Credential, ServiceUse
from iamlint.model.fact import Fact, Unknown
from iamlint.model.spot import Spot
from iamlint.record import NamedTuple


class Kind(NamedTuple):
    """A list of credentials: the member that holds it, the export's name, and the names of its members."""

    member: str
    export: str
    id: str
    created: str


KINDS: Final = (
    Kind("ServiceSpecificCredentials", "service-specific-credentials", "ServiceSpecificCredentialId", "CreateDate"),
    Kind("SSHPublicKeys", "ssh-public-keys", "SSHPublicKeyId", "UploadDate"),
    Kind("Certificates", "signing-certificates", "CertificateId", "UploadDate"),
)
LAST_ACCESSED: Final = "service-last-accessed"


class Credentials:
    """The answers of one account."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[Entity]]] = {}
        self.last_accessed: list[LastAccessed] = []

    def apply(self, account: Account) -> None:
        """Tells each user and role what the answers say of it."""
        for kind in KINDS:
            answers = self.answers.get(kind.export)
            if answers is None:
                continue
            of_user: dict[str, list[Entity]] = {}
            for answer in answers:
                for entity in answer:
                    of_user.setdefault(entity.text_of("UserName") or "", []).append(entity)
            # An empty answer names nobody. With an answer for every user, whoever is not named has none.
            complete = 0 < len(account.users) <= len(answers)
            for user in account.users:
                found = of_user.get(user.name)
                if found is not None or complete:
                    user.credentials[kind.export] = tuple(_credentials(found or (), kind))
        by_arn: dict[str, LastAccessed] = {}
        for each in self.last_accessed:
            by_arn[each.arn] = each
        for principal in account.principals:
            told = by_arn.get(principal.arn)
            if told is not None:
                principal.services = told.services


def _credentials(entities: Iterable[Entity], kind: Kind) -> Iterator[Credential]:
    seen: set[str] = set()
    for entity in entities:
        id_ = entity.text_of(kind.id)
        status = (entity.text_of("Status") or "").lower()
        if id_ is None or not status or id_ in seen:
            continue
        seen.add(id_)
        created = when(entity.value.get(kind.created)) or Unknown(kind.export)
        service = entity.text_of("ServiceName")
        yield Credential(id_, status == "active", created, service, Spot(entity, ("Status",)))


class LastAccessed(NamedTuple):
    """An answer on one principal; `services` is `Unknown` where the job was not done or the answer is cut short."""

    arn: str
    services: Fact[tuple[ServiceUse, ...]]


def last_accessed(
    arn: object, members: Mapping[str, object], services: Iterable[tuple[Mapping[str, object], Spot]]
) -> LastAccessed | None:
    """The answer in `members`, with its services; None where nothing says whom it is about."""
    if not isinstance(arn, str):
        return None
    if members.get("JobStatus") != "COMPLETED" or members.get("IsTruncated") is True:
        return LastAccessed(arn, Unknown(LAST_ACCESSED))
    found = []
    for value, spot in services:
        namespace = value.get("ServiceNamespace")
        if isinstance(namespace, str):
            found.append(ServiceUse(namespace, when(value.get("LastAuthenticated")), _actions(value), spot))
    return LastAccessed(arn, tuple(found))


def _actions(value: Mapping[str, object]) -> Mapping[str, datetime | None]:
    """The actions of a service that AWS tracks, each with the time of its last use; None: not in the period."""
    listed = value.get("TrackedActionsLastAccessed")
    return {
        str(entry["ActionName"]): when(entry.get("LastAccessedTime"))
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("ActionName"), str)
    }
