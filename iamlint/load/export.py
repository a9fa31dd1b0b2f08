"""Exports of an account, as one file holds them: recognised by content, their entities not yet joined."""

import gc
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from iamlint.load.credential_report import Table, decoded, is_header
from iamlint.load.credentials import KINDS, LAST_ACCESSED, LastAccessed, last_accessed
from iamlint.load.document import PolicyDocument
from iamlint.load.entity import Entity
from iamlint.load.organization import KIND, Organization, organization
from iamlint.load.times import when
from iamlint.model.spot import Spot
from iamlint.syntax import SyntaxProblem
from iamlint.syntax.pieces import Answer, answers

_ENTITIES: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_KEY_ID: Final = re.compile(r"A[KS]IA[A-Z0-9]{12,124}")


class Exported:
    """What one file was found to hold.

    `open` names the exports of which this file is a page that another one must continue, `closed` those of which it
    has the last or only page.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.kinds: set[str] = set()
        self.open: set[str] = set()
        self.closed: set[str] = set()
        self.lists: set[str] = set()
        """Which of the lists of the account authorization details stand in it."""
        self.entities: dict[str, list[Entity]] = {name: [] for name in _ENTITIES}
        self.reports: list[tuple[Table, datetime | None]] = []
        self.keys: list[list[Entity]] = []
        """The access keys of each answer."""
        self.last_used: list[tuple[str | None, Entity]] = []
        """Key id, where it is known, and the answer."""
        self.devices: list[list[Entity]] = []
        self.virtual_devices: list[Entity] = []
        self.users: list[Entity] = []
        self.summaries: list[Entity] = []
        self.password_policies: list[Entity] = []
        self.credentials: dict[str, list[list[Entity]]] = {}
        """Export → the credentials of each answer."""
        self.last_accessed: list[LastAccessed] = []
        self.providers: list[Entity] = []
        self.organization: Organization | None = None
        """What it tells of an organisation; the policies are checked with the file's other ones."""

    def page(self, kind: str, members: dict[str, object]) -> None:
        """Notes an answer of `kind`, and whether it says that others follow."""
        self.kinds.add(kind)
        follows = members.get("IsTruncated") is True or isinstance(members.get("NextToken"), str)
        (self.open if follows else self.closed).add(kind)


def exported(file: str, text: str) -> Exported | None:
    """The exports in `text`; None where it holds none. Raises `SyntaxProblem` for broken JSON."""
    # Of a hundred thousand new values none is garbage: looking for some takes longer than decoding them.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _exported(file, text)
    finally:
        if collecting:
            gc.enable()


def of_organization(file: str, values: Sequence[object], documents: Sequence[PolicyDocument]) -> Exported | None:
    """What the values of a file tell of an organisation, as an export; None where that is nothing."""
    found = organization(file, values, documents)
    if found is None:
        return None
    made = Exported(file)
    made.kinds.add(KIND)
    made.organization = found
    return made


def _exported(file: str, text: str) -> Exported | None:
    found = Exported(file)
    if is_header(text[:8192].partition("\n")[0]):
        found.kinds.add("credential-report")
        found.reports.append((Table(file, text), None))
        return found
    for answer in answers(text):
        _take(found, text, answer)
    return found if found.kinds else None


def _take(found: Exported, text: str, answer: Answer) -> None:
    depth = len(answer.path)
    members: dict[str, object] = {}
    lists: dict[str, list[Entity]] = {name: [] for name in answer.lists}
    single: dict[str, Entity] = {}
    for piece in answer.members:
        name = str(piece.path[depth])
        entity = Entity(found.file, text, piece.parsed, piece.path)
        if name in lists and len(piece.path) > depth + 1:
            if isinstance(piece.parsed.value, dict):
                lists[name].append(entity)
        else:
            members[name] = piece.parsed.value
            single[name] = entity
    _details(found, members, lists)
    inner = members.get("Answer")
    if isinstance(inner, dict):  # the answer in a wrapper that tells what the command was asked
        for name, value in inner.items():
            single[name] = single["Answer"].below(name)
            members.setdefault(name, value)
    _report(found, members, single)
    if "AccessKeyMetadata" in lists:
        found.page("access-keys", members)
        found.keys.append(lists["AccessKeyMetadata"])
    if isinstance(members.get("AccessKeyLastUsed"), dict):
        found.page("access-key-last-used", {})
        whole = single["AccessKeyLastUsed"]
        key, user = members.get("AccessKeyId"), members.get("UserName")
        stem = re.split(r"[/\\]", found.file)[-1].partition(".")[0]
        id_ = key if isinstance(key, str) else stem if _KEY_ID.fullmatch(stem) else None
        whole.user_name = user if isinstance(user, str) else None
        found.last_used.append((id_, whole))
    if "MFADevices" in lists:
        found.page("mfa-devices", members)
        found.devices.append(lists["MFADevices"])
    if "VirtualMFADevices" in lists:
        found.page("mfa-devices", members)
        found.virtual_devices += lists["VirtualMFADevices"]
    if isinstance(members.get("SummaryMap"), dict):
        found.page("account-summary", {})
        found.summaries.append(single["SummaryMap"])
    if isinstance(members.get("PasswordPolicy"), dict):
        found.page("password-policy", {})
        found.password_policies.append(single["PasswordPolicy"])
    _others(found, members, lists)
    _last_accessed(found, members, lists, single)
    if any("UserName" in user.value and "UserId" in user.value for user in lists.get("Users", ())[:1]):
        found.page("users", members)
        found.users += lists["Users"]


_PROVIDERS: Final = ("OpenIDConnectProviderList", "SAMLProviderList")


def _others(found: Exported, members: dict[str, object], lists: dict[str, list[Entity]]) -> None:
    """Lists that few exports have."""
    for kind in KINDS:
        entities = lists.get(kind.member)
        if entities is not None and all(kind.id in entity.value for entity in entities):
            found.page(kind.export, members)
            found.credentials.setdefault(kind.export, []).append(entities)
    for name in _PROVIDERS:
        if name in lists:
            found.page("identity-providers", members)
            found.providers += lists[name]


def _last_accessed(
    found: Exported, members: dict[str, object], lists: dict[str, list[Entity]], single: dict[str, Entity]
) -> None:
    inner = members.get("Answer")
    if "ServicesLastAccessed" in lists:
        services = [(entity.value, Spot(entity)) for entity in lists["ServicesLastAccessed"]]
    elif isinstance(inner, dict) and isinstance(inner.get("ServicesLastAccessed"), list):
        whole = Spot(single["Answer"]).at("ServicesLastAccessed")
        listed = inner["ServicesLastAccessed"]
        services = [(each, whole.at(index)) for index, each in enumerate(listed) if isinstance(each, dict)]
    else:
        return
    told = last_accessed(members.get("Arn"), members, services)
    found.page(LAST_ACCESSED, {})
    if told is not None:
        found.last_accessed.append(told)


def _details(found: Exported, members: dict[str, object], lists: dict[str, list[Entity]]) -> None:
    policies = lists.get("Policies", ())
    if not any(name in lists for name in _ENTITIES[:3]) and not any("PolicyVersionList" in p.value for p in policies):
        return
    found.page("account-authorization-details", members)
    for name in _ENTITIES:
        if name in lists:
            found.lists.add(name)
            found.entities[name] += lists[name]


def _report(found: Exported, members: dict[str, object], single: dict[str, Entity]) -> None:
    content = members.get("Content")
    if not isinstance(content, str) or "ReportFormat" not in members:
        return
    text = decoded(content)
    if text is None or not is_header(text.partition("\n")[0]):
        raise SyntaxProblem("the content of the credential report is no CSV in base64", kind="encoding")
    found.kinds.add("credential-report")
    entity = single["Content"]
    found.reports.append((Table(found.file, text, (entity, ())), when(members.get("GeneratedTime"))))
