"""Runs all measurements, or those named, and writes `benchmarks/RESULTS.md`."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.bench.measure import ENVIRONMENT, Failed
from benchmarks.bench.report import shown, surroundings
from benchmarks.bench.tables import SECTIONS
from benchmarks.bench.tools import Tools
from benchmarks.startup import ROOT

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
SCRIPTS = ("usage", "lockdown")
"""Further benchmarks of this folder, whose own tables are taken over."""
_SECONDS = 900
"""For each of these."""
HEAD = """# Measurements

Written by `make bench`: the same inputs through iamlint and its peers, alternately in one session. CPU seconds are
those of all processes of a program, start and end included; the peak is that of its greatest process; medians. Ratios
are to the line that has 1.00. On a machine that others use as well, ratios tell more than seconds.
"""


def main(wanted: Sequence[str] = ()) -> None:
    """Prints the tables and writes the file, anew after each section."""
    names = list(wanted) or [*SECTIONS, *SCRIPTS]
    unknown = [name for name in names if name not in SECTIONS and name not in SCRIPTS]
    if unknown:
        sys.exit(f"no such measurement: {', '.join(unknown)}; there are {', '.join((*SECTIONS, *SCRIPTS))}")
    print("building the environments (some minutes when it is done first)", file=sys.stderr)
    tools = Tools()
    lines = [HEAD, *surroundings(tools.versions), ""]
    for name in names:
        print(f"\n{name} …", file=sys.stderr)
        section = []
        for line in _section(tools, name):
            print(line, flush=True)
            section.append(line)
        lines += section
        if not wanted:
            RESULTS.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _section(tools: Tools, name: str) -> Iterator[str]:
    try:
        if name in SECTIONS:
            with tempfile.TemporaryDirectory() as folder:
                for table in SECTIONS[name](tools, Path(folder)):
                    yield from shown(table)
        else:
            yield from _script(name)
    except (Failed, OSError, subprocess.SubprocessError) as error:
        yield f"### {name}\n\nNot measured: {error}.\n"


def _script(name: str) -> Iterator[str]:
    if find_spec(f"benchmarks.{name}") is None:
        return
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=ENVIRONMENT,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"more than {_SECONDS} s") from error
    if done.returncode:
        raise Failed((done.stderr.strip().splitlines() or ["it failed"])[-1])
    yield f"### `python -m benchmarks.{name}`\n"
    yield done.stdout.strip() or done.stderr.strip()
    yield ""
