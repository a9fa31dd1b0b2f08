"""The same as the commands, from Python."""

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from iamlint.config import Settings, load_config
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.engine.select import select
from iamlint.engine.workers import processes
from iamlint.finding import Report
from iamlint.load import Event, Loader, load_text

if TYPE_CHECKING:
    from datetime import datetime


_SELDOM = 1_000_000
"""New objects, of about a hundred bytes, after which cyclic garbage is looked for."""


def check(
    paths: Sequence[str | os.PathLike[str]] = (".",),
    *,
    config: str | os.PathLike[str] | None = None,
    isolated: bool = False,
    rules: Iterable[str] = (),
    policy_kind: str | None = None,
    preview: bool = False,
    as_of_data: str | None = None,
    as_of: "datetime | None" = None,
    jobs: int = 1,
) -> Report:
    """What `iamlint check PATHS` finds.

    `rules` are the ids of those to run (default: all), `policy_kind` overrides what the documents show and may be the
    type of the resource that they are attached to (`AWS::S3::Bucket`), `as_of_data` is the day (YYYY-MM-DD) whose AWS
    lists answer, `as_of` the time that ages of keys and passwords are counted at (default: that of the exports),
    `jobs` how many processes may share big inputs (forks of this one, which must not run threads then).
    Findings that the configuration's exceptions cover are in `Report.suppressed`. Raises `ConfigError` for a wrong
    configuration and `SelectionError` for a rule that does not exist; a file that cannot be read is an entry of
    `Report.errors`.
    """
    settings = load_config(os.getcwd(), None if config is None else os.fspath(config), isolated)
    loader = Loader(settings, kind=policy_kind)
    events = loader.load([os.fspath(path) for path in paths])
    return _report(settings, events, rules, preview, as_of_data, as_of, [os.fspath(path) for path in paths], jobs)


def check_text(
    text: str,
    *,
    name: str = "policy.json",
    rules: Iterable[str] = (),
    policy_kind: str | None = None,
    preview: bool = False,
    as_of_data: str | None = None,
) -> Report:
    """What `iamlint check` finds in `text`, taken for a policy in the file `name`; no configuration is read."""
    settings = Settings(root=os.getcwd())
    file = load_text(name, text, settings, kind=policy_kind, named_alone=True)
    return _report(settings, [file], rules, preview, as_of_data)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """A run makes hardly any cyclic garbage: looking for it at Python's pace is a quarter of the time."""
    kept = gc.get_threshold()
    gc.set_threshold(max(_SELDOM, kept[0]) if kept[0] else 0, *kept[1:])
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # what is left grows old at once: it need not be looked through first
            gc.freeze()
            gc.unfreeze()
        gc.set_threshold(*kept)


@_collecting_seldom()
def _report(
    settings: Settings,
    events: Iterable[Event],
    rules: Iterable[str],
    preview: bool,
    as_of_data: str | None,
    as_of: "datetime | None" = None,
    paths: Sequence[str] = (),
    jobs: int = 1,
) -> Report:
    known = load_rules(settings)
    chosen = select(known, settings, selected=list(rules), preview=preview or settings.preview)
    run = Run(settings, chosen, as_of_data, as_of, jobs=processes(jobs))
    for event in events:
        run.add(event)
    report = run.dated(run.report(), is_full=True)
    if not settings.exceptions:
        return report
    from iamlint.engine.exceptions import without_excepted

    return without_excepted(report, run, known, paths, None if as_of is None else f"{as_of:%Y-%m-%d}")
