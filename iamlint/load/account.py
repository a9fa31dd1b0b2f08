"""Exports of any number of files → accounts.

Everything that names its account by an ARN is told apart by that; lists that name users only, and answers that name
nobody, belong to the account of the folder that they lie in.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from iamlint.load.credential_report import Row
from iamlint.load.document import PolicyDocument
from iamlint.load.entity import Entity
from iamlint.load.export import Exported
from iamlint.load.gaad import Reader, account_of
from iamlint.load.keys import SLACK
from iamlint.load.lists import Lists
from iamlint.load.moment import moment
from iamlint.load.organization import KIND, Organization
from iamlint.load.parts import ORDER, Parts
from iamlint.load.read import in_file
from iamlint.load.recognise import Found
from iamlint.load.times import when
from iamlint.model.account import Account, ManagedPolicy, PasswordPolicy, Principal, Root, User
from iamlint.model.fact import Unknown
from iamlint.model.spot import Spot
from iamlint.record import NamedTuple
from iamlint.syntax import Lines, SyntaxProblem

_DETAILS = "account-authorization-details"
_NAMING = ("mfa-devices", "users", "service-last-accessed", "identity-providers")
"""Exports whose entries may name the account."""


class Joined(NamedTuple):
    """What the exports of one run come to.

    `documents` are the policies to check, each once, by file; `broken` those that cannot be read.
    """

    accounts: tuple[Account, ...]
    documents: Mapping[str, Sequence[PolicyDocument]]
    broken: Mapping[str, Sequence[tuple[Entity, Found]]]
    notes: tuple[str, ...]

    def problems(self, file: str) -> Iterator[SyntaxProblem]:
        """Why the policies of `file` that cannot be read cannot be, at their places in it."""
        lines: Lines | None = None
        for entity, found in self.broken.get(file, ()):
            if found.problem is not None:
                lines = lines or Lines(entity.text)
                yield in_file(found.problem, entity, found, lines)


def join(exports: Sequence[Exported], as_of: datetime | None = None) -> Joined:
    """The accounts in `exports`, by id. `as_of` is the time that ages are counted at; None: the snapshot's own."""
    return _Join(exports).result(as_of)


class _Join:
    def __init__(self, exports: Sequence[Exported]) -> None:
        self._parts: dict[str, Parts] = {}
        self.notes: list[str] = []
        self._reader = Reader()
        self._organization = Organization()
        of_accounts = [export for export in exports if export.organization is None]
        for export in exports:
            if export.organization is not None:
                self._organization.add(export.organization)
        for export in of_accounts:
            self._arns(export)
        for export in of_accounts:
            self._nameless(export)

    def _of(self, id_: str, partition: str, export: Exported, kind: str) -> Parts:
        parts = self._parts.setdefault(id_, Parts())
        parts.partition = partition or parts.partition
        parts.folders.add(os.path.dirname(export.file))
        parts.kinds.add(kind)
        if export not in parts.exports:
            parts.exports.append(export)
        return parts

    def _arns(self, export: Exported) -> None:
        """Entities and rows, each of which names its account."""
        home: tuple[str, str] | None = None
        for name in ORDER:
            for entity in export.entities[name]:
                arn = entity.text_of("Arn") or ""
                partition, id_ = account_of(arn)
                if id_ == "aws" or not id_:  # an AWS managed policy: of the account whose export it stands in
                    partition, id_ = home or self._home(export)
                home = home or (partition, id_)
                own = self._of(id_, partition, export, _DETAILS).entities[name]
                own.setdefault(arn or entity.document_pointer, entity)
        if _DETAILS in export.kinds and home is None:
            self._of(self._home(export)[1], "", export, _DETAILS)
        for table, time in export.reports:
            for row in table.rows:
                partition, id_ = account_of(row["arn"] or "")
                self._of(id_, partition, export, "credential-report").rows.append((row, time))
            if not table.complete:
                export.open.add("credential-report")
                export.closed.discard("credential-report")

    def _home(self, export: Exported) -> tuple[str, str]:
        """The account of the first entity that names one."""
        for name in ORDER:
            for entity in export.entities[name]:
                partition, id_ = account_of(entity.text_of("Arn") or "")
                if id_ and id_ != "aws":
                    return partition, id_
        return "", next(iter(self._parts), "") if len(self._parts) == 1 else ""

    def _nameless(self, export: Exported) -> None:
        """Lists and answers that name no account."""
        devices = [device for answer in export.devices for device in answer]
        own = {
            account_of(arn)[1]
            for entity in (*devices, *export.virtual_devices, *export.users, *export.providers)
            for arn in (entity.text_of("Arn") or entity.text_of("SerialNumber") or "",)
        } - {""}
        own |= {account_of(answer.arn)[1] for answer in export.last_accessed} - {""}
        for kind in sorted(export.kinds - {_DETAILS, "credential-report"}):
            told = own if kind in _NAMING else set()
            id_ = next(iter(told)) if len(told) == 1 else self._nearest(export.file)
            if id_ is None:
                self.notes.append(f"{export.file} is not used: it names no account, and several can be meant")
                continue
            parts = self._of(id_, "", export, kind)
            match kind:
                case "access-keys":
                    parts.keys += export.keys
                case "access-key-last-used":
                    parts.last_used += export.last_used
                case "mfa-devices":
                    parts.devices += export.devices
                    parts.virtual += export.virtual_devices
                case "users":
                    parts.users += export.users
                case "service-last-accessed":
                    parts.credentials.last_accessed += export.last_accessed
                case "identity-providers":
                    parts.providers = [*(parts.providers or ()), *export.providers]
                case _ if kind in export.credentials:
                    parts.credentials.answers.setdefault(kind, []).extend(export.credentials[kind])
                case "account-summary":
                    parts.summary = export.summaries[-1]
                case "password-policy":
                    parts.password_policy = export.password_policies[-1]

    def _nearest(self, file: str) -> str | None:
        """The only account of the folder of `file`, else of the nearest one above it that has any."""
        if len(self._parts) < 2:
            return next(iter(self._parts), "")
        folder = os.path.dirname(file)
        while True:
            inside = [
                id_
                for id_, parts in self._parts.items()
                if any(f == folder or f.startswith(os.path.join(folder, "")) or not folder for f in parts.folders)
            ]
            if inside or not folder or os.path.dirname(folder) == folder:
                return inside[0] if len(inside) == 1 else None
            folder = os.path.dirname(folder)

    def result(self, as_of: datetime | None) -> Joined:
        accounts = [self._account(id_, parts, as_of) for id_, parts in sorted(self._parts.items())]
        documents: dict[str, list[PolicyDocument]] = {}
        for document in self._reader.documents:
            documents.setdefault(document.file, []).append(document)
        broken: dict[str, list[tuple[Entity, Found]]] = {}
        for entity, found in self._reader.broken:
            broken.setdefault(entity.file, []).append((entity, found))
        return Joined(tuple(accounts), documents, broken, tuple(self.notes))

    def _account(self, id_: str, parts: Parts, as_of: datetime | None) -> Account:
        now, why = (as_of, "--as-of") if as_of is not None else moment(parts)
        arn = f"arn:{parts.partition}:iam::{id_}:root"
        account = Account(id_, parts.partition, now, Root(arn, id_))
        account.exports = frozenset(parts.kinds)
        self.notes.append(f"account {id_ or 'without id'}: ages are counted at {now:%Y-%m-%dT%H:%M:%SZ} ({why})")
        account.incomplete = frozenset(self._incomplete(parts))
        if _DETAILS in parts.kinds and not any("UserDetailList" in export.lists for export in parts.exports):
            account.incomplete |= {_DETAILS}
            self.notes.append(f"account {id_}: the account authorization details lack the list of users")
        self._principals(account, parts)
        self._details_of_users(account, parts)
        self._root(account, parts)
        if parts.summary is not None:
            entries = parts.summary.value.items()
            account.summary = {
                str(key): value for key, value in entries if isinstance(value, int) and not isinstance(value, bool)
            }
            account.summary_spot = Spot(parts.summary)
        if parts.password_policy is not None:
            account.password_policy = PasswordPolicy(parts.password_policy.value, Spot(parts.password_policy))
        parts.credentials.apply(account)
        if parts.providers is not None:
            account.providers = tuple(filter(None, (entity.text_of("Arn") for entity in parts.providers)))
        _attach(account, self._reader.documents)
        self._join_organization(account)
        return account

    def _join_organization(self, account: Account) -> None:
        """The organisation's policies that bind the account."""
        if not self._organization.policies:
            return
        account.exports |= {KIND}
        account.scps = self._organization.levels(account.id, "scp")
        account.rcps = self._organization.levels(account.id, "rcp")
        account.organization = self._organization.id or account.organization
        if not self._organization.targets:
            self.notes.append(
                f"account {account.id or 'without id'}: no export tells what the organisation's policies are attached "
                "to; all of them are taken to bind the account"
            )

    def _incomplete(self, parts: Parts) -> Iterable[str]:
        for kind in sorted(parts.kinds):
            open_ = [export.file for export in parts.exports if kind in export.open]
            if open_ and not any(kind in export.closed for export in parts.exports):
                self.notes.append(f"incomplete export: {open_[-1]} says that more follows, which no file here holds")
                yield kind

    def _principals(self, account: Account, parts: Parts) -> None:
        reader, entities = self._reader, parts.entities
        account.users = tuple(map(reader.user, entities["UserDetailList"].values()))
        account.groups = tuple(map(reader.group, entities["GroupDetailList"].values()))
        account.roles = tuple(map(reader.role, entities["RoleDetailList"].values()))
        account.policies = tuple(map(reader.policy, entities["Policies"].values()))

    def _details_of_users(self, account: Account, parts: Parts) -> None:
        users = {user.name: user for user in account.users}
        whole = _DETAILS in account.exports and _DETAILS not in account.incomplete
        rows: dict[str, tuple[Row, datetime | None]] = {}
        gone: list[str] = []
        for row, time in parts.rows:
            if row.is_root:
                continue
            name = row.name
            earlier = rows.get(name)
            if earlier is None or _newer(time, earlier[1]):
                rows[name] = row, time
        for name, (row, _) in rows.items():
            if name in users:
                continue
            if whole:
                gone.append(name)  # deleted after the report was made
                continue
            arn = row["arn"] or name
            path = arn.partition(":user")[2].rpartition("/")[0] + "/"
            users[name] = User(arn, name, path, account.id, row.spot)
        for entity in parts.users:
            name = entity.text_of("UserName") or ""
            if name not in users and not whole:
                arn = entity.text_of("Arn") or name
                users[name] = User(arn, name, entity.text_of("Path") or "/", account.id, Spot(entity))
        if not whole:  # lists of access keys name users as well
            for answer in parts.keys:
                for entity in answer:
                    name = entity.text_of("UserName") or ""
                    if name and name not in users:
                        users[name] = User(name, name, "/", account.id, Spot(entity, ("UserName",)))
        if gone:
            self.notes.append(
                f"account {account.id}: {len(gone)} of the credential report are no users any more, "
                f"such as {gone[0]}; the report is older than the other exports"
            )
        account.users = tuple(users.values())
        last_used = {e.text_of("UserName"): e for e in parts.users}
        facts = Lists(parts, len(users))
        for user in account.users:
            found = rows.get(user.name)
            own = found[0] if found is not None and _same_user(user, found[0]) else None
            _from_report(user, own)
            facts.apply(user, own)
            listed_user = last_used.get(user.name)
            if listed_user is not None and isinstance(user.password_last_used, Unknown):
                user.password_last_used = when(listed_user.value.get("PasswordLastUsed"))
        if facts.unplaced:
            self.notes.append(
                f"{facts.unplaced} answers on the last use of an access key tell no key id; keep it beside the "
                "answer or in the name of the file"
            )

    def _root(self, account: Account, parts: Parts) -> None:
        root = account.root
        rows = [(each, time) for each, time in parts.rows if each.is_root]
        newest: tuple[Row, datetime | None] | None = None
        for row, time in rows:
            if newest is None or _newer(time, newest[1]):
                newest = row, time
        summary = parts.summary.value if parts.summary is not None else {}
        for fact, key in (
            ("has_mfa", "AccountMFAEnabled"),
            ("has_access_key", "AccountAccessKeysPresent"),
            ("has_password", "AccountPasswordPresent"),
        ):
            value = summary.get(key)
            if isinstance(value, int) and parts.summary is not None:
                setattr(root, fact, value > 0)
                root.spots[fact] = Spot(parts.summary, (key,))
        if newest is None:
            return
        cells = newest[0]
        root.row = cells.spot
        root.keys = cells.keys
        root.password_last_used = cells.time("password_last_used")
        mfa = cells.flag("mfa_active")
        if not isinstance(mfa, Unknown):
            root.has_mfa = mfa
        if not isinstance(root.keys, Unknown):
            root.has_access_key = bool(root.keys)


def _newer(time: datetime | None, other: datetime | None) -> bool:
    return time is not None and (other is None or time > other)


def _same_user(user: User, row: Row) -> bool:
    """False where the row is about somebody of the same name who was deleted."""
    created = row.time("user_creation_time")
    if isinstance(user.created, Unknown) or isinstance(created, Unknown) or created is None:
        return True
    return abs(user.created - created) <= SLACK


def _from_report(user: User, row: Row | None) -> None:
    if row is None:
        return
    user.row = row.spot
    created = row.time("user_creation_time")
    if isinstance(user.created, Unknown) and created is not None:
        user.created = created
    user.has_password = row.flag("password_enabled")
    user.password_last_used = row.time("password_last_used")
    user.password_changed = row.time("password_last_changed")
    user.has_mfa = row.flag("mfa_active")
    user.certificates = row.certificates


def _attach(account: Account, documents: Sequence[PolicyDocument]) -> None:
    """Tells each managed policy, and its document, who holds it; only as a boundary, it is of that kind."""
    holders: dict[str, list[Principal]] = {}
    bounded: dict[str, list[Principal]] = {}
    for principal in account.principals:
        if not isinstance(principal.attached, Unknown):
            for attachment in principal.attached:
                holders.setdefault(attachment.arn, []).append(principal)
        if not isinstance(principal.boundary, Unknown) and principal.boundary is not None:
            bounded.setdefault(principal.boundary.arn, []).append(principal)
    policies: dict[str, ManagedPolicy] = {}
    for policy in account.policies:
        policy.attached_to = tuple(dict.fromkeys(p.arn for p in holders.get(policy.arn, ())))
        policy.bounds = tuple(dict.fromkeys(p.arn for p in bounded.get(policy.arn, ())))
        policies[policy.arn] = policy
    for document in documents:
        managed = policies.get(document.arn) if document.arn is not None else None
        if managed is not None:
            document.attached_to = managed.attached_to
            uses = managed.value.get("AttachmentCount")
            if managed.bounds and not managed.attached_to and uses in (None, 0):
                document.kind = "boundary"
