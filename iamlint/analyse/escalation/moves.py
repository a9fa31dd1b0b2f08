"""One step: what a user or role can do to get rights, or become somebody else."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from iamlint.analyse.escalation.entries import Entry
from iamlint.analyse.escalation.index import Arns
from iamlint.analyse.escalation.methods import EXISTING, NEW, PASS_ROLE, WITH_ROLES, Method
from iamlint.analyse.escalation.people import People
from iamlint.analyse.escalation.rights import Rights
from iamlint.analyse.escalation.samples import sample
from iamlint.model import Statement
from iamlint.model.account import PolicyText, Role, User
from iamlint.model.fact import Unknown
from iamlint.record import NamedTuple

SURE: Final = 0
NEARLY: Final = 1
PERHAPS: Final = 2
_MOST_KEYS: Final = 2  # IAM User Guide, "IAM and AWS STS quotas"


class Step(NamedTuple):
    """One step of a chain: `source` uses `actions`, and by that has the rights of `target`, or new ones of her own.

    `does` says it in words that end where the name of `on` fits; `grants` are the statements that allow the actions,
    `trust` is that of the role's trust policy which matters. `assumes` says what the exports do not tell.

    `certainty` is `SURE`, `NEARLY` where the account itself still stands in the way, `PERHAPS` where something must be
    there that no export tells of; `waits_for` names what.
    """

    source: str
    actions: tuple[str, ...]
    does: str
    on: str
    grants: tuple[Entry, ...]
    trust: tuple[Statement, PolicyText] | None = None
    waits_for: str | None = None
    certainty: int = 0
    assumes: tuple[str, ...] = ()

    @property
    def on_kind(self) -> str:
        """`user`, `role`, `group` or `policy`: what the ARN `on` is of."""
        return self.on.split(":", 5)[-1].partition("/")[0]


class Takeovers:
    """The ways in which somebody becomes one of `targets`."""

    def __init__(self, people: People, targets: Iterable[str]) -> None:
        self.people = people
        members = people.members
        listed = [arn for arn in targets if arn in members]
        self.users = Arns(arn for arn in listed if isinstance(members[arn], User))
        self.roles = Arns(arn for arn in listed if isinstance(members[arn], Role))
        self.named: dict[str, list[str]] = {}
        """ARN → the roles whose trust names it."""
        self.open: list[str] = []
        """Roles whose trust lets in more than whom it names."""
        self.by_service: dict[str, list[str]] = {}
        account = people.account
        whole = {account.id, account.arn}
        for_account: list[str] = []
        for role in self.roles:
            trust = people.trusts.get(role)
            if trust is None:
                continue
            for name in trust.named:
                self.named.setdefault(name, []).append(role)
            if not trust.named.isdisjoint(whole):
                for_account.append(role)
            if trust.is_open:
                self.open.append(role)
            for service in trust.services:
                self.by_service.setdefault(service, []).append(role)
        self.for_account = Arns(for_account)
        """Roles whose trust leaves it to the policies of whoever is in the account."""

    def of(self, arn: str, rights: Rights) -> Iterator[tuple[str, Step]]:
        """Each target that `arn` becomes for sure, with the step."""
        mine = self._mine(arn, rights)
        for role in self._assumable(arn, rights):
            yield from mine.assume(role)
        if not rights.armed:
            return
        if PASS_ROLE.lower() in rights.armed and mine.services:
            for role in self.roles.within(rights.patterns(PASS_ROLE)):
                yield from mine.pass_on(role)
        for role in self._in(self.roles, "iam:UpdateAssumeRolePolicy", rights):
            yield from mine.rewrite_trust(role)
        for user in self._in(self.users, "iam:CreateAccessKey", rights):
            yield from mine.create_key(user)
        for user in self._in(self.users, "iam:CreateLoginProfile", rights):
            yield from mine.set_password(user, create=True)
        for user in self._in(self.users, "iam:UpdateLoginProfile", rights):
            yield from mine.set_password(user, create=False)

    def perhaps(self, arn: str, rights: Rights) -> Iterator[tuple[str, Step]]:
        """Each target that `arn` becomes where something is there that the exports do not tell of."""
        mine = self._mine(arn, rights)
        if PASS_ROLE.lower() in rights.armed and mine.waiting_services:
            for role in self.roles.within(rights.patterns(PASS_ROLE)):
                yield from mine.pass_on(role, waiting=True)
        for service, roles in self.by_service.items():
            found = mine.running(service)
            if found is not None:
                for role in roles:
                    yield from mine.take_over(role, *found)
        for user in self._in(self.users, "iam:CreateAccessKey", rights):
            yield from mine.create_third_key(user)

    def _mine(self, arn: str, rights: Rights) -> "_Takeover":
        """What `arn` can do to others; kept, since it is asked about several sets of targets."""
        found = self.people.kept.get(id(rights))
        if not isinstance(found, _Takeover):
            # It holds the rights, so that their id stays theirs.
            found = self.people.kept[id(rights)] = _Takeover(self.people, arn, rights)
        return found

    def _assumable(self, arn: str, rights: Rights) -> Iterable[str]:
        found = dict.fromkeys((*self.named.get(arn, ()), *self.open))
        if "sts:assumerole" in rights.armed:
            found.update(dict.fromkeys(self.for_account.within(rights.patterns("sts:AssumeRole"))))
        return found

    def _in(self, targets: Arns, action: str, rights: Rights) -> Iterable[str]:
        return targets.within(rights.patterns(action)) if action.lower() in rights.armed else ()


class _Takeover:
    """What one principal can do to others."""

    def __init__(self, people: People, arn: str, rights: Rights) -> None:
        self.people, self.arn, self.rights = people, arn, rights
        self._running: dict[str, tuple[Method, tuple[Entry, ...]] | None] = {}

    def assume(self, role: str) -> Iterator[tuple[str, Step]]:
        if role == self.arn:
            return
        found = self.people.admitted(self.rights, role)
        if found is not None:
            statement, entry = found
            trust = None if statement is None else (statement, self.people.trusts[role].document)
            yield role, Step(self.arn, ("sts:AssumeRole",), "assumes the role", role, _given(entry), trust)

    def rewrite_trust(self, role: str) -> Iterator[tuple[str, Step]]:
        action, tags = "iam:UpdateAssumeRolePolicy", self.people.tags_of(role)
        entry = self.rights.may(action, role, tags=tags) if role != self.arn else None
        if entry is not None and self.rights.unhindered("sts:AssumeRole", role, False, tags):
            does = "lets itself into the trust policy of the role, and assumes it:"
            yield role, Step(self.arn, (action,), does, role, (entry,))

    @cached_property
    def services(self) -> Mapping[str, tuple[Method, tuple[Entry, ...]]]:
        """The services with which something new can be started, each with the first method that waits for nothing."""
        return self._started(waiting=False)

    @cached_property
    def waiting_services(self) -> Mapping[str, tuple[Method, tuple[Entry, ...]]]:
        """The same of methods that wait for something."""
        started = self._started(waiting=True)
        return {service: found for service, found in started.items() if service not in self.services}

    def _started(self, waiting: bool) -> dict[str, tuple[Method, tuple[Entry, ...]]]:
        found: dict[str, tuple[Method, tuple[Entry, ...]]] = {}
        for method in WITH_ROLES:
            service = method.service or ""
            if method.kind != NEW or service in found or (method.waits_for is not None) is not waiting:
                continue
            grants = self._all_granted(method.actions[1:])
            if grants:
                found[service] = method, grants
        return found

    def _all_granted(self, actions: Iterable[str]) -> tuple[Entry, ...]:
        """A statement for each action; nothing where one has none."""
        found: list[Entry] = []
        for action in actions:
            entry = self.rights.somewhere(action) if action.lower() in self.rights.armed else None
            if entry is None:
                return ()
            found.append(entry)
        return tuple(found)

    def running(self, service: str) -> tuple[Method, tuple[Entry, ...]] | None:
        """The first method that takes over whatever runs by a service, with the statements; None where none works."""
        if service not in self._running:
            self._running[service] = self._runs(service)
        return self._running[service]

    def _runs(self, service: str) -> tuple[Method, tuple[Entry, ...]] | None:
        for method in _EXISTING.get(service, ()):
            if not all(action.lower() in self.rights.armed for action in method.actions):
                continue
            grants = [self.rights.everywhere(action, sample(action)) for action in method.actions]
            if all(grant is not None for grant in grants):
                return method, tuple(grant for grant in grants if grant is not None)
        return None

    def pass_on(self, role: str, waiting: bool = False) -> Iterator[tuple[str, Step]]:
        trust = self.people.trusts.get(role)
        if trust is None or role == self.arn:
            return
        for service, (method, grants) in (self.waiting_services if waiting else self.services).items():
            if not trust.admits(service):
                continue
            passed = self.rights.may(
                PASS_ROLE, role, {"iam:passedtoservice": (service,)}, tags=self.people.tags_of(role)
            )
            if passed is not None:
                statement = trust.services.get(service) or trust.services["*"]
                does = f"passes to {service}, which then works for it, the role"
                yield (
                    role,
                    Step(
                        self.arn,
                        method.actions,
                        does,
                        role,
                        (passed, *grants),
                        (statement, trust.document),
                        method.waits_for,
                        PERHAPS if method.waits_for else SURE,
                    ),
                )
                return

    def take_over(self, role: str, method: Method, grants: tuple[Entry, ...]) -> Iterator[tuple[str, Step]]:
        member, trust = self.people.members[role], self.people.trusts[role]
        if role == self.arn or not isinstance(member, Role):
            return
        if not isinstance(member.last_used, Unknown) and member.last_used is None:
            return  # nothing runs with a role that was not used for 400 days
        statement = trust.services[method.service or ""]
        does = f"takes over {method.waits_for or 'what runs with the role'}:"
        source = (statement, trust.document)
        yield role, Step(self.arn, method.actions, does, role, grants, source, method.waits_for, PERHAPS)

    def create_key(self, user: str) -> Iterator[tuple[str, Step]]:
        action = "iam:CreateAccessKey"
        entry = self._on_user(action, user)
        if entry is None:
            return
        member = self.people.members[user]
        keys = member.keys if isinstance(member, User) else ()
        does = "creates an access key of the user"
        if isinstance(keys, Unknown):
            assumes = ("the user has fewer than two access keys",)
            yield user, Step(self.arn, (action,), does, user, (entry,), assumes=assumes)
        elif len(keys) < _MOST_KEYS:
            yield user, Step(self.arn, (action,), does, user, (entry,))
        else:
            freed = self._on_user("iam:DeleteAccessKey", user)
            if freed is not None:
                actions = (action, "iam:DeleteAccessKey")
                does = "deletes one of the two access keys, and creates another, of the user"
                yield user, Step(self.arn, actions, does, user, (entry, freed))

    def create_third_key(self, user: str) -> Iterator[tuple[str, Step]]:
        """Once one of the two keys is gone: keys are rotated."""
        entry = self._on_user("iam:CreateAccessKey", user)
        if entry is not None:
            waits_for = "one of the two access keys of the user to be deleted"
            does = "creates an access key of the user"
            actions = ("iam:CreateAccessKey",)
            yield user, Step(self.arn, actions, does, user, (entry,), waits_for=waits_for, certainty=NEARLY)

    def set_password(self, user: str, create: bool) -> Iterator[tuple[str, Step]]:
        action = "iam:CreateLoginProfile" if create else "iam:UpdateLoginProfile"
        entry = self._on_user(action, user)
        if entry is None:
            return
        member = self.people.members[user]
        has_password = member.has_password if isinstance(member, User) else False
        assumes: tuple[str, ...] = ()
        if isinstance(has_password, Unknown):
            assumes = (f"the user has {'no' if create else 'a'} console password",)
        elif has_password is create:
            return
        does = f"{'sets' if create else 'changes'} the console password of the user"
        yield user, Step(self.arn, (action,), does, user, (entry,), assumes=assumes)

    def _on_user(self, action: str, user: str) -> Entry | None:
        if user == self.arn:
            return None
        return self.rights.may(action, user, tags=self.people.tags_of(user))


def _given(entry: Entry | None) -> tuple[Entry, ...]:
    return () if entry is None else (entry,)


_EXISTING: Final = {
    service: [method for method in WITH_ROLES if method.kind == EXISTING and method.service == service]
    for service in {method.service or "" for method in WITH_ROLES}
}
