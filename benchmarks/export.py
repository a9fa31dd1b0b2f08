"""An account export with all rules, findings as JSON lines, against `json.load` of the same file.

    python -m benchmarks.export [USERS | EXPORT]

EXPORT is an account-authorization-details file. Without one, the generator of the folder that `IAMLINT_SHARED` names
makes an account of USERS users (10,000), half as many roles and a third as many policies. Time, CPU time of all
processes together, and the peak memory of the greatest process; alternately, the least of each.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.startup import ROOT
from tools.agreement import corpus

ROUNDS = 3
LOAD = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"


class Cost(NamedTuple):
    """Seconds, seconds of CPU, and bytes at the peak."""

    wall: float
    cpu: float
    memory: float


def cost(command: list[str], folder: Path) -> Cost:
    """What one run costs."""
    with open(os.devnull, "w") as nothing:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=nothing, stderr=nothing)
        _, _, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = 0
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def made(users: int, folder: Path) -> Path | None:
    """An export of so many users; None where the generator is not at hand."""
    found = corpus()
    generator = found.parents[1] / "bench" / "gen_snapshot.py" if found else None
    if generator is None or not generator.exists():
        return None
    sizes = ["--users", str(users), "--roles", str(users // 2), "--policies", str(users // 3)]
    subprocess.run([sys.executable, generator, folder, *sizes, "--trail-events", "0"], check=True, stdout=sys.stderr)
    return next(iter(sorted(folder.rglob("*.json"), key=lambda path: -path.stat().st_size)))


def main() -> None:
    """Prints the table."""
    given = sys.argv[1] if sys.argv[1:] else "10000"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export = made(int(given), folder / "snapshot") if given.isdecimal() else Path(given).resolve()
        if export is None:
            print("account export: the generator is not at hand; name an export", file=sys.stderr)
            return
        ours = [sys.executable, "-m", "iamlint", "check", "--isolated", str(export), "--output-format", "json-lines"]
        commands = {
            "json.load": [sys.executable, "-c", LOAD, str(export)],
            "iamlint, one process": [*ours, "--jobs", "1"],
            "iamlint": ours,
        }
        costs: dict[str, list[Cost]] = {title: [] for title in commands}
        for _ in range(ROUNDS):
            for title, command in commands.items():
                costs[title].append(cost(command, ROOT))
        print(f"Export of {export.stat().st_size / 1e6:.0f} MB, {len(os.sched_getaffinity(0))} cores\n")
        print(
            "| | seconds | ratio | CPU s | ratio | peak MB | ratio |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
        )
        base = Cost(*map(min, zip(*costs["json.load"], strict=True)))
        for title, runs in costs.items():
            least = Cost(*map(min, zip(*runs, strict=True)))
            cells = [f"{x / unit:.2f} | {x / of:.1f}" for x, of, unit in zip(least, base, (1, 1, 1e6), strict=True)]
            print(f"| {title} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
