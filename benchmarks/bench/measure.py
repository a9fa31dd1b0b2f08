"""What a process costs: wall time, CPU time of all its processes, and the peak memory of the greatest."""

import ast
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

LONG = 20.0
"""Seconds from which on one run is enough."""
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "CI", "VIRTUAL_ENV", "IAMLINT_DEBUG", "XDG_CACHE_HOME")
}


class Cost(NamedTuple):
    """Seconds, seconds of CPU, bytes at the peak."""

    wall: float
    cpu: float
    memory: float


class Program(NamedTuple):
    """What to run. `good` are the exit statuses with which it has done its work."""

    command: Sequence[str | Path]
    folder: Path
    good: frozenset[int] = frozenset((0, 1))


class Failed(Exception):
    """Why there is no figure."""


_LAUNCH = """
import os, sys, time
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(pid, 0)
told = time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
os.write(int(sys.argv[1]), repr((*told, status)).encode())
"""
"""Starts the program from a process that is smaller than any: a new one has the peak of the one that it comes from."""


def cost(program: Program, seconds: float = 300) -> Cost:
    """What one run costs. Raises `Failed`, also where it takes longer than `seconds`."""
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as told, os.fdopen(reading, "rb") as figures:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LAUNCH, str(writing), *map(str, program.command)],
            cwd=program.folder,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=told,
            pass_fds=(writing,),
            start_new_session=True,
        )
        os.close(writing)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"more than {seconds:.0f} s") from error
        finally:
            with suppress(ProcessLookupError):  # its own session: none but what it started
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        found = ast.literal_eval(figures.read().decode() or "None")
        status = os.waitstatus_to_exitcode(found[3]) if found else "none"
        if status not in program.good:
            told.seek(0)
            lines = told.read().decode("utf-8", "replace").strip().splitlines() or [""]
            raise Failed(f"exit status {status}: {lines[-1][:100]}")
    return Cost(*found[:3])


def alternately(
    programs: Mapping[str, Program], rounds: int, seconds: float = 300
) -> Iterator[tuple[str, Cost | Failed]]:
    """The median cost of each, one after the other in each round; the first one writes compiled files and is no round.

    What takes long runs once, what fails does not run again.
    """
    costs: dict[str, list[Cost]] = {title: [] for title in programs}
    failed: dict[str, Failed] = {}
    long: set[str] = set()
    for number in range(rounds + 1):
        for title, program in programs.items():
            if title in failed or title in long:
                continue
            try:
                found = cost(program, seconds)
            except Failed as error:
                failed[title] = error
                continue
            if found.wall > LONG:
                long.add(title)
            if number or title in long:
                costs[title].append(found)
    for title in programs:
        if title in failed:
            yield title, failed[title]
        else:
            yield title, Cost(*map(statistics.median, zip(*costs[title], strict=True)))
