"""Findings in, characters out. Each format is one module, imported only when it is asked for."""

from collections.abc import Callable, Mapping
from typing import Protocol, TextIO, cast

from iamlint.finding import Report
from iamlint.record import NamedTuple

FORMATS: Mapping[str, str] = {
    "text": "text",
    "concise": "concise",
    "json": "document",
    "json-lines": "lines",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
    "markdown": "markdown",
}
"""Name of each format → its module in this package."""


class RuleInfo(NamedTuple):
    """What reports tell of a rule, as plain values.

    `severity` and the values of `levels` (level → severity) are values of `Severity`. `why` and `fix` are
    Markdown without their headings. `good` and `bad` are example policies; marks « » in them are taken out.
    """

    id: str
    aws: str | None
    severity: str
    levels: Mapping[str, str] = {}
    security_severity: float | Mapping[str, float] | None = None
    """0.1 to 10, or one number per level; a single number holds for `full` and is lowered for `limited`."""
    summary: str = ""
    why: str = ""
    fix: str = ""
    references: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    preview: bool = False
    good: str | None = None
    bad: str | None = None
    options: Mapping[str, object] = {}


def _no_rules() -> Mapping[str, RuleInfo]:
    return {}


def _no_help(rule: str) -> str | None:
    return None


class Options(NamedTuple):
    """How to write."""

    color: bool = False
    statistics: bool = False
    """A table of counts instead of the findings; read by text and concise."""
    show_suppressed: bool = False
    """List what exceptions cover; read by text and concise (JSON always has it)."""
    redact: bool = False
    """Shorten access-key ids in all text except paths."""
    width: int = 100
    """Columns of the terminal, for excerpts."""
    root: str | None = None
    """Root of the repository: sarif, github and gitlab get paths relative to it. None: paths are left."""
    rules: Callable[[], Mapping[str, RuleInfo]] = _no_rules
    """All rules by id. Only called by formats that describe rules: never by text, concise and JSON."""
    help: Callable[[str], str | None] = _no_help
    """One line on what to do about a rule's findings; called only for rules that text shows."""
    sarif_category: str | None = None
    sarif_max_results: int = 5000
    sarif_suppressed: bool = False
    sarif_fingerprint: str = "github"
    """`github`: the line hash that GitHub computes; `content`: ours, which survives edits in nearby lines."""


class _Format(Protocol):
    def write(self, report: Report, out: TextIO, options: Options) -> None: ...


def write(format: str, report: Report, out: TextIO, options: Options) -> None:
    """Writes `report` to `out`; KeyError for a format that is not in `FORMATS`.

    Nothing that a scanned file says reaches a terminal raw: text goes through `printable` or is escaped JSON.
    """
    from importlib import import_module

    module = cast("_Format", import_module(f"iamlint.report.{FORMATS[format]}"))
    if options.redact:
        from iamlint.report.redact import redacted

        report = redacted(report)
    module.write(report, out, options)


def left_out(format: str, report: Report, options: Options) -> int:
    """How many findings `write` leaves out of this format for its limit, so that somebody can be told."""
    return max(0, len(report.findings) - options.sarif_max_results) if format == "sarif" else 0
