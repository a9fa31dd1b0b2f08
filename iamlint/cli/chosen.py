"""The rules that configuration and command line choose, loaded when they are first asked for."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import click

from iamlint.config import ConfigError, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iamlint.rule import Rule


class Failure(click.ClickException):
    """What ends a command: one message and the status 2."""

    exit_code = 2


class Chosen:
    """All rules, and those to run. What is wrong with them or with a name is a `Failure` when they are asked for."""

    def __init__(
        self,
        settings: Settings,
        selected: Iterable[str],
        ignored: Iterable[str],
        extended: Iterable[str],
        preview: bool,
    ) -> None:
        """The names are those of the command line: ids, or several of them with commas between."""
        self._settings = settings
        self.selected, self.ignored, self.extended = map(split, (selected, ignored, extended))
        self.preview = preview or settings.preview

    @cached_property
    def known(self) -> "Mapping[str, Rule]":
        """All rules by id."""
        from iamlint.engine.registry import RuleShapeError, load_rules

        try:
            return load_rules(self._settings)
        except (ConfigError, RuleShapeError) as error:
            raise Failure(str(error)) from error

    @cached_property
    def rules(self) -> "Mapping[str, Rule]":
        """Those to run, by id."""
        from iamlint.engine.select import SelectionError, select

        try:
            return select(
                self.known,
                self._settings,
                selected=self.selected,
                ignored=self.ignored,
                extended=self.extended,
                preview=self.preview,
            )
        except (ConfigError, SelectionError) as error:
            raise Failure(str(error)) from error

    def named(self, values: Iterable[str], option: str) -> tuple[str, ...]:
        """The rules that an option names; a name that is no rule is told with the nearest."""
        names = split(values)
        for name in names:
            if name not in self.known:
                from iamlint.syntax import nearest

                near = nearest(name, self.known)
                raise Failure(f"{option}: there is no rule {name!r}{f'; did you mean {near}?' if near else ''}")
        return tuple(names)


def split(values: Iterable[str]) -> list[str]:
    """The names in the values of an option, which may hold several with commas between."""
    return [name for value in values for name in map(str.strip, value.split(",")) if name]
