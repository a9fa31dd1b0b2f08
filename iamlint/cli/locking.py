"""What `lockdown` does: options → settings → the plan → files, and what is printed."""

import os
from datetime import UTC, datetime

import click

from iamlint.cli import INTERRUPTED
from iamlint.cli.progress import Steps
from iamlint.config import ConfigError, load_config
from iamlint.engine.registry import RuleShapeError
from iamlint.lockdown import pages
from iamlint.lockdown.blocks import as_text
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
    is_writing = False
    try:
        settings = load_config(os.getcwd(), options.config_path, options.isolated)
        as_of = options.as_of.replace(tzinfo=UTC) if options.as_of is not None else None
        wanted = Wanted(
            options.snapshot, options.out, options.verify, options.register, options.search, options.usage, as_of
        )
        with Steps().shown() as progress:
            result = worked_out(wanted, settings, progress)
        for note in result.snapshot.skipped:
            click.echo(printable(note, 300), err=True)
        click.echo(as_text(pages.verification(result.plans, details=options.verify)), nl=False)
        if options.verify:
            return exit_status(result.lines)
        files = files_of(result)
        assert options.out is not None  # noqa: S101 - asked above
        is_writing = True
        write_all(options.out, files)
        click.echo(f"\n{len(files)} files written to {printable(options.out, 300)}; read report.txt first")
    except (ConfigError, LockdownError, RuleShapeError, ValueError) as problem:
        click.echo(f"Error: {printable(str(problem), 1000)}", err=True)
        return 2
    except KeyboardInterrupt:
        told = "each file is whole, but not all need be of this run" if is_writing else "nothing was written"
        click.echo(f"Error: interrupted; {told}", err=True)
        return INTERRUPTED
    except Exception as error:  # a fault of ours must not pass for a verdict
        click.echo(f"Error: internal: {type(error).__name__}: {printable(str(error), 300)}", err=True)
        return 2
    return 0
