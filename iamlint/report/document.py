"""JSON, version 1: one object, each finding on a line of its own. `docs/schema/v1.json` describes it.

Fields may be added, none is changed or removed. All but ASCII is escaped, so that no terminal meets a
raw control character.
"""

import json
from collections.abc import Iterable
from typing import TextIO

from iamlint.finding import Finding, NotChecked, Region, Report, Rewrite, RunError, Subject
from iamlint.report import Options
from iamlint.report.plain import plain
from iamlint.report.wording import by_severity

VERSION = 1


def write(report: Report, out: TextIO, options: Options) -> None:
    """Writes the whole report as one JSON object."""
    lead = "{"
    for key, value in header(report).items():
        out.write(f"{lead}{dumps(key)}: {dumps(value)}")
        lead = ",\n "
    for key, entries in sections(report):
        out.write(f',\n "{key}": [')
        lead = "\n  "
        for entry in entries:
            out.write(lead + dumps(entry))
            lead = ",\n  "
        out.write("]" if lead == "\n  " else "\n ]")
    out.write(f',\n "summary": {dumps(summary(report))},\n "notes": {dumps(report.notes)}}}\n')


def header(report: Report) -> dict[str, object]:
    """Everything that comes before the findings."""
    from iamlint import __version__

    return {
        "version": VERSION,
        "tool": {"name": "iamlint", "version": __version__, "data": plain(report.data)},
        "config": None if report.config_path is None else {"path": report.config_path, "sha256": report.config_sha256},
        "as_of": report.as_of,
        "assumptions": report.assumptions,
    }


def sections(report: Report) -> tuple[tuple[str, Iterable[dict[str, object]]], ...]:
    """The lists of the report, in order; entries are made one by one."""
    return (
        ("findings", map(finding_entry, report.findings)),
        ("not_checked", map(_not_checked, report.not_checked)),
        ("errors", map(_error, report.errors)),
        (
            "suppressed",
            ({**finding_entry(entry.finding), "exception": entry.exception} for entry in report.suppressed),
        ),
        ("skipped", (entry._asdict() for entry in report.skipped)),
    )


def summary(report: Report) -> dict[str, object]:
    """The counts at the end."""
    return {
        "files": report.files,
        "policies": report.policies,
        "accounts": report.accounts,
        "by_severity": {severity.value: count for severity, count in by_severity(report.findings).items()},
    }


dumps = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode
"""JSON in one line of ASCII."""


def finding_entry(finding: Finding) -> dict[str, object]:
    """A finding with the keys of version 1, in their order."""
    return {
        "rule": finding.rule,
        "aws": finding.aws,
        "severity": finding.severity.value,
        "level": finding.level,
        "message": finding.message,
        "arguments": plain(finding.arguments),
        "path": finding.path,
        **_region(finding.region),
        "pointer": finding.pointer,
        "pointers": finding.pointers,
        "token": finding.token,
        "document_pointer": finding.document_pointer,
        "policy": None if finding.policy is None else finding.policy._asdict(),
        "subject": _subject(finding.subject),
        "related": [
            {"message": entry.message, "path": entry.path, **_region(entry.region)} for entry in finding.related
        ],
        "folded": [entry._asdict() for entry in finding.folded],
        "witness": plain(finding.witness),
        "rewrite": None if finding.rewrite is None else _rewrite(finding.rewrite),
        "fingerprint": finding.fingerprint,
    }


def _region(region: Region) -> dict[str, object]:
    return {
        "line": region.line,
        "column": region.column,
        "end_line": region.end_line,
        "end_column": region.end_column,
    }


def _subject(subject: Subject | None) -> dict[str, object] | None:
    return None if subject is None else subject._asdict()


def _rewrite(rewrite: Rewrite) -> dict[str, object]:
    proof = rewrite.proof
    return {
        "title": rewrite.title,
        "safe": rewrite.safe,
        "edits": [{**_region(edit.region), "text": edit.text} for edit in rewrite.edits],
        "proof": {
            "verdict": proof.verdict,
            "reason": proof.reason,
            "witness": plain(proof.witness),
            "assumes": proof.assumes,
        },
    }


def _not_checked(entry: NotChecked) -> dict[str, object]:
    return {
        "rule": entry.rule,
        "subject": _subject(entry.subject),
        "needs": entry.needs,
        "command": entry.command,
    }


def _error(error: RunError) -> dict[str, object]:
    return {
        "kind": error.kind,
        "rule": error.rule,
        "path": error.path,
        "message": error.message,
        "line": error.line,
        "column": error.column,
    }
