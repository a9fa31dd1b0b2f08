"""`[[sources]]`: policies inside any other JSON, found by a JSONPath of the configuration."""

from collections.abc import Iterator

from iamlint.config import ConfigError, Settings, SourceSpec
from iamlint.load.recognise import Found, is_policy, undress
from iamlint.syntax import Path, printable


def selected(value: object, path: str, settings: Settings) -> Iterator[Found]:
    """The policies of `value` that the configured sources point at. Raises `ConfigError` for a wrong selector."""
    for index, source in enumerate(settings.sources):
        if source.path is None or matches(path, (source.path,)):
            yield from _selected(value, source, index, settings)


def _selected(value: object, source: SourceSpec, index: int, settings: Settings) -> Iterator[Found]:
    # The plain parser: the extensions of `jsonpath_ng.ext` add filters with regular expressions, whose work a
    # hostile file could blow up.
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.parser import parse

    try:
        matched = parse(source.selector).find(value)
    except (JSONPathError, RecursionError) as error:
        where = settings.where("sources", "selector") if index == 0 else str(settings.path)
        message = printable(str(error), 120)
        raise ConfigError(
            f"{where}: the selector {printable(source.selector, 80)} is no JSONPath: {message}"
        ) from error
    for match in matched:
        inner = undress(match.value) if isinstance(match.value, str) else match.value
        if isinstance(inner, dict) and is_policy(inner):
            yield Found(_steps(match), inner, source.kind, inner is not match.value, name=source.name)


def _steps(match: object) -> Path:
    """The path of a match as keys and indexes."""
    from jsonpath_ng.jsonpath import DatumInContext, Fields, Index

    steps: list[str | int] = []
    while isinstance(match, DatumInContext):
        step = match.path
        if isinstance(step, Fields):
            steps.append(step.fields[0])
        elif isinstance(step, Index):
            steps.append(step.indices[0])
        match = match.context
    return tuple(reversed(steps))


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """True iff `path` (relative, with `/`) matches one of the patterns, which are those of a `.gitignore`."""
    from pathspec import GitIgnoreSpec

    return bool(patterns) and bool(GitIgnoreSpec.from_lines(patterns).match_file(path))
