"""Snapshot folders: an account's exports side by side, whatever their names."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from iamlint.finding import Skipped
from iamlint.load.compressed import head_of, is_compressed
from iamlint.load.document import LoadedFile
from iamlint.load.files import Event
from iamlint.load.read import HEAD, shows_export
from iamlint.syntax import SyntaxProblem, decode

_ANCHORS: Final = frozenset(("account-authorization-details", "credential-report"))
"""A folder that holds one of these is a snapshot, with all that lies below it."""
TABLES: Final = (".csv", ".jsonl", ".ndjson")
"""Names that exports of other folders have as well; such a file is looked into."""
_OTHERS: Final = (
    ('"eventSource"', "CloudTrail records"),
    ('"ServicesLastAccessed"', "last-accessed information"),
)
"""What large files of a snapshot hold that are not read here."""


class Snapshots:
    """The snapshot folders met in one walk; files that came before their folder was known for one wait."""

    def __init__(self, head: "Callable[[str], str] | None" = None) -> None:
        """`head` gives the start of a file's text, where that is not to be read from a disk."""
        self._head = head or head_of_file
        self._folders: list[str] = []
        self._waiting: list[tuple[str, LoadedFile]] = []

    def add(self, name: str, events: Iterable[Event]) -> Iterator[Event]:
        """The events of the file `name`, but those that depend on where it lies."""
        for event in events:
            if isinstance(event, LoadedFile):
                if event.export is not None and not _ANCHORS.isdisjoint(event.export.kinds):
                    self._folders.append(os.path.dirname(name))
                elif event.skipped is not None:
                    self._waiting.append((name, event))
                    continue
            yield event

    def rest(self, others: Iterable[str], read: Callable[[str], Iterable[Event]]) -> Iterator[Event]:
        """The events of `others`, files whose names tell no policies, then of those that waited."""
        left: list[str] = []
        for name in others:
            if name.lower().endswith(TABLES) and shows_export(self._head(name)):
                yield from self.add(name, read(name))
            else:
                left.append(name)
        for name in left if self._folders else ():
            if self._inside(name):
                yield from self._other(name, read)
        for name, file in self._waiting:
            if self._inside(name) and file.skipped is not None and ":" not in file.skipped:
                yield file._replace(skipped=f"not recognised ({file.skipped})")
            else:
                yield file

    def _other(self, name: str, read: Callable[[str], Iterable[Event]]) -> Iterator[Event]:
        head = self._head(name)
        known = _left_out(head)
        for event in read(name) if known is None else ():
            if isinstance(event, LoadedFile) and event.documents == () and event.export is None:
                yield event._replace(problems=(), skipped="not recognised")
            else:
                yield event
        if known is not None:
            yield Skipped(name, f"no policy document: {known}")

    def _inside(self, name: str) -> bool:
        return any(name.startswith(os.path.join(folder, "")) or not folder for folder in self._folders)


def is_left_out(head: str) -> bool:
    """True iff a file that starts like this is named as what it is, and not read."""
    return _left_out(head) is not None and not shows_export(head)


def _left_out(head: str) -> str | None:
    return next((what for mark, what in _OTHERS if mark in head), None)


def head_of_file(name: str) -> str:
    """The start of a file as text; empty where it is none."""
    try:
        with open(name, "rb") as file:
            return head_in(file.read(HEAD))
    except OSError:
        return ""


def head_in(data: bytes) -> str:
    """The start of bytes as text; empty where they are none."""
    data = head_of(data, HEAD) if is_compressed(data) else data[:HEAD]
    for cut in range(4):  # the last character may be cut
        try:
            return decode(data[: len(data) - cut]).text
        except SyntaxProblem:
            continue
    return ""
