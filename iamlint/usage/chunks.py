"""A worker's share: files of a trail to two tables, of what was said and of when it was said.

Most records of a trail say the same as others but for the time, so that is written once: the events then are a number,
a time and an id. Both are text files that DuckDB reads in parallel.
"""

import gc
import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import IO, Final

import msgspec

from iamlint.load.times import when
from iamlint.record import NamedTuple
from iamlint.usage.record import FIELDS, Facts, LogFile, Record, facts
from iamlint.usage.streams import WHOLE, Damaged, Foreign, blocks, texts
from iamlint.usage.values import records

MOST_FACTS: Final = 100_000
"""Distinct facts that are held at once: beyond, the memory is emptied and some are written twice."""

_ID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").fullmatch
_PLAIN: Final = b"0123456789ABCDEFabcdefTZ:,\n-"
_ROWS: Final = 20_000


class Taken(NamedTuple):
    """What became of a file: the records that were read and, where not all could be, why."""

    path: str
    records: int
    problem: str | None
    table: bool = False
    """It is CSV or Parquet, and waits to be read as such."""
    foreign: bool = False
    """It is all right, but no trail."""


Known = dict[bytes, str]
"""Facts that were written before, by whatever share, with their numbers in text. The keys are MessagePack: in one piece
they are compared much faster than as the texts that they are of."""


class Writer:
    """The two tables of one share; numbers begin at `number` shifted, so that those of all shares differ."""

    def __init__(self, stem: str, number: int, known: Known) -> None:
        self._facts: IO[str] = open(f"{stem}.facts.json", "w", encoding="utf-8", newline="\n")  # noqa: SIM115
        self._events: IO[str] = open(f"{stem}.events.csv", "w", encoding="ascii", newline="\n")  # noqa: SIM115
        self._known = known
        self._next = number << 32
        self._rows: list[str] = []

    def add(self, record: Record) -> None:
        self.add_all((record,))

    def add_all(self, several: Iterable[Record]) -> None:
        """Here most of the time is spent."""
        known, row, packed = self._known.get, self._rows.append, _PACKED
        for record in several:
            said = facts(record)
            try:
                key = packed(said)
            except UnicodeEncodeError:
                said = tuple(map(_clean, said))
                key = packed(said)
            number = known(key) or self._new(key, said)
            time, identity = record.eventTime or "", record.eventID or ""
            if len(time) != 20:
                time = _instant(time)
            if len(identity) != 36:
                identity = _identity(identity, record)
            row(f"{number},{time},{identity}\n")
        if len(self._rows) >= _ROWS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._facts.close()
        self._events.close()

    def _flush(self) -> None:
        """Writes what is held; where a time or an id is no such text, that of its row is read more carefully."""
        count = len(self._rows)
        text = "".join(self._rows)
        is_plain = text.isascii() and not text.encode().translate(None, _PLAIN)
        if not is_plain or text.count(",") != 2 * count or text.count("\n") != count:
            text = "".join(map(_careful, self._rows))
        self._events.write(text)
        self._rows.clear()

    def _new(self, key: bytes, said: Facts) -> str:
        if len(self._known) >= MOST_FACTS:
            self._known.clear()
        number = self._known[key] = str(self._next)
        self._facts.write(_line(self._next, said))
        self._next += 1
        return number


_Line: Final = msgspec.defstruct("_Line", [("number", int), *((name, str) for name in FIELDS)], gc=False)
_PACKED: Final = msgspec.msgpack.Encoder().encode
_ENCODED: Final = msgspec.json.Encoder().encode


def _line(number: int, said: Facts) -> str:
    """The facts as JSON, in text that every engine can hold."""
    line = _ENCODED(_Line(number, *[value or "" for value in said])).decode()
    if "\\u0000" not in line:
        return f"{line}\n"
    return f"{_ENCODED(_Line(number, *map(_clean, said))).decode()}\n"


def _clean(value: str | None) -> str:
    """Text that every engine can hold: no lone surrogates, no NUL."""
    return (value or "").encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def _careful(row: str) -> str:
    number, _, rest = row.partition(",")
    time, _, identity = rest[:-1].partition(",")
    if "," in identity:
        time, identity = rest[:20], rest[21:-1]
    return f"{number},{_instant(time)},{identity if _ID(identity) else _identity(identity, None)}\n"


@lru_cache(maxsize=4096)
def _instant(text: str) -> str:
    found = when(text)
    return "" if found is None else found.strftime("%Y-%m-%dT%H:%M:%SZ")


def _identity(text: str, record: Record | None) -> str:
    """An id for an event that has none of the usual form: the same for the same text, or else the same content."""
    told = text.encode(errors="replace") if text else repr(record).encode(errors="replace")
    found = hashlib.md5(told, usedforsecurity=False).hexdigest()
    return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"


_DECODER: Final = msgspec.json.Decoder(LogFile)


def take(paths: Iterable[str], stem: str, number: int, known: Known) -> list[Taken]:
    """Writes the records of the files; says of each what became of it. No file's fault is another's."""
    writer = Writer(stem, number, known)
    found: list[Taken] = []
    try:
        with uncollected():
            found.extend(_take(path, writer) for path in paths)
    finally:
        writer.close()
    return found


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles: records have none, and it would go through them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _take(path: str, writer: Writer) -> Taken:
    count = 0
    try:
        with open(path, "rb") as file:
            pieces = blocks(file)
            held, rest = _whole(pieces)
            if table(held[:4096]):
                return Taken(path, 0, None, True)
            if rest is None:
                try:
                    read = _DECODER.decode(held)
                except (msgspec.DecodeError, RecursionError):
                    pass
                else:
                    writer.add_all(read.Records)
                    return Taken(path, len(read.Records), None)
            for record in records(texts(iter([held]) if rest is None else chain([held], rest))):
                writer.add(record)
                count += 1
    except Damaged as problem:
        return Taken(path, count, str(problem), foreign=isinstance(problem, Foreign))
    except OSError as problem:
        return Taken(path, count, problem.strerror or "cannot be read")
    return Taken(path, count, None)


def _whole(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """The file, where it is small enough and whole; else its beginning and the rest, which tells what is wrong."""
    parts: list[bytes] = []
    size = 0
    while size <= WHOLE:
        try:
            part = next(pieces, None)
        except Damaged as problem:
            return b"".join(parts), _failing(problem)
        if part is None:
            return b"".join(parts), None
        parts.append(part)
        size += len(part)
        if len(parts) == 1 and part.lstrip()[:1] not in (b"{", b"[", b"\xef", b"\xff", b"\xfe"):
            break
    return b"".join(parts), pieces


def _failing(problem: Damaged) -> Iterator[bytes]:
    raise problem
    yield b""


_HEADER: Final = re.compile(rb'"?[A-Za-z_]+"?(?:\s*,\s*"?[A-Za-z_.\[\]0-9]+"?)+\s*(?:\r?\n|$)')


def table(head: bytes) -> bool:
    """True iff the file is a table: Parquet, or CSV whose header has columns of CloudTrail or of our own result."""
    if head.startswith(b"PAR1"):
        return True
    line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    return bool(_HEADER.match(line)) and b"eventname" in line.lower().replace(b" ", b"").replace(b"_", b"")
