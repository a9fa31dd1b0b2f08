"""For people at a terminal: each finding with its source line, the token underlined, and what helps.

Nothing at all is written when there is nothing to tell; skipped files and suppressed findings are counted
only when something else is written.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from iamlint.finding import Finding, Report, Rewrite, Severity
from iamlint.report import Options
from iamlint.report.excerpt import excerpt
from iamlint.report.wording import (
    error_line,
    not_checked_lines,
    place,
    shown,
    shown_path,
    statistics,
    summary_line,
)
from iamlint.syntax import Lines, printable

MANY = 50
"""Findings of one rule in one file beyond which only `FEW` are shown."""
FEW = 10
NAMED = 3
"""Skipped files up to this number are named."""

_BOLD, _DIM = "1", "2"
_COLORS = {
    Severity.ERROR: "1;31",
    Severity.SECURITY_WARNING: "1;35",
    Severity.WARNING: "1;33",
    Severity.SUGGESTION: "1;36",
}


def write(report: Report, out: TextIO, options: Options) -> None:
    """Writes `report` for people."""
    out.writelines(f"{line}\n" for line in _Text(report, options).lines())


class _Text:
    def __init__(self, report: Report, options: Options) -> None:
        self.report = report
        self.options = options
        self.source: tuple[str, Lines] | None = None
        self.line: tuple[int, str] = (0, "")

    def lines(self) -> Iterator[str]:
        report = self.report
        if self.options.statistics:
            yield from statistics(report)
        else:
            yield from self.findings()
        yield from map(error_line, report.errors)
        if self.options.show_suppressed:
            for entry in report.suppressed:
                yield f"{self.headline(entry.finding)} (suppressed: {shown(entry.exception)})"
        yield from not_checked_lines(report)
        yield from (f"note: {shown(note)}" for note in report.notes)
        told = report.findings or report.errors or report.not_checked or report.notes
        if told or (report.suppressed and self.options.show_suppressed):
            if 0 < len(report.skipped) <= NAMED:
                yield from (f"skipped: {shown_path(path)}: {shown(why)}" for path, why in report.skipped)
            yield summary_line(report)
            if report.findings and not self.options.statistics:
                yield self.paint("`iamlint rule ID` explains a rule", _DIM)

    def findings(self) -> Iterator[str]:
        files: dict[str, list[Finding]] = {}
        for finding in self.report.findings:
            files.setdefault(finding.path, []).append(finding)
        for path, findings in files.items():
            counts: dict[str, int] = {}
            for finding in findings:
                counts[finding.rule] = counts.get(finding.rule, 0) + 1
            seen = dict.fromkeys(counts, 0)
            for finding in findings:
                seen[finding.rule] += 1
                if counts[finding.rule] <= MANY or seen[finding.rule] <= FEW:
                    yield from self.finding(finding)
                    yield ""
            for rule, count in counts.items():
                if count > MANY:
                    more = f"… and {count - FEW:,} more of {printable(rule)} in {shown_path(path)}"
                    yield f"{more} (all in --output-format json)"
                    yield ""

    def finding(self, finding: Finding) -> Iterator[str]:
        yield self.headline(finding)
        gutter = " " * len(str(finding.region.line))
        source = self.source_line(finding)
        if source is not None:
            region = finding.region
            end = region.end_column - 1 if region.end_line == region.line else len(source)
            width = max(40, self.options.width - len(gutter) - 3)
            text, marks = excerpt(source, region.column - 1, end, width)
            bar = self.paint("|", _DIM)
            yield f"{gutter} {bar}"
            yield f"{self.paint(str(region.line), _DIM)} {bar} {text}"
            marked = marks.lstrip()
            indent = " " * (len(marks) - len(marked))
            yield f"{gutter} {bar} {indent}{self.paint(marked, _COLORS[finding.severity])}"
        for label, text in self.remarks(finding):
            yield f"{gutter} {self.paint('=', _DIM)} {self.paint(label, _BOLD)}: {shown(text)}"
            if label == "rewrite":
                yield from (f"{gutter}   {line}" for line in self.difference(finding))

    def headline(self, finding: Finding) -> str:
        severity = self.paint(finding.severity.value, _COLORS[finding.severity])
        rule = self.paint(printable(finding.rule), _BOLD)
        return f"{self.paint(place(finding), _BOLD)}: {severity} {rule}: {shown(finding.message)}"

    def remarks(self, finding: Finding) -> Iterator[tuple[str, str]]:
        """What stands under the excerpt: label and text."""
        help_line = finding.arguments.get("help")
        help_line = help_line if isinstance(help_line, str) else self.options.help(finding.rule)
        if help_line:
            yield "help", help_line
        if finding.rewrite is not None:
            yield "rewrite", _rewrite(finding.rule, finding.rewrite)
        if len(finding.marked) > 1:
            yield "note", f"also at {_some([f'{region.line}:{region.column}' for region in finding.marked[1:]])}"
        for related in finding.related:
            yield "note", f"{related.path}:{related.region.line}:{related.region.column}: {related.message}"
        for folded in finding.folded:
            yield "note", f"covers {folded.rule}: {folded.message}"
        if finding.policy is not None and finding.policy.attached_to:
            name = finding.policy.arn or finding.policy.name or "this policy"
            yield "note", f"{name} is attached to {_some(finding.policy.attached_to)}"
        if finding.witness:
            yield "witness", _witness(finding.witness)

    def difference(self, finding: Finding) -> list[str]:
        """What the finding's rewrite does to the text, where that is short and no key would be shown."""
        if finding.rewrite is None or self.source is None or self.options.redact:
            return []
        from iamlint.report.difference import difference

        return difference(finding.rewrite, self.source[1], max(40, self.options.width - 4))

    def source_line(self, finding: Finding) -> str | None:
        """The line that a finding begins in, if the text is at hand."""
        if self.source is None or self.source[0] != finding.path:
            text = self.report.texts.get(finding.path)
            if text is None:
                return None
            if self.options.redact:
                from iamlint.report.redact import mask

                text = mask(text)
            self.source = finding.path, Lines(text)
            self.line = 0, ""
        number = finding.region.line
        if self.line[0] != number:
            lines = self.source[1]
            if not 1 <= number <= lines.count:
                return None
            self.line = number, lines.line_text(number)
        return self.line[1]

    def paint(self, text: str, color: str) -> str:
        return f"\x1b[{color}m{text}\x1b[0m" if self.options.color else text


def _rewrite(rule: str, rewrite: Rewrite) -> str:
    proof = rewrite.proof
    if proof.verdict == "unproven":
        return f"{rewrite.title} (never applied: {proof.reason})"
    replayed = (
        ""
        if rewrite.denied is None
        else f"; of the observed calls it denies {f'{rewrite.denied:,}' if rewrite.denied else 'none'}"
    )
    if rewrite.made is None:
        return f"{rewrite.title} ({proof.verdict}{replayed}; never applied)"
    if rewrite.safe:
        way = "--fix"
    elif proof.verdict == "narrower" and rewrite.denied == 0:
        way = "--fix --usage"
    elif proof.verdict == "narrower" and not rewrite.made[2]:
        way = "--fix --unsafe-fixes"
    else:
        way = f"--fix --accept-wider {rule}"
    return f"{rewrite.title} ({proof.verdict}{replayed}; {way} does it)"


def _some(names: Sequence[str], most: int = 3) -> str:
    listed = ", ".join(names[:most])
    return f"{listed} and {len(names) - most:,} more" if len(names) > most else listed


def _witness(witness: Mapping[str, object]) -> str:
    """A request in one line: `action s3:GetObject, resource arn:…, context {"aws:SourceIp": "…"}`."""
    import json

    def value(entry: object) -> str:
        return entry if isinstance(entry, str) else json.dumps(plain(entry), ensure_ascii=False)

    from iamlint.report.plain import plain

    return ", ".join(f"{key} {value(entry)}" for key, entry in witness.items())
