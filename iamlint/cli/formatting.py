"""What `format` does with files: read, formatted, proven, and written or shown."""

import os
import sys
from collections.abc import Iterable
from typing import NoReturn

import click

from iamlint.config import ConfigError, Settings, load_config
from iamlint.engine.formatting import NotFormatted, reformatted
from iamlint.finding import RunError
from iamlint.load import LoadedFile, Loader
from iamlint.record import NamedTuple
from iamlint.syntax import printable

_STDIN = "<stdin>"


class Wanted(NamedTuple):
    """What the command line asks for; `how` is `write`, `check` or `diff`."""

    paths: tuple[str, ...]
    compact: bool
    how: str
    policy_kind: str | None
    force: bool
    config_path: str | None
    isolated: bool
    force_exclude: bool


def formatted(wanted: Wanted) -> int:
    """Does what is wanted; the exit status."""
    try:
        settings = load_config(os.getcwd(), wanted.config_path, wanted.isolated)
    except ConfigError as error:
        _stop(str(error))
    loader = Loader(settings, kind=wanted.policy_kind, force_exclude=wanted.force_exclude)
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    failed = False
    try:
        for event in loader.load(wanted.paths):
            if isinstance(event, RunError):
                failed = _failed(event.path, event.message)
            elif not isinstance(event, LoadedFile):
                continue
            elif event.problem is not None:
                failed = _failed(event.path, f"not formatted: {event.problem}")
            elif event.text is None or not event.documents:
                reason = "an export of an account" if event.export is not None else event.skipped or "no policy"
                if len(wanted.paths) == 1 and not wanted.force_exclude and not os.path.isdir(wanted.paths[0]):
                    failed = _failed(event.path, f"not formatted: {reason}")
            else:
                before[event.path] = event.text
                try:
                    after[event.path] = reformatted(event.text, event.documents, wanted.compact)
                except NotFormatted as error:
                    failed = _failed(event.path, f"not formatted: {error}")
    except ConfigError as error:
        _stop(str(error))
    changed = {path: text for path, text in after.items() if text != before[path]}
    if wanted.how == "write":
        failed |= _written(after if wanted.paths == ("-",) else changed, before, wanted.force)
        _tell_of_numbers(settings, changed)
        return 2 if failed else 0
    if wanted.how == "diff":
        from iamlint.cli.fixing import show_diffs

        show_diffs(changed, before, sys.stdout)
    for path in changed if wanted.how == "check" else ():
        click.echo(f"would reformat {printable(path)}")
    return 2 if failed else int(bool(changed))


def _written(texts: dict[str, str], before: dict[str, str], force: bool) -> bool:
    """Writes the texts, one to standard output where it came in; True iff one could not be written."""
    from iamlint.engine.write import Refused, rewritten
    from iamlint.syntax import SyntaxProblem

    failed = False
    for path, text in texts.items():
        if path == _STDIN:
            sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
            continue
        try:
            rewritten(path, before[path], text, force=force)
        except (Refused, SyntaxProblem) as refusal:
            failed = _failed(path, f"not formatted: {refusal}")
        except OSError as error:
            failed = _failed(path, f"not formatted: cannot write: {error.strerror}")
        else:
            click.echo(f"reformatted {printable(path)}: {len(before[path])} → {len(text)} characters", err=True)
    return failed


def _tell_of_numbers(settings: Settings, changed: Iterable[str]) -> None:
    """Says which files have exceptions that name statements by number: these may stand elsewhere now."""
    numbered = [spec for spec in settings.exceptions if spec.statement is not None]
    if not numbered:
        return
    from iamlint.load.globs import Patterns

    for path in changed:
        relative = os.path.relpath(path, settings.root).replace(os.sep, "/")
        if any(spec.path is None or Patterns((spec.path,)).matches(relative) for spec in numbered):
            note = "exceptions name statements here by number, which may have changed; name them by `sid`"
            click.echo(f"note: {printable(path)}: {note}", err=True)


def _failed(path: str, message: str) -> bool:
    click.echo(f"{printable(path)}: {printable(message, 1000)}", err=True)
    return True


def _stop(message: str) -> NoReturn:
    click.echo(f"Error: {printable(message, 1000)}", err=True)
    sys.exit(2)
