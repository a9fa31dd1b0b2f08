"""CPU time of `compare`, a pair of policies at a time, beside z3's (`tests.oracle`) on the same pairs.

    python -m benchmarks.compare

The pairs are AWS's managed policies next to each other by name, and each of them with and without one statement,
action, resource or condition, both ways. The policies are those of the folder that `IAMLINT_SHARED` names.
"""

import gzip
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator
from random import Random
from statistics import median, quantiles
from time import process_time
from typing import Any

from iamlint.analyse import compare
from iamlint.model import Policy
from tests.oracle import decide
from tests.oracle.pairs import without_one
from tools.agreement import corpus

_VERDICTS = {False: "no-new-access", True: "new-access", None: "cannot-tell"}
_TRIES = 60

Pair = tuple[dict[str, Any], dict[str, Any]]


def _documents() -> list[dict[str, Any]] | None:
    found = corpus()
    path = found.parent / "managed-policies" / "managed-policies.visible.jsonl.gz" if found else None
    if path is None or not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = sorted((json.loads(line) for line in lines), key=lambda row: row["name"])
    return [row["document"] for row in rows]


def _shortened(documents: list[dict[str, Any]]) -> Iterator[Pair]:
    for number, whole in enumerate(documents):
        rng = Random(number)
        less = next(filter(None, (without_one(rng, whole) for _ in range(_TRIES))), None)
        if less is not None:
            yield whole, less
            yield less, whole


def _measured(title: str, pairs: list[Pair]) -> None:
    ours: list[float] = []
    theirs: list[float] = []
    said: Counter[str] = Counter()
    for old, new in pairs:
        start = process_time()
        found = compare(Policy(old, "identity"), Policy(new, "identity"))
        verdict = found.verdict
        ours.append(process_time() - start)
        start = process_time()
        other = _VERDICTS[decide([old], [new], milliseconds=3000).new_access]
        theirs.append(process_time() - start)
        unclear = [name for name, each in (("compare", verdict), ("z3", other)) if each == "cannot-tell"]
        if unclear:
            said[f"{' and '.join(unclear)} cannot tell"] += 1
        elif verdict == other:
            said[verdict] += 1
        elif found.witness is not None and "" in found.witness.context.values():
            said["new-access by an empty value, which the encoding for z3 leaves out"] += 1
        else:
            said["they differ"] += 1
    print(f"| {title} | median ms | 99th percentile ms | slowest ms |\n| --- | ---: | ---: | ---: |")
    for name, times in (("compare", ours), ("z3", theirs)):
        high = quantiles(times, n=100)[98]
        print(f"| {name} | {median(times) * 1000:.2f} | {high * 1000:.1f} | {max(times) * 1000:.1f} |")
    print(f"\n{len(pairs)} pairs: {', '.join(f'{count} {what}' for what, count in sorted(said.items()))}")


def main() -> None:
    """Prints the times of both, and how often they say the same."""
    documents = _documents()
    if documents is None:
        print("compare: the corpus is not at hand", file=sys.stderr)
        return
    _measured("neighbours", list(itertools.pairwise(documents)))
    print()
    _measured("one part less", list(_shortened(documents)))


if __name__ == "__main__":
    main()
