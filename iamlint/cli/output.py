"""Where a report goes: standard output or error, or a file, which is written whole or not at all."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TextIO

from iamlint.cli.chosen import Failure


@contextmanager
def output(path: str | None, to_stderr: bool = False) -> Iterator[TextIO]:
    """Standard output (or error) or a file, in UTF-8; what it cannot show is escaped.

    A file is written beside its place and then moved there, so that whoever is interrupted finds the old one. Raises
    `Failure` where it cannot be written.
    """
    if path is None:
        out = sys.stderr if to_stderr else sys.stdout
        reconfigure = getattr(out, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
        yield out
        return
    beside = _beside(path)
    try:
        try:
            with open(beside or path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
                yield out
            if beside is not None:
                real = os.path.realpath(path)
                with suppress(OSError):
                    os.chmod(beside, os.stat(real).st_mode & 0o7777)
                os.replace(beside, real)
        except BaseException:
            if beside is not None:
                with suppress(OSError):
                    os.unlink(beside)
            raise
    except OSError as error:
        raise Failure(f"cannot write {path}: {error.strerror}") from error


def _beside(path: str) -> str | None:
    """A file of no other name beside `path`; None for what is no plain file, such as a pipe, or in a closed folder."""
    real = os.path.realpath(path)
    if os.path.exists(real) and not (os.path.isfile(real) and os.access(real, os.W_OK)):
        return None
    return f"{real}.{os.getpid()}.iamlint" if os.access(os.path.dirname(real), os.W_OK) else None


def progress(files: Callable[[], Sequence[str]], is_checking: bool = False) -> AbstractContextManager[None]:
    """Shows on a terminal, while the block runs, that `files` are read, or checked where all of them are."""
    if not sys.stderr.isatty():
        return nullcontext()
    from iamlint.cli.progress import reading, telling

    return telling(lambda: f"checking {len(files())} files" if is_checking else reading(files()))


def colors(out: TextIO) -> bool:
    """True iff `out` shows colours and nobody minds."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
