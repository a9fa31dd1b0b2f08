"""Rules about conditions that AWS has no check for: AWS's own policies hardly trip them."""

import gzip
import json
from collections import Counter

from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_text
from tests.support import corpus

RULES = ("condition-key-not-supplied", "forallvalues-without-null-guard")


def test_few_findings_on_managed_policies() -> None:
    known, settings = load_rules(), settings_for()
    run = Run(settings, {id_: known[id_] for id_ in RULES})
    with gzip.open(
        corpus("corpora/managed-policies/managed-policies.visible.jsonl.gz"), "rt", encoding="utf-8"
    ) as lines:
        for entry in map(json.loads, lines):
            run.add(load_text(entry["name"], json.dumps(entry["document"]), settings, kind="identity"))
    report = run.report()
    found = Counter((finding.rule, finding.level) for finding in report.findings)
    assert report.policies > 700
    assert found[RULES[0], "full"] <= 3, "keys that AWS's lists do not name for an action they belong to"
    assert found[RULES[1], "full"] == 0
    assert 0 < found[RULES[1], "limited"] < report.policies // 10, "mostly tag keys"
