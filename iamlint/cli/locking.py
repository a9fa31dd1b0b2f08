"""What `lockdown` does: options → settings → the plan → files, and what is printed."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click

from iamlint.config import ConfigError, load_config
from iamlint.engine.registry import RuleShapeError
from iamlint.lockdown import pages
from iamlint.lockdown.problem import LockdownError
from iamlint.lockdown.run import Wanted, files_of, worked_out
from iamlint.lockdown.verification import exit_status
from iamlint.lockdown.writing import write_all
from iamlint.record import NamedTuple
from iamlint.syntax import printable


class Options(NamedTuple):
    """The command line."""

    snapshot: tuple[str, ...]
    out: str | None
    verify: bool
    register: str | None
    search: tuple[str, ...]
    usage: str | None
    as_of: datetime | None
    config_path: str | None
    isolated: bool


def locked_down(options: Options) -> int:
    """Does what the command line asks; the exit status."""
    if not options.verify and options.out is None:
        raise click.UsageError("name --out DIR, or --verify")
    try:
        settings = load_config(os.getcwd(), options.config_path, options.isolated)
        as_of = options.as_of.replace(tzinfo=UTC) if options.as_of is not None else None
        wanted = Wanted(
            options.snapshot, options.out, options.verify, options.register, options.search, options.usage, as_of
        )
        with _Progress() as progress:
            result = worked_out(wanted, settings, progress)
        for note in result.snapshot.skipped:
            click.echo(printable(note, 300), err=True)
        click.echo(pages.as_text(pages.verification(result.plans, details=options.verify)), nl=False)
        if options.verify:
            return exit_status(result.lines)
        files = files_of(result)
        assert options.out is not None  # noqa: S101 - asked above
        write_all(options.out, files)
        click.echo(f"\n{len(files)} files written to {printable(options.out, 300)}; read report.txt first")
    except (ConfigError, LockdownError, RuleShapeError, ValueError) as problem:
        click.echo(f"Error: {printable(str(problem), 1000)}", err=True)
        return 2
    except KeyboardInterrupt:
        click.echo("Error: interrupted; nothing was written", err=True)
        return 2
    except Exception as error:  # a fault of ours must not pass for a verdict
        click.echo(f"Error: internal: {type(error).__name__}: {printable(str(error), 300)}", err=True)
        return 2
    return 0


class _Progress:
    """What is being done, in one line of a terminal's standard error; nothing where that is no terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Callable[[str], None]:
        return self._tell

    def __exit__(self, *_: object) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)

    def _tell(self, text: str) -> None:
        if self._shown:
            click.echo(f"\r\x1b[K{printable(text, 70)} …", nl=False, err=True)
