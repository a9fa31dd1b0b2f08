"""The command line: options → settings → engine → report → exit status. Nothing else in the package prints."""

import gc
from importlib import import_module

import click

from iamlint import __version__

# A run makes hardly any cyclic garbage; looking for it is a tenth of the start-up and a quarter of a long run.
gc.set_threshold(1_000_000, 20, 20)

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


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"iamlint.cli.{_COMMANDS[cmd_name]}")
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(module, f"{name}_" if name == "format" else name)
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="iamlint")
def main() -> None:
    """Offline linter for AWS IAM policies and exported accounts."""
