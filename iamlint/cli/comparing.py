"""`compare` of files, folders, exports and commits."""

import os
import sys
from typing import NoReturn

import click

from iamlint.config import ConfigError, Settings, load_config
from iamlint.engine.changes import SAME, Change, Options, Side, changes
from iamlint.load import Loader
from iamlint.record import NamedTuple
from iamlint.report.changes import Result, write_json, write_markdown, write_sarif, write_text
from iamlint.syntax import printable

_STATUS = {"no-new-access": 0, "new-access": 1, "cannot-tell": 2}


class Wanted(NamedTuple):
    """What the command line asks for."""

    paths: tuple[str, ...]
    base: str | None
    policy_kind: str | None
    config_path: str | None
    isolated: bool
    options: Options
    output_format: str


def compared(wanted: Wanted) -> int:
    """Prints what was found; the exit status."""
    try:
        settings = load_config(os.getcwd(), wanted.config_path, wanted.isolated)
        old, new = _of_commit(wanted, settings) if wanted.base is not None else _of_paths(wanted, settings)
    except ConfigError as error:
        _fail(str(error))
    result = _result(wanted, old, new)
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    if wanted.output_format == "sarif":
        from iamlint.load.repository import root_of

        write_sarif(result, sys.stdout, root_of(os.getcwd()))
    else:
        {"text": write_text, "json": write_json, "markdown": write_markdown}[wanted.output_format](result, sys.stdout)
    return 2 if result.errors else _STATUS[result.overall.verdict]


def _fail(message: str) -> NoReturn:
    click.echo(f"Error: {printable(message, 1000)}", err=True)
    sys.exit(2)


def _of_paths(wanted: Wanted, settings: Settings) -> tuple[Side, Side]:
    sides = []
    for path in wanted.paths:
        loader = Loader(settings, kind=wanted.policy_kind)
        sides.append(Side(loader.load([path]), path if os.path.isdir(path) else ""))
    old, new = sides
    if not (os.path.isdir(wanted.paths[0]) or os.path.isdir(wanted.paths[1])):
        # Two files belong together, whatever they are called.
        for side, path in zip(sides, wanted.paths, strict=True):
            if side.errors:
                _fail(": ".join(side.errors[0]))
            if not side.documents and not side.accounts:
                _fail(f"{path}: no policy document")
            side.documents = {("", place): found for (_, place), found in side.documents.items()}
    return old, new


def _of_commit(wanted: Wanted, settings: Settings) -> tuple[Side, Side]:
    from iamlint.load.git import Commit, GitError, committed
    from iamlint.load.repository import root_of

    paths = wanted.paths or (".",)
    root = root_of(os.getcwd())
    if root is None:
        _fail("--git: the working directory is in no git repository")
    try:
        with Commit(root, wanted.base or "") as commit:
            old = Side(committed(commit, root, paths, settings, wanted.policy_kind))
    except GitError as error:
        _fail(f"--git: {error}")
    there = [path for path in paths if os.path.lexists(path)]
    if not there and not old.files:
        _fail(f"--git: neither the commit nor the working tree has {', '.join(paths)}")
    return old, Side(Loader(settings, kind=wanted.policy_kind).load(there) if there else ())


def _result(wanted: Wanted, old: Side, new: Side) -> Result:
    single = (
        wanted.base is None
        and len(old.documents) == len(new.documents) == 1
        and not (old.accounts or new.accounts)
        and not any(os.path.isdir(path) for path in wanted.paths)
    )
    found = list(changes(old, new, wanted.options))
    if single and not found:
        found = [Change("policy", wanted.paths[1], "changed", SAME, SAME)]
    return Result(found, [*old.errors, *new.errors], new.texts, single)
