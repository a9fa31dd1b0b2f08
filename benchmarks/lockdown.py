"""`iamlint lockdown` over accounts of growing size: CPU seconds and peak memory, and whether they grow in proportion.

    python -m benchmarks.lockdown [USERS]

The generator of the folder that `IAMLINT_SHARED` names makes an account of USERS users (10,000) and one of a tenth of
them, each with half as many roles and a third as many policies, and all other exports. Both run alternately; the least
of each counts. The ratio of the last line is 1.0 where ten times the account takes ten times as long.
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.export import Cost, cost, made
from benchmarks.startup import ROOT

ROUNDS = 2
GROWTH = 10


def main() -> None:
    """Prints the table."""
    users = int(sys.argv[1]) if sys.argv[1:] else 10_000
    sizes = (users // GROWTH, users)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = {}
        for size in sizes:
            if made(size, folder / str(size)) is None:
                print("lockdown: the generator is not at hand", file=sys.stderr)
                return
            (folder / str(size) / "truth.json").unlink()
            out = str(folder / f"out-{size}")
            commands[size] = [sys.executable, "-m", "iamlint", "lockdown", str(folder / str(size)), "--out", out]
        costs: dict[int, list[Cost]] = {size: [] for size in sizes}
        for _ in range(ROUNDS):
            for size, command in commands.items():
                costs[size].append(cost([*command, "--isolated"], ROOT))
                if not (folder / f"out-{size}" / "report.txt").exists():
                    sys.exit(f"lockdown over {size} users left nothing behind")
        print("| users | MB of exports | CPU s | CPU ms per user | peak MB |\n| ---: | ---: | ---: | ---: | ---: |")
        least = {size: Cost(*map(min, zip(*runs, strict=True))) for size, runs in costs.items()}
        for size, found in least.items():
            large = sum(path.stat().st_size for path in (folder / str(size)).rglob("*") if path.is_file()) / 1e6
            told = f"{found.cpu:.2f} | {found.cpu / size * 1e3:.2f} | {found.memory / 1e6:.0f}"
            print(f"| {size:,} | {large:.0f} | {told} |")
        small, large_ = (least[size].cpu for size in sizes)
        print(f"\n{GROWTH} times the account takes {large_ / small:.1f} times as long: {large_ / small / GROWTH:.2f}")


if __name__ == "__main__":
    main()
