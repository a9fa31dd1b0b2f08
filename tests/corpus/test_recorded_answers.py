"""Rules against answers of AWS's policy validation that were recorded for AWS's own managed policies."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_text
from iamlint.rule import Rule
from iamlint.syntax import pointer
from tests.support import corpus

# Codes whose rules find exactly what was recorded; the rest of the answers are other rules' business.
EXACT = (
    *(f"{right}_WITH_{tail}" for right in ("PASS_ROLE", "CREATE_SLR") for tail in (
        "STAR_IN_RESOURCE",
        "STAR_IN_ACTION_AND_RESOURCE",
        "STAR_IN_RESOURCE_AND_NOT_ACTION",
        "NOT_RESOURCE",
        "STAR_IN_ACTION_AND_NOT_RESOURCE",
        "NOT_ACTION_AND_NOT_RESOURCE",
    )),
    "INVALID_ACTION",
    "INVALID_SERVICE_IN_ACTION",
    "WILDCARD_IN_SERVICE_NAME",
    "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
    "INVALID_ARN_PREFIX",
    "MISSING_ARN_FIELD",
    "UNSUPPORTED_SID",
    "EMPTY_SID_VALUE",
    "UNIQUE_SIDS_REQUIRED",
    "INVALID_CONDITION_OPERATOR",
    "NULL_WITH_IF_EXISTS",
    "TYPE_MISMATCH_BOOLEAN",
    "TYPE_MISMATCH_DATE",
    "TYPE_MISMATCH_IP_RANGE",
    "TYPE_MISMATCH_NUMBER",
    "EMPTY_ARRAY_ACTION",
    "EMPTY_ARRAY_RESOURCE",
    "EMPTY_ARRAY_CONDITION",
    "EMPTY_OBJECT_CONDITION",
    "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
    "VARIABLE_UNSUPPORTED_IN_VERSION",
)  # fmt: skip
# Codes for which older answers, to texts that AWS has changed since, still count.
STABLE = ("PASS_ROLE", "CREATE_SLR", "POLICY_SIZE")

Answer = Counter[tuple[str, tuple[str, ...]]]


@pytest.fixture(scope="module")
def rules() -> dict[str, Rule]:
    """The rules that are compared, by code of AWS's."""
    found = {rule.aws: rule for rule in load_rules().values() if rule.aws in EXACT}
    assert set(found) == set(EXACT)
    return {rule.id: rule for rule in found.values()}


def answered(rules: dict[str, Rule], text: str) -> Answer:
    """Code and places of each finding."""
    settings = settings_for()
    run = Run(settings, rules)
    run.add(load_text("policy.json", text, settings, kind="identity", named_alone=True))
    report = run.report()
    assert report.errors == ()
    return Counter((str(finding.aws), tuple(sorted(finding.pointers))) for finding in report.findings)


def recorded(findings: list[dict[str, Any]]) -> Answer:
    """Code and places of each recorded finding that is compared."""
    answer: Answer = Counter()
    for finding in findings:
        if finding["issueCode"] in EXACT:
            places = (location["path"] for location in finding["locations"])
            pointers = (pointer(tuple(step for element in path for step in element.values())) for path in places)
            answer[(finding["issueCode"], tuple(sorted(pointers)))] += 1
    return answer


def current() -> Iterator[dict[str, Any]]:
    folder = corpus("corpora/access-analyzer")
    for path in sorted((folder / "current").iterdir()):
        yield json.loads(path.read_text("utf-8"))
    with gzip.open(folder / "clean.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def history() -> Iterator[dict[str, Any]]:
    for path in sorted((corpus("corpora/access-analyzer") / "history").iterdir()):
        yield json.loads(path.read_text("utf-8"))


def test_exactly_what_aws_found(rules: dict[str, Rule]) -> None:
    wrong, compared = {}, 0
    for policy in current():
        wanted, got = recorded(policy["findings"]), answered(rules, policy["document"])
        compared += wanted.total()
        if got != wanted:
            wrong[policy["name"]] = (got - wanted, wanted - got)
    assert wrong == {}
    assert compared > 15


def test_what_aws_found_in_older_versions(rules: dict[str, Rule]) -> None:
    missed, compared = {}, 0
    for policy in history():
        wanted = Counter({key: n for key, n in recorded(policy["findings"]).items() if key[0].startswith(STABLE)})
        compared += wanted.total()
        if left := wanted - answered(rules, policy["document"]):
            missed[policy["name"]] = left
    assert missed == {}
    assert compared > 100
