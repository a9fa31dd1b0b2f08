"""What a long run is doing, in one line of a terminal's standard error; nothing where that is no terminal.

The line comes after a second, is written over twice a second, and is gone when the run has something to say.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import ModuleType

_FIRST, _NEXT = 1.0, 0.5
"""Seconds until the line comes, and between its changes."""
_WIDTH = 72


def is_wanted() -> bool:
    """True iff standard error is a terminal that can write over a line, and this is no build."""
    return sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"


@contextmanager
def telling(text: Callable[[], str]) -> Iterator[None]:
    """Shows what `text` says, shortened to a line, while the block runs; it must be free of control characters."""
    signal = _signals() if is_wanted() else None
    if signal is None:
        yield
        return
    import time

    start = time.monotonic()
    out = sys.stderr.fileno()

    def show(*_: object) -> None:
        # Not by `sys.stderr`, in the midst of whose writing this may be called.
        try:
            os.write(out, f"\r\x1b[K{text()[:_WIDTH]}, {time.monotonic() - start:.0f} s".encode(errors="replace"))
        except OSError:  # the terminal is gone
            signal.setitimer(signal.ITIMER_REAL, 0)

    before = signal.signal(signal.SIGALRM, show)
    signal.setitimer(signal.ITIMER_REAL, _FIRST, _NEXT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if time.monotonic() - start >= _FIRST:
            with suppress(OSError):
                os.write(out, b"\r\x1b[K")


def _signals() -> ModuleType | None:
    """The module `signal` where a timer can call us; None on Windows and in a thread."""
    import signal
    import threading

    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return None
    return signal


class Steps:
    """Shows the last of several texts."""

    def __init__(self) -> None:
        self._text = "starting"

    def tell(self, text: str) -> None:
        """What is done from now on."""
        self._text = text

    @contextmanager
    def shown(self) -> Iterator[Callable[[str], None]]:
        """Shows it while the block runs, which is given `tell`."""
        with telling(lambda: self._text):
            yield self.tell


def reading(paths: Sequence[str]) -> str:
    """What a run is at that has read these files so far."""
    from iamlint.syntax import printable

    last = f", last {printable(os.path.basename(paths[-1]), 40)}" if paths else ""
    return f"reading: {len(paths)} files{last}"
