"""What AWS's validator accepted as names is known, as of the day it did."""

import gzip
import json

from iamlint.aws.catalogue import catalogue
from tests.support import corpus


def _items(value: object) -> list[str]:
    return [value] if isinstance(value, str) else value if isinstance(value, list) else []


def test_names_in_clean_policies_are_known():
    path = corpus("corpora/access-analyzer/clean.jsonl.gz")
    known = catalogue("2026-03-07")
    actions, keys = set(), set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            statements = json.loads(json.loads(line)["document"])["Statement"]
            for statement in statements if isinstance(statements, list) else [statements]:
                actions |= {*_items(statement.get("Action")), *_items(statement.get("NotAction"))}
                for block in statement.get("Condition", {}).values():
                    keys |= set(block)
    assert len(actions) > 1000
    assert [action for action in actions if not known.matches(action)] == []
    assert [key for key in keys if known.condition_key(key) is None] == []
