"""What `check` needs of click without the translation of click's own few words, which costs a tenth of the start-up."""

import os
from collections.abc import Callable
from functools import cache

import click


class Command(click.Command):
    """As click's, but its option `--help` is not looked up in any catalogue of translations."""

    def get_help_option(self, ctx: click.Context) -> click.Option:
        return help_option()


class Group(click.Group):
    """As click's, with the same exception."""

    def get_help_option(self, ctx: click.Context) -> click.Option:
        return help_option()


@cache
def help_option() -> click.Option:
    """`-h`, `--help`."""
    return _telling(["-h", "--help"], "Show this message and exit.", lambda ctx: ctx.get_help())


def version_option(version: str) -> click.Option:
    """`--version`."""
    return _telling(["--version"], "Show the version and exit.", lambda ctx: f"iamlint, version {version}")


def _telling(names: list[str], help: str, text: Callable[[click.Context], str]) -> click.Option:
    def tell(ctx: click.Context, param: click.Parameter, is_given: bool) -> None:
        if is_given and not ctx.resilient_parsing:
            click.echo(text(ctx), color=ctx.color)
            ctx.exit()

    return click.Option(names, is_flag=True, is_eager=True, expose_value=False, help=help, callback=tell)


class PathType(click.ParamType):  # type: ignore[type-arg]  # no generic before click 8.5
    """A path of a file, or of a folder; nothing else is asked before it is used."""

    def __init__(self, name: str) -> None:
        """`name`: `file`, `directory`, or `path` for either."""
        self.name = name

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        path = os.fspath(value) if isinstance(value, os.PathLike) else value
        if isinstance(path, str):
            if self.name == "file" and os.path.isdir(path):
                self.fail(f"{path!r} is a directory", param, ctx)
            if self.name == "directory" and os.path.isfile(path):
                self.fail(f"{path!r} is a file", param, ctx)
        return path
