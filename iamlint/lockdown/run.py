"""The whole of it: a snapshot in, plans and the files that tell them out."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from iamlint.config import Settings
from iamlint.lockdown import pages
from iamlint.lockdown.cells import plain
from iamlint.lockdown.commands import script
from iamlint.lockdown.people import kind_of
from iamlint.lockdown.plan import Plan, plan_of
from iamlint.lockdown.problem import LockdownError
from iamlint.lockdown.register import NAME, Register, Row, owner_of, parse, with_rows
from iamlint.lockdown.search import Places, search
from iamlint.lockdown.snapshot import Snapshot, read
from iamlint.lockdown.verification import Checker, Line, account_name, keys_of
from iamlint.syntax import printable


class Wanted(NamedTuple):
    """What the command line asks for. `register` is a file; None: that of the output folder, if there is one."""

    paths: Sequence[str]
    out: str | None = None
    register: str | None = None
    search: Sequence[str] = ()
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
    snapshot = read(wanted.paths, settings, wanted.as_of, progress)
    several = len(snapshot.accounts) > 1
    plans, registers = [], []
    for told in snapshot.accounts:
        register = _register(wanted, account_name(told.account) if several else "")
        kinds = {user.arn: kind_of(user, settings.environment) for user in told.account.users}
        checker = Checker(told, kinds, settings.environment, register)
        plans.append(plan_of(checker, settings, snapshot.context, register, progress))
        registers.append(register)
    places = None
    if wanted.search:
        progress("searching for key ids")
        ids = {key.id for plan in plans for user in plan.account.users for key in keys_of(user) if key.id}
        places = search(wanted.search, ids)
    return Result(tuple(plans), places, snapshot, tuple(registers))


def files_of(result: Result) -> dict[str, str]:
    """The files to write, path → text; with several accounts a folder each, and a summary."""
    files: dict[str, str] = {}
    several = len(result.plans) > 1
    for plan, register in zip(result.plans, result.registers, strict=True):
        folder = f"{_folder(plan)}/" if several else ""
        blocks = pages.report(plan, result.places, result.snapshot.skipped, result.snapshot.notes)
        files[f"{folder}report.txt"] = pages.as_text(blocks)
        files[f"{folder}report.md"] = pages.as_markdown(blocks)
        files[f"{folder}plan.csv"] = pages.plan_csv(plan)
        files[f"{folder}commands.sh"] = script(account_name(plan.account), plan.commands)
        files[f"{folder}{NAME}"] = with_rows(register.text if register else "", _rows(plan, result.places))
        for each in plan.proposals:
            files[f"{folder}{each.file}"] = each.text
    if several:
        blocks = pages.summary(result.plans)
        files["summary.txt"] = pages.as_text(blocks)
        files["summary.md"] = pages.as_markdown(blocks)
    return files


def _folder(plan: Plan) -> str:
    """A name for the account's folder: its id, of which only letters and digits are taken."""
    return "".join(char for char in account_name(plan.account)[:64] if char.isascii() and char.isalnum()) or "account"


def _rows(plan: Plan, places: Places | None) -> list[Row]:
    rows = []
    for key, user in plan.remaining:
        found = places.found.get(key, []) if places is not None else []
        hint = f"seen in {plain(found[0].path)}:{found[0].line}" if found else ""
        rows.append(Row(key, user.name, owner_of(user), hint))
    return rows


def _register(wanted: Wanted, account: str) -> Register | None:
    """The register that is named, else that of the output folder, where there is one."""
    path = wanted.register
    if path is None:
        if wanted.out is None:
            return None
        path = os.path.join(wanted.out, account, NAME)
        if not os.path.exists(path):
            return None
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
    except OSError as error:
        raise LockdownError(f"{printable(path)}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LockdownError(f"{printable(path)}: not UTF-8 text") from error
    return parse(text, path)
