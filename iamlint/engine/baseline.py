"""A baseline: known findings, counted, so that only new ones are reported.

A JSON file with one entry a line, sorted, so that it merges and reads well in a review. A finding is known by its
fingerprint and its path; where the path is gone, by its fingerprint alone, since files move.
"""

import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from iamlint.config import ConfigError
from iamlint.engine.exceptions import Root, Seen
from iamlint.finding import Finding, Report, Suppressed
from iamlint.record import NamedTuple
from iamlint.rule import Rule
from iamlint.syntax import SyntaxProblem, decode, parse

VERSION = 1
SUPPRESSED_BY = "baseline"
"""What stands in place of a reason."""

Known = tuple[str, str, str]
"""Path relative to the configuration's folder, rule, fingerprint without its count."""


class BaselineError(ConfigError):
    """A baseline that cannot be read or written; the message begins with its path."""


class Baseline(NamedTuple):
    """How many findings of each kind are known."""

    counts: Mapping[Known, int]

    @property
    def total(self) -> int:
        """All known findings together."""
        return sum(self.counts.values())


class Outcome(NamedTuple):
    """A report without the known findings; the baseline without what is gone, and with what is new."""

    report: Report
    shrunk: Baseline
    grown: Baseline


def load_baseline(path: str) -> Baseline | None:
    """The baseline in the file; None where there is no such file. Raises `BaselineError`."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BaselineError(f"{path}: cannot read the baseline: {error.strerror}") from error
    try:
        value = parse(decode(data).text).value
    except SyntaxProblem as problem:
        raise BaselineError(f"{path}:{problem.line}: the baseline is not JSON: {problem.message}") from problem
    entries = value.get("findings") if isinstance(value, dict) else None
    if not isinstance(value, dict) or value.get("version") != VERSION or not isinstance(entries, list):
        raise BaselineError(f"{path}: this is no baseline of version {VERSION}; --update-baseline writes one")
    counts: Counter[Known] = Counter()
    for number, entry in enumerate(entries, 1):
        known = _entry(entry)
        if known is None:
            raise BaselineError(f"{path}: entry {number} of the baseline needs path, rule, fingerprint and count")
        counts[known[0]] += known[1]
    return Baseline(counts)


def save_baseline(path: str, baseline: Baseline) -> None:
    """Writes the file, whole or not at all. Raises `BaselineError`."""
    import tempfile

    lines = [
        json.dumps({"path": file, "rule": rule, "fingerprint": fingerprint, "count": count})
        for (file, rule, fingerprint), count in sorted(baseline.counts.items())
        if count
    ]
    body = ",\n".join(f"  {line}" for line in lines)
    text = f'{{"version": {VERSION}, "findings": [\n{body}\n]}}\n'
    target = os.path.realpath(path)
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=os.path.dirname(target), prefix=".iamlint-", delete=False
        ) as file_:
            file_.write(text)
        os.chmod(file_.name, 0o644)
        os.replace(file_.name, target)
    except OSError as error:
        raise BaselineError(f"{path}: cannot write the baseline: {error.strerror}") from error


def apply(
    baseline: Baseline,
    report: Report,
    rules: Mapping[str, Rule],
    *,
    root_folder: str,
    paths: Collection[str],
    read: Collection[str],
) -> Outcome:
    """Sets apart what is known.

    `rules` are those that ran, `root_folder` is that of the configuration, `paths` are the files and folders that were
    to be checked, `read` the files that were. An entry leaves the baseline only where this run would have found it: its
    rule ran, and its file was read without a fault, or is gone although everything was looked at.
    """
    root = Root(root_folder)
    left = Counter(baseline.counts)
    kept, suppressed, met = _matched(report.findings, left, root, rules)
    unanswered = {entry.rule for entry in report.not_checked}
    faulty = {root.relative(error.path) for error in report.errors}
    seen = {root.relative(path) for path in read} - faulty
    everything = Seen(root, paths).everything and not report.errors
    for known, count in left.items():
        if not count:
            continue
        ran = known[1] in rules and known[1] not in unanswered
        if not (ran and (known[0] in seen or (everything and not root.exists(known[0])))):
            met[known] += count
    grown = Counter(met)
    for finding in kept:
        if not rules[finding.rule].unsuppressible:
            grown[_known(finding, root)] += 1
    known_ones = (Suppressed(finding, SUPPRESSED_BY) for finding in suppressed)
    report = report._replace(findings=tuple(kept), suppressed=(*report.suppressed, *known_ones))
    return Outcome(report, Baseline(met), Baseline(grown))


def _matched(
    findings: Iterable[Finding], left: Counter[Known], root: Root, rules: Mapping[str, Rule]
) -> tuple[list[Finding], list[Finding], Counter[Known]]:
    """The new findings, the known ones, and how many were known; takes the known ones off `left`."""
    met: Counter[Known] = Counter()
    everyone = list(findings)
    known = [_known(finding, root) for finding in everyone]
    covered = [False] * len(everyone)
    for number, finding in enumerate(everyone):
        if left[known[number]] and not rules[finding.rule].unsuppressible:
            covered[number] = True
            left[known[number]] -= 1
            met[known[number]] += 1
    moved: dict[tuple[str, str], list[Known]] = {}
    for entry, count in left.items():
        if count and not root.exists(entry[0]):
            moved.setdefault(entry[1:], []).append(entry)
    for number in range(len(everyone)) if moved else ():
        entries = moved.get(known[number][1:], []) if not covered[number] else []
        while entries and not left[entries[-1]]:
            entries.pop()
        if entries:
            covered[number] = True
            left[entries[-1]] -= 1
            met[known[number]] += 1
    pairs = list(zip(everyone, covered, strict=True))
    return [f for f, is_known in pairs if not is_known], [f for f, is_known in pairs if is_known], met


def _known(finding: Finding, root: Root) -> Known:
    return root.relative(finding.path), finding.rule, finding.fingerprint.partition(":")[0]


def _entry(entry: object) -> tuple[Known, int] | None:
    if not isinstance(entry, dict):
        return None
    path, rule, fingerprint = entry.get("path"), entry.get("rule"), entry.get("fingerprint")
    count = entry.get("count", 1)
    if not (isinstance(path, str) and isinstance(rule, str) and isinstance(fingerprint, str)):
        return None
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        return None
    return (path, rule, fingerprint), count
