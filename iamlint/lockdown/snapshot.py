"""The snapshot: accounts, and what the rules that the how-to needs say of them."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from iamlint.config import Settings
from iamlint.engine.exceptions import without_excepted
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.finding import Finding, NotChecked, Skipped, Suppressed
from iamlint.load import LoadedFile, Loader
from iamlint.lockdown.problem import LockdownError
from iamlint.record import NamedTuple
from iamlint.rule import Context
from iamlint.syntax import printable

if TYPE_CHECKING:
    from datetime import datetime

    from iamlint.model.account import Account

RULES: Final = (
    "user-without-mfa",
    "root-without-mfa",
    "root-access-key",
    "missing-mfa-deny",
    "broad-managed-policy",
    "user-without-boundary",
    "boundary-caps-nothing",
    "boundary-removable-by-holder",
    "access-key-too-old",
    "access-key-unused",
    "more-than-one-active-key",
    "inactive-access-key",
    "console-password-unused",
)
"""The rules whose findings drive the plan."""

OF_DENIES: Final = (
    "mfa-deny-misses-long-lived-keys",
    "mfa-allow-matches-without-mfa",
    "mfa-deny-locks-out-enrolment",
    "source-ip-deny-breaks-service-calls",
)
"""The rules about statements that ask for MFA or a network, and do not do what they should."""


class Told(NamedTuple):
    """What the rules say of one account."""

    account: "Account"
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    flawed: tuple[Finding, ...] = ()
    """What those of `OF_DENIES` say of policies that the account's own people wrote."""


class Snapshot(NamedTuple):
    """All of it; `skipped` says which files were not read, and why."""

    accounts: tuple[Told, ...]
    context: Context
    notes: tuple[str, ...]
    skipped: tuple[str, ...]


def read(
    paths: Sequence[str],
    settings: Settings,
    as_of: "datetime | None" = None,
    progress: Callable[[str], None] = lambda text: None,
) -> Snapshot:
    """The snapshot in `paths`, checked. Raises `LockdownError` where something in it cannot be read, or nothing is."""
    rules = load_rules(settings)
    run = Run(settings, {id_: rules[id_] for id_ in (*RULES, *OF_DENIES)}, as_of=as_of)
    loader = Loader(settings)
    for event in loader.load(paths):
        path = getattr(event, "path", None)
        progress(f"reading {printable(os.path.basename(path), 60)}" if path else "reading")
        if isinstance(event, LoadedFile):
            _refuse_broken(event)
        run.add(event)
    progress("checking")
    today = None if as_of is None else f"{as_of:%Y-%m-%d}"
    report = without_excepted(run.report(), run, rules, paths, today)
    if report.errors:
        first = report.errors[0]
        more = f" (and {len(report.errors) - 1} more)" if len(report.errors) > 1 else ""
        raise LockdownError(f"{printable(first.path, 200)}: {printable(first.message, 300)}{more}")
    if not run.accounts:
        where = ", ".join(printable(path, 200) for path in paths)
        raise LockdownError(f"no export of an account in {where}; docs/lockdown.md lists the commands that make them")
    return Snapshot(
        tuple(
            Told(
                account,
                tuple(f for f in report.findings if f.subject is not None and f.subject.account == account.id),
                tuple(n for n in report.not_checked if n.subject is None or n.subject.account == account.id),
                tuple(f for f in report.findings if f.rule in OF_DENIES and _account_of(f) == account.id),
            )
            for account in run.accounts
        ),
        run.context,
        (*report.notes, *_accepted(report.suppressed)),
        tuple(_grouped(report.skipped)),
    )


def _account_of(finding: Finding) -> str | None:
    """The account of the policy that a finding is in; None where that is no policy of one."""
    arn = "" if finding.policy is None else finding.policy.arn or finding.policy.owner or ""
    fields = arn.split(":", 5)
    return fields[4] if len(fields) == 6 and fields[2] == "iam" else None


def _refuse_broken(file: LoadedFile) -> None:
    """A file that cannot be read could hold what a line fails for. Raises `LockdownError`."""
    path = printable(file.path, 200)
    if file.problems:
        problem = file.problems[0]
        raise LockdownError(f"{path}:{problem.line}:{problem.column}: {printable(problem.message, 300)}")
    if file.skipped is not None and "not JSON" in file.skipped and file.path.lower().endswith(".json"):
        raise LockdownError(f"{path}: {printable(file.skipped, 300)}")


def _accepted(suppressed: Sequence[Suppressed]) -> Iterator[str]:
    """What the exceptions of the configuration cover, which counts nowhere."""
    for each in suppressed:
        yield f"accepted by an exception ({each.exception}): {each.finding.message}"


_TRAIL: Final = "CloudTrail records"


def _grouped(skipped: Sequence[Skipped]) -> Iterator[str]:
    """What was left out, files with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for each in skipped:
        reasons.setdefault(each.reason, []).append(each.path)
    for reason, paths in reasons.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        if _TRAIL in reason:
            reason = f"{_TRAIL}: `iamlint usage` makes a table of them, for --usage"
        yield f"not read: {paths[0]}{more} ({reason})"
