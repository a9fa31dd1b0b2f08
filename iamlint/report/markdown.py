"""Markdown: a table for a pull-request comment or a job summary; the gravest first.

Text from policies is escaped so that it stays text: no links, no mentions, no HTML.
"""

from typing import TextIO

from iamlint.finding import Report
from iamlint.report import Options
from iamlint.report.wording import (
    error_line,
    gravest_first,
    not_checked_lines,
    place,
    shown,
    summary_line,
)

_ESCAPES = str.maketrans(
    {
        **{char: f"\\{char}" for char in "\\`*_{}[]()!|~-+$"},
        # As character references, since GitHub acts on these even after a backslash.
        **{char: f"&#{ord(char)};" for char in "<>&@#:/."},
    }
)


def write(report: Report, out: TextIO, options: Options) -> None:
    """Writes the findings as a table, and a list of what the rules mean."""
    out.write(f"### iamlint\n\n{escaped(summary_line(report))}\n")
    findings = gravest_first(report.findings)
    if findings:
        out.write("\n| Severity | Rule | Place | Message |\n| --- | --- | --- | --- |\n")
        for finding in findings:
            cells = (finding.severity.value, finding.rule, place(finding), shown(finding.message))
            out.write(f"| {' | '.join(map(escaped, cells))} |\n")
        known = options.rules()
        told = [rule for rule in dict.fromkeys(finding.rule for finding in findings) if rule in known]
        if told:
            out.write("\n")
        for rule in told:
            out.write(f"- **{escaped(rule)}**: {escaped(shown(known[rule].summary))}\n")
    rest = [*map(error_line, report.errors), *not_checked_lines(report), *map(shown, report.notes)]
    if rest:
        out.write("\n")
        out.writelines(f"- {escaped(line)}\n" for line in rest)


def escaped(text: str) -> str:
    """`text` as it is, whatever Markdown makes of its characters."""
    return shown(text).translate(_ESCAPES)
