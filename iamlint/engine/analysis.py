"""The findings of policy documents: each distinct document analysed once, by one process or by several."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from iamlint.analyse.work import TooMuchWork
from iamlint.engine.dispatch import Crash, Dispatcher, fold
from iamlint.engine.locate import Locator, syntax_finding
from iamlint.finding import Finding, Hit, RunError
from iamlint.load import PolicyDocument
from iamlint.model import Policy
from iamlint.record import NamedTuple
from iamlint.rule import Context, Rule
from iamlint.syntax import Duplicate, SyntaxProblem

if TYPE_CHECKING:
    from iamlint.engine.evidence import Evidence
    from iamlint.engine.proposals import Proposals
    from iamlint.rewrite.propose import Proposal

MOST_IN_EXPORTS = 100
"""Findings of one rule in exported accounts whose rewrite is worked out: there it is shown, and never written."""
_CHUNK = 64
"""Documents that one process looks at before it asks for more."""
_FEW = 4
"""Documents whose rewrites one process works out before it asks for more."""
_ENOUGH = 1_500_000
"""Characters from which on further processes are worth their making."""


class Task(NamedTuple):
    """A document to look at; `held`: in an account, where others look at it through its holders."""

    path: str
    document: PolicyDocument
    locator: Locator
    held: bool = False


class Outcome(NamedTuple):
    """What was found in one document.

    `drafts` are the indices of the findings of a document that is `held` for which a rewrite can be worked out.
    """

    findings: list[Finding]
    errors: list[RunError]
    drafts: list[int]


class Wanted(NamedTuple):
    """The document number `at` and its outcome, of whose findings those with these indices are to get a rewrite."""

    at: int
    task: Task
    outcome: Outcome
    indices: list[int]


_T = TypeVar("_T", Task, Wanted)


class Analysis:
    """Documents equal in text, kind and type of resource are analysed once; each place has findings of its own."""

    def __init__(
        self, rules: Mapping[str, Rule], context: Context, rewrites: bool, evidence: "Evidence | None" = None
    ) -> None:
        """`rewrites`: work out and prove what rules propose, and what `evidence` of use does."""
        self._evidence = evidence
        self._rules = rules
        self._rewrites = rewrites
        self._dispatcher = Dispatcher(rules.values(), context)
        self._known: dict[object, list[Hit | Crash]] = {}
        self._proposals: Proposals | None = None
        self._failed = ""
        """Why processes have not done all of their work, if they have not."""
        self.notes: list[str] = []
        """What is to be told of how the work went."""

    def outcomes(
        self, tasks: Sequence[Task], jobs: int = 1, meanwhile: Callable[[], None] = lambda: None
    ) -> Iterator[Outcome]:
        """The outcome of each, in their order, by so many processes; `meanwhile` is called once, while these work.

        Of documents that are `held` the first `MOST_IN_EXPORTS` findings of each rule get a rewrite.
        """
        if len(tasks) == 1 or (jobs > 1 and sum(task.document.extent for task in tasks) <= _ENOUGH):
            jobs = 1
        if jobs == 1:
            meanwhile()
            found = list(map(self._outcome, tasks))
        else:
            size = min(_CHUNK, -(-len(tasks) // (jobs * _FEW)))
            found = self._shared(tasks, self._outcome, size, jobs, meanwhile)
            for task, outcome in zip(tasks, found, strict=False):
                outcome.findings[:] = [task.locator.counted(finding) for finding in outcome.findings]
            found += self._not_done(tasks[len(found) :])
        if self._rewrites:
            self._add_rewrites(tasks, found, jobs)
        return iter(found)

    def _shared(
        self,
        tasks: Sequence[_T],
        work: Callable[[_T], Outcome],
        size: int,
        jobs: int,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> list[Outcome]:
        """The outcomes of the first tasks, of all unless processes die: several take `size` of them at a time."""
        from iamlint.engine.workers import WorkerDied, results

        def chunk(index: int) -> list[Outcome]:
            return [_sent(work(task)) for task in tasks[index * size : (index + 1) * size]]

        found: list[Outcome] = []
        try:
            for outcomes in results(chunk, -(-len(tasks) // size), jobs, self._died, meanwhile):
                found += outcomes
        except WorkerDied as error:
            self._failed = str(error)
        return found

    def _not_done(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """That these documents were not looked at, said once for each file."""
        told = set()
        for path in [task.path for task in tasks]:
            error = RunError("internal", path, f"not checked to its end: {self._failed}")
            yield Outcome([], [] if path in told else [error], [])
            told.add(path)

    def _died(self) -> None:
        self.notes.append("a process ended before its work did (too little memory?): the work was done again")

    def _add_rewrites(self, tasks: Sequence[Task], found: list[Outcome], jobs: int) -> None:
        """Puts the rewrites of documents that are held into `found`, as many as are shown."""
        asked: Counter[str] = Counter()
        wanted: list[Wanted] = []
        for at, outcome in enumerate(found):
            indices = []
            for index in outcome.drafts:
                rule = outcome.findings[index].rule
                asked[rule] += 1
                if asked[rule] <= MOST_IN_EXPORTS:
                    indices.append(index)
            if indices:
                wanted.append(Wanted(at, tasks[at], outcome, indices))
        if jobs > 1 and len(wanted) > _FEW:
            rewritten = self._shared(wanted, self._with_rewrites, _FEW, jobs)
        else:
            rewritten = list(map(self._with_rewrites, wanted))
        for each, outcome in zip(wanted, rewritten, strict=False):
            found[each.at] = outcome
        if len(rewritten) < len(wanted):
            self.notes.append(f"rewrites are missing in exported accounts: {self._failed}")
        more = sorted(rule for rule, count in asked.items() if count > MOST_IN_EXPORTS)
        if more:
            self.notes.append(
                f"rewrites are shown for the first {MOST_IN_EXPORTS} findings of each rule in exported accounts; there "
                f"are more of {', '.join(more)}: check such a policy in a file of its own to see its rewrite"
            )

    def _with_rewrites(self, wanted: "Wanted") -> Outcome:
        task, outcome = wanted.task, wanted.outcome
        findings, errors = list(outcome.findings), list(outcome.errors)
        hits = self._hits(task)[0]
        for index in wanted.indices:
            proposal = self._proposal(hits[index][0], task, errors)
            if proposal is not None:
                rewrite = task.locator.rewrite(proposal, task.document)
                if rewrite is not None:  # exports are shown, never written
                    rewrite = rewrite._replace(made=None)
                findings[index] = findings[index]._replace(rewrite=rewrite)
        return Outcome(findings, errors, [])

    def _outcome(self, task: Task) -> Outcome:
        document, locator = task.document, task.locator
        hits, errors = self._hits(task)
        ref = document.ref
        findings: list[Finding] = []
        drafts: list[int] = []
        for hit, folded in hits:
            proposal = None
            if self._rewrites and (hit.draft is not None or self._evidence is not None):
                if task.held:
                    drafts.append(len(findings))
                else:
                    proposal = self._proposal(hit, task, errors)
            findings.append(locator.finding(self._rules[hit.rule], hit, folded, document, ref, proposal))
        return Outcome(findings, errors, drafts)

    def _hits(self, task: Task) -> tuple[list[tuple[Hit, tuple[Hit, ...]]], list[RunError]]:
        """What is to be reported of a document, each with what it covers, and the rules that failed."""
        document = task.document
        identity = (document.text_key, document.kind, document.resource_type, document.length)
        results = self._known.get(identity)
        if results is None:
            results = list(self._dispatcher.text(document, document.kind))
            policy = Policy(document.value, document.kind, document.resource_type, document.length, document.extent)
            results += self._dispatcher.policy(policy)
            if not self._rewrites:  # a draft holds the whole policy
                policy.forget()
                results = [r._replace(draft=None) if isinstance(r, Hit) and r.draft else r for r in results]
            self._known[identity] = results
        hits = [result for result in results if isinstance(result, Hit)]
        if task.held and document.kind == "identity":
            hits = [hit for hit in hits if not getattr(self._rules[hit.rule], "only_held", False)]
        return fold(hits, self._rules), crashes(task.path, results)

    def _proposal(self, hit: Hit, task: Task, errors: list[RunError]) -> "Proposal | None":
        """What the rule proposes, proven once for equal documents."""
        try:
            if self._proposals is None:
                from iamlint.engine.proposals import Proposals

                self._proposals = Proposals(self._evidence)
            return self._proposals.of(hit, task.document)
        except Exception as error:  # any fault of any rule, as in `check`
            errors += crashes(task.path, [Crash(hit.rule, error)])
            return None

    def broken(self, path: str, problem: SyntaxProblem) -> Outcome:
        """The findings for a text that could not be read."""
        results = list(self._dispatcher.text(_Unreadable(problem), None))
        hits = [result for result in results if isinstance(result, Hit)]
        findings = [syntax_finding(self._rules[hit.rule], hit, path, problem) for hit in hits]
        return Outcome(findings, crashes(path, results), [])


def _sent(outcome: Outcome) -> Outcome:
    """`outcome` as it travels: without what holds the documents."""
    return outcome._replace(findings=[finding.sent for finding in outcome.findings])


def crashes(path: str, results: Iterable[Hit | Crash]) -> list[RunError]:
    """The errors for the rules that failed on a file. With `IAMLINT_DEBUG` set, the first is raised as it came."""
    found = []
    for crash in results:
        if isinstance(crash, Crash):
            if "IAMLINT_DEBUG" in os.environ:
                raise crash.error
            if isinstance(crash.error, TooMuchWork):
                message = f"rule {crash.rule} did not check this file to its end: {crash.error}"
                found.append(RunError("input", path, message, crash.rule))
                continue
            what = f"{type(crash.error).__name__}: {crash.error}"
            message = f"rule {crash.rule} failed on this file and checked nothing there ({what}); please report it"
            found.append(RunError("internal", path, message, crash.rule))
    return found


class _Unreadable:
    """The document that a text is that could not be read."""

    def __init__(self, problem: SyntaxProblem) -> None:
        self.problem = problem
        self.may_repeat_keys = False

    def duplicates(self) -> list[Duplicate]:
        return []
