"""Write iamlint/aws/data/regions.txt: the regions of each partition, as the installed `botocore` knows them.

    python tools/build_regions.py [--day YYYY-MM-DD]

One partition a line, tab separated: its name, the DNS suffix of its service principals and endpoints, its regions.
Line `@`: the day on which the list was taken and the release that it was taken from. A partition's own
pseudo-region (`aws-global`) is left out: no ARN and no request names it.
"""

import argparse
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "iamlint" / "aws" / "data" / "regions.txt"


def partitions() -> dict[str, tuple[str, list[str]]]:
    """Partition → DNS suffix, regions; from both lists that botocore carries."""
    import botocore

    folder = Path(botocore.__file__).parent / "data"
    found: dict[str, tuple[str, list[str]]] = {}
    for file, name, suffix in (("endpoints.json", "partition", "dnsSuffix"), ("partitions.json", "id", None)):
        listed: list[dict[str, Any]] = json.loads((folder / file).read_text(encoding="utf-8"))["partitions"]
        for entry in listed:
            known = found.get(entry[name], ("", []))[1]
            regions = {region for region in entry["regions"] if not region.endswith("-global")}
            dns = entry[suffix] if suffix else entry["outputs"]["dnsSuffix"]
            found[entry[name]] = (dns, sorted(regions.union(known)))
    return found


def lines() -> list[str]:
    """The lines of the file below its head, sorted."""
    return sorted("\t".join((name, dns, " ".join(regions))) for name, (dns, regions) in partitions().items())


def main() -> None:
    """Write the file."""
    import botocore

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    today = datetime.now(UTC).date()
    parser.add_argument("--day", type=date.fromisoformat, default=today, help="the day of the list (default: today)")
    options = parser.parse_args()
    head = [
        "# Made by tools/build_regions.py, which explains the format.",
        f"@\t{options.day}\tbotocore {botocore.__version__}",
    ]
    DATA.write_text("\n".join([*head, *lines(), ""]), encoding="utf-8", newline="\n")
    print(f"{DATA.name}: {len(lines())} partitions")


if __name__ == "__main__":
    main()
