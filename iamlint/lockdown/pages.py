"""The report: what it says, and the plan alone as CSV."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from iamlint.lockdown.blocks import Block, Items, Rows, Title, Words
from iamlint.lockdown.cells import csv_cell
from iamlint.lockdown.evidence import some
from iamlint.lockdown.measures import Measure
from iamlint.lockdown.planned import Plan
from iamlint.lockdown.proposals import Proposal
from iamlint.lockdown.search import Places
from iamlint.lockdown.verification import OPEN, Check, Line, account_name, keys_of
from iamlint.model.fact import Unknown

if TYPE_CHECKING:
    from iamlint.finding import Finding

_FEW: Final = 5
"""Cases of one check that the report lists; the plan has them all."""
_OF_REGISTER: Final = ("undocumented-access-key", "register-review-overdue")
_MOST: Final = 20
"""Rows of a table about policies."""


_SOME: Final = 4


def report(plan: Plan, places: Places | None, skipped: Sequence[str], notes: Sequence[str]) -> list[Block]:
    """The report on one account."""
    return [
        Title(f"Lock-down of account {account_name(plan.account)}", 1),
        Words(
            f"As of {plan.account.as_of:%Y-%m-%d %H:%M} UTC. Worked out offline from the exports; nothing was changed."
        ),
        Title("Verification"),
        _lines(plan.lines),
        Title("Summary"),
        Items(tuple(_summary(plan))),
        Title("What stands behind the verdicts"),
        *_details(plan.lines),
        *_flawed(plan),
        Title("Plan, in order of risk"),
        *_plan(plan),
        Title("Proposed policies"),
        *_proposals(plan),
        Title("Remaining keys"),
        Words(_remaining(plan)),
        *_migrations(plan),
        *_places(places),
        *_about((*plan.notes, *notes, *skipped)),
    ]


def _remaining(plan: Plan) -> str:
    users = plan.account.users
    if any(isinstance(user.keys, Unknown) for user in users):
        return "Which keys there are is not known of every user: needs credential-report or access-keys."
    nameless = sum(key.active and key.id is None for user in users for key in keys_of(user))
    more = f" {nameless} more have no id in the exports: needs access-keys." if nameless else ""
    return f"{len(plan.remaining)} long-lived keys remain; register.toml has a table to fill in for each.{more}"


def _about(notes: tuple[str, ...]) -> list[Block]:
    return [Title("About the exports"), Items(notes)] if notes else []


def summary(plans: Sequence[Plan]) -> list[Block]:
    """One table for several accounts."""
    head = ("account", "users", *(("1", "2", "3")), "proposed policies", "remaining keys")
    rows = tuple(
        (
            account_name(plan.account),
            str(len(plan.account.users)),
            *(line.verdict for line in plan.lines),
            str(len(plan.proposals)),
            str(len(plan.remaining)),
        )
        for plan in plans
    )
    lines = tuple(f"{number}. {line.title}" for number, line in enumerate(plans[0].lines, 1)) if plans else ()
    return [Title("Lock-down of several accounts", 1), Rows(head, rows), Items(lines)]


def verification(plans: Iterable[Plan], details: bool) -> list[Block]:
    """The verdicts alone, with what stands behind each where `details` are wanted."""
    blocks: list[Block] = []
    for plan in plans:
        blocks += [Title(f"Account {account_name(plan.account)}"), _lines(plan.lines)]
        blocks += _details(plan.lines) if details else ()
    return blocks


def plan_csv(plan: Plan) -> str:
    """The plan, a row for each measure."""
    rows = [("user", "arn", "class", "why that class", "risk", "reasons", "measure")]
    for each in plan.users:
        start = (
            each.user.name,
            each.user.arn,
            each.kind.name,
            each.kind.reason,
            str(each.risk),
            "; ".join(each.reasons),
        )
        rows += [(*start, measure.text) for measure in each.measures]
    return "".join(",".join(map(csv_cell, row)) + "\r\n" for row in rows)


def _lines(lines: Sequence[Line]) -> Rows:
    rows = tuple((str(number), line.title, line.verdict) for number, line in enumerate(lines, 1))
    return Rows(("", "line", "verdict"), rows)


def _details(lines: Sequence[Line]) -> Iterable[Block]:
    for number, line in enumerate(lines, 1):
        yield Title(f"{number}. {line.title}", 3)
        yield Rows(
            ("check", "rule", "result"),
            tuple(
                (check.title, check.rule, _result(check.status, len(check.cases), len(check.accepted)))
                for check in line.checks
            ),
        )
        commands = dict.fromkeys(
            f"needs {lack.needs}: {lack.command}"
            for check in line.checks
            if check.status == OPEN
            for lack in check.lacks
        )
        partly = dict.fromkeys(
            f"{check.rule} was not checked everywhere: needs {lack.needs}"
            for check in line.checks
            if check.status != OPEN
            for lack in check.lacks
        )
        if commands or partly:
            yield Items((*commands, *partly))
        cases = [case for check in line.checks for case in _cases(check)]
        if cases:
            yield Items(tuple(cases))


def _cases(check: Check) -> Iterable[str]:
    """The first cases of a check, and how many more there are."""
    for case in check.cases[:_FEW]:
        yield f"{check.rule}: {case.what}"
    more = len(check.cases) - _FEW
    if more > 0:
        where = "register.toml" if check.rule in _OF_REGISTER else "the plan"
        yield f"{check.rule}: and {more} more, which {where} has"


def _flawed(plan: Plan) -> Iterable[Block]:
    """Statements that look like protection, and what they miss or break."""
    if not plan.flawed:
        return
    yield Title("Statements on MFA and networks that do not do what they should", 3)
    rows = []
    for finding in sorted(plan.flawed, key=lambda finding: (finding.severity.rank, -_holders(finding))):
        policy = finding.policy
        name = "" if policy is None else policy.name or ""
        owner = "" if policy is None or not policy.owner else f" of {policy.owner.rpartition('/')[2]}"
        rows.append((f"{name}{owner}", str(_holders(finding)), finding.rule, finding.message))
    more = len(rows) - _MOST
    yield Rows(("policy", "holders", "rule", "what is wrong"), tuple(rows[:_MOST]))
    yield Words(
        (f"And {more} more. " if more > 0 else "")
        + "`iamlint check --rewrites` shows how each would be written. Whether keys reach something all the same is "
        "decided above, with all policies of a user together."
    )


def _holders(finding: "Finding") -> int:
    """How many hold the policy that a finding is in."""
    policy = finding.policy
    return 0 if policy is None else len(policy.attached_to) or int(bool(policy.owner))


def _result(status: str, cases: int, accepted: int) -> str:
    number = f": {cases}" if cases else ""
    taken = f" ({accepted} accepted by the configuration)" if accepted else ""
    return f"{status}{number}{taken}"


def _summary(plan: Plan) -> Iterable[str]:
    kinds = [kind.name for kind in plan.kinds.values()]
    persons, machines, others = map(kinds.count, ("person", "machine", "unknown"))
    told = f"{_count(persons, 'person')}, {_count(machines, 'machine')}"
    yield f"{_count(len(kinds), 'user')}: {told}" + (f", {others} of whom no export tells which" if others else "")
    powerful = sum("administrator" in " ".join(each.reasons) for each in plan.users)
    yield f"{_count(powerful, 'user')} with every right, or with a way to it"
    keys = sum(key.active for user in plan.account.users for key in keys_of(user))
    if not any(isinstance(user.keys, Unknown) for user in plan.account.users):
        yield f"{_count(keys, 'active access key')}, of which {len(plan.remaining)} stay as they are"
    yield f"something is to be done about {_count(len(plan.users), 'user')}"
    proposed = _count(len(plan.proposals), "policy", "policies")
    yield f"{proposed} proposed, {_count(len(plan.commands), 'command')} in commands.sh (none was run)"
    every = [*plan.others, *(measure for each in plan.users for measure in each.measures)]
    open_ = sum(not measure.commands for measure in every)
    yield f"{_count(open_, 'measure')} without a command, which people have to take"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def _plan(plan: Plan) -> Iterable[Block]:
    if plan.users:
        yield Words(
            "The risk is a number for the order only: first who has every right by an active key, or a way to it, then "
            "who reaches something sensitive without MFA, then what is untidy. What is marked [by hand] has no command."
        )
    if plan.others:
        yield Title("The account, its groups and roles", 3)
        yield Items(tuple(map(_measure, plan.others)))
    for each in plan.users:
        yield Title(each.user.name, 3)
        reasons = f"; risk {each.risk}: {', '.join(each.reasons)}" if each.reasons else ""
        yield Words(f"{each.kind.name} ({each.kind.reason}){reasons}")
        if each.measures:
            yield Items(tuple(map(_measure, each.measures)))
    if not plan.users and not plan.others:
        yield Words("There is nothing to do.")


def _measure(measure: Measure) -> str:
    return measure.text + ("" if measure.commands else " [by hand]")


def _proposals(plan: Plan) -> Iterable[Block]:
    if plan.proposals:
        yield Rows(
            ("file", "what", "size", "proof"),
            tuple((each.file, each.title, str(each.size), _proof(each)) for each in plan.proposals),
        )
    if any(each.name.startswith("iamlint-deny-outside") for each in plan.proposals):
        yield Words(
            "The Deny outside of the networks has a command only for users of whom calls were observed, none of them "
            "from elsewhere (--usage)."
        )
    if plan.refused:
        yield Items(tuple(f"not written: {each.title}: {each.reason}" for each in plan.refused))
    if not plan.proposals and not plan.refused:
        yield Words("None is needed.")


def _proof(each: Proposal) -> str:
    assumed = f"; assumed: {', '.join(each.proof.assumes)}" if each.proof.assumes else ""
    reason = f" ({each.proof.reason})" if each.proof.verdict == "unproven" else ""
    return f"{each.proof.verdict}{reason}, {each.proof_of}{assumed}"


def _migrations(plan: Plan) -> Iterable[Block]:
    """Where keys were used, and what would take their place."""
    if plan.migrations is None:
        yield Title("Migration to roles")
        yield Words("What uses the keys is not known: needs --usage.")
        return
    yield Title("Where keys were used")
    head = ("key", "services", "from", "by", "when")
    rows = tuple(
        (each.key, ", ".join(each.services), some(each.addresses, _SOME), some(each.agents, _SOME), each.when)
        for each in plan.migrations
    )
    yield Rows(head, rows) if rows else Words("None was seen in use.")
    yield Title("Migration to roles")
    yield Rows(
        ("key", "user", "workload", "reason", "target", "files", "to find out"),
        tuple(
            (e.key, e.user, e.workload, e.reason, e.target, ", ".join(e.files), "; ".join(e.open))
            for e in plan.migrations
        ),
    )
    if any(each.files for each in plan.migrations):
        yield Words(
            "The policies of the roles hold what was seen of what the key had, and nothing that it had not. What a "
            "trail does not log (data events, if they are not switched on) is not in them: add it."
        )


def _places(places: Places | None) -> Iterable[Block]:
    if places is None:
        return
    yield Title("Where key ids stand in files")
    rows = tuple((key, f"{place.path}:{place.line}") for key, found in sorted(places.found.items()) for place in found)
    yield Rows(("key", "place"), rows) if rows else Words("None was found.")
    if places.notes:
        yield Items(places.notes)
