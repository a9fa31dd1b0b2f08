"""Writing a changed file: whole or not at all, and only where the user means it to be written."""

import os
import stat
from contextlib import suppress

from iamlint.syntax import decode


class Refused(Exception):
    """Why a file is not written, in words."""


def rewritten(path: str, before: str, after: str, *, force: bool = False) -> None:
    """Puts the text `after` into the file in place of `before`: its encoding, mode and byte order mark stay.

    Written beside it, synced and renamed, so that whoever is interrupted finds the old file or the new one. Raises
    `Refused` where the file no longer holds `before`, and, unless `force`, where it stands outside the working
    directory or behind a link that leads there, is read-only, or has further names (hard links), which would keep the
    old text; `OSError` where writing fails.
    """
    real = os.path.realpath(path)
    if not force:
        reason = _reason(real)
        if reason is not None:
            raise Refused(f"{reason} (--force writes it all the same)")
    with open(real, "rb") as file:
        data = file.read()
    decoded = decode(data)
    bom = "\ufeff".encode(decoded.encoding) if decoded.bom else b""
    if decoded.text != before or bom + before.encode(decoded.encoding) != data:
        raise Refused("it has changed since it was read")
    _replace(real, bom + after.encode(decoded.encoding))


def _reason(real: str) -> str | None:
    here = os.path.realpath(os.getcwd())
    if os.path.commonpath([here, real]) != here:
        return "it is outside the working directory"
    found = os.stat(real)
    if found.st_nlink > 1:
        return "it has several names (hard links)"
    if not found.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        return "it is read-only"
    return None


def _replace(real: str, data: bytes) -> None:
    found = os.stat(real)
    temporary = f"{real}.{os.getpid()}.iamlint"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if hasattr(os, "fchown"):
                with suppress(OSError):  # only root may give files away
                    os.fchown(file.fileno(), found.st_uid, found.st_gid)
            os.chmod(temporary, stat.S_IMODE(found.st_mode))
            os.fsync(file.fileno())
        os.replace(temporary, real)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    with suppress(OSError):  # some file systems do not sync folders
        folder = os.open(os.path.dirname(real), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
