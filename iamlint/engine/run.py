"""One run of `check`: loaded files in, a `Report` out."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from iamlint.config import Settings
from iamlint.engine.analysis import Analysis, Outcome, Task, crashes
from iamlint.engine.locate import Locator
from iamlint.finding import Finding, NotChecked, Report, RunError, Skipped
from iamlint.load import Event, LoadedFile
from iamlint.rule import Context, Rule

if TYPE_CHECKING:
    from datetime import datetime

    from iamlint.model.account import Account

_MOST_WAITING = 1 << 25
"""Characters of files that wait for the processes that share them."""


class Run:
    """Collects the results of one run over any number of files."""

    def __init__(
        self,
        settings: Settings,
        rules: Mapping[str, Rule],
        as_of_data: str | None = None,
        as_of: "datetime | None" = None,
        *,
        pins: bool = False,
        rewrites: bool = False,
        jobs: int = 1,
    ) -> None:
        """`rules` are those to run, by id; `as_of_data` is the day whose AWS lists answer.

        `as_of` is the time that ages of keys and passwords are counted at; None: that of the exports. `pins`: work out
        the pin of every finding. `rewrites`: work out and prove what rules propose. `jobs`: how many processes may
        share big inputs; the rewrites that several work out cannot be applied.
        """
        self.settings = settings
        self.rules = rules
        self.context = Context(settings, as_of_data)
        self.read: list[str] = []
        """The files that were looked at as a whole."""
        self._analysis = Analysis(rules, self.context, rewrites)
        self._jobs = jobs
        self._waiting: list[LoadedFile] = []
        self._characters = 0
        self._findings: list[Finding] = []
        self._errors: list[RunError] = []
        self._skipped: list[Skipped] = []
        self._texts: dict[str, str] = {}
        self._pins = pins or any(exception.pin for exception in settings.exceptions)
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
            if file.export.organization is None:
                return
        self._waiting.append(file)
        self._characters += len(file.text or "")
        if self._jobs == 1 or self._characters > _MOST_WAITING:
            self._check_files()

    def _check_files(self) -> None:
        """Checks the files that wait."""
        files, self._waiting, self._characters = self._waiting, [], 0
        tasks: list[Task] = []
        for file in files:
            if file.text is not None and file.documents:
                locator = Locator(file.path, file.text, self._pins)
                tasks += [Task(file.path, document, locator) for document in file.documents]
        self._policies += len(tasks)
        outcomes = self._analysis.outcomes(tasks, self._jobs)
        for file in files:
            found: list[Finding] = []
            for problem in file.problems:
                found += self._noted(self._analysis.broken(file.path, problem))
            if file.text is not None:
                for _ in file.documents:
                    found += self._noted(next(outcomes))
                if found:
                    self._texts[file.path] = file.text
            self._findings += sorted(found, key=_order)

    def _noted(self, outcome: Outcome) -> list[Finding]:
        self._errors += outcome.errors
        return outcome.findings

    @property
    def accounts(self) -> "tuple[Account, ...]":
        """The accounts that the exports came to, once the report is made."""
        return self._accounts

    def report(
        self,
        data: Mapping[str, str] | None = None,
        notes: Iterable[str] = (),
        not_checked: Iterable[NotChecked] = (),
    ) -> Report:
        """All of it; `data` are the dates of the facts, for the formats that print them."""
        self._check_files()
        if self._exports:
            self._join()
        self._notes += self._analysis.notes
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

        tasks = [
            Task(path, each, locator(path), held=True) for path in texts for each in joined.documents.get(path, ())
        ]
        self._policies += len(tasks)

        def judge_accounts() -> None:
            for account in joined.accounts:
                result = judge(account, self.rules.values(), self.context)
                self._not_checked += result.not_checked
                self._errors += crashes(f"account {account.id}", result.crashes)
                managed = {id(policy.spot.source): policy for policy in account.policies}
                for hit in result.hits:
                    source = hit.places[0].source
                    if source is not None:
                        policy = managed.get(id(source))
                        ref = policy_ref(source) if policy is None else managed_ref(policy)
                        rule = self.rules[hit.rule]
                        found[source.file].append(locator(source.file).of_account(rule, hit, ref, locator))

        outcomes = self._analysis.outcomes(tasks, self._jobs, judge_accounts)
        for path in texts:
            for problem in joined.problems(path):
                found[path] += self._noted(self._analysis.broken(path, problem))
        for task, outcome in zip(tasks, outcomes, strict=True):
            found[task.path] += self._noted(outcome)
        for path, findings in found.items():
            if findings:
                self._texts[path] = texts[path]
            self._findings += sorted(findings, key=_order)


def _order(finding: Finding) -> tuple[object, ...]:
    return finding.region, finding.severity.rank, finding.rule
