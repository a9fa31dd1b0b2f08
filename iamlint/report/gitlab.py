"""GitLab's code quality report: a JSON array, shown in merge requests."""

import hashlib
import json
from typing import TextIO

from iamlint.finding import Report
from iamlint.report import Options
from iamlint.report.services import finding_level, repository_path
from iamlint.report.wording import gravest_first, shown

_SEVERITIES = {"error": "critical", "warning": "major", "note": "info"}


def write(report: Report, out: TextIO, options: Options) -> None:
    """Writes all findings as one JSON array, an empty one if there are none."""
    entries = []
    for finding in gravest_first(report.findings):
        path = repository_path(finding.path, options.root)
        key = json.dumps([path, finding.fingerprint])
        region = finding.region
        entries.append(
            {
                "description": shown(finding.message),
                "check_name": finding.rule,
                # GitLab takes entries with the same fingerprint for one, also in different files.
                "fingerprint": hashlib.sha256(key.encode()).hexdigest()[:32],
                "severity": _SEVERITIES[finding_level(finding, options)],
                "location": {
                    "path": path,
                    "positions": {
                        "begin": {"line": region.line, "column": region.column},
                        "end": {"line": region.end_line, "column": region.end_column},
                    },
                },
            }
        )
    json.dump(entries, out, indent=1)
    out.write("\n")
