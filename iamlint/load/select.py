"""`[[sources]]`: policies inside any other JSON, found by a JSONPath of the configuration."""

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.config import ConfigError, Settings
from iamlint.load.globs import Patterns
from iamlint.load.recognise import Found, document, is_policy
from iamlint.syntax import Path, printable

if TYPE_CHECKING:
    from jsonpath_ng.jsonpath import JSONPath


def selected(value: object, path: str, settings: Settings) -> Iterator[Found]:
    """The policies of `value` that the sources point at which are for `path`, a path relative to the configuration.

    Raises `ConfigError` for a wrong selector.
    """
    for index, source in enumerate(settings.sources):
        if source.path is None or Patterns((source.path,)).matches(path):
            try:
                selector = _compiled(source.selector)
            except ValueError as error:
                where = settings.where("sources", index, "selector")
                raise ConfigError(f"{where}: the selector {printable(source.selector, 80)} {error}") from error
            for steps, match in _matches(selector, value):
                for found in document(match, steps, source.kind, name=source.name, strict=True):
                    if found.problem is not None or (isinstance(found.value, dict) and is_policy(found.value)):
                        yield found


@functools.lru_cache(maxsize=64)
def _compiled(selector: str) -> "JSONPath":
    """Raises ValueError with what is wrong, to be read after the selector."""
    # The plain parser: the extensions of `jsonpath_ng.ext` add filters with regular expressions, whose work a
    # hostile file could blow up.
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.parser import parse

    if selector.count("..") > 1:
        # Each `..` visits everything below everything that the steps before it matched.
        raise ValueError("has more than one `..`, whose work grows with the square of a file")
    try:
        return parse(selector)
    except (JSONPathError, RecursionError) as error:
        raise ValueError(f"is no JSONPath: {printable(str(error), 120)}") from error


def _matches(selector: "JSONPath", value: object) -> Iterator[tuple[Path, object]]:
    for match in selector.find(value):
        yield _steps(match), match.value


def _steps(match: object) -> Path:
    """The path of a match as keys and indexes."""
    from jsonpath_ng.jsonpath import DatumInContext, Fields, Index

    steps: list[str | int] = []
    while isinstance(match, DatumInContext):
        step = match.path
        if isinstance(step, Fields):
            steps.append(step.fields[0])
        elif isinstance(step, Index):
            index = step.indices[0]
            holder = match.context.value if match.context is not None else ()
            steps.append(index + len(holder) if index < 0 else index)
        match = match.context
    return tuple(reversed(steps))
