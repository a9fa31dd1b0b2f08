"""Sizes of AWS's managed policies in the shortest form that is found, beside `policyuniverse.minimize_policy`'s.

    python -m benchmarks.minimise [SHARE]

`policyuniverse` writes the shortest prefixes that match no other action of its list, of 2023. Here each of its results
is compared with the policy: over all actions there can be, and over those that AWS lists today. The policies are those
of the folder that `IAMLINT_SHARED` names; with SHARE one in so many is taken, since `policyuniverse` takes its time.
"""

import contextlib
import copy
import gzip
import io
import json
import sys
from collections import Counter
from time import process_time
from typing import Any

from iamlint.analyse import compare
from iamlint.config import settings_for
from iamlint.engine.formatting import NotFormatted, reformatted
from iamlint.load import load_text
from iamlint.model import Policy
from tools.agreement import corpus

SETTINGS = settings_for()
_SHOWN = 5


def size(document: object) -> int:
    """Characters as short as it is printed."""
    return len(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def ours(document: object) -> object | None:
    """The shortest form, proven; None where it is not."""
    text = json.dumps(document, indent=4)
    try:
        made: object = json.loads(reformatted(text, load_text("a.json", text, SETTINGS).documents, compact=True))
    except NotFormatted:
        return None
    return made


def theirs(document: object) -> object | None:
    """What `policyuniverse` makes of it; None where it takes no such policy."""
    from policyuniverse.expander_minimizer import minimize_policy

    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            made: object = minimize_policy(copy.deepcopy(document))
        except Exception:
            # It takes neither NotAction nor Deny, nor an action that it does not know.
            return None
    return made


def main() -> None:
    """Prints the sizes, and where the other one grants more."""
    found = corpus()
    path = found.parent / "managed-policies" / "managed-policies.visible.jsonl.gz" if found else None
    if path is None or not path.exists():
        print("minimise: the corpus is not at hand", file=sys.stderr)
        return
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines][:: int(sys.argv[1]) if sys.argv[1:] else 1]
    sizes: Counter[str] = Counter()
    said: Counter[str] = Counter()
    more: list[str] = []
    seconds = {"ours": 0.0, "theirs": 0.0}
    for row in rows:
        before = row["document"]
        start = process_time()
        mine = ours(before)
        seconds["ours"] += process_time() - start
        start = process_time()
        other = theirs(before)
        seconds["theirs"] += process_time() - start
        sizes["before"] += size(before)
        sizes["ours"] += size(mine or before)
        said["proven"] += mine is not None
        if other is None:
            continue
        said["taken by theirs"] += 1
        sizes["before, of those"] += size(before)
        sizes["ours, of those"] += size(mine or before)
        sizes["theirs, of those"] += size(other)
        old, new = Policy(before, "identity"), Policy(other, "identity")
        said["theirs grants more"] += compare(old, new).verdict == "new-access"
        today = compare(old, new, known_actions=True)
        said["with actions of today"] += today.verdict == "new-access"
        if today.witness is not None:
            more.append(f"{row['name']}: {today.witness.action}")
    print("| | characters | of the original | CPU seconds |\n| --- | ---: | ---: | ---: |")
    print(_row("iamlint format --compact, all policies", sizes["ours"], sizes["before"], seconds["ours"]))
    print(_row("the same, those that policyuniverse takes", sizes["ours, of those"], sizes["before, of those"]))
    print(_row("policyuniverse", sizes["theirs, of those"], sizes["before, of those"], seconds["theirs"]))
    print(f"\n{said['proven']} of {len(rows)} proven equivalent by iamlint.")
    print(
        f"policyuniverse takes {said['taken by theirs']}; of these {said['theirs grants more']} grant more than before "
        f"and {said['with actions of today']} with the actions that AWS lists today, such as:"
    )
    for line in more[:_SHOWN]:
        print(f"- {line}")


def _row(name: str, characters: int, before: int, seconds: float | None = None) -> str:
    spent = "" if seconds is None else f"{seconds:.1f}"
    return f"| {name} | {characters} | {100 * characters / before:.1f} % | {spent} |"


if __name__ == "__main__":
    main()
