"""From trail files to the aggregated rows: workers read, DuckDB counts, on disk where it does not fit in memory."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from iamlint.record import NamedTuple
from iamlint.usage.chunks import Known, Taken, take
from iamlint.usage.record import FIELDS
from iamlint.usage.sql import COLUMNS, ONCE, aggregation
from iamlint.usage.tables import read_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY: Final = "600MB"
"""What DuckDB may hold; beyond, it works on disk."""

_FACTS: Final = {"number": "BIGINT", **dict.fromkeys(FIELDS, "VARCHAR")}
_SHARE: Final = 4 << 20
"""Bytes of files on disk that one worker takes at a time; below, no workers are started."""

Progress = Callable[[int, int], None]
"""Told the files that are done and of how many."""


class Input(NamedTuple):
    """A file to read, and its size."""

    path: str
    size: int


class Group(NamedTuple):
    """One row of the aggregation, as `sql.COLUMNS` names its fields."""

    eventsource: str
    eventname: str
    service_event: str
    region: str
    account: str
    principal_type: str
    principal: str
    access_key: str
    source_address: str
    vpc_endpoint: str
    via: str
    mfa: str
    agent: str
    outcome: str
    named: str
    events: int
    first_seen: str | None
    last_seen: str | None


def inputs(paths: Sequence[str]) -> Iterator[Input]:
    """The files named, and those below folders, in the order of names; links are not followed. Raises OSError."""
    for path in paths:
        if not os.path.isdir(path):
            yield Input(path, os.stat(path).st_size)
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if name not in ("CloudTrail-Digest", "CloudTrail-Insight"))
            for name in sorted(names):
                each = os.path.join(folder, name)
                if os.path.isfile(each) and not os.path.islink(each):
                    yield Input(each, os.path.getsize(each))


class WorkerEnded(Exception):
    """A process that read was ended from outside."""


class Aggregated(NamedTuple):
    """What was read: the groups come one after another, while the context lasts."""

    groups: Iterator[Group]
    taken: tuple[Taken, ...]


@contextmanager
def aggregated(files: Sequence[Input], jobs: int, progress: Progress | None = None) -> Iterator[Aggregated]:
    """The groups of all the files. Whatever is written lies in a folder of its own, which is removed."""
    folder = tempfile.mkdtemp(prefix="iamlint-usage-")
    connection = None
    try:
        shares = list(_shares(files))
        stems = [os.path.join(folder, f"{number}") for number in range(len(shares))]
        found: list[list[Taken]] = [[] for _ in shares]
        done = 0
        with _read(shares, stems, jobs) as finished:
            connection = connect(folder, jobs)  # no process is started from now on
            connection.execute("BEGIN")  # else each share would be written twice, to the log as well
            for number, taken in finished:
                found[number] = taken
                _load(connection, stems[number])
                done += len(taken)
                if progress is not None:
                    progress(done, len(files))
        taken = [one for several in found for one in several]
        results, more = _tables(connection, [one.path for one in taken if one.table], folder, len(stems))
        for stem in more.stems:
            _load(connection, stem)
        connection.execute("COMMIT")
        for step in ONCE:
            connection.execute(step)
        replaced = {one.path: one for one in more.taken}
        cursor = connection.execute(_text(connection, results))
        yield Aggregated(_groups(cursor), tuple(replaced.get(one.path, one) for one in taken))
    finally:
        if connection is not None:
            connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def connect(folder: str, jobs: int) -> "DuckDBPyConnection":
    """DuckDB on a file in `folder`, offline, with bounded memory, and the tables of facts and events in it."""
    import duckdb

    connection = duckdb.connect(os.path.join(folder, "usage.duckdb"))
    connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    connection.execute(f"SET threads = {jobs:d}; SET memory_limit = '{MEMORY}'")
    connection.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
    listed = ", ".join(f"{name} {kind}" for name, kind in _FACTS.items())
    connection.execute(f"CREATE TABLE facts ({listed})")
    connection.execute("CREATE TABLE events (number BIGINT, eventtime TIMESTAMP, eventid UUID)")
    return connection


def _shares(files: Sequence[Input]) -> Iterator[list[str]]:
    share: list[str] = []
    size = 0
    for one in files:
        share.append(one.path)
        size += one.size
        if size >= _SHARE:
            yield share
            share, size = [], 0
    if share:
        yield share


@contextmanager
def _read(shares: Sequence[list[str]], stems: Sequence[str], jobs: int) -> Iterator[Iterator[tuple[int, list[Taken]]]]:
    """The numbers of the shares with what became of their files, as they are done; work on the rest goes on."""
    if jobs < 2 or len(shares) < 2 or not hasattr(os, "fork"):
        known: Known = {}
        yield ((number, take(share, stems[number], number, known)) for number, share in enumerate(shares))
        return
    import multiprocessing
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed

    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _begin) as pool:
        try:
            started = {pool.submit(_take, share, stems[n], n): n for n, share in enumerate(shares)}
            yield ((started[future], future.result()) for future in as_completed(started))
        except BrokenExecutor:
            raise WorkerEnded from None
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


_known: Known = {}
"""What a worker has written in all of its shares."""


def _begin() -> None:
    _known.clear()


def _take(share: list[str], stem: str, number: int) -> list[Taken]:
    return take(share, stem, number, _known)


class _More(NamedTuple):
    stems: list[str]
    taken: list[Taken]


def _tables(
    connection: "DuckDBPyConnection", paths: Sequence[str], folder: str, number: int
) -> tuple[list[str], _More]:
    """Events out of CSV and Parquet; and which of the files hold results of the aggregation, read back."""
    results, more = [], _More([], [])
    for offset, path in enumerate(paths, number):
        stem = os.path.join(folder, f"{offset}")
        name = f"result{offset}"
        read = read_table(connection, path, stem, offset, name)
        more.taken.append(read.taken)
        if read.result:
            results.append(name)
        elif os.path.exists(f"{stem}.events.csv"):
            more.stems.append(stem)
    return results, more


def _load(connection: "DuckDBPyConnection", stem: str) -> None:
    """Takes in what a share came to."""
    told, events = f"{stem}.facts.json", f"{stem}.events.csv"
    if os.path.getsize(told):
        given = ", ".join(f"'{name}': '{kind}'" for name, kind in _FACTS.items())
        connection.execute(
            f"INSERT INTO facts SELECT * FROM read_json($1, format = 'newline_delimited', columns = {{{given}}}, "  # noqa: S608
            "maximum_object_size = 33554432)",
            [[told]],
        )
    if os.path.getsize(events):
        connection.execute(
            "INSERT INTO events SELECT number, TRY_CAST(eventtime AS TIMESTAMP), "
            "COALESCE(TRY_CAST(eventid AS UUID), CAST(MD5(eventid) AS UUID)) FROM read_csv($1, header = false, "
            "auto_detect = false, delim = ',', quote = '', escape = '', "
            "columns = {'number': 'BIGINT', 'eventtime': 'VARCHAR', 'eventid': 'VARCHAR'})",
            [[events]],
        )
    for path in (told, events):
        with suppress(OSError):
            os.remove(path)


def _text(connection: "DuckDBPyConnection", results: Sequence[str]) -> str:
    text = aggregation()
    for name in results:
        text += f"UNION ALL SELECT {', '.join(COLUMNS)} FROM {name}\n"  # noqa: S608
    return text


def _groups(cursor: Any) -> Iterator[Group]:
    while rows := cursor.fetchmany(10_000):
        yield from map(Group._make, rows)
