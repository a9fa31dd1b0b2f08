"""`iamlint usage` on a million events, against DuckDB's own reading of the same files with a query of one line.

    python -m benchmarks.usage [--long] [FOLDER]

FOLDER holds a trail; without one, the generator of the folder that `IAMLINT_SHARED` names makes it. Both by two
processes or threads, alternately, and the least of each: time, CPU time of all processes together, the peak memory of
the greatest process. `--long`: also ten times as many events, the same files with other ids.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.export import Cost, cost
from benchmarks.startup import ROOT
from tools.agreement import corpus

ROUNDS = 3
EVENTS = 1_000_000
TIMES = 10
BASE = """
import sys
from pathlib import Path
import duckdb
files = [str(path) for path in Path(sys.argv[1]).rglob("*.gz")]
query = "SELECT r.eventName, count(*) FROM (SELECT unnest(Records) r FROM read_json($1)) GROUP BY 1"
duckdb.connect(config={"threads": 2}).execute(query, [files]).fetchall()
"""
_ID = re.compile(rb'("eventID": ?")[0-9a-f]')


def made(folder: Path) -> Path | None:
    """A trail of `EVENTS` events; None where the generator is not at hand."""
    found = corpus()
    generator = found.parents[1] / "bench" / "gen_snapshot.py" if found else None
    if generator is None or not generator.exists():
        return None
    sizes = ["--users", "200", "--roles", "100", "--policies", "100", "--trail-events", str(EVENTS)]
    subprocess.run([sys.executable, generator, folder, *sizes], check=True, stdout=sys.stderr)
    return folder / "cloudtrail"


def repeated(trail: Path, folder: Path) -> None:
    """The trail `TIMES` times in a folder; no id comes twice."""
    from isal import igzip

    for path in sorted(trail.rglob("*.gz")):
        data = igzip.decompress(path.read_bytes())  # type: ignore[no-untyped-call]
        for nth in range(TIMES):
            place = folder / f"{nth}" / path.relative_to(trail)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(igzip.compress(_ID.sub(rb"\g<1>%x" % nth, data), compresslevel=1))


def ours(trail: Path, out: Path) -> list[str]:
    """The command."""
    return [sys.executable, "-m", "iamlint", "usage", str(trail), "--out", str(out), "--jobs", "2"]


def table(trail: Path, folder: Path) -> Iterator[str]:
    """The lines to print."""
    commands = {
        "`read_json` and `count(*)`": [sys.executable, "-c", BASE, str(trail)],
        "iamlint usage": ours(trail, folder / "out.parquet"),
    }
    costs: dict[str, list[Cost]] = {title: [] for title in commands}
    for _ in range(ROUNDS):
        for title, command in commands.items():
            costs[title].append(cost(command, ROOT))
    yield "| | seconds | ratio | CPU s | ratio | peak MB |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    base = Cost(*map(min, zip(*costs["`read_json` and `count(*)`"], strict=True)))
    for title, runs in costs.items():
        wall, cpu, memory = map(min, zip(*runs, strict=True))
        cells = f"{wall:.2f} | {wall / base.wall:.2f} | {cpu:.2f} | {cpu / base.cpu:.2f} | {memory / 1e6:.0f}"
        yield f"| {title} | {cells} |"


def longer(trail: Path, folder: Path) -> Iterator[str]:
    """How much longer ten times as many events take."""
    repeated(trail, folder / "long")
    one, many = (cost(ours(each, folder / "out.parquet"), ROOT) for each in (trail, folder / "long"))
    yield (
        f"\n{TIMES} times as many events: {many.wall:.1f} s, {many.wall / one.wall:.1f} times as long"
        f" ({many.cpu / one.cpu:.1f} of CPU), peak {many.memory / 1e6:.0f} MB"
    )


def main() -> None:
    """Prints the table."""
    given = [argument for argument in sys.argv[1:] if argument != "--long"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trail = Path(given[0]).resolve() if given else made(folder / "snapshot")
        if trail is None:
            print("usage: the generator is not at hand; name a trail", file=sys.stderr)
            return
        print(f"Trail of {sum(path.stat().st_size for path in trail.rglob('*.gz')) / 1e6:.0f} MB, two processes\n")
        for line in table(trail, folder):
            print(line)
        if "--long" in sys.argv:
            for line in longer(trail, folder):
                print(line)


if __name__ == "__main__":
    main()
