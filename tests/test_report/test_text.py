"""text and concise: what people read, safe on a terminal."""

import pytest

from iamlint.finding import Region, Severity, Skipped
from iamlint.report.excerpt import excerpt
from tests.test_report.made import everything, finding, report, written

ESC = "\x1b"


def test_a_finding_with_its_source_line():
    assert written("text", report(finding()), help=lambda rule: f"what to do about {rule}") == (
        "a.json:5:15: security-warning wildcard-action: `*` grants every action of every service\n"
        "  |\n"
        '5 |     "Action": "*"\n'
        "  |               ^^^\n"
        "  = help: what to do about wildcard-action\n"
        "\n"
        "1 security warning in 1 file (1 policy)\n"
        "`iamlint rule ID` explains a rule\n"
    )


def test_everything_that_a_report_can_hold():
    text = written("text", everything())
    for line in [
        "  = help: list the actions in use",
        "  = rewrite: list the actions (narrower; --fix --unsafe-fixes does it)",
        "  = note: b.json:1:1: the role [of] it](all",
        "  = note: covers wildcard-resource: `*` is every resource",
        "  = note: arn:aws:iam::111122223333:policy/Everything is attached to a, b",
        '  = witness: action s3:GetObject, resource *, context {"aws:SourceIp": "192.0.2.1"}',
        "c.json:3:1: error: unexpected end",
        "a.json: internal error in invalid-action: crashed",
        "not checked: root-key: needs credential-report, made by: aws iam get-credential-report",
        "note: sub/iamlint.toml is not used",
        "skipped: package.json: no policy",
        "1 error, 1 security warning, 1 suggestion in 1 file (1 policy, 1 account)"
        "; 2 problems in reading or checking; 1 suppressed; 1 file skipped",
    ]:
        assert f"\n{line}\n" in text


def test_other_marked_places_are_named():
    marked = tuple(Region(line, 15, line, 18) for line in range(5, 12))
    assert "\n  = note: also at 6:15, 7:15, 8:15 and 3 more\n" in written("text", report(finding(marked=marked)))


@pytest.mark.parametrize("format", ["text", "concise"])
def test_nothing_is_said_when_clean(format: str):
    clean = report(skipped=(Skipped("package.json", "no policy"),), suppressed=everything().suppressed)
    assert written(format, clean) == ""


@pytest.mark.parametrize("format", ["text", "concise"])
def test_suppressed_findings_on_request(format: str):
    line = written(format, report(suppressed=everything().suppressed), show_suppressed=True).splitlines()[0]
    assert line.startswith("a.json:5:15: security-warning wildcard-action: ")
    assert line.endswith(" (suppressed: accepted until 2027)")


def test_color_only_on_request():
    assert ESC not in written("text", everything())
    assert f"{ESC}[1;35m^^^{ESC}[0m" in written("text", everything(), color=True)


def test_findings_are_grouped_by_file_in_the_given_order():
    findings = [finding(path=path) for path in ("b.json", "a.json", "b.json")]
    heads = [line for line in written("text", report(*findings)).splitlines() if "wildcard-action" in line]
    assert [head.partition(":")[0] for head in heads] == ["b.json", "b.json", "a.json"]


def test_many_findings_of_one_rule_in_one_file_are_counted():
    text = written("text", report(*[finding()] * 1244, finding(path="b.json")))
    assert text.count("a.json:5:15: ") == 10
    assert "… and 1,234 more of wildcard-action in a.json (all in --output-format json)\n" in text
    assert text.count("b.json:5:15: ") == 1
    assert written("text", report(*[finding()] * 50)).count("a.json:5:15: ") == 50


def test_statistics_instead_of_findings():
    found = report(finding(), finding(), finding(rule="invalid-action", severity=Severity.ERROR))
    table = "2  security-warning  wildcard-action\n1  error             invalid-action\n"
    assert written("concise", found, statistics=True) == table
    assert written("text", found, statistics=True) == table + ("1 error, 2 security warnings in 1 file (1 policy)\n")


def test_concise_has_one_line_each():
    assert written("concise", everything()).splitlines() == [
        "a.json:5:15: security-warning wildcard-action: `*` grants every action of every service",
        "a.json:5:15: suggestion wildcard-action: `*` grants every action of every service",
        "a.json:5:15: error invalid-action: `*` grants every action of every service",
        "c.json:3:1: error: unexpected end",
        "a.json: internal error in invalid-action: crashed",
        "not checked: root-key: needs credential-report, made by: aws iam get-credential-report",
        "note: sub/iamlint.toml is not used",
    ]


def test_a_place_beyond_the_text_has_no_excerpt():
    for region in (Region(99, 1, 99, 2), Region(5, 15, 5, 18)):
        lost = report(finding(region=region), texts={} if region.line == 5 else {"a.json": "{}"})
        assert "^" not in written("text", lost)


def test_redacted_excerpts_keep_their_columns():
    text = '{"Resource": "AKIAIOSFODNN7EXAMPLE", "Action": "*"}'
    found = finding(region=Region(1, 48, 1, 51), message="key AKIAIOSFODNN7EXAMPLE")
    shown = written("text", report(found, texts={"a.json": text}), redact=True).splitlines()
    assert "key AKIA…MPLE" in shown[0]
    assert shown[2] == '1 | {"Resource": "AKIA………………………………MPLE", "Action": "*"}'
    assert shown[3].index("^") == shown[2].index('"*"')


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "marks"),
    [
        ('  "a": 1', 2, 5, '  "a": 1', "  ^^^"),
        ("\t\tab", 2, 4, "  ab", "  ^^"),
        ("", 0, 0, "", "^"),
        ("ab", 2, 2, "ab", "  ^"),
        ("ab", 9, 12, "ab", "  ^"),
        ("a\x1b[2Jb", 5, 6, "a\\u001b[2Jb", "          ^"),
        ("a\x1b[2Jb", 1, 2, "a\\u001b[2Jb", " ^^^^^^"),
        ("字字b", 2, 3, "字字b", "    ^"),
        ("字字b", 0, 1, "字字b", "^^"),
        ("e\u0301b", 2, 3, "e\u0301b", " ^"),
    ],
)
def test_excerpt(line: str, start: int, end: int, shown: str, marks: str):
    assert excerpt(line, start, end, 60) == (shown, marks)


def test_excerpt_of_long_lines_is_a_window():
    line = "a" * 500_000 + "TOKEN" + "b" * 500_000
    shown, marks = excerpt(line, 500_000, 500_005, 40)
    assert len(shown) == 40
    assert shown[0] == shown[-1] == "…"
    assert shown[marks.index("^") : len(marks)] == "TOKEN"
    assert excerpt("TOKEN" + "b" * 99, 0, 5, 40) == ("TOKEN" + "b" * 33 + "…", "^" * 5)
    assert excerpt("a" * 99 + "TOKEN", 99, 104, 40) == ("…" + "a" * 33 + "TOKEN", " " * 34 + "^" * 5)
    assert excerpt("x" * 1_000_000, 10, 1_000_000, 40)[1].count("^") == 38
