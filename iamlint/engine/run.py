"""One run of `check`: loaded files in, a `Report` out."""

import os
from collections.abc import Iterable, Mapping

from iamlint.analyse.work import TooMuchWork
from iamlint.config import Settings
from iamlint.engine.dispatch import Crash, Dispatcher, fold
from iamlint.engine.locate import Locator, syntax_finding
from iamlint.finding import Finding, Hit, NotChecked, PolicyRef, Report, RunError, Skipped
from iamlint.load import Event, LoadedFile, PolicyDocument
from iamlint.model import Policy
from iamlint.rule import Context, Rule
from iamlint.syntax import Duplicate, SyntaxProblem


class Run:
    """Collects the results of one run over any number of files.

    Documents equal in text and kind are analysed once; each place where they stand has findings of its own.
    """

    def __init__(
        self, settings: Settings, rules: Mapping[str, Rule], as_of_data: str | None = None, *, pins: bool = False
    ) -> None:
        """`rules` are those to run, by id; `as_of_data` is the day whose AWS lists answer; `pins` are to be told."""
        self.settings = settings
        self.rules = rules
        self.context = Context(settings, as_of_data)
        self.read: list[str] = []
        """The files that were looked at as a whole."""
        self._dispatcher = Dispatcher(rules.values(), self.context)
        self._analyses: dict[object, list[Hit | Crash]] = {}
        self._findings: list[Finding] = []
        self._errors: list[RunError] = []
        self._skipped: list[Skipped] = []
        self._texts: dict[str, str] = {}
        self._pins = pins or any(exception.pin for exception in settings.exceptions)
        self._files = 0
        self._policies = 0

    def add(self, event: Event) -> None:
        """Checks one file, or notes that one could not be read or was left out."""
        if isinstance(event, LoadedFile):
            self._add_file(event)
        elif isinstance(event, RunError):
            self._errors.append(event)
        else:
            self._skipped.append(event)

    def _add_file(self, file: LoadedFile) -> None:
        if not file.problems:
            self.read.append(file.path)
        if file.skipped is not None:
            self._skipped.append(Skipped(file.path, file.skipped))
            return
        self._files += 1
        found: list[Finding] = []
        for problem in file.problems:
            found += self._broken(file, problem)
        if file.text is not None:
            locator = Locator(file.path, file.text, self._pins)
            for document in file.documents:
                self._policies += 1
                found += self._check(file.path, document, locator)
            if found:
                self._texts[file.path] = file.text
        self._findings += sorted(found, key=lambda f: (f.region, f.severity.rank, f.rule))

    def report(
        self,
        data: Mapping[str, str] | None = None,
        notes: Iterable[str] = (),
        not_checked: Iterable[NotChecked] = (),
    ) -> Report:
        """All of it; `data` are the dates of the facts, for the formats that print them."""
        return Report(
            findings=tuple(self._findings),
            data=data or {},
            errors=tuple(self._errors),
            skipped=tuple(self._skipped),
            not_checked=tuple(not_checked),
            notes=tuple(notes),
            config_path=self.settings.path,
            config_sha256=self.settings.sha256,
            files=self._files,
            policies=self._policies,
            texts=self._texts,
        )

    def _check(self, path: str, document: PolicyDocument, locator: Locator) -> list[Finding]:
        identity = (document.text_key, document.kind)
        results = self._analyses.get(identity)
        if results is None:
            results = list(self._dispatcher.text(document, document.kind))
            results += self._dispatcher.policy(Policy(document.value, document.kind))
            self._analyses[identity] = results
        ref = PolicyRef(document.kind, document.name, document.arn, document.owner)
        hits = [result for result in results if isinstance(result, Hit)]
        self._note_crashes(path, results)
        return [
            locator.finding(self.rules[hit.rule], hit, folded, document, ref) for hit, folded in fold(hits, self.rules)
        ]

    def _broken(self, file: LoadedFile, problem: SyntaxProblem) -> list[Finding]:
        results = list(self._dispatcher.text(_Unreadable(problem), None))
        self._note_crashes(file.path, results)
        hits = [result for result in results if isinstance(result, Hit)]
        return [syntax_finding(self.rules[hit.rule], hit, file.path, problem) for hit in hits]

    def _note_crashes(self, path: str, results: Iterable[Hit | Crash]) -> None:
        for crash in results:
            if isinstance(crash, Crash):
                if "IAMLINT_DEBUG" in os.environ:
                    raise crash.error
                if isinstance(crash.error, TooMuchWork):
                    message = f"rule {crash.rule} did not check this file to its end: {crash.error}"
                    self._errors.append(RunError("input", path, message, crash.rule))
                    continue
                what = f"{type(crash.error).__name__}: {crash.error}"
                message = f"rule {crash.rule} failed on this file and checked nothing there ({what}); please report it"
                self._errors.append(RunError("internal", path, message, crash.rule))


class _Unreadable:
    """The document that a text is that could not be read."""

    def __init__(self, problem: SyntaxProblem) -> None:
        self.problem = problem

    def duplicates(self) -> list[Duplicate]:
        return []
