"""The configuration's exceptions: which findings they cover, and what is to be said of the exceptions themselves."""

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial

from iamlint.analyse import matches
from iamlint.config import ConfigError, ExceptionSpec, Settings
from iamlint.engine.dispatch import Crash, tried
from iamlint.engine.run import Run
from iamlint.finding import Finding, Hit, Region, Report, RunError, Suppressed
from iamlint.load.globs import Patterns
from iamlint.rule import Context, ExceptionRule, ExceptionUse, Numbered, Rule
from iamlint.syntax import nearest, printable

_WILD = frozenset("*?[\\!#")


def without_excepted(
    report: Report, run: Run, known: Mapping[str, Rule], paths: Collection[str], today: str | None = None
) -> Report:
    """The report of `run` without what the configuration's exceptions cover.

    `known` are all rules, `paths` the files and folders that were named, `today` is a day (YYYY-MM-DD); None: the day
    of the clock, in UTC. Raises `ConfigError` for an exception from a rule that does not allow it.
    """
    if not run.settings.exceptions:
        return report
    import time

    day = today or time.strftime("%Y-%m-%d", time.gmtime())
    return Exceptions(run.settings, known).apply(report, run.rules, [*paths, *run.read], day, run.rewrites)


class Exceptions:
    """The exceptions of one configuration."""

    def __init__(self, settings: Settings, known: Mapping[str, Rule]) -> None:
        """`known` are all rules. Raises `ConfigError` for an exception from a rule that does not allow it."""
        self._settings = settings
        self._root = Root(settings.root)
        self._entries = [_Entry(spec) for spec in settings.exceptions]
        self._index: dict[tuple[str, _Where], list[_Entry]] = {}
        for number, entry in enumerate(self._entries):
            fault = _fault(entry.spec.rule, known)
            if fault:
                raise ConfigError(f"{settings.where('exceptions', number, 'rule')}: {fault}")
            self._index.setdefault((entry.spec.rule, entry.where), []).append(entry)

    def apply(
        self, report: Report, rules: Mapping[str, Rule], paths: Collection[str], today: str, rewrites: bool = False
    ) -> Report:
        """`report` with the covered findings set apart, and with what the rules that ran say of the exceptions.

        `paths` are the files and folders that were checked, `today` a day (YYYY-MM-DD). `rewrites`: with what the
        rules propose.
        """
        kept, suppressed = [], list(report.suppressed)
        for finding in report.findings:
            entry = self._covering(finding, today)
            if entry is None:
                kept.append(finding)
            else:
                suppressed.append(Suppressed(finding, entry.spec.reason))
        report = report._replace(findings=tuple(kept), suppressed=tuple(suppressed))
        return self._judged(report, rules, paths, today, rewrites)

    def _covering(self, finding: Finding, today: str) -> "_Entry | None":
        """The first exception that covers `finding`; all that concern it take note."""
        found = None
        path = self._root.relative(finding.path)
        named = (("arn", arn) for arn in dict.fromkeys(arns(finding)))
        for where in (None, *(("path", folder) for folder in _and_folders(path)), *named):
            for entry in self._index.get((finding.rule, where), ()):
                if not entry.concerns(finding, path):
                    continue
                if entry.spec.pin not in (None, finding.pin):
                    entry.lapsed[finding.pin or ""] = None
                elif entry.is_expired(today):
                    entry.withheld += 1
                else:
                    entry.covers += 1
                    if entry.is_by_number:
                        entry.numbered.append(finding)
                    found = found or entry
        return found

    def _judged(
        self, report: Report, rules: Mapping[str, Rule], paths: Collection[str], today: str, rewrites: bool
    ) -> Report:
        about = [rule for rule in rules.values() if isinstance(rule, ExceptionRule)]
        seen = Seen(self._root, paths)
        unanswered = {entry.rule for entry in report.not_checked}
        ctx = Context(self._settings)
        findings: list[Finding] = []
        errors = []
        for number, entry in enumerate(self._entries):
            ran = entry.spec.rule in rules and entry.spec.rule not in unanswered and not report.errors
            use = ExceptionUse(
                entry.spec,
                entry.covers,
                entry.is_expired(today),
                entry.withheld,
                tuple(entry.lapsed),
                ran and seen.all_of(entry.spec),
                self._numbered(entry, report) if about and entry.numbered else None,
            )
            for rule in about:
                for result in tried(rule, partial(rule.check, use, ctx)):
                    if isinstance(result, Crash):
                        errors.append(_crash(result, self._shown_path()))
                    elif result.places[0].source is None:
                        findings.append(self._finding(rule, result, number))
                    else:
                        findings += self._in_policy(rule, result, entry, report, rewrites)
        if not findings and not errors:
            return report
        return report._replace(
            findings=(*report.findings, *sorted(findings, key=lambda f: (f.path != self._shown_path(), f.region))),
            errors=(*report.errors, *errors),
            texts={**report.texts, self._shown_path(): self._settings.text},
        )

    def _numbered(self, entry: "_Entry", report: Report) -> Numbered | None:
        from iamlint.engine.numbered import numbered

        return numbered(entry.numbered, report, self._settings)

    def _in_policy(self, rule: Rule, hit: Hit, entry: "_Entry", report: Report, rewrites: bool) -> Iterator[Finding]:
        from iamlint.engine.numbered import finding_of

        found = finding_of(rule, hit, entry.numbered, report, rewrites)
        if found is not None:
            yield found

    def _finding(self, rule: Rule, hit: Hit, number: int) -> Finding:
        place = hit.places[0]
        line = self._settings.line("exceptions", number, *place.path)
        text = self._settings.text.split("\n")[line - 1]
        begin = len(text) - len(text.lstrip())
        region = Region(line, begin + 1, line, max(len(text.rstrip()), begin + 1) + 1)
        where = "".join(f"/{step}" for step in (*self._settings.table, "exceptions", number, *place.path))
        spec = json.dumps(self._settings.exceptions[number], sort_keys=True)
        return Finding(
            rule=rule.id,
            aws=rule.aws,
            severity=rule.levels.get(hit.level, rule.severity),
            level=hit.level,
            message=hit.message,
            path=self._shown_path(),
            region=region,
            pointer=where,
            pointers=(where,),
            token=place.token,
            document_pointer="",
            identity=(rule.id, hit.level, "", place.token, spec, "1"),
            marked=(region,),
            arguments=hit.arguments,
        )

    def _shown_path(self) -> str:
        """The configuration's path, relative to the working directory where it is below it."""
        path = os.path.abspath(self._settings.path or "")
        relative = os.path.relpath(path)
        return (path if relative.startswith("..") else relative).replace(os.sep, "/")


_Where = tuple[str, str] | None
"""The one thing that an exception is about: `("path", …)` or `("arn", …)`; None where it is a pattern."""


class _Entry:
    """One exception at work."""

    def __init__(self, spec: ExceptionSpec) -> None:
        self.spec = spec
        self.where: _Where = None
        self.covers = 0
        self.withheld = 0
        self.is_by_number = spec.statement is not None and spec.sid is None and spec.pin is None
        self.numbered: list[Finding] = []
        """What it covers by the number of its statement alone, which is another statement's one day."""
        self.lapsed: dict[str, None] = {}
        self._patterns = None
        if spec.path is not None:
            if _is_plain(spec.path):
                self.where = ("path", spec.path.removeprefix("/"))
            else:
                self._patterns = Patterns((spec.path,))
        elif spec.arn is not None and _WILD.isdisjoint(spec.arn):
            self.where = ("arn", spec.arn)

    def is_expired(self, today: str) -> bool:
        return self.spec.expires is not None and self.spec.expires < today

    def concerns(self, finding: Finding, path: str) -> bool:
        """True iff the exception is about `finding`, whatever its pin and its day."""
        spec = self.spec
        if self._patterns is not None and not self._patterns.matches(path):
            return False
        if spec.arn is not None and not any(matches(spec.arn, arn) for arn in arns(finding)):
            return False
        if spec.sid is not None and spec.sid != sid(finding):
            return False
        if spec.statement is not None and spec.statement != statement_index(finding):
            return False
        return not spec.applies_to or marked_value(finding) in spec.applies_to


class Root:
    """The folder that the patterns of a configuration are relative to."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._known: dict[str, str] = {}

    def relative(self, path: str) -> str:
        """A path, given relative to the working directory, as seen from the root, with `/`."""
        found = self._known.get(path)
        if found is None:
            found = os.path.relpath(os.path.abspath(path), self._root).replace(os.sep, "/")
            self._known[path] = found
        return found

    def exists(self, relative: str) -> bool:
        """True iff there is something at a path that is relative to the root."""
        return os.path.lexists(os.path.join(self._root, relative))


class Seen:
    """What a run looked at."""

    def __init__(self, root: Root, paths: Iterable[str]) -> None:
        self._paths = {root.relative(path) for path in paths}
        self.everything = any(not path.strip("./") for path in self._paths)
        """Was the folder of the configuration, or one above it, among them."""

    def all_of(self, spec: ExceptionSpec) -> bool:
        """True iff everything that `spec` can be about was looked at."""
        if self.everything:
            return True
        if spec.path is None or "/" not in spec.path.rstrip("/"):
            return False
        steps = spec.path.strip("/").split("/")
        fixed = next((n for n, step in enumerate(steps) if not _WILD.isdisjoint(step)), len(steps))
        return any("/".join(steps[:n]) in self._paths for n in range(1, fixed + 1))


def arns(finding: Finding) -> Iterator[str]:
    """What an exception's `arn` may name: the policy, its owner, the subject."""
    policy, subject = finding.policy, finding.subject
    for candidate in (policy and policy.arn, policy and policy.owner, subject and subject.id):
        if candidate:
            yield candidate


def sid(finding: Finding) -> str | None:
    """The Sid of the statement that the finding is in."""
    address = finding.identity[2] if len(finding.identity) > 3 else ""
    if address.startswith("Sid "):
        return address.removeprefix("Sid ")
    statement = _decoded(address)
    found = statement.get("Sid") if isinstance(statement, dict) else None
    return found if isinstance(found, str) else None


def statement_index(finding: Finding) -> int | None:
    """The statement that the finding is in, from 0."""
    steps = finding.pointer.split("/")
    if steps[1:2] != ["Statement"]:
        return None
    return int(steps[2]) if steps[2:3] and steps[2].isdecimal() else 0


def marked_value(finding: Finding) -> str | None:
    """The string that the finding marks: a value, or a key; None where something bigger is marked."""
    if finding.token == "key":
        return finding.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    found = _decoded(finding.identity[4]) if len(finding.identity) > 4 else None
    return found if isinstance(found, str) else None


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _and_folders(path: str) -> Iterator[str]:
    """`path` and every folder that it lies in."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _is_plain(pattern: str) -> bool:
    """True iff the pattern names one path from the root, with no wildcard."""
    return "/" in pattern[:-1] and not pattern.endswith(("/", " ")) and _WILD.isdisjoint(pattern)


def _fault(rule: str, known: Mapping[str, Rule]) -> str | None:
    if rule not in known:
        near = nearest(rule, list(known))
        advice = f"did you mean {near}?" if near else "`iamlint rules` lists them"
        return f"there is no rule {printable(rule, 80)}; {advice}"
    if known[rule].unsuppressible:
        return f"{rule} takes no exceptions; mend what it reports"
    return None


def _crash(crash: Crash, path: str) -> RunError:
    message = f"failed on an exception ({type(crash.error).__name__}: {crash.error}); please report it"
    return RunError("internal", path, f"rule {crash.rule} {message}", crash.rule)
