"""One run of `check`: loaded files in, a `Report` out."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from iamlint.config import Settings
from iamlint.finding import Checked, Finding, NotChecked, Report, RunError, Skipped

if TYPE_CHECKING:
    from datetime import datetime

    from iamlint.engine.analysis import Analysis, Outcome
    from iamlint.engine.evidence import Evidence
    from iamlint.engine.part import Part
    from iamlint.load import Event, LoadedFile
    from iamlint.load.export import Exported
    from iamlint.model.account import Account
    from iamlint.rule import Context, Rule

_MOST_WAITING = 1 << 25
"""Characters of files that wait for the processes that share them."""


class Run:
    """Collects the results of one run over any number of files."""

    def __init__(
        self,
        settings: Settings,
        rules: "Mapping[str, Rule] | Callable[[], Mapping[str, Rule]]",
        as_of_data: str | None = None,
        as_of: "datetime | None" = None,
        *,
        pins: bool = False,
        rewrites: bool = False,
        jobs: int = 1,
        keep: Callable[[Checked], None] | None = None,
        evidence: "Evidence | None" = None,
        accounts: tuple[str, ...] = (),
    ) -> None:
        """`rules` are those to run, by id, or what gives them; `as_of_data` is the day whose AWS lists answer.

        `as_of` is the time that ages of keys and passwords are counted at; None: that of the exports. `pins`: work out
        the pin of every finding. `rewrites`: work out and prove what rules propose. `jobs`: how many processes may
        share big inputs; the rewrites that several work out cannot be applied. `keep` is told what was found in each
        file whose findings depend on no other. `evidence` is what was used, for the rewrites. `accounts`: the
        ids of those whose exports are at hand, where other runs look at some of them.
        """
        self.settings = settings
        self.read: list[str] = []
        """The files that were looked at as a whole."""
        self._given = rules
        self._as_of_data = as_of_data
        self._rewrites = rewrites
        self._evidence = evidence
        self._keep = keep
        self._day: str | None = None
        self._advice: dict[str, str | None] = {}
        self._jobs = jobs
        self._waiting: list[LoadedFile | Checked] = []
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
        self._exported = accounts
        self._shared: list[Exported] = []

    @property
    def rewrites(self) -> bool:
        """Whether what rules propose is worked out."""
        return self._rewrites

    @cached_property
    def rules(self) -> "Mapping[str, Rule]":
        """The rules to run, by id."""
        return self._given if isinstance(self._given, Mapping) else self._given()

    @cached_property
    def context(self) -> "Context":
        """What rules may ask."""
        from iamlint.rule import Context

        return Context(self.settings, self._as_of_data)

    @cached_property
    def _analysis(self) -> "Analysis":
        from iamlint.engine.analysis import Analysis

        return Analysis(self.rules, self.context, self._rewrites, self._evidence)

    @property
    def day(self) -> str:
        """Day (ISO) of AWS's lists that answer."""
        if self._day is None:
            from iamlint.engine.facts import day

            self._day = day(self._as_of_data)
        return self._day

    def dated(self, report: Report, is_full: bool) -> Report:
        """`report` with the dates of all facts, or of AWS's lists alone, and a note if these are too old.

        Without policies there is no such note, and no date unless it `is_full`.
        """
        if not (is_full or report.policies):
            return report
        from iamlint.engine.facts import age_notes, dates

        data = dates(self._as_of_data) if is_full else {"as-of": self.day}
        old = age_notes(self.settings, self.day, self._as_of) if report.policies and self._as_of_data is None else ()
        return report._replace(data=data, notes=(*report.notes, *old))

    def advice(self, id_: str) -> str | None:
        """One line on what to do about the findings of a rule that runs; None for any other."""
        if id_ not in self._advice:
            from iamlint.engine.registry import advice

            self._advice[id_] = advice(self.rules[id_]) if id_ in self.rules else None
        return self._advice[id_]

    def add(self, event: "Event") -> None:
        """Checks one file, or notes that one could not be read or was left out, or what is known of it."""
        if isinstance(event, RunError):
            self._errors.append(event)
        elif isinstance(event, Skipped):
            self._skipped.append(event)
        elif isinstance(event, Checked):
            if self._waiting:  # those before it come first
                self._waiting.append(event)
            else:
                self._add_known(event)
        else:
            self._add_file(event)

    def add_shared(self, export: "Exported") -> None:
        """Takes in what a file tells of the organisation; another run checks the file."""
        self._shared.append(export)

    def _add_known(self, known: Checked) -> None:
        self.read.append(known.path)
        self._files += 1
        self._policies += known.policies
        self._day = known.day
        self._advice.update(known.advice)
        self._findings += known.findings
        if known.text is not None:
            self._texts[known.path] = known.text

    def _add_file(self, file: "LoadedFile") -> None:
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
        if not files:
            return
        from iamlint.engine.analysis import Task
        from iamlint.engine.locate import Locator

        tasks: list[Task] = []
        for file in files:
            if not isinstance(file, Checked) and file.text is not None and file.documents:
                locator = Locator(file.path, file.text, self._pins)
                tasks += [Task(file.path, document, locator) for document in file.documents]
        self._policies += len(tasks)
        last = not self._rewrites and all(isinstance(file, Checked) or file.export is None for file in files)
        outcomes = self._analysis.outcomes(tasks, self._jobs, last=last)
        for file in files:
            if isinstance(file, Checked):
                self._add_known(file)
                continue
            found: list[Finding] = []
            errors = len(self._errors)
            for problem in file.problems:
                found += self._noted(self._analysis.broken(file.path, problem))
            if file.text is not None:
                for _ in file.documents:
                    found += self._noted(next(outcomes))
                if found:
                    self._texts[file.path] = file.text
            found.sort(key=_order)
            self._findings += found
            is_alone = file.export is None and not file.problems
            if self._keep is not None and is_alone and file.documents and errors == len(self._errors):
                self._keep(self._checked(file, found))

    def _checked(self, file: "LoadedFile", found: list[Finding]) -> Checked:
        advice = {rule: self.advice(rule) for rule in dict.fromkeys([finding.rule for finding in found])}
        return Checked(file.path, found, len(file.documents), self.day, file.text, advice)

    def _noted(self, outcome: "Outcome") -> list[Finding]:
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
        if "_analysis" in vars(self):
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

    def part(self) -> "Part":
        """All of it, to be put together with what other runs find in other files."""
        from iamlint.engine.part import Part

        self._check_files()
        of_files = len(self._findings)
        report = self.report()
        sent = report._replace(findings=tuple(finding.sent for finding in report.findings))
        return Part(sent, of_files, tuple(account.id for account in self._accounts), tuple(self.read))

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
        from iamlint.engine.analysis import Task, crashes
        from iamlint.engine.locate import Locator
        from iamlint.load.account import join

        files, self._exports = self._exports, []
        own_exports = [file.export for file in files if file.export is not None]
        joined = join([*own_exports, *self._shared], self._as_of)
        gc.freeze()
        self._accounts = joined.accounts
        if self._evidence is not None:
            self.context.sightings = self._evidence.sightings
            for account in joined.accounts:
                self._evidence.meet(account)
        own = tuple(account.id for account in joined.accounts if account.id)
        self.context.exported_accounts = self._exported or own
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
