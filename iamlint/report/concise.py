"""One line per finding, for editors, grep and small terminals."""

from collections.abc import Iterator
from typing import TextIO

from iamlint.finding import Finding, Report
from iamlint.report import Options
from iamlint.report.wording import error_line, not_checked_lines, place, shown, statistics
from iamlint.syntax import printable


def write(report: Report, out: TextIO, options: Options) -> None:
    """Writes one line per finding, error and missing export; nothing if there are none."""
    out.writelines(f"{line}\n" for line in _lines(report, options))


def _lines(report: Report, options: Options) -> Iterator[str]:
    yield from statistics(report) if options.statistics else map(_line, report.findings)
    yield from map(error_line, report.errors)
    if options.show_suppressed:
        for entry in report.suppressed:
            yield f"{_line(entry.finding)} (suppressed: {shown(entry.exception)})"
    yield from not_checked_lines(report)
    yield from (f"note: {shown(note)}" for note in report.notes)


def _line(finding: Finding) -> str:
    return f"{place(finding)}: {finding.severity.value} {printable(finding.rule)}: {shown(finding.message)}"
