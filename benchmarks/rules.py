"""CPU time of each rule over AWS's managed policies, all in one process, slowest first.

    python -m benchmarks.rules [COUNT]

prints the COUNT slowest, by default 30. Preview rules are measured as well. The policies are those of the folder that
`IAMLINT_SHARED` names. A rule that is the first to ask for something that is kept pays for those that ask later.
"""

import gc
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.finding import Hit
from iamlint.load import load_text
from iamlint.rule import Rule
from tools.agreement import corpus


class Spent:
    """What one rule has taken so far."""

    def __init__(self) -> None:
        self.calls = self.hits = self.nanoseconds = 0


def timed(rule: Rule, spent: Spent) -> Rule:
    """`rule`, with each of its checks counted in `spent`."""
    check: Callable[..., Iterable[Hit]] = rule.check  # type: ignore[attr-defined]  # every scope has one

    def counted(*arguments: Any) -> Iterator[Hit]:
        start = time.process_time_ns()
        hits = list(check(*arguments))
        spent.nanoseconds += time.process_time_ns() - start
        spent.calls += 1
        spent.hits += len(hits)
        return iter(hits)

    rule.check = counted  # type: ignore[attr-defined]
    return rule


def policies() -> list[str]:
    """The texts of the managed policies; none where the corpus is not at hand."""
    found = corpus()
    path = found.parent / "managed-policies" / "managed-policies.visible.jsonl.gz" if found else None
    if path is None or not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.dumps(json.loads(line)["document"]) for line in lines]


def measure(texts: list[str]) -> tuple[dict[str, Spent], float]:
    """What each rule takes for `texts`, and the CPU seconds of the whole."""
    settings = settings_for()
    spent = {id_: Spent() for id_ in load_rules()}
    rules = {id_: timed(rule.whole(), spent[id_]) for id_, rule in load_rules().items()}
    gc.collect()
    gc.disable()  # else whoever makes an object at the wrong moment pays for all
    start = time.process_time()
    run = Run(settings, rules)
    for number, text in enumerate(texts):
        run.add(load_text(f"{number}.json", text, settings))
    run.report()
    return spent, time.process_time() - start


def main() -> None:
    """Prints a line per rule."""
    texts = policies()
    if not texts:
        print("managed policies: the corpus is not at hand", file=sys.stderr)
        return
    spent, whole = measure(texts)
    most = int(sys.argv[1]) if sys.argv[1:] else 30
    total = sum(each.nanoseconds for each in spent.values())
    print(f"{len(texts)} policies take {whole:.2f} s of CPU time, {total / 1e9:.2f} s of it in {len(spent)} rules.\n")
    print("| rule | calls | findings | ms | share |\n| --- | ---: | ---: | ---: | ---: |")
    slowest = sorted(spent, key=lambda id_: -spent[id_].nanoseconds)
    for id_ in slowest[:most]:
        each = spent[id_]
        share = each.nanoseconds / 1e9 / whole
        print(f"| `{id_}` | {each.calls} | {each.hits} | {each.nanoseconds / 1e6:.1f} | {share:.1%} |")


if __name__ == "__main__":
    main()
