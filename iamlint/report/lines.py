"""JSON lines, version 1: the entries of the JSON output one by one, each with its `type` first.

`run` comes first, then `finding`, `not_checked`, `error`, `suppressed` and `skipped` as far as there are any,
`summary` last: a reader that has seen it knows that nothing is missing.
"""

from typing import TextIO

from iamlint.finding import Report
from iamlint.report import Options
from iamlint.report.document import header, sections, summary
from iamlint.report.finding_text import dumps

_TYPES = {"findings": "finding", "errors": "error"}


def write(report: Report, out: TextIO, options: Options) -> None:
    """Writes one JSON object per line."""
    out.write(dumps({"type": "run", **header(report)}) + "\n")
    for section, entries in sections(report):
        kind = _TYPES.get(section, section)
        for entry in entries:
            out.write(f'{{"type": "{kind}", {entry[1:]}\n')
    out.write(dumps({"type": "summary", **summary(report), "notes": report.notes}) + "\n")
