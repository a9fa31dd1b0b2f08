"""Where results are kept, and whether a folder or file there can be trusted."""

import os
import stat
import sys
from collections.abc import Iterable

NAME = "iamlint"


def usual() -> str | None:
    """The folder for this user, by the custom of the system; None where it cannot be told."""
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    else:
        # XDG Base Directory Specification: a path that is not absolute is to be ignored.
        base = os.environ.get("XDG_CACHE_HOME", "")
        base = base if os.path.isabs(base) else os.path.join(home, ".cache")
    return os.path.join(base, NAME) if os.path.isabs(base) else None


def is_within(folder: str, scanned: Iterable[str]) -> bool:
    """True iff the folder is one of `scanned`, lies in one, or in the git repository of the working directory."""
    from iamlint.load.repository import root_of

    real = os.path.realpath(folder)
    repository = root_of(os.path.realpath(os.getcwd()))
    tops = [os.path.realpath(path) for path in scanned] + ([repository] if repository else [])
    return any(real == top or real.startswith(os.path.join(top, "")) for top in tops)


def is_own(status: os.stat_result) -> bool:
    """True iff it is this user's and nobody else may write there. Windows has other means to that end."""
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def made(folder: str) -> bool:
    """Makes the folder unless it is there; True iff it can be trusted."""
    try:
        if not os.path.isdir(folder):
            os.makedirs(folder, mode=0o700, exist_ok=True)
            _tag(folder)
        return is_own(os.stat(folder))
    except (OSError, ValueError):
        return False


def _tag(folder: str) -> None:
    """Tells programs that make backups what this is (Cache Directory Tagging Specification)."""
    with open(os.path.join(folder, "CACHEDIR.TAG"), "w", encoding="ascii") as file:
        file.write("Signature: 8a477f597d28d172789f06886806bc55\n# Made by iamlint; it may be deleted at any time.\n")
