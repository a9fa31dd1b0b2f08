"""Words and orders that the formats share."""

from collections.abc import Iterable

from iamlint.finding import Finding, Report, RunError, Severity
from iamlint.syntax import printable

MESSAGE_LIMIT = 1000
"""Code points of a message in formats for people; JSON has it whole."""


def shown(text: str) -> str:
    """A message in one safe line."""
    return printable(text, MESSAGE_LIMIT)


def shown_path(path: str) -> str:
    """A path in one safe line; long enough for every path that a file system takes."""
    return printable(path, 4096)


def many(count: int, noun: str) -> str:
    """`1 policy`, `1,234 policies`."""
    if count != 1:
        noun = f"{noun[:-1]}ies" if noun.endswith("cy") else f"{noun}s"
    return f"{count:,} {noun}"


def by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity, gravest first, zeros included."""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """By severity, then path and place."""
    return sorted(findings, key=lambda finding: (finding.severity.rank, finding.path, finding.region, finding.rule))


def place(finding: Finding) -> str:
    """`path:line:column`."""
    return f"{shown_path(finding.path)}:{finding.region.line}:{finding.region.column}"


def error_line(error: RunError) -> str:
    """One error of the run in one line."""
    where = "".join(f":{number}" for number in (error.line, error.column) if number is not None)
    kind = "error" if error.kind == "input" else f"internal error in {printable(error.rule or 'iamlint')}"
    return f"{shown_path(error.path)}{where}: {kind}: {shown(error.message)}"


def summary_line(report: Report) -> str:
    """`3 errors, 2 warnings in 5 files (12 policies)`, with what else the run has to count."""
    counts = [
        many(count, severity.value.replace("-", " "))
        for severity, count in by_severity(report.findings).items()
        if count
    ]
    read = [many(report.policies, "policy")] + ([many(report.accounts, "account")] if report.accounts else [])
    line = f"{', '.join(counts) or 'no findings'} in {many(report.files, 'file')} ({', '.join(read)})"
    if report.errors:
        line += f"; {many(len(report.errors), 'problem')} in reading or checking"
    if report.suppressed:
        line += f"; {len(report.suppressed):,} suppressed"
    if report.skipped:
        line += f"; {many(len(report.skipped), 'file')} skipped"
    if "as-of" in report.data:
        line += f"; AWS's lists of {shown(report.data['as-of'])}"
    return line


def statistics(report: Report) -> list[str]:
    """A table of rules with their severity and number of findings, the most frequent first."""
    counts: dict[tuple[str, Severity], int] = {}
    for finding in report.findings:
        key = finding.rule, finding.severity
        counts[key] = counts.get(key, 0) + 1
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0][1].rank, row[0][0]))
    numbers = [f"{count:,}" for _, count in rows]
    wide = max(map(len, numbers), default=0)
    return [
        f"{number:>{wide}}  {severity.value:<16}  {printable(rule)}"
        for number, ((rule, severity), _) in zip(numbers, rows, strict=True)
    ]


def not_checked_lines(report: Report) -> list[str]:
    """One line for each export that is missing, with the rules that need it and the command that makes it."""
    missing: dict[tuple[str, str], dict[str, None]] = {}
    for entry in report.not_checked:
        missing.setdefault((entry.needs, entry.command), {})[entry.rule] = None
    return [
        f"not checked: {shown(', '.join(rules))}: needs {shown(needs)}, made by: {shown(command)}"
        for (needs, command), rules in missing.items()
    ]
