"""Workflow commands of GitHub Actions, which become annotations in a pull request; the gravest first.

GitHub shows at most ten per step.
"""

from typing import TextIO

from iamlint.finding import Report
from iamlint.report import Options
from iamlint.report.services import finding_level, repository_path
from iamlint.report.wording import gravest_first, not_checked_lines, shown, shown_path


def write(report: Report, out: TextIO, options: Options) -> None:
    """Writes one workflow command per finding, error, missing export and note."""
    for finding in gravest_first(report.findings):
        region = finding.region
        fields: dict[str, object] = {
            "file": shown_path(repository_path(finding.path, options.root)),
            "line": region.line,
            "endLine": region.end_line,
            "title": shown(finding.rule),
        }
        if region.line == region.end_line:  # columns are only taken within one line
            fields |= {"col": region.column, "endColumn": region.end_column}
        level = finding_level(finding, options).replace("note", "notice")
        out.write(_command(level, f"{finding.severity.value}: {shown(finding.message)}", fields))
    for error in report.errors:
        fields = {"file": shown_path(repository_path(error.path, options.root))}
        if error.line is not None:
            fields["line"] = error.line
        out.write(_command("error", shown(error.message), fields))
    for line in not_checked_lines(report):
        out.write(_command("notice", line, {}))
    for note in report.notes:
        out.write(_command("notice", shown(note), {}))


def _command(name: str, message: str, fields: dict[str, object]) -> str:
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in fields.items())
    return f"::{name} {properties}".rstrip() + f"::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
