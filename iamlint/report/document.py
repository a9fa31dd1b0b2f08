"""JSON, version 1: one object, each finding on a line of its own. `docs/schema/v1.json` describes it.

Fields may be added, none is changed or removed. All but ASCII is escaped, so that no terminal meets a
raw control character.
"""

from collections.abc import Iterable
from typing import TextIO

from iamlint.finding import NotChecked, Report, RunError
from iamlint.report import Options
from iamlint.report.finding_text import FindingText, dumps
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
            out.write(lead + entry)
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


def sections(report: Report) -> tuple[tuple[str, Iterable[str]], ...]:
    """The lists of the report, in order; entries are JSON objects, made one by one."""
    text = FindingText()
    return (
        ("findings", map(text, report.findings)),
        ("not_checked", (dumps(_not_checked(entry)) for entry in report.not_checked)),
        ("errors", (dumps(_error(entry)) for entry in report.errors)),
        (
            "suppressed",
            (f'{text(entry.finding)[:-1]}, "exception": {dumps(entry.exception)}}}' for entry in report.suppressed),
        ),
        ("skipped", (dumps(entry._asdict()) for entry in report.skipped)),
    )


def summary(report: Report) -> dict[str, object]:
    """The counts at the end."""
    return {
        "files": report.files,
        "policies": report.policies,
        "accounts": report.accounts,
        "by_severity": {severity.value: count for severity, count in by_severity(report.findings).items()},
    }


def _not_checked(entry: NotChecked) -> dict[str, object]:
    return {
        "rule": entry.rule,
        "subject": None if entry.subject is None else entry.subject._asdict(),
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
