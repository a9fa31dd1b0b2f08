"""AWS's own managed policies: all go through, and what AWS validated as clean has no error from us."""

import gzip
import json

import pytest

from iamlint.config import Settings
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_text
from tests.support import corpus

SETTINGS = Settings(root="/")
RECORDED = "2026-03-07"
"""The day on which AWS's validator was asked."""


def lines(name):
    with gzip.open(corpus(name), "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def rules():
    return load_rules()


def test_all_managed_policies_go_through(rules):
    run = Run(SETTINGS, rules)
    documents = lines("corpora/managed-policies/managed-policies.visible.jsonl.gz")
    for entry in documents:
        run.add(load_text(entry["name"], json.dumps(entry["document"]), SETTINGS))
    report = run.report()
    assert report.errors == ()
    assert report.skipped == ()
    assert report.policies == len(documents)


def test_documents_that_aws_calls_clean_have_no_error_and_no_mirrored_finding(rules):
    run = Run(SETTINGS, {id_: rule for id_, rule in rules.items() if not rule.preview}, as_of_data=RECORDED)
    for entry in lines("corpora/access-analyzer/clean.jsonl.gz"):
        run.add(load_text(entry["name"], entry["document"], SETTINGS))
    findings = run.report().findings
    assert [(f.path, f.rule, f.message) for f in findings if f.severity.value == "error"] == []
    assert [(f.path, f.rule, f.message) for f in findings if f.aws] == []
