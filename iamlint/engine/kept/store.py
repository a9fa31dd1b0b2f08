"""Entries in a folder: one file each, named by its key, with a digest of the content in its first line.

SQLite was measured, too: its library costs more to load than a run asks of it. A file is written beside its place and
then put there, so that processes may write at the same time and none reads half an entry.
"""

import os
import time
from contextlib import suppress

from iamlint.engine.kept.digest import Digest
from iamlint.engine.kept.folder import is_own

_FORMAT = "v1"
LARGEST = 8 << 20
"""Bytes of an entry; what is larger is not kept."""
MOST = 128 << 20
"""Bytes of all entries after which the oldest are dropped."""
_UNUSED = 30 * 86_400
"""Seconds after which an entry that nobody asked for is dropped."""
_FRESH = 86_400
"""Seconds in which an entry is not marked as used again."""
_SWEPT = ("00", "01", "02", "03")
"""Shards whose entries, when written, make the writer look through the folder: one entry of 64."""


class Store:
    """The entries of one folder."""

    def __init__(self, folder: str) -> None:
        self._folder = os.path.join(folder, _FORMAT)
        self._sweep = False

    def read(self, key: str) -> bytes | None:
        """The content of an entry; None where there is none, it is damaged, or not this user's own."""
        with suppress(OSError):
            descriptor = os.open(self._path(key), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with open(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if not is_own(status) or status.st_size > LARGEST:
                    return None
                digest, _, content = file.read(LARGEST).partition(b"\n")
                if digest != Digest(content).hexdigest().encode():
                    return None
                if time.time() - status.st_mtime > _FRESH:
                    with suppress(OSError):
                        os.utime(self._path(key))
                return content
        return None

    def write(self, key: str, content: bytes) -> None:
        """Keeps `content`, if that can be done."""
        if len(content) >= LARGEST - 100:
            return
        path = self._path(key)
        temporary = f"{path}.{os.getpid()}"
        with suppress(OSError):
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with open(descriptor, "wb") as file:
                    file.write(Digest(content).hexdigest().encode() + b"\n" + content)
                os.replace(temporary, path)
            except OSError:
                os.unlink(temporary)
                raise
        self._sweep = self._sweep or key[:2] in _SWEPT

    def close(self) -> None:
        """Drops old entries, if it is time to look for them."""
        if self._sweep:
            self._sweep = False
            self.sweep()

    def sweep(self, most: int | None = None) -> None:
        """Drops what nobody asked for in a long time, and then the oldest until there are `most` bytes (`MOST`)."""
        most = MOST if most is None else most
        now = time.time()
        entries = []
        with suppress(OSError):
            for shard in os.scandir(self._folder):
                if len(shard.name) == 2 and shard.is_dir(follow_symlinks=False):
                    for entry in os.scandir(shard.path):
                        status = entry.stat(follow_symlinks=False)
                        entries.append((status.st_mtime, status.st_size, entry.path))
        total = sum(size for _, size, _ in entries)
        for used, size, path in sorted(entries):
            if total <= most and now - used < _UNUSED:
                break
            with suppress(OSError):
                os.unlink(path)
            total -= size

    def _path(self, key: str) -> str:
        return os.path.join(self._folder, key[:2], key[2:])
