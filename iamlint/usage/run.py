"""`iamlint usage`: trails in, table out, and what there is to say of it."""

import os
import tempfile
from collections.abc import Sequence

from iamlint.record import NamedTuple
from iamlint.usage.aggregate import Progress, WorkerEnded, aggregated, inputs
from iamlint.usage.build import Builder
from iamlint.usage.chunks import Taken, uncollected
from iamlint.usage.problem import UsageError
from iamlint.usage.table import Row, engine, write


class Summary(NamedTuple):
    """What was read and made.

    `damaged` are files of which something could not be read, with the reason; `foreign` those that are no trails.
    """

    files: int
    events: int
    rows: int
    denied: int
    principals: int
    keys: int
    first: str | None
    last: str | None
    unmapped: tuple[tuple[str, int], ...]
    damaged: tuple[Taken, ...]
    foreign: tuple[Taken, ...]


def collect(
    paths: Sequence[str], out: str | None = None, *, jobs: int | None = None, progress: Progress | None = None
) -> Summary:
    """Reads all trails below `paths` and writes the table. Raises `UsageError` for what is not there to read."""
    duckdb = engine()
    try:
        files = list(inputs(paths))
    except OSError as problem:
        raise UsageError(f"{problem.filename}: {problem.strerror}") from None
    builder = Builder()
    try:
        with (
            uncollected(),
            aggregated(files, jobs or os.cpu_count() or 1, progress) as found,
            tempfile.TemporaryDirectory(prefix="iamlint-usage-") as folder,
        ):
            rows = builder.rows(found.groups)
            count = sum(1 for _ in rows) if out is None else write(rows, out, folder)
            named = {os.path.normpath(path) for path in paths}
            bad = [one for one in found.taken if one.problem]
            foreign = tuple(one for one in bad if one.foreign and os.path.normpath(one.path) not in named)
            damaged = tuple(one for one in bad if one not in foreign)
    except WorkerEnded:
        raise UsageError("a process ended before its work was done (too little memory?); try --jobs 1") from None
    except duckdb.Error as problem:
        raise UsageError(f"DuckDB: {str(problem).splitlines()[0]}") from None
    except OSError as problem:
        raise UsageError(f"{problem.filename or 'the temporary folder'}: {problem.strerror}") from None
    unmapped = tuple(sorted(builder.unmapped.items(), key=lambda item: (-item[1], item[0])))
    return Summary(
        len(files), builder.events, count, builder.denied, len(builder.principals), len(builder.keys),
        builder.first, builder.last, unmapped, damaged, foreign,
    )  # fmt: skip


def rows_of(paths: Sequence[str], *, jobs: int = 1) -> list[Row]:
    """The rows themselves, for trails that are small enough to be held."""
    engine()
    with aggregated(list(inputs(paths)), jobs) as found:
        return list(Builder().rows(found.groups))
