"""One run of `check`: loaded files in, a `Report` out."""

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from iamlint.analyse.work import TooMuchWork
from iamlint.config import Settings
from iamlint.engine.dispatch import Crash, Dispatcher, fold
from iamlint.engine.locate import Locator, syntax_finding
from iamlint.finding import Finding, Hit, NotChecked, PolicyRef, Report, RunError, Skipped
from iamlint.load import Event, LoadedFile, PolicyDocument
from iamlint.model import Policy
from iamlint.rule import Context, Rule
from iamlint.syntax import Duplicate, SyntaxProblem

if TYPE_CHECKING:
    from datetime import datetime

    from iamlint.engine.proposals import Proposals
    from iamlint.model.account import Account
    from iamlint.rewrite.propose import Proposal


class Run:
    """Collects the results of one run over any number of files.

    Documents equal in text, kind and type of resource are analysed once; each place where they stand has findings of
    its own.
    """

    def __init__(
        self,
        settings: Settings,
        rules: Mapping[str, Rule],
        as_of_data: str | None = None,
        as_of: "datetime | None" = None,
        *,
        pins: bool = False,
        rewrites: bool = False,
    ) -> None:
        """`rules` are those to run, by id; `as_of_data` is the day whose AWS lists answer.

        `as_of` is the time that ages of keys and passwords are counted at; None: that of the exports. `pins`: work out
        the pin of every finding. `rewrites`: work out and prove what rules propose.
        """
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
        self._rewrites = rewrites
        self._proposals: Proposals | None = None
        self._files = 0
        self._policies = 0
        self._as_of = as_of
        self._exports: list[LoadedFile] = []
        self._not_checked: list[NotChecked] = []
        self._notes: list[str] = []
        self._accounts: tuple[Account, ...] = ()

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
        if file.export is not None:
            self._exports.append(file)
            return
        found: list[Finding] = []
        for problem in file.problems:
            found += self._broken(file.path, problem)
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
        if self._exports:
            self._join()
        return Report(
            findings=tuple(self._findings),
            data=data or {},
            errors=tuple(self._errors),
            skipped=tuple(self._skipped),
            not_checked=(*self._not_checked, *not_checked),
            notes=(*self._notes, *notes),
            config_path=self.settings.path,
            config_sha256=self.settings.sha256,
            files=self._files,
            policies=self._policies,
            accounts=len(self._accounts),
            as_of=max((f"{account.as_of:%Y-%m-%dT%H:%M:%SZ}" for account in self._accounts), default=None),
            texts=self._texts,
        )

    def _join(self) -> None:
        """Checks the accounts that the exports met so far come to, and every policy in them."""
        import gc

        # What was loaded stays until the end: the collector need not go through it again and again.
        gc.freeze()
        try:
            self._check_accounts()
        finally:
            gc.unfreeze()

    def _check_accounts(self) -> None:
        import gc

        from iamlint.engine.accounts import judge, managed_ref, policy_ref
        from iamlint.load.account import join

        files, self._exports = self._exports, []
        joined = join([file.export for file in files if file.export is not None], self._as_of)
        gc.freeze()
        self._accounts = joined.accounts
        self.context.exported_accounts = tuple(account.id for account in joined.accounts if account.id)
        self._notes += joined.notes
        texts = {file.path: file.text or "" for file in files}
        locators: dict[str, Locator] = {}
        found: dict[str, list[Finding]] = {path: [] for path in texts}

        def locator(path: str) -> Locator:
            return locators.get(path) or locators.setdefault(path, Locator(path, texts[path], self._pins))

        for path in texts:
            for problem in joined.problems(path):
                found[path] += self._broken(path, problem)
            for document in joined.documents.get(path, ()):
                self._policies += 1
                found[path] += self._check(path, document, locator(path), held=True)
        for account in joined.accounts:
            judged = judge(account, self.rules.values(), self.context)
            self._not_checked += judged.not_checked
            self._note_crashes(f"account {account.id}", judged.crashes)
            managed = {id(policy.spot.source): policy for policy in account.policies}
            for hit in judged.hits:
                source = hit.places[0].source
                if source is not None:
                    policy = managed.get(id(source))
                    ref = policy_ref(source) if policy is None else managed_ref(policy)
                    rule = self.rules[hit.rule]
                    found[source.file].append(locator(source.file).of_account(rule, hit, ref, locator))
        for path, findings in found.items():
            if findings:
                self._texts[path] = texts[path]
            self._findings += sorted(findings, key=lambda f: (f.region, f.severity.rank, f.rule))
        if self._proposals is not None and self._proposals.unfinished:
            from iamlint.engine.proposals import MOST_IN_EXPORTS

            rules = ", ".join(self._proposals.unfinished)
            self._notes.append(
                f"rewrites are shown for the first {MOST_IN_EXPORTS} findings of each rule in the exported account; "
                f"there are more of {rules}: check such a policy in a file of its own to see its rewrite"
            )

    def _check(self, path: str, document: PolicyDocument, locator: Locator, held: bool = False) -> list[Finding]:
        """The findings of one document; `held`: in an account, where others look at it through its holders."""
        identity = (document.text_key, document.kind, document.resource_type, document.length)
        results = self._analyses.get(identity)
        if results is None:
            results = list(self._dispatcher.text(document, document.kind))
            policy = Policy(document.value, document.kind, document.resource_type, document.length, document.extent)
            results += self._dispatcher.policy(policy)
            self._analyses[identity] = results
        ref = PolicyRef(document.kind, document.name, document.arn, document.owner, document.attached_to)
        hits = [result for result in results if isinstance(result, Hit)]
        if held and document.kind == "identity":
            hits = [hit for hit in hits if not getattr(self.rules[hit.rule], "only_held", False)]
        self._note_crashes(path, results)
        return [
            locator.finding(self.rules[hit.rule], hit, folded, document, ref, self._proposal(hit, document, held))
            for hit, folded in fold(hits, self.rules)
        ]

    def _proposal(self, hit: Hit, document: PolicyDocument, held: bool) -> "Proposal | None":
        """What the rule proposes, proven once for equal documents; `held`: as for `_check`."""
        if not self._rewrites or hit.draft is None:
            return None
        try:
            if self._proposals is None:
                self._proposals = _proposals()
            return self._proposals.of(hit, document, held)
        except Exception as error:  # any fault of any rule, as in `check`
            self._note_crashes(document.file, [Crash(hit.rule, error)])
            return None

    def _broken(self, path: str, problem: SyntaxProblem) -> list[Finding]:
        results = list(self._dispatcher.text(_Unreadable(problem), None))
        self._note_crashes(path, results)
        hits = [result for result in results if isinstance(result, Hit)]
        return [syntax_finding(self.rules[hit.rule], hit, path, problem) for hit in hits]

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


def _proposals() -> "Proposals":
    from iamlint.engine.proposals import Proposals

    return Proposals()


class _Unreadable:
    """The document that a text is that could not be read."""

    def __init__(self, problem: SyntaxProblem) -> None:
        self.problem = problem
        self.may_repeat_keys = False

    def duplicates(self) -> list[Duplicate]:
        return []
