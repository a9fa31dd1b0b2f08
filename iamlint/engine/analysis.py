"""The findings of policy documents: each distinct document analysed once, by one process or by several."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from iamlint.analyse.work import TooMuchWork
from iamlint.engine.dispatch import Crash, Dispatcher, fold
from iamlint.engine.locate import Locator, syntax_finding
from iamlint.finding import Draft, Finding, Hit, Rewrite, RunError
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
    """The document number `at`, of whose findings those with these indices are to get a rewrite."""

    at: int
    indices: list[int]


class Rewritten(NamedTuple):
    """What came of `Wanted`: rewrites by the index of their finding, and the rules that failed."""

    at: int
    rewrites: list[tuple[int, Rewrite]]
    errors: list[RunError]


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
        self._known: dict[object, tuple[list[Hit | Crash], Policy | None]] = {}
        """What was found in a document, with its policy where rewrites are drafted."""
        self._proposals: Proposals | None = None
        self._asked: Counter[str] = Counter()
        """Findings by rule for which a rewrite can be worked out, in documents that are held, as far as looked at."""
        self._failed = ""
        """Why processes have not done all of their work, if they have not."""
        self.notes: list[str] = []
        """What is to be told of how the work went."""

    def outcomes(
        self,
        tasks: Sequence[Task],
        jobs: int = 1,
        meanwhile: Callable[[], None] = lambda: None,
        *,
        last: bool = False,
    ) -> Iterator[Outcome]:
        """The outcome of each, in their order, by so many processes; `meanwhile` is called once, while these work.

        `last`: nobody asks for the documents afterwards, so that one process forgets each that it has looked at.
        Of documents that are `held` the first `MOST_IN_EXPORTS` findings of each rule get a rewrite.
        """
        if len(tasks) == 1 or (jobs > 1 and sum(task.document.extent for task in tasks) <= _ENOUGH):
            jobs = 1
        self._asked.clear()
        if jobs == 1:
            meanwhile()
            found = []
            for at, task in enumerate(tasks):
                found.append(self._whole(at, task))
                if last:
                    task.document.let_go()
        else:
            found = self._shared(tasks, jobs, meanwhile)
        self._note_more()
        return iter(found)

    def _whole(self, at: int, task: Task) -> Outcome:
        """The outcome of document number `at`, with the rewrites that are shown."""
        outcome = self._outcome(task, self._is_shown)
        wanted = self._wanted(at, outcome)
        return outcome if wanted is None else _with(outcome, self._rewritten(task, wanted))

    def _shared(self, tasks: Sequence[Task], jobs: int, meanwhile: Callable[[], None]) -> list[Outcome]:
        """The outcomes by several processes, which take a few documents at a time, and then a few rewrites."""
        from iamlint.engine.workers import WorkerDied, results

        def work(given: range | list[Wanted]) -> list[Outcome] | list[Rewritten]:
            if isinstance(given, range):
                return [_sent(self._outcome(tasks[at], lambda rule: False)) for at in given]
            return [self._rewritten(tasks[wanted.at], wanted) for wanted in given]

        size = min(_CHUNK, -(-len(tasks) // (jobs * _FEW)))
        chunks = (range(start, min(start + size, len(tasks))) for start in range(0, len(tasks), size))
        given: list[range | list[Wanted]] = [*chunks]
        found: list[Outcome] = []
        waiting: list[Wanted] = []
        asked = done = 0
        try:
            for result in results(work, given, jobs, self._died, meanwhile):
                for each in result:
                    if isinstance(each, Rewritten):
                        found[each.at] = _with(found[each.at], each)
                        done += 1
                        continue
                    counted = tasks[len(found)].locator.counted
                    each.findings[:] = map(counted, each.findings)
                    wanted = self._wanted(len(found), each)
                    found.append(each)
                    if wanted is not None:
                        waiting.append(wanted)
                        asked += 1
                if len(waiting) >= _FEW or len(found) == len(tasks):
                    given += [waiting[start : start + _FEW] for start in range(0, len(waiting), _FEW)]
                    waiting = []
        except WorkerDied as error:
            self._failed = str(error)
            if done < asked:
                self.notes.append(f"rewrites are missing in exported accounts: {self._failed}")
        found += self._not_done(tasks[len(found) :])
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

    def _is_shown(self, rule: str) -> bool:
        """True iff a rewrite is still worked out for the next finding of the rule in documents that are held."""
        return self._asked[rule] < MOST_IN_EXPORTS

    def _wanted(self, at: int, outcome: Outcome) -> Wanted | None:
        """The findings of the document that get a rewrite; asked once for each document, in their order."""
        indices = []
        for index in outcome.drafts:
            rule = outcome.findings[index].rule
            if self._is_shown(rule):
                indices.append(index)
            self._asked[rule] += 1
        return Wanted(at, indices) if indices else None

    def _note_more(self) -> None:
        more = sorted(rule for rule, count in self._asked.items() if count > MOST_IN_EXPORTS)
        if more:
            self.notes.append(
                f"rewrites are shown for the first {MOST_IN_EXPORTS} findings of each rule in exported accounts; there "
                f"are more of {', '.join(more)}: check such a policy in a file of its own to see its rewrite"
            )

    def _rewritten(self, task: Task, wanted: Wanted) -> Rewritten:
        found = Rewritten(wanted.at, [], [])
        hits = self._hits(task, lambda rule: True)[0]
        for index in wanted.indices:
            proposal = self._proposal(hits[index][0], task, found.errors)
            rewrite = None if proposal is None else task.locator.rewrite(proposal, task.document)
            if rewrite is not None:  # exports are shown, never written
                found.rewrites.append((index, rewrite._replace(made=None)))
        return found

    def _outcome(self, task: Task, is_drafted: Callable[[str], bool]) -> Outcome:
        """`is_drafted`: whether what the rule proposes for a document that is held will be asked for here."""
        document, locator = task.document, task.locator
        hits, errors = self._hits(task, is_drafted)
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

    def _hits(
        self, task: Task, is_drafted: Callable[[str], bool]
    ) -> tuple[list[tuple[Hit, tuple[Hit, ...]]], list[RunError]]:
        """What is to be reported of a document, each with what it covers, and the rules that failed."""
        document = task.document
        results = self._results(document, is_drafted if task.held else lambda rule: True)
        hits = [result for result in results if isinstance(result, Hit)]
        if task.held and document.kind in ("identity", "boundary"):
            hits = [hit for hit in hits if not getattr(self._rules[hit.rule], "only_held", False)]
        return fold(hits, self._rules), crashes(task.path, results)

    def _results(self, document: PolicyDocument, is_drafted: Callable[[str], bool]) -> list[Hit | Crash]:
        """What the rules say, of equal documents once. A draft holds the whole policy, and is kept where it is used."""
        identity = _identity(document)
        known, _ = self._known.get(identity, (None, None))
        if known is not None and not any(
            isinstance(result, Hit) and result.draft is _let_go and is_drafted(result.rule) for result in known
        ):
            return known
        results = list(self._dispatcher.text(document, document.kind))
        policy = Policy(document.value, document.kind, document.resource_type, document.length, document.extent)
        results += self._dispatcher.policy(policy)
        drafted = self._rewrites and any(isinstance(r, Hit) and r.draft and is_drafted(r.rule) for r in results)
        if not drafted:
            policy.forget()
            left = _let_go if self._rewrites else None
            results = [r._replace(draft=left) if isinstance(r, Hit) and r.draft else r for r in results]
        self._known[identity] = results, policy if drafted else None
        return results

    def _proposal(self, hit: Hit, task: Task, errors: list[RunError]) -> "Proposal | None":
        """What the rule proposes, proven once for equal documents."""
        try:
            if self._proposals is None:
                from iamlint.engine.proposals import Proposals

                self._proposals = Proposals(self._evidence)
            return self._proposals.of(hit, task.document, self._known[_identity(task.document)][1])
        except Exception as error:  # any fault of any rule, as in `check`
            errors += crashes(task.path, [Crash(hit.rule, error)])
            return None

    def broken(self, path: str, problem: SyntaxProblem) -> Outcome:
        """The findings for a text that could not be read."""
        results = list(self._dispatcher.text(_Unreadable(problem), None))
        hits = [result for result in results if isinstance(result, Hit)]
        findings = [syntax_finding(self._rules[hit.rule], hit, path, problem) for hit in hits]
        return Outcome(findings, crashes(path, results), [])


def _identity(document: PolicyDocument) -> tuple[object, ...]:
    """Equal for documents that the same is found in."""
    return document.text_key, document.kind, document.resource_type, document.length


def _let_go() -> Draft | None:
    """Stands for a draft that is not kept."""
    return None


def _with(outcome: Outcome, rewritten: Rewritten) -> Outcome:
    findings = list(outcome.findings)
    for index, rewrite in rewritten.rewrites:
        findings[index] = findings[index]._replace(rewrite=rewrite)
    return Outcome(findings, outcome.errors + rewritten.errors, [])


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
