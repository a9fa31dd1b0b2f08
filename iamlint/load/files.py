"""Files, folders and standard input, one after another."""

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from iamlint.config import Settings
from iamlint.finding import Checked, RunError, Skipped
from iamlint.syntax import MAX_SIZE

if TYPE_CHECKING:
    from typing import TypeAlias

    from iamlint.load.document import LoadedFile
    from iamlint.load.walk import Selection

Event: "TypeAlias" = "LoadedFile | Checked | RunError | Skipped"
"""What comes of one name: a file, what is known of it, an error, or why nothing was looked at."""

READ_LIMIT = MAX_SIZE + 1
"""Bytes to read of a file: one more than `load_bytes` takes, for it to say that there are too many."""


def shown_path(name: str, root: str | None = None) -> str:
    """The path as it is told: relative to the working directory (`root`) where below it, with `/`."""
    start = os.path.join(os.getcwd() if root is None else root, "")
    path = os.path.abspath(name)
    relative = path[len(start) :] if path.startswith(start) else name
    return relative.replace(os.sep, "/").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class Loader:
    """Loads everything that the user named; `notes` tells afterwards what the user should know."""

    def __init__(
        self,
        settings: Settings,
        *,
        kind: str | None = None,
        force_exclude: bool = False,
        stdin_name: str | None = None,
        recall: Callable[[str, bytes, bool], Checked | None] | None = None,
    ) -> None:
        """`recall` tells what is known of a file: its path as shown, its bytes, and whether it is the only one."""
        self.notes: list[str] = []
        self._settings = settings
        self._kind = kind
        self._force_exclude = force_exclude
        self._stdin_name = stdin_name
        self._recall = recall
        self._root = os.getcwd()
        self._seen: set[str] = set()
        self._selection_made: Selection | None = None

    def load(self, paths: Sequence[str]) -> Iterator[Event]:
        """Each file once, folders in the order of their names."""
        # A hook's list may be cut to one file by chance; that must not change what is said of it.
        alone = len(paths) == 1 and not self._force_exclude
        for name in paths:
            if name == "-":
                shown = self._stdin_name or "<stdin>"
                yield self._read(shown, sys.stdin.buffer.read(READ_LIMIT), alone)
                continue
            try:
                mode = os.stat(name).st_mode
            except (OSError, ValueError) as error:
                yield self._unreadable(name, error)
                continue
            if stat.S_ISDIR(mode):
                yield from self._folder(name)
            elif self._force_exclude and self._selection.excludes_named(os.path.abspath(name)):
                yield Skipped(self._shown(name), "excluded by the configuration")
            else:
                yield from self._once(name, alone)

    def _folder(self, top: str) -> Iterator[Event]:
        from iamlint.load.snapshot import Snapshots
        from iamlint.load.walk import Left, Walk

        walk = Walk(top, self._selection)
        snapshots = Snapshots()
        for found in walk.files():
            if isinstance(found, str):
                yield from snapshots.add(found, self._once(found, alone=False))
            elif isinstance(found, Left):
                yield Skipped(self._shown(found.path), found.reason)
            else:
                yield self._unreadable(found.filename, found)
        for event in snapshots.rest(walk.others, lambda name: self._once(name, alone=False)):
            yield event._replace(path=self._shown(event.path)) if isinstance(event, Skipped) else event
        used = os.path.realpath(self._settings.path) if self._settings.path else None
        for config in walk.configurations:
            if os.path.realpath(config) != used:
                from iamlint.syntax import printable

                shown = printable(self._shown(config))
                self.notes.append(f"{shown} is not used: one configuration per run, the nearest at or above the start")

    def _once(self, name: str, alone: bool) -> Iterator[Event]:
        real = os.path.realpath(name)
        if real in self._seen:
            return
        self._seen.add(real)
        try:
            with open(name, "rb") as file:
                data = file.read(READ_LIMIT)
        except OSError as error:
            yield self._unreadable(name, error)
            return
        event = self._read(self._shown(name), data, alone)
        del data  # else this frame keeps it while the event is worked on
        yield event

    def _read(self, shown: str, data: bytes, alone: bool) -> "LoadedFile | Checked":
        known = None if self._recall is None else self._recall(shown, data, alone)
        if known is not None:
            return known
        from iamlint.load.read import load_bytes

        return load_bytes(shown, data, self._settings, kind=self._kind, named_alone=alone)

    def _unreadable(self, name: str, error: OSError | ValueError) -> RunError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return RunError("input", self._shown(name), f"cannot read: {reason}")

    def _shown(self, name: str) -> str:
        return shown_path(name, self._root)

    @property
    def _selection(self) -> "Selection":
        """Built where a folder is met: for single files the patterns do not matter."""
        if self._selection_made is None:
            from iamlint.load.walk import Selection

            self._selection_made = Selection(self._settings)
        return self._selection_made
