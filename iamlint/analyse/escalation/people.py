"""Who there is in an account, with rights as far as escalation goes, and whom each role lets in."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from iamlint.analyse.escalation.entries import FULL, Entry, entries_of
from iamlint.analyse.escalation.known import Known, of_caller, truth
from iamlint.analyse.escalation.rights import Limits, Rights
from iamlint.analyse.principals import ACCOUNT, DIRECT, NOBODY, ROLE, Caller, caller, named
from iamlint.model import Statement
from iamlint.model.account import Account, Attachment, ManagedPolicy, PolicyText, Principal, Role, User
from iamlint.model.fact import Fact, Unknown

_ADMINISTRATOR: Final = ":iam::aws:policy/AdministratorAccess"
_ASSUME: Final = "sts:assumerole"


class Trust:
    """Whom the trust policy of a role lets in by `sts:AssumeRole`."""

    def __init__(self, document: PolicyText) -> None:
        self.document = document
        self.entries = entries_of(document.policy, document)

    @cached_property
    def _allowing(self) -> list[Entry]:
        return [e for e in self.entries if e.statement.allows and _ASSUME in e.actions]

    @cached_property
    def services(self) -> Mapping[str, Statement]:
        """The services that may be handed the role."""
        found: dict[str, Statement] = {}
        for entry in self._allowing:
            for item in entry.statement.principals:
                if item.type == "Service":
                    found.setdefault(item.text.lower(), entry.statement)
        return found

    def admits(self, service: str) -> bool:
        """True iff a service may be handed the role."""
        return service in self.services or "*" in self.services

    @cached_property
    def named(self) -> frozenset[str]:
        """What the statements name as AWS principals: ARNs, account ids, `*`."""
        return frozenset(
            item.text for entry in self._allowing for item in entry.statement.principals if item.type in ("AWS", "*")
        )

    @property
    def is_open(self) -> bool:
        """True iff some statement lets in more than whom it names."""
        return "*" in self.named or any("NotPrincipal" in entry.statement for entry in self._allowing)

    def closeness(self, who: Caller, known: Known) -> tuple[int, Statement | None]:
        """How closely it names `who` where it lets her in, and the statement; `NOBODY` where it does not."""
        best, by = NOBODY, None
        for entry in self.entries:
            if _ASSUME not in entry.actions:
                continue
            holds = truth(entry.statement, known)
            closeness = named(entry.statement, who)
            if entry.statement.denies and holds is True and closeness != NOBODY:
                return NOBODY, None
            if entry.statement.allows and holds is not False and closeness > best:
                best, by = closeness, entry.statement
        return best, by


class People:
    """The users and roles of an account. What is worked out for one is kept."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._entries: dict[int, tuple[Entry, ...]] = {}
        self._documents: list[PolicyText] = []  # kept alive, so that their ids stay theirs
        self.unknown: dict[str, Unknown] = {}
        """Those whose rights the exports do not tell."""
        self.rights: dict[str, Rights] = {}
        self.trusts: dict[str, Trust] = {}
        self.kept: dict[int, object] = {}
        """What is worked out once for the rights of this id."""
        self.members: dict[str, User | Role] = {}
        scps = account.scps
        self.scps_unknown = isinstance(scps, Unknown)
        self._scps: tuple[tuple[Entry, ...], ...] = ()
        if not isinstance(scps, Unknown):
            self._scps = tuple(tuple(e for document in level for e in self.entries(document)) for level in scps)
        self._bounded: dict[str, Fact[Limits]] = {}
        self._bare = Limits(None, self._scps)
        for principal in (*account.users, *account.roles):
            self._add(principal)

    def _add(self, principal: Principal) -> None:
        if principal.is_service_owned and principal.path.startswith("/aws-service-role/"):
            return  # only the service can use it, and no SCP, boundary or owner changes it
        if not isinstance(principal, (User, Role)):
            return
        self.members[principal.arn] = principal
        if isinstance(principal, Role) and not isinstance(principal.trust, Unknown):
            self.trusts[principal.arn] = Trust(principal.trust)
        try:
            who = caller(principal.arn)
        except ValueError:
            return
        found = self._identity(principal)
        limits = self._limits(principal)
        if isinstance(found, Unknown) or isinstance(limits, Unknown):
            self.unknown[principal.arn] = found if isinstance(found, Unknown) else limits  # type: ignore[assignment]
            return
        self.rights[principal.arn] = Rights(who, found, limits, self.session_tags(principal))

    editing = frozenset(
        f"iam:{verb}{kind}policy" for verb in ("put", "attach") for kind in ("user", "group", "role")
    ) | {"iam:createpolicyversion"}
    """The actions, in lower case, that write or attach a policy."""

    def session_tags(self, principal: Principal) -> Mapping[str, str] | None:
        """The tags that `aws:PrincipalTag` reads; None where they are not known: sessions of a role can have more."""
        return principal.tags if isinstance(principal, User) and not isinstance(principal.tags, Unknown) else None

    def entries(self, document: PolicyText) -> tuple[Entry, ...]:
        """The statements of a document that matter here."""
        found = self._entries.get(id(document))
        if found is None:
            found = self._entries[id(document)] = entries_of(document.policy, document)
            self._documents.append(document)
        return found

    def attached(self, attachment: Attachment) -> Fact[tuple[Entry, ...]]:
        """The statements of an attached policy, or boundary."""
        document = self.account.document_of(attachment)
        if isinstance(document, Unknown):
            return FULL if attachment.arn.endswith(_ADMINISTRATOR) else document
        return self.entries(document)

    def held(self, principal: Principal) -> Fact[tuple[Entry, ...]]:
        """The statements of the policies of a user, group or role itself."""
        if isinstance(principal.inline, Unknown):
            return principal.inline
        if isinstance(principal.attached, Unknown):
            return principal.attached
        found: list[Entry] = []
        for inline in principal.inline:
            if isinstance(inline.document, Unknown):
                return inline.document
            # Of a user or role it is not kept: nobody else has it.
            of_group = principal.kind == "group"
            found += self.entries(inline.document) if of_group else entries_of(inline.document.policy, inline.document)
        for attachment in principal.attached:
            entries = self.attached(attachment)
            if isinstance(entries, Unknown):
                return entries
            found += entries
        return tuple(found)

    def _identity(self, principal: Principal) -> Fact[tuple[Entry, ...]]:
        holders = self.account.holders(principal)
        if isinstance(holders, Unknown):
            return holders
        found: list[Entry] = []
        for holder in holders:
            entries = self.held(holder)
            if isinstance(entries, Unknown):
                return entries
            found += entries
        return tuple(found)

    def _limits(self, principal: Principal) -> Fact[Limits]:
        if isinstance(principal.boundary, Unknown):
            return principal.boundary
        if principal.boundary is None:
            return self._bare
        found = self._bounded.get(principal.boundary.arn)
        if found is None:
            entries = self.attached(principal.boundary)
            found = entries if isinstance(entries, Unknown) else Limits(entries, self._scps)
            self._bounded[principal.boundary.arn] = found
        return found

    def unbounded(self) -> Limits:
        """The limits of a principal without a boundary."""
        return self._bare

    def policies(self, principal: Principal) -> Iterator[tuple[ManagedPolicy, Principal]]:
        """The customer's policies that apply to a principal, its groups' too, and who holds each."""
        holders = self.account.holders(principal)
        for holder in () if isinstance(holders, Unknown) else holders:
            for attachment in () if isinstance(holder.attached, Unknown) else holder.attached:
                policy = self.account.policy(attachment.arn)
                if not isinstance(policy, Unknown) and not policy.is_aws:
                    yield policy, holder

    def admitted(self, rights: Rights, role: str) -> tuple[Statement | None, Entry | None] | None:
        """How somebody may assume a role: the statement of its trust, and that of her policies where one is needed.

        None where she may not.
        """
        trust = self.trusts.get(role)
        who = rights.who
        if trust is None or who.account is None:
            return None
        principals = {who.arn, who.account, f"arn:{self.account.partition}:iam::{who.account}:root"}
        if not trust.is_open and trust.named.isdisjoint(principals):
            return None
        values, families = of_caller(who, rights.tags)
        closeness, statement = trust.closeness(who, Known(values, families))
        tags = self.tags_of(role)
        if closeness == ACCOUNT:
            entry = rights.may("sts:AssumeRole", role, tags=tags)
            return None if entry is None else (statement, entry)
        if closeness in (DIRECT, ROLE) and rights.unhindered("sts:AssumeRole", role, closeness == ROLE, tags):
            return statement, None
        return None

    def tags_of(self, arn: str) -> Mapping[str, str] | None:
        """The tags of a user or role, where known."""
        principal = self.members.get(arn)
        if principal is None or isinstance(principal.tags, Unknown):
            return None
        return principal.tags

    def boundary_of(self, arn: str) -> tuple[str, ...]:
        """What `iam:PermissionsBoundary` holds in a request that changes this user or role."""
        principal = self.members.get(arn)
        if principal is None or isinstance(principal.boundary, Unknown) or principal.boundary is None:
            return ()
        return (principal.boundary.arn,)


def people_of(account: Account) -> People:
    """The users and roles of an account; worked out once."""
    found = account.kept.get(People)
    if not isinstance(found, People):
        found = account.kept[People] = People(account)
    return found
