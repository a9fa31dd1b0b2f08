"""Where the ids of access keys stand in source trees: read piece by piece, within bounds; binary files are left out."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from typing import Final

from iamlint.config import DEFAULT_EXCLUDE
from iamlint.lockdown.problem import LockdownError
from iamlint.record import NamedTuple
from iamlint.syntax import printable

_PIECE: Final = 1 << 20
_LONGEST: Final = 128
_ID: Final = re.compile(rb"(?<![A-Z0-9])A[KS]IA[A-Z0-9]{12,124}(?![A-Z0-9])")
MOST_BYTES: Final = 64 << 20
"""Of one file; more is not looked at, which is said."""
MOST_FILES: Final = 1_000_000
MOST_PLACES: Final = 100
"""Of one key."""
_LEFT_OUT: Final = frozenset(name.rstrip("/") for name in DEFAULT_EXCLUDE) - {"build", "dist"}


class Place(NamedTuple):
    """A line of a file."""

    path: str
    line: int


class Places(NamedTuple):
    """Where each key stands; `notes` say what was not looked at."""

    found: dict[str, list[Place]]
    notes: tuple[str, ...]


def search(folders: Iterable[str], keys: Iterable[str]) -> Places:
    """Where the ids of `keys` stand below `folders`. Raises `LockdownError` where one of them is no folder."""
    wanted = {key.encode() for key in keys if key.isascii()}
    found: dict[str, list[Place]] = {}
    notes: list[str] = []
    files = 0
    for folder in folders:
        if not os.path.isdir(folder):
            raise LockdownError(f"{printable(folder)}: no folder to search")
        for path in _files(folder, notes):
            files += 1
            if files > MOST_FILES:
                notes.append(f"more than {MOST_FILES} files below the folders; the rest was not looked at")
                return Places(found, tuple(notes))
            for key, line in _in_file(path, wanted, notes):
                places = found.setdefault(key, [])
                if len(places) < MOST_PLACES:
                    places.append(Place(path, line))
    return Places(found, tuple(notes))


def _files(folder: str, notes: list[str]) -> Iterator[str]:
    def failed(error: OSError) -> None:
        notes.append(f"{error.filename}: {error.strerror}")

    for where, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in sorted(names):
            yield os.path.join(where, name)


def _in_file(path: str, wanted: set[bytes], notes: list[str]) -> Iterator[tuple[str, int]]:
    """Each key id of `wanted` in the file, with its line."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return
        with open(path, "rb") as file:
            line, rest, read = 1, b"", 0
            while piece := file.read(_PIECE):
                if not read and b"\0" in piece[:8192]:
                    return
                read += len(piece)
                data = rest + piece
                more = len(piece) == _PIECE
                end = max(0, len(data) - _LONGEST - 1) if more else len(data)
                at = 0
                for match in _ID.finditer(data):
                    if match.start() >= end:
                        break
                    line += data.count(b"\n", at, match.start())
                    at = match.start()
                    if match[0] in wanted:
                        yield match[0].decode(), line
                line += data.count(b"\n", at, max(at, end))
                rest = data[max(at, end) :] if more else b""
                if read >= MOST_BYTES:
                    notes.append(f"{path}: only the first {MOST_BYTES >> 20} MiB were looked at")
                    return
    except OSError as error:
        notes.append(f"{path}: {error.strerror}")
