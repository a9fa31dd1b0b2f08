"""The how-to's three lines of verification: each holds, does not hold, or was not checked for want of something."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from iamlint.config import Environment
from iamlint.config.register import Register
from iamlint.engine.accounts import COMMANDS
from iamlint.lockdown.people import MACHINE, Kind, named_in
from iamlint.lockdown.snapshot import Told
from iamlint.model.account import AccessKey, User
from iamlint.model.fact import NotKnown, Unknown, known
from iamlint.record import NamedTuple
from iamlint.rule.families.callers import caller_openings
from iamlint.rule.families.openings import sensitive_grants
from iamlint.rule.families.registered import is_rotating, overdue, undocumented

if TYPE_CHECKING:
    from iamlint.finding import Finding
    from iamlint.model.account import Account

HOLDS: Final = "holds"
FAILS: Final = "does not hold"
OPEN: Final = "not checked"

MFA: Final = "Users with keys have MFA; sensitive actions are denied without it"
LEAST: Final = "Policies and boundaries are least privilege; no broad policies remain"
KEYS: Final = "Keys are rotated; unused keys are gone; what remains is documented"


class Case(NamedTuple):
    """What one check has against somebody: the ARN of a user or group, or a key's owner; and what, for people."""

    who: str
    what: str


class Lack(NamedTuple):
    """What was missing to check something, with the command that makes it; for whom, where not for all."""

    needs: str
    command: str
    who: str = ""


class Check(NamedTuple):
    """One check of a line: the rule, what was found, what was lacking; `accepted` is whom the configuration excepts."""

    rule: str
    title: str
    cases: tuple[Case, ...]
    lacks: tuple[Lack, ...]
    accepted: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """`holds`, `does not hold` or `not checked`."""
        return FAILS if self.cases else OPEN if self.lacks else HOLDS


class Line(NamedTuple):
    """A line of the how-to."""

    title: str
    checks: tuple[Check, ...]

    @property
    def status(self) -> str:
        """Fails where one check fails, and holds only where all do."""
        states = {check.status for check in self.checks}
        return FAILS if FAILS in states else OPEN if OPEN in states else HOLDS

    @property
    def verdict(self) -> str:
        """For people, with the number of cases or what is needed."""
        if self.status == FAILS:
            return f"{FAILS}: {sum(len(check.cases) for check in self.checks)}"
        if self.status == OPEN:
            needs = dict.fromkeys(lack.needs for check in self.checks for lack in check.lacks)
            return f"{OPEN}: needs {', '.join(_fewest(needs))}"
        return HOLDS


def _fewest(needs: Iterable[str]) -> list[str]:
    """As few exports as meet all of the needs, each of which is one export, or `one or another`."""
    open_ = [need.split(" or ") for need in needs]
    found: list[str] = []
    while open_:
        every = [export for exports in open_ for export in exports]
        best = max(every, key=every.count)
        found.append(best)
        open_ = [exports for exports in open_ if best not in exports]
    return found


def exit_status(lines: Iterable[Line]) -> int:
    """0 all hold, 1 one does not, 3 nothing failed but something was not checked."""
    states = {line.status for line in lines}
    return 1 if FAILS in states else 3 if OPEN in states else 0


class Checker:
    """Answers the lines for one account."""

    def __init__(self, told: Told, kinds: dict[str, Kind], environment: Environment, register: Register | None) -> None:
        self.told = told
        self.account = told.account
        self.users = {user.arn: user for user in told.account.users}
        self.kinds = kinds
        self.environment = environment
        self.register = register
        self.owners = {key.subject_id: user for user in self.account.users for key in keys_of(user)}

    @property
    def day(self) -> date:
        """The day that ages are counted at."""
        return self.account.as_of.date()

    def lines_with(self, register: Register) -> tuple[Line, ...]:
        """The lines, had the account another register."""
        other = Checker(self.told, self.kinds, self.environment, register)
        return (*self.lines[:-1], other._keys)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The how-to's lines, in its order."""
        return (
            Line(MFA, (*self._second_factors(), self._reach(), *self._outside())),
            Line(
                LEAST,
                (
                    self._check("broad-managed-policy", "no user or group holds a broad policy", self._broad),
                    self._check("user-without-boundary", "every user has a boundary", self._bounded),
                    self._check("boundary-caps-nothing", "every boundary caps something", self._bounded),
                    self._check("boundary-removable-by-holder", "no user can take off its own boundary", self._bounded),
                ),
            ),
            self._keys,
        )

    @property
    def _keys(self) -> Line:
        """The line that depends on the register."""
        return Line(
            KEYS,
            (
                self._check("access-key-too-old", "no active key is too old"),
                self._check("access-key-unused", "no active key is unused"),
                self._check("more-than-one-active-key", "one active key a user", self._not_rotating),
                self._check("inactive-access-key", "no inactive keys lie about"),
                self._check("root-access-key", "the root user has no access keys"),
                *self._documented(),
            ),
        )

    @cached_property
    def _by_rule(self) -> dict[str, list["Finding"]]:
        found: dict[str, list[Finding]] = {}
        for finding in self.told.findings:
            found.setdefault(finding.rule, []).append(finding)
        return found

    def user_of(self, finding: "Finding") -> User | None:
        """The user that a finding is about, itself or by one of its keys."""
        id_ = finding.subject.id if finding.subject is not None else ""
        return self.users.get(id_) or self.owners.get(id_)

    def _second_factors(self) -> Iterable[Check]:
        def counts(finding: "Finding") -> bool:
            user = self.user_of(finding)
            return user is None or self.kinds[user.arn].name != MACHINE

        yield self._check("user-without-mfa", "every person with a password or key has MFA", counts)
        yield self._check("root-without-mfa", "the root user has MFA")

    def _reach(self) -> Check:
        """Whether a key without MFA reaches a sensitive action; what could not be decided is no "no"."""
        title = "no key reaches a sensitive action without MFA"
        check = self._check("missing-mfa-deny", title)
        found = {case.who for case in check.cases}
        lacks = list(check.lacks)
        for user in self.account.users:
            if user.arn in found or not any(key.active for key in keys_of(user)):
                continue
            try:
                opened = caller_openings(user, self.account, self.environment).found
                texts = known(self.account.documents(user))
            except NotKnown:
                continue  # the rule has said so
            if not opened.open and not opened.closed and any(sensitive_grants(text.policy) for text in texts):
                lacks.append(Lack("a decision: the policies are too intricate", "iamlint evaluate", user.arn))
        return check._replace(lacks=tuple(lacks))

    def _outside(self) -> Iterable[Check]:
        """With networks in the configuration: what a key reaches from elsewhere. A Deny without MFA does for it."""
        if self.environment.networks:
            reach = self._reach()
            title = "no key reaches a sensitive action from outside the networks"
            cases = [case for case in reach.cases if self._is_open_outside(case.who)]
            yield Check("missing-source-ip-deny", title, tuple(cases), reach.lacks)

    def _is_open_outside(self, arn: str) -> bool:
        from iamlint.rule.families.openings import open_from_outside

        documents = self.account.documents(self.users[arn])
        if isinstance(documents, Unknown):
            return True
        return bool(open_from_outside([text.policy for text in documents], self.environment).open)

    def _broad(self, finding: "Finding") -> bool:
        """True iff it is about a user, or a group with users in it."""
        if finding.subject is None or finding.subject.kind not in ("user", "group"):
            return False
        return finding.subject.kind == "user" or bool(self.members(finding.subject.id))

    def members(self, group: str) -> list[User]:
        """The users of the group with this ARN."""
        return self._members.get(group.rpartition("/")[2], [])

    @cached_property
    def _members(self) -> dict[str, list[User]]:
        found: dict[str, list[User]] = {}
        for user in self.account.users:
            for name in {m.name for m in user.groups} if not isinstance(user.groups, Unknown) else ():
                found.setdefault(name, []).append(user)
        return found

    def _bounded(self, finding: "Finding") -> bool:
        return finding.subject is not None and finding.subject.kind == "user"

    def _not_rotating(self, finding: "Finding") -> bool:
        user = self.user_of(finding)
        return user is None or not is_rotating(keys_of(user), self.register, self.day)

    def is_accepted(self, arn: str, rule: str) -> bool:
        """True iff the configuration names who it is about: administrators may hold broad policies.

        A break-glass user may also go without a boundary.
        """
        users = [self.users[arn]] if arn in self.users else self.members(arn)
        exempt = self.environment.break_glass
        if rule == "broad-managed-policy":
            exempt = (*exempt, *self.environment.administrators)
        elif rule not in ("user-without-boundary", "boundary-caps-nothing"):
            return False
        return bool(users) and all(named_in(exempt, user) for user in users)

    def _check(self, rule: str, title: str, counts: Callable[["Finding"], bool] | None = None) -> Check:
        cases, accepted = [], []
        for finding in self._by_rule.get(rule, ()):
            if finding.subject is None:
                continue
            if rule == "missing-mfa-deny" and finding.subject.kind != "user":
                continue
            if counts is None or counts(finding):
                user = self.owners.get(finding.subject.id)
                who = user.arn if user is not None else finding.subject.id
                if self.is_accepted(who, rule):
                    accepted.append(who)
                else:
                    cases.append(Case(who, finding.message))
        lacks = []
        for lack in self.told.not_checked:
            if lack.rule == rule:
                who = lack.subject.id if lack.subject is not None and lack.subject.kind != "account" else ""
                if lack.subject is None or lack.subject.kind != "role":
                    lacks.append(Lack(lack.needs, lack.command, who))
        return Check(rule, title, tuple(cases), tuple(lacks), tuple(accepted))

    def _documented(self) -> Iterable[Check]:
        rule, title = "undocumented-access-key", "every key is in the register"
        late, late_title = "register-review-overdue", "no review is overdue"
        keys = [key for user in self.account.users for key in keys_of(user)]
        lacks: Sequence[Lack] = ()
        needs = ("credential-report", "access-keys")
        if any(isinstance(user.keys, Unknown) for user in self.account.users):
            lacks = [Lack(" or ".join(needs), COMMANDS["access-keys"])]
        elif any(key.active and key.id is None for key in keys):
            lacks = [Lack("access-keys", COMMANDS["access-keys"])]
        if self.register is None:
            if not any(key.active for key in keys) and not lacks:
                return
            lacks = [
                *lacks,
                Lack("register", "iamlint lockdown SNAPSHOT --out DIR writes register.toml; --register FILE"),
            ]
            yield Check(rule, title, (), tuple(lacks))
            return
        with_id = [key for key in keys if key.id is not None]
        missing = undocumented(with_id, self.register)
        yield Check(rule, title, tuple(Case(k.owner, f"the key {k.id} {what}") for k, what in missing), tuple(lacks))
        past = overdue(with_id, self.register, self.day)
        cases = tuple(Case(k.owner, f"the review of the key {k.id} was due on {day}") for k, day in past)
        yield Check(late, late_title, cases, tuple(lacks))


def keys_of(user: User) -> tuple[AccessKey, ...]:
    """The user's keys, as far as they are known."""
    return () if isinstance(user.keys, Unknown) else user.keys


def account_name(account: "Account") -> str:
    """The account's id, or a word where no export tells it."""
    return account.id or "unknown"
