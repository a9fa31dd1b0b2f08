"""Every rewrite that is called equivalent or narrower, asked of z3 (`tests.oracle`), and what fixing settles.

    python -m benchmarks.rewrites [SHARE]

For all of AWS's managed policies and of made policies, or one in SHARE of them; of all it writes
`docs/checked-rewrites.md`, after about half an hour. z3's encoding has nothing in common
with the proofs. Then each policy is fixed with everything accepted: a second run must change nothing, the order of the
findings must not matter, and no rule may have more errors afterwards. The policies are those of the folder that
`IAMLINT_SHARED` names.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from iamlint.engine.fix import Accepted, fixed
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.finding import Finding, Report, Severity
from iamlint.load import PolicyDocument, load_text
from iamlint.syntax.change import changed
from tests import oracle
from tools.agreement import ROOT
from tools.rewrites import documents, settings

SETTINGS = settings()
RULES = load_rules(SETTINGS)
ALL = Accepted(narrower=True, rules=frozenset(RULES))
MILLISECONDS = 2000
"""For each question to z3."""
Document: TypeAlias = dict[str, Any]
EVERYTHING: Document = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_WITH_PRINCIPALS = ("resource", "trust", "rcp", "endpoint")


class Rewritten(NamedTuple):
    """A rewrite with its verdict, and the document before and after."""

    rule: str
    verdict: str
    before: Document
    after: Document
    kind: str


def report_of(name: str, text: str) -> Report:
    """The findings with their rewrites."""
    run = Run(SETTINGS, RULES, rewrites=True)
    run.add(load_text(name, text, SETTINGS, named_alone=True))
    return run.report()


def rewritten(findings: tuple[Finding, ...]) -> Iterator[Rewritten]:
    """Those that are called equivalent or narrower, each once."""
    seen = set()
    for finding in findings:
        rewrite = finding.rewrite
        if rewrite is None or rewrite.made is None or rewrite.proof.verdict not in ("equivalent", "narrower"):
            continue
        document, changes, _ = rewrite.made
        if isinstance(document, PolicyDocument) and isinstance(document.value, dict):
            after = changed(document.value, changes)
            if isinstance(after, dict) and repr(changes) not in seen:
                seen.add(repr(changes))
                yield Rewritten(finding.rule, rewrite.proof.verdict, document.value, after, document.kind)


def said_by_z3(one: Rewritten, milliseconds: int, across_colons: bool = False) -> str:
    """`right`, `wrong` or `unclear`: what z3 says of the verdict, alone and beside a policy that allows everything.

    First of the statements alone that differ, without a look into their conditions, then with one, then beside those
    of the others whose every word z3's encoding knows, then of the whole policies: where less gains nothing, nothing is
    gained, as what stands in both allows and denies the same before and after.
    """
    before, after = _reduced(one.before), _reduced(one.after)
    ways = [(before, after)] if one.verdict == "narrower" else [(before, after), (after, before)]
    unclear = False
    for old, new in ways:
        for others in _company(one.kind, old, new):
            gains = _gains(old, new, others, milliseconds, across_colons)
            if gains:
                return "wrong"
            unclear |= gains is None
    return "unclear" if unclear else "right"


def _gains(old: Document, new: Document, others: list[Document], milliseconds: int, across_colons: bool) -> bool | None:
    parts = _apart(old, new)
    known = _with_known(parts, old)
    gains: bool | None = None
    stages = ((parts, True), (parts, False), (known, False), ((old, new), True), ((old, new), False))
    for (less, more), opaque in stages:
        texts = (json.dumps([less, *others]), json.dumps([more, *others]))
        gains = _asked(*texts, milliseconds, across_colons, opaque)
        if gains is False:
            return False
    return gains


@lru_cache(maxsize=100_000)
def _asked(old: str, new: str, milliseconds: int, across_colons: bool, opaque: bool) -> bool | None:
    how: dict[str, Any] = {"across_colons": across_colons, "milliseconds": milliseconds, "opaque": opaque}
    return oracle.decide(json.loads(old), json.loads(new), **how).new_access


def _statements(document: Document) -> list[Any]:
    held = document.get("Statement", [])
    return held if isinstance(held, list) else [held]


def _reduced(document: Document) -> Document:
    """The document with the version that it is read as, without Sids and statements that neither allow nor deny."""
    version = document.get("Version", "2008-10-17")
    kept = [s for s in _statements(document) if isinstance(s, dict) and s.get("Effect") in ("Allow", "Deny")]
    return {"Version": version, "Statement": [{k: v for k, v in s.items() if k != "Sid"} for s in kept]}


def _apart(one: Document, other: Document) -> tuple[Document, Document]:
    """Both without the statements that are in both."""
    if one["Version"] != other["Version"]:
        return one, other
    mine, theirs = ({json.dumps(s, sort_keys=True): s for s in each["Statement"]} for each in (one, other))
    return (
        {**one, "Statement": [mine[text] for text in mine if text not in theirs]},
        {**other, "Statement": [theirs[text] for text in theirs if text not in mine]},
    )


def _with_known(parts: tuple[Document, Document], whole: Document) -> tuple[Document, Document]:
    """The differing `parts` beside those statements of both policies that the encoding can read."""
    mine = [json.dumps(s, sort_keys=True) for s in parts[0]["Statement"]]
    common = [s for s in whole["Statement"] if json.dumps(s, sort_keys=True) not in mine]
    common = [s for s in common if _is_read(json.dumps({**whole, "Statement": [s]}))]
    less, more = ({**part, "Statement": [*part["Statement"], *common]} for part in parts)
    return less, more


@lru_cache(maxsize=100_000)
def _is_read(text: str) -> bool:
    return oracle.decide([json.loads(text)], []).reason is None


def _company(kind: str, *documents: Document) -> Iterator[list[Document]]:
    """What may stand beside: nothing, and where something is denied a policy that allows everything."""
    yield []
    if any(statement["Effect"] == "Deny" for document in documents for statement in document["Statement"]):
        everything = EVERYTHING | ({"Principal": "*"} if kind in _WITH_PRINCIPALS else {})
        yield [{"Version": "2012-10-17", "Statement": [everything]}]


def unsettled(name: str, text: str, report: Report) -> Iterator[str]:
    """What is wrong with fixing the text with everything accepted."""
    known = {text: report}

    def again(path: str, changed_text: str) -> Report:
        if changed_text not in known:
            known[changed_text] = report_of(path, changed_text)
        return known[changed_text]

    def backwards(path: str, changed_text: str) -> Report:
        found = again(path, changed_text)
        return found._replace(findings=tuple(reversed(found.findings)))

    once = fixed(name, text, report, ALL, again)
    if once.text == text:
        return
    if fixed(name, once.text, report_of(name, once.text), ALL, again).text != once.text:
        yield "a second run changes it"
    if fixed(name, text, backwards(name, text), ALL, backwards).text != once.text:
        yield "the order of findings matters"
    if errors(once.report) - errors(report):
        yield "it brings errors"


def errors(report: Report) -> Counter[str]:
    """Errors by rule."""
    return Counter(finding.rule for finding in report.findings if finding.severity is Severity.ERROR)


class Answers:
    """What z3 said, by verdict and by rule."""

    def __init__(self) -> None:
        self.by_verdict: dict[str, Counter[str]] = {"equivalent": Counter(), "narrower": Counter()}
        self.by_rule: dict[str, Counter[str]] = {}

    def of(self, one: Rewritten) -> str:
        """The worse answer of both readings of wildcards in ARNs."""
        said = {said_by_z3(one, MILLISECONDS, across_colons) for across_colons in (False, True)}
        answer = next(answer for answer in ("wrong", "unclear", "right") if answer in said)
        self.by_verdict[one.verdict][answer] += 1
        self.by_rule.setdefault(one.rule, Counter())[answer] += 1
        return answer


def table(first: str, rows: dict[str, Counter[str]]) -> str:
    """A table of answers."""
    lines = [f"| {first} | right | unclear to z3 | wrong |", "| --- | ---: | ---: | ---: |"]
    lines += [f"| {name} | {said['right']} | {said['unclear']} | {said['wrong']} |" for name, said in rows.items()]
    return "\n".join(lines)


def page(answers: Answers, policies: int, unsettled_: int) -> str:
    """The text of `docs/checked-rewrites.md`."""
    every = sum(answers.by_rule.values(), Counter[str]())
    return f"""# Rewrites asked of z3

Made by `python -m benchmarks.rewrites`.

Each rewrite of {policies} policies (AWS's managed ones and made ones, as in [rewrites](rewrites.md)) that is called
`equivalent` or `narrower` was asked of z3, by an encoding that has nothing in common with the proofs (`tests/oracle`):
{every.total()} rewrites, under both readings of wildcards in ARNs, alone and, where something is denied, beside a
policy that allows everything. **Unclear** is what the encoding cannot say (variables where case does not matter, keys
that follow from a principal in ways of their own) or what z3 did not answer in {MILLISECONDS / 1000:.0f} s a question.

{table("verdict", answers.by_verdict)}

{table("rule", dict(sorted(answers.by_rule.items())))}

Then each policy was fixed with everything accepted, whatever its verdict. A second run has to change nothing, the order
of findings must not matter, and no rule may have more errors than before: {unsettled_} of {policies} policies failed.
"""


def main() -> None:
    """Prints what z3 says, and what is not settled."""
    share = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    texts = documents()
    if texts is None:
        print("rewrites: the policies are not at hand", file=sys.stderr)
        return
    answers = Answers()
    policies, wrong = 0, 0
    for number, (name, text) in enumerate(texts):
        if number % share:
            continue
        policies += 1
        report = report_of(name, text)
        for one in rewritten(report.findings):
            if answers.of(one) == "wrong":
                print(f"wrong: {name}: {one.rule} is not {one.verdict}", file=sys.stderr)
        problems = list(unsettled(name, text, report))
        wrong += bool(problems)
        for problem in problems:
            print(f"not settled: {name}: {problem}", file=sys.stderr)
        if policies % 50 == 0:
            print(f"{policies} policies", file=sys.stderr)
    made = page(answers, policies, wrong)
    print(made)
    if share == 1:
        (ROOT / "docs" / "checked-rewrites.md").write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
