"""The results that are kept: asked before a file is looked at, told afterwards."""

import os
from collections.abc import Sequence
from contextlib import suppress

from iamlint.config import Settings
from iamlint.engine.kept.digest import Digest
from iamlint.engine.kept.folder import is_within, made, usual
from iamlint.engine.kept.stamp import stamp
from iamlint.engine.kept.store import Store
from iamlint.finding import Checked

_LARGEST = 16 << 20
"""Bytes of a file; larger ones are exports, whose policies depend on each other."""


class Unusable(Exception):
    """A folder that results cannot be kept in."""


class Misplaced(Exception):
    """A folder in which what is scanned could bring results along."""


class Kept:
    """Results of earlier runs with the same settings, options, rules, data and program."""

    def __init__(self, store: Store, settings: Settings, options: Sequence[object]) -> None:
        self._store = store
        self._is_configured = settings.path is not None
        configuration = (settings.path, settings.sha256, settings.root) if self._is_configured else ()
        self._run = Digest(*stamp(), repr(configuration), repr(options)).hexdigest()
        self._keys: dict[str, str | None] = {}
        """Path → key of the files that were asked for; None where two were told under one path."""
        self.hits = 0

    def recall(self, path: str, data: bytes, is_alone: bool) -> Checked | None:
        """What was found in the bytes of a file; None where nothing is kept.

        `path` is told to the user, `is_alone` says that it is the only one.
        """
        if len(data) > _LARGEST or data.startswith(b"\x1f\x8b"):
            return None
        where = os.path.abspath(path) if self._is_configured else ""  # patterns of the configuration may choose it
        key = Digest(self._run, path, where, str(is_alone), data).hexdigest()
        if path in self._keys:
            self._keys[path] = None
            return None
        self._keys[path] = key
        entry = self._store.read(key)
        if entry is None:
            return None
        with suppress(TypeError, ValueError, KeyError, IndexError, RecursionError):
            from iamlint.engine.kept.entries import decoded

            found = decoded(entry, path)
            if found.findings:
                from iamlint.syntax import decode

                found = found._replace(text=decode(data).text)
            self.hits += 1
            return found
        return None

    def keep(self, checked: Checked) -> None:
        """Keeps what was found in a file that `recall` was asked for."""
        key = self._keys.get(checked.path)
        if key is not None:
            from iamlint.engine.kept.entries import encoded

            with suppress(TypeError, ValueError, RecursionError):
                self._store.write(key, encoded(checked))

    def close(self) -> None:
        """To be called at the end of a run."""
        self._store.close()


def opened(settings: Settings, options: Sequence[object], scanned: Sequence[str], folder: str | None) -> Kept | None:
    """The results in `folder`, or in the user's cache; None where none can be kept.

    They are not where `CI` is set, unless a folder is named; nor with plugins, whose code nobody knows the extent of.
    `options` are what the command line says that findings depend on. Raises `Misplaced` for a `folder` that lies in
    what is `scanned` or in the repository, `Unusable` for one that cannot be written, or by others, too.
    """
    chosen = usual() if folder is None and not os.environ.get("CI") else folder
    if chosen is None or settings.plugins or "IAMLINT_DEBUG" in os.environ:
        return None
    if is_within(chosen, scanned):
        if folder is None:
            return None
        raise Misplaced(f"{folder} lies in what is scanned or in its repository, which could bring results along")
    if not made(chosen):
        if folder is None:
            return None
        raise Unusable(f"{folder} cannot be written, or by others than this user, too: results are not kept there")
    try:
        return Kept(Store(chosen), settings, options)
    except (OSError, ValueError):
        return None
