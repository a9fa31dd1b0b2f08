"""The whole of it: a snapshot in, plans and the files that tell them out."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from iamlint.config import Settings
from iamlint.config.register import Register, read_register, register_in
from iamlint.lockdown import pages
from iamlint.lockdown.blocks import as_markdown, as_text
from iamlint.lockdown.cells import plain
from iamlint.lockdown.commands import script
from iamlint.lockdown.evidence import read_evidence
from iamlint.lockdown.people import kind_of
from iamlint.lockdown.plan import plan_of
from iamlint.lockdown.planned import Plan
from iamlint.lockdown.register import NAME, Row, owner_of, with_rows
from iamlint.lockdown.search import Places, search
from iamlint.lockdown.snapshot import Snapshot, read
from iamlint.lockdown.verification import Checker, Line, account_name, keys_of
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.model.account import Account


class Wanted(NamedTuple):
    """What the command line asks for. `register` is a file; None: that of the output folder, else of the configuration.

    With `verify` nothing will be written.
    """

    paths: Sequence[str]
    out: str | None = None
    verify: bool = False
    register: str | None = None
    search: Sequence[str] = ()
    usage: str | None = None
    as_of: datetime | None = None


class Result(NamedTuple):
    """The plans, and where a search found key ids."""

    plans: tuple[Plan, ...]
    places: Places | None
    snapshot: Snapshot
    registers: tuple[Register | None, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all accounts."""
        return tuple(line for plan in self.plans for line in plan.lines)


def worked_out(wanted: Wanted, settings: Settings, progress: Callable[[str], None] = lambda text: None) -> Result:
    """The plans for the accounts of a snapshot. Raises `LockdownError`."""
    evidence = read_evidence(wanted.usage) if wanted.usage is not None else None
    snapshot = read(wanted.paths, settings, wanted.as_of, progress)
    folders = _folders([told.account for told in snapshot.accounts])
    places = None
    if wanted.search:
        progress("searching for key ids")
        users = (user for told in snapshot.accounts for user in told.account.users)
        places = search(wanted.search, {key.id for user in users for key in keys_of(user) if key.id})
    plans, registers = [], []
    for told, folder in zip(snapshot.accounts, folders, strict=True):
        register = _register(wanted, folder, settings)
        kinds = {user.arn: kind_of(user, settings.environment, evidence) for user in told.account.users}
        checker = Checker(told, kinds, settings.environment, register)
        plan = plan_of(checker, settings, snapshot.context, register, evidence, progress)
        if not wanted.verify:  # verified with the register that is going to be there
            register = register_in(with_rows(register.text if register else "", _rows(plan, places)), NAME)
            plan = plan._replace(lines=checker.lines_with(register))
        plans.append(plan)
        registers.append(register)
    return Result(tuple(plans), places, snapshot, tuple(registers))


def files_of(result: Result) -> dict[str, str]:
    """The files to write, path → text; with several accounts a folder each, and a summary."""
    files: dict[str, str] = {}
    folders = _folders([plan.account for plan in result.plans])
    for plan, register, folder in zip(result.plans, result.registers, folders, strict=True):
        blocks = pages.report(plan, result.places, result.snapshot.skipped, result.snapshot.notes)
        files[f"{folder}report.txt"] = as_text(blocks)
        files[f"{folder}report.md"] = as_markdown(blocks)
        files[f"{folder}plan.csv"] = pages.plan_csv(plan)
        files[f"{folder}commands.sh"] = script(account_name(plan.account), plan.commands)
        if register is not None:
            files[f"{folder}{NAME}"] = register.text
        for each in plan.proposals:
            files[f"{folder}{each.file}"] = each.text
        for migration in plan.migrations or ():
            files |= {f"{folder}{name}": text for name, text in migration.files.items()}
    if len(result.plans) > 1:
        blocks = pages.summary(result.plans)
        files["summary.txt"] = as_text(blocks)
        files["summary.md"] = as_markdown(blocks)
    return files


def _folders(accounts: Sequence["Account"]) -> list[str]:
    """The folder of each account, with a slash; none where there is only one.

    It is the id, of which only letters and digits are taken, so that no export chooses where files go.
    """
    if len(accounts) == 1:
        return [""]
    names: list[str] = []
    for account in accounts:
        name = "".join(char for char in account_name(account)[:64] if char.isascii() and char.isalnum()) or "account"
        names.append(name if name not in names else f"{name}-{len(names)}")
    return [f"{name}/" for name in names]


def _rows(plan: Plan, places: Places | None) -> list[Row]:
    rows = []
    seen = {migration.key: migration for migration in plan.migrations or ()}
    for key, user in plan.remaining:
        found = places.found.get(key, []) if places is not None else []
        hints = [f"stands in {plain(found[0].path)}:{found[0].line}"] if found else []
        if key in seen:
            hints.append(f"used for {', '.join(seen[key].services)} from {', '.join(seen[key].addresses[:3])}")
        rows.append(Row(key, user.name, owner_of(user), "; ".join(hints)))
    return rows


def _register(wanted: Wanted, folder: str, settings: Settings) -> Register | None:
    """The register that is named, else that of the output folder, else that of the configuration."""
    if wanted.register is not None:
        return read_register(wanted.register)
    path = os.path.join(wanted.out, folder, NAME) if wanted.out is not None else None
    return read_register(path) if path is not None and os.path.exists(path) else settings.register
