"""The command line: options → settings → engine → report → exit status. Nothing else in the package prints."""

import atexit
import gc
import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from iamlint import __version__
from iamlint.cli.parameters import Group, version_option

# A run makes hardly any cyclic garbage; looking for it is a tenth of the start-up and a quarter of a long run.
gc.set_threshold(1_000_000, 20, 20)

INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it."""

_COMMANDS = {
    "check": "check",
    "compare": "compare",
    "data": "catalogue",
    "evaluate": "evaluate",
    "format": "format",
    "lockdown": "lockdown",
    "new-rule": "new_rule",
    "rule": "catalogue",
    "rules": "catalogue",
    "usage": "usage",
}
"""Where each command is defined: a command costs the start-up of its own module only."""


class _LazyGroup(Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"iamlint.cli.{_COMMANDS[cmd_name]}")
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(module, f"{name}_" if name == "format" else name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            line = "\r\x1b[K" if sys.stderr.isatty() else ""  # what was being done may stand there
            click.echo(f"{line}Error: interrupted", err=True)
            ctx.exit(INTERRUPTED)


@click.group(
    cls=_LazyGroup, params=[version_option(__version__)], context_settings={"help_option_names": ["-h", "--help"]}
)
def main() -> None:
    """Offline linter for AWS IAM policies and exported accounts."""


def run() -> NoReturn:
    """`main` as a program of its own, which ends at once.

    Python would first free object by object what a run has made, and look through it for cyclic garbage: a tenth of the
    time. What others have registered for the end of the process is done.
    """
    try:
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # a reader who has seen enough
        status = 1
    except KeyboardInterrupt:
        os.write(2, b"Error: interrupted\n")
        status = INTERRUPTED
    except OSError as error:  # a full disk, say
        os.write(2, f"iamlint: the output could not be written: {error.strerror}\n".encode())
        status = 2
    os._exit(status)
