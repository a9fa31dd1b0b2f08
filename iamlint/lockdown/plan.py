"""The plan for one account: who is at what risk, what is to be done, with which policies and commands."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from iamlint.config import Settings
from iamlint.config.register import Register
from iamlint.lockdown.bounding import Bounding
from iamlint.lockdown.broad import RULE as BROAD
from iamlint.lockdown.broad import Broad, Taken
from iamlint.lockdown.commands import is_key_id, is_name
from iamlint.lockdown.evidence import Evidence
from iamlint.lockdown.measures import (
    Answers,
    Measure,
    bounding,
    creation,
    enrolment,
    going,
    inside_networks,
    key_measures,
    spared_of,
    without_mfa,
)
from iamlint.lockdown.migration import migrations
from iamlint.lockdown.people import MACHINE, named_in
from iamlint.lockdown.planned import Plan, UserPlan
from iamlint.lockdown.proposals import Proposal, Refused, deny_outside, deny_sensitive, require_mfa
from iamlint.lockdown.replacements import Replacements
from iamlint.lockdown.risk import risk_of
from iamlint.lockdown.verification import Checker, keys_of
from iamlint.model.account import User
from iamlint.model.fact import Unknown

if TYPE_CHECKING:
    from iamlint.analyse.escalation import Escalations
    from iamlint.rule import Context

_Denies: TypeAlias = "Mapping[frozenset[str] | None, Proposal | Refused]"


def plan_of(
    checker: Checker,
    settings: Settings,
    context: "Context",
    register: Register | None,
    evidence: Evidence | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Plan:
    """The plan for the account that `checker` has checked."""
    return _Planner(checker, settings, context, register, evidence, progress).plan()


class _Planner:
    def __init__(
        self,
        checker: Checker,
        settings: Settings,
        context: "Context",
        register: Register | None,
        evidence: Evidence | None,
        progress: Callable[[str], None],
    ) -> None:
        self.checker = checker
        self.account = checker.account
        self.settings = settings
        self.context = context
        self.register = register
        self.progress = progress
        self.used: dict[str, Proposal] = {}
        self.refused: dict[Refused, None] = {}
        self.evidence = evidence
        self.broad = Broad(checker, Replacements(self.account, settings, evidence))
        self.outside = deny_outside(settings)

    def plan(self) -> Plan:
        self.progress("looking for who can become administrator")
        escalated = self.escalated
        answers = self._answers()
        self.progress("writing policies")
        denies = self._denies(answers)
        boundaries = self._boundaries(answers)
        users, remaining = [], []
        for user in self.account.users:
            own = answers.get(user.arn, Answers({}, {}))
            measures = self._measures(user, own, denies, boundaries)
            risk, reasons = risk_of(user, own, escalated)
            if measures or reasons:
                users.append(UserPlan(user, self.checker.kinds[user.arn], risk, reasons, tuple(measures)))
            gone = going(user, measures)
            live = [key.id for key in keys_of(user) if key.active and key.id is not None and is_key_id(key.id)]
            remaining += [(id_, user) for id_ in live if id_ not in gone]
        users.sort(key=lambda each: (-each.risk, each.user.arn))
        others = self._others()
        every = [*(measure for each in users for measure in each.measures), *others]
        commands = [command for measure in every for command in measure.commands]
        needed = {word.rpartition(":policy/")[2] for command in commands for word in command.words}
        created = [creation(each, self.account) for each in self.used.values() if each.name in needed]
        outside = self.outside
        return Plan(
            self.account,
            self.checker.lines,
            self.checker.kinds,
            tuple(users),
            tuple(others),
            tuple((self.used | ({outside.name: outside} if isinstance(outside, Proposal) else {})).values()),
            (*self.refused, *([outside] if isinstance(outside, Refused) else [])),
            (*(command for command in created if command is not None), *commands),
            tuple(remaining),
            None if self.evidence is None else migrations(self.account, self.evidence, self.settings),
            tuple(self._notes()),
            self.checker.told.flawed,
        )

    def _answers(self) -> dict[str, Answers]:
        """What the checks have against each user: what is accepted, or no matter of the how-to, does not count."""
        rules: dict[str, dict[str, list[str]]] = {}
        keys: dict[str, dict[str, set[str]]] = {}
        for finding in self.checker.told.findings:
            user = self.checker.user_of(finding)
            if user is None or finding.subject is None or self.checker.is_accepted(user.arn, finding.rule):
                continue
            rules.setdefault(user.arn, {}).setdefault(finding.rule, []).append(finding.message)
            if finding.subject.id in self.checker.owners:
                keys.setdefault(user.arn, {}).setdefault(finding.subject.id, set()).add(finding.rule)
        return {
            arn: Answers(found, {id_: frozenset(names) for id_, names in keys.get(arn, {}).items()})
            for arn, found in rules.items()
        }

    def _denies(self, answers: Mapping[str, Answers]) -> _Denies:
        """The Denies that somebody needs: that for persons under None, those for machines by what they spare."""
        needed = [user for user in self.account.users if "missing-mfa-deny" in answers.get(user.arn, _NOTHING).rules]
        machines = [user for user in needed if self.checker.kinds[user.arn].name != "person"]
        found: dict[frozenset[str] | None, Proposal | Refused] = {}
        if len(machines) < len(needed):
            found[None] = require_mfa(self.settings)
        for spared in {spared_of(user, self.evidence) for user in machines}:
            if spared is not None:
                found[spared] = deny_sensitive(spared, self.settings)
        return found

    def _boundaries(self, answers: Mapping[str, Answers]) -> Bounding:
        wanting = [
            user
            for user in self.account.users
            if not {"user-without-boundary", "boundary-caps-nothing"}.isdisjoint(answers.get(user.arn, _NOTHING).rules)
        ]
        return Bounding(self.account, wanting, self.checker.kinds, self.settings, self.context, self.progress)

    def _measures(self, user: User, own: Answers, denies: _Denies, boundaries: Bounding) -> list[Measure]:
        kind = self.checker.kinds[user.arn]
        found: list[Measure] = []
        if "user-without-mfa" in own.rules:
            if kind.name == MACHINE:
                found.append(Measure("give the machine a role in place of the key; it cannot have a second factor"))
            else:
                found.append(enrolment(user, self.account))
        if _is_without_codes(user):
            found.append(
                Measure("enrol a device that shows one-time codes: FIDO keys give no session on a command line")
            )
        if "missing-mfa-deny" in own.rules:
            found.append(self._noted(without_mfa(user, kind, self.account, denies, self.evidence), denies.values()))
        if self.evidence is not None and isinstance(self.outside, Proposal):
            networks = self.settings.environment.networks
            kept = inside_networks(user, self.account, self.outside, networks, self.evidence)
            if kept is not None and not self._is_break_glass(user):
                found.append(self._noted(kept, [self.outside]))
        if "user-without-boundary" in own.rules or "boundary-caps-nothing" in own.rules:
            limit = boundaries.of(user)
            if isinstance(limit, Refused):
                self.refused[limit] = None
                found.append(Measure(f"set a permissions boundary: not proposed, {limit.reason}"))
            else:
                found.append(self._noted(self._bounding(user, limit), [limit]))
        found += map(Measure, own.rules.get("boundary-removable-by-holder", ()))
        if BROAD in own.rules:
            found += [self._taken(each) for each in self.broad.of(user, own.rules[BROAD])]
        found += key_measures(user, own, self.register, self.account)
        if "console-password-unused" in own.rules:
            found.append(Measure("take away the console password, which is not used"))
        if found and not is_name(user.name):
            found.append(Measure("the name in the export is none that IAM takes, so there are no commands"))
        return found if self.is_real else [measure._replace(commands=()) for measure in found]

    @property
    def is_real(self) -> bool:
        """True iff the exports name an account that commands can be about."""
        account = self.account
        return (
            re.fullmatch("[0-9]{12}", account.id) is not None
            and re.fullmatch("aws[a-z-]*", account.partition) is not None
        )

    def _bounding(self, user: User, limit: Proposal) -> Measure:
        """Sets a boundary; by no command where calls were seen that it cuts, or nobody else administers the account."""
        measure = bounding(user, limit, self.account)
        if self.evidence is not None:
            replay = self.evidence.beyond(user.arn, limit.document)
            if replay.calls:
                return Measure(f"{measure.text}: not by a command, {replay.told(self.evidence.window)}")
            measure = measure._replace(text=f"{measure.text} ({replay.told(self.evidence.window)})")
        if user.arn not in self.escalated.administrators or self.has_administrator:
            return measure
        before = "first name administrators or a break-glass user in the configuration, who could take it off again"
        return Measure(f"{measure.text}; {before}")

    @cached_property
    def has_administrator(self) -> bool:
        """True iff the configuration names a user of the account who keeps the rights to administer it."""
        environment = self.settings.environment
        named = (*environment.administrators, *environment.break_glass)
        return any(named_in(named, user) and user.arn in self.escalated.administrators for user in self.account.users)

    @cached_property
    def escalated(self) -> "Escalations":
        """Who is and who can become administrator."""
        from iamlint.analyse.escalation import escalations

        return escalations(self.account)

    def _noted(self, measure: Measure, policies: Iterable[Proposal | Refused]) -> Measure:
        """The measure; those of the policies that its text or commands name will be written."""
        for policy in policies:
            if isinstance(policy, Refused):
                self.refused[policy] = None
            elif policy.name in measure.text or any(policy.name in w for c in measure.commands for w in c.words):
                self.used[policy.name] = policy
        return measure

    def _taken(self, taken: Taken) -> Measure:
        return taken.measure if taken.policy is None else self._noted(taken.measure, [taken.policy])

    def _others(self) -> list[Measure]:
        """What is about no single user."""
        found = []
        for line in self.checker.lines:
            for check in line.checks:
                for case in check.cases:
                    if case.who in self.checker.users or check.rule == "register-review-overdue":
                        continue
                    if check.rule != BROAD:  # below, with what takes its place
                        found.append(Measure(case.what))
        found += map(self._taken, self.broad.of_groups_and_roles())
        return found if self.is_real else [measure._replace(commands=()) for measure in found]

    def _is_break_glass(self, user: User) -> bool:
        return named_in(self.settings.environment.break_glass, user)

    def _notes(self) -> list[str]:
        environment = self.settings.environment
        found = []
        for name, entries in (
            ("administrator", environment.administrators),
            ("break-glass user", environment.break_glass),
        ):
            count = sum(named_in(entries, user) for user in self.account.users)
            if count:
                found.append(f"{count} user{'s' if count > 1 else ''} named {name} by the configuration")
        if not self.is_real:
            found.append("the exports do not tell the account's id, so there are no commands")
        found += [f"the export {name} is incomplete: a page is missing" for name in sorted(self.account.incomplete)]
        return found


_NOTHING: Final = Answers({}, {})


def _is_without_codes(user: User) -> bool:
    """True iff it has an active key, and no device but FIDO ones, with which sts:GetSessionToken cannot be called."""
    if isinstance(user.mfa_devices, Unknown) or not user.mfa_devices:
        return False
    return any(key.active for key in keys_of(user)) and all(device.kind == "u2f" for device in user.mfa_devices)
