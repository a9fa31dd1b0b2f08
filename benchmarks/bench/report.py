"""Tables in Markdown, and where they were measured."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bench.measure import Cost, Failed
from benchmarks.bench.tables import Table
from benchmarks.startup import ROOT


def surroundings(versions: Mapping[str, str]) -> Iterator[str]:
    """Date, machine and versions."""
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    yield f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit.stdout.strip() or 'unknown'}"
    yield f"- {_processor()}, {cores} cores, {memory:.0f} GB, {platform.system()} {platform.release()}"
    yield f"- Python {sys.version.split()[0]}; load at the start {os.getloadavg()[0]:.1f}"
    yield f"- {', '.join(f'{name} {version}' for name, version in versions.items())}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "processor unknown"


def shown(table: Table) -> Iterator[str]:
    """The table's lines."""
    yield f"### {table.title}\n"
    if table.note:
        yield f"{table.note}\n"
    yield "| | seconds | ratio | CPU s | ratio | peak MB | ratio |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    base = table.costs.get(table.base)
    for title, found in table.costs.items():
        if isinstance(found, Failed):
            yield f"| {title} | {_cell(found)} | | | | | |"
        else:
            cells = [_figure(value, of, unit) for value, of, unit in zip(found, _of(base), (1, 1, 1e6), strict=True)]
            yield f"| {title} | {' | '.join(cells)} |"
    cores = len(os.sched_getaffinity(0))
    if table.load > cores + 0.5:
        yield f"\nThe machine was not free ({table.load:.1f} processes for {cores} cores): the seconds are too many."
    yield ""


def _of(base: Cost | Failed | None) -> tuple[float, float, float] | tuple[None, None, None]:
    return base if isinstance(base, Cost) else (None, None, None)


def _figure(value: float, of: float | None, unit: float) -> str:
    figure = value / unit
    told = f"{figure:.0f}" if figure >= 100 else f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"
    return f"{told} | {value / of:.2f}" if of else f"{told} | "


def _cell(text: object) -> str:
    return " ".join(str(text).replace("|", "/").split())
