"""The fix loop: apply what may be applied, prove it together, look again, until nothing is left to do."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from iamlint.finding import Finding, Report, Rewrite, Severity
from iamlint.load import PolicyDocument
from iamlint.model import Policy
from iamlint.record import NamedTuple
from iamlint.syntax.change import Change
from iamlint.syntax.edits import TextEdit, applied

if TYPE_CHECKING:
    from iamlint.engine.evidence import Evidence

MOST_ROUNDS = 100
"""Rounds of one file. Every round changes the text and no text comes twice, so that few files need more than three."""
_MOST_SINGLY = 50
"""Rewrites of one document that are tried one by one where they cannot be made all at once."""


class Accepted(NamedTuple):
    """Which rewrites the user lets be applied.

    Without more, only those after which the policy means the same. `narrower`: those that take rights away too, but for
    new denials, which can lock out the owner. `used`: also those that take away nothing that was observed, denials or
    not. `rules`: whatever is proven of a rewrite of one of these rules.
    """

    narrower: bool = False
    rules: frozenset[str] = frozenset()
    used: bool = False

    def takes(self, finding: Finding) -> bool:
        """True iff the finding's rewrite may be applied."""
        rewrite = finding.rewrite
        if rewrite is None or rewrite.made is None or rewrite.proof.verdict == "unproven":
            return False
        if rewrite.proof.verdict == "equivalent" or finding.rule in self.rules:
            return True
        if rewrite.proof.verdict != "narrower":
            return False
        return (self.used and rewrite.denied == 0) or (self.narrower and not rewrite.made[2])


class Fixed(NamedTuple):
    """What the loop made of one file: its text, how many rewrites of each rule it took, and what it reports now."""

    text: str
    counts: Counter[str]
    report: Report


def fixed(
    path: str,
    text: str,
    report: Report,
    accepted: Accepted,
    check: Callable[[str, str], Report],
    evidence: "Evidence | None" = None,
) -> Fixed:
    """`text` with all accepted rewrites, repeated until there are none.

    `report` tells the file's findings with rewrites, `check` works out that of another text of it; `evidence` is what
    these rewrites were replayed with, and what is applied together is as a whole. No finding at error
    level of another rule comes in by a rewrite: one that would bring it is left out.
    """
    count: Counter[str] = Counter()
    refused: set[tuple[str, ...]] = set()
    seen = {text}
    for _ in range(MOST_ROUNDS):
        chosen = [f for f in report.findings if accepted.takes(f) and f.identity not in refused]
        made, used = _made(text, chosen, evidence)
        if not used:
            break
        after = check(path, made)
        if not _is_better(report, after, used):
            # One of them is to blame: the first alone, or, if that is it, never again.
            made, used = _made(text, used[:1], evidence)
            after = check(path, made)
            if not _is_better(report, after, used):
                refused.add(used[0].identity)
                continue
        if made in seen:
            break
        seen.add(made)
        text, report = made, after
        count.update(finding.rule for finding in used)
    return Fixed(text, count, report)


def _is_better(before: Report, after: Report, used: Sequence[Finding]) -> bool:
    """True iff the text can still be read, and no rule but those that were followed has more errors than before."""
    if after.errors or after.policies < before.policies:
        return False
    rules = {finding.rule for finding in used}
    return not (_errors(after) - _errors(before)).keys() - rules


def _errors(report: Report) -> Counter[str]:
    return Counter(f.rule for f in report.findings if f.severity is Severity.ERROR)


def _made(text: str, chosen: Sequence[Finding], evidence: "Evidence | None") -> tuple[str, list[Finding]]:
    """The text after as many of the rewrites as go together, and the findings whose they are."""
    edits: list[TextEdit] = []
    used: list[Finding] = []
    for document, findings in _by_document(chosen):
        taken = _together(document, findings, evidence)
        changes = _changes(taken)
        found = document.edits(changes) if changes else None
        if found:
            edits += found
            used += taken
    return applied(text, sorted(edits)), used


def _by_document(findings: Iterable[Finding]) -> list[tuple[PolicyDocument, list[Finding]]]:
    groups: dict[int, tuple[PolicyDocument, list[Finding]]] = {}
    for finding in sorted(findings, key=lambda f: (f.region, f.rule)):
        if finding.rewrite is not None and finding.rewrite.made is not None:
            document = finding.rewrite.made[0]
            if isinstance(document, PolicyDocument):
                groups.setdefault(id(document), (document, []))[1].append(finding)
    return list(groups.values())


def _together(document: PolicyDocument, findings: list[Finding], evidence: "Evidence | None") -> list[Finding]:
    """Those of the findings, in order, whose rewrites can be made at once and keep together what each promises."""
    policy = Policy(document.value, document.kind, document.resource_type)
    if len(findings) == 1 or _keeps(document, policy, findings, evidence):
        return findings
    taken: list[Finding] = []
    for finding in findings[:_MOST_SINGLY]:
        if not taken or _keeps(document, policy, [*taken, finding], evidence):
            taken.append(finding)
    return taken


def _keeps(document: PolicyDocument, policy: Policy, findings: list[Finding], evidence: "Evidence | None") -> bool:
    """True iff all rewrites together do no more than the gravest of them may, and deny nothing if none of them does."""
    from iamlint.rewrite.propose import together

    found = together(policy, _changes(findings))
    if found is None:
        return False
    replays = {rewrite.denied for rewrite in map(_rewrite, findings)} - {None}
    if evidence is not None and replays == {0} and evidence.denied(document, found[1]) != 0:
        return False
    verdicts = {rewrite.proof.verdict for rewrite in map(_rewrite, findings)}
    if verdicts == {"equivalent"}:
        return found[0].verdict == "equivalent"
    if verdicts <= {"equivalent", "narrower"}:
        return found[0].verdict in ("equivalent", "narrower")
    return found[0].verdict != "unproven"


def _changes(findings: Iterable[Finding]) -> tuple[Change, ...]:
    """The changes that they ask for, each once: several findings may ask for the same one."""
    changes: list[Change] = []
    for finding in findings:
        rewrite = _rewrite(finding)
        changes += [change for change in (rewrite.made or (None, ()))[1] if change not in changes]
    return tuple(changes)


def _rewrite(finding: Finding) -> Rewrite:
    if finding.rewrite is None:
        raise ValueError("a finding without a rewrite")
    return finding.rewrite
