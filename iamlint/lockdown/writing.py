"""Puts the output into its folder: all is written beside first, then moved; an interruption leaves no half a file."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping

from iamlint.lockdown.problem import LockdownError
from iamlint.syntax import printable


def write_all(folder: str, files: Mapping[str, str]) -> None:
    """Writes `files`, path relative to `folder` → text. Raises `LockdownError` where that is not possible.

    Each file is replaced whole; others in the folder stay.
    """
    staging = None
    try:
        os.makedirs(folder, exist_ok=True)
        staging = tempfile.mkdtemp(prefix=".iamlint-", dir=folder)
        for name, text in files.items():
            path = os.path.join(staging, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="") as file:
                file.write(text)
        for name in files:
            target = os.path.join(folder, *name.split("/"))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.replace(os.path.join(staging, *name.split("/")), target)
    except OSError as error:
        raise LockdownError(f"{printable(folder)}: cannot be written: {error.strerror}") from error
    finally:
        if staging is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(staging)
