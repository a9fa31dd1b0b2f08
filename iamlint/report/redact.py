"""Access-key ids shortened, for reports that leave the machine."""

import re
from collections.abc import Mapping
from typing import TypeVar, cast

from iamlint.finding import Finding, Report

# IAM User Guide, "IAM identifiers": unique ids of access keys begin with AKIA, of temporary ones with ASIA.
_KEY_ID = re.compile("(A(?:KIA|SIA))[A-Z0-9]{12}([A-Z0-9]{4})")

_T = TypeVar("_T")


def redact(text: str) -> str:
    """`text` with only the first and last four characters of access-key ids."""
    return _KEY_ID.sub("\\1…\\2", text)


def mask(text: str) -> str:
    """As `redact`, but of the same length, so that columns stay right."""
    return _KEY_ID.sub("\\1" + "…" * 12 + "\\2", text)


def redacted(report: Report) -> Report:
    """`report` with access-key ids redacted, but for paths, which must lead to their files, and `texts`.

    A rewrite whose edits hold a key id goes: applied with a redacted one it would damage the file.
    """
    return report._replace(
        findings=tuple(map(_finding, report.findings)),
        suppressed=tuple(
            entry._replace(finding=_finding(entry.finding), exception=redact(entry.exception))
            for entry in report.suppressed
        ),
        errors=tuple(_value(entry)._replace(path=entry.path) for entry in report.errors),
        skipped=tuple(_value(entry)._replace(path=entry.path) for entry in report.skipped),
        not_checked=_value(report.not_checked),
        notes=_value(report.notes),
        assumptions=_value(report.assumptions),
    )


def _finding(finding: Finding) -> Finding:
    rewrite = finding.rewrite
    if rewrite is not None and any(_KEY_ID.search(edit.text) for edit in rewrite.edits):
        rewrite = None
    kept = {"severity", "path", "region", "marked", "identity", "related", "rewrite"}
    changed = {name: _value(value) for name, value in finding._asdict().items() if name not in kept}
    related = tuple(entry._replace(message=redact(entry.message)) for entry in finding.related)
    return finding._replace(related=related, rewrite=_value(rewrite), **changed)


def _value(value: _T) -> _T:
    """`value` with every string in it redacted, of the same shape."""
    return cast("_T", _redacted(value, 100))


def _redacted(value: object, depth: int) -> object:
    if isinstance(value, str):
        return redact(value)
    if depth == 0:
        return value
    if isinstance(value, Mapping):
        return {_redacted(key, depth - 1): _redacted(entry, depth - 1) for key, entry in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(_redacted(entry, depth - 1) for entry in value)
    if isinstance(value, (list, tuple)):
        return type(value)(_redacted(entry, depth - 1) for entry in value)
    return value
