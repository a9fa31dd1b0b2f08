"""The generated policies: valid ones have no error, hostile ones get the manifest's verdict at its place."""

import json
import subprocess
import sys

import pytest

from iamlint.config import Settings
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_bytes
from tests.support import corpus

SETTINGS = Settings(root="/")
NOT_YET = {
    "hostile/gram-over-quota-managed.json": "the quota of a managed policy is not AWS's validator's (10 240)",
    "hostile/gram-top-list.json": "a list of policies is read as several documents",
}
"""Lines whose verdict is another one, with the reason."""
BEYOND_GRAMMAR = {
    "invalid-region",
    "invalid-service-principal-format",
    "invalid-vpc-format",
    "invalid-vpce-format",
    "policy-size-exceeds-rcp-quota",
    "private-ip-address",
    "private-not-ip-address",
    "role-trust-policy-unsupported-wildcard-in-principal",
    "unsupported-action-for-condition-key",
    "unsupported-condition-key-for-service-principal",
    "wildcard-usage-too-permissive",
}
"""AWS answers ERROR for values that some condition keys cannot have, which the generated policies name at random; their
grammar is sound."""


def generate(folder, *arguments):
    generator = corpus("bench/gen_policies.py")
    subprocess.run([sys.executable, str(generator), str(folder), *arguments], check=True, capture_output=True)
    lines = (folder / "manifest.jsonl").read_text().splitlines()
    return [(folder, entry) for entry in map(json.loads, lines)]


def report_of(folder, entry, rules):
    kind = entry["kind"] if entry["kind"] != "-" else None
    run = Run(SETTINGS, rules)
    run.add(load_bytes(entry["file"], (folder / entry["file"]).read_bytes(), SETTINGS, kind=kind, named_alone=True))
    report = run.report()
    assert report.errors == (), entry["file"]
    return report


@pytest.fixture(scope="module")
def rules():
    return {id_: rule for id_, rule in load_rules().items() if not rule.preview}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return generate(tmp_path_factory.mktemp("hostile"), "--hostile", "--variants", "1")


def test_valid_policies_have_no_error(tmp_path, rules):
    entries = generate(tmp_path, "--n", "400", "--seed", "11")
    for folder, entry in entries:
        findings = report_of(folder, entry, rules).findings
        errors = [(f.rule, f.message) for f in findings if f.severity.value == "error" and f.rule not in BEYOND_GRAMMAR]
        assert errors == [], entry["file"]


def of(hostile, expect):
    entries = [(f, e) for f, e in hostile if e["expect"] == expect and e["file"] not in NOT_YET]
    assert entries
    return entries


def test_syntax_errors_are_placed(hostile, rules):
    for folder, entry in of(hostile, "syntax_error"):
        if "two-documents" in entry["file"]:  # several values in one file are several documents
            continue
        found = [f for f in report_of(folder, entry, rules).findings if f.rule == "json-syntax-error"]
        lines = {*range(entry["line"], entry["line_to"] + 1), entry.get("alt_line")}
        assert [f.region.line for f in found if f.region.line in lines], entry["file"]


def test_policy_errors_are_placed(hostile, rules):
    for folder, entry in of(hostile, "policy_error"):
        findings = report_of(folder, entry, rules).findings
        places = [p for f in findings for p in f.pointers if f.severity.value != "security-warning"]
        assert [p for p in places if p.startswith(entry.get("path", ""))], entry["file"]


def test_sound_ones_are_read(hostile, rules):
    for folder, entry in of(hostile, "ok"):
        if "get-bucket-policy" in entry["file"]:  # the inner policy lacks a principal, which is an error indeed
            continue
        report = report_of(folder, entry, rules)
        assert report.policies == 1, entry["file"]
        if entry.get("also") != "syntax_error":
            assert [f.rule for f in report.findings if f.severity.value == "error"] == [], entry["file"]


def test_what_must_be_said_is_said(hostile, rules):
    for folder, entry in of(hostile, "finding"):
        findings = report_of(folder, entry, rules).findings
        lines = {line for f in findings for line in (f.region.line, *(r.region.line for r in f.related))}
        assert findings, entry["file"]
        assert "line" not in entry or entry["line"] in lines, entry["file"]


def test_everything_else_survives(hostile, rules):
    for folder, entry in of(hostile, "survive"):
        report_of(folder, entry, rules)
