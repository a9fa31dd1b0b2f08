"""Every rewrite that is called equivalent or narrower, asked of z3 (`tests.oracle`), and what fixing settles.

    python -m benchmarks.rewrites [SHARE]

For all of AWS's managed policies and of made policies, or one in SHARE of them. z3's encoding has nothing in common
with the proofs. Then each policy is fixed with everything accepted: a second run must change nothing, the order of the
findings must not matter, and no rule may have more errors afterwards. The policies are those of the folder that
`IAMLINT_SHARED` names.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from iamlint.engine.fix import Accepted, fixed
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.finding import Finding, Report, Severity
from iamlint.load import PolicyDocument, load_text
from iamlint.syntax.change import changed
from tests import oracle
from tools.rewrites import documents, settings

SETTINGS = settings()
RULES = load_rules(SETTINGS)
ALL = Accepted(narrower=True, rules=frozenset(RULES))
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_WITH_PRINCIPALS = ("resource", "trust", "rcp", "endpoint")


class Rewritten(NamedTuple):
    """A rewrite with its verdict, and the document before and after."""

    rule: str
    verdict: str
    before: dict[str, Any]
    after: dict[str, Any]
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

    First of the statements alone that differ: where these gain nothing, nothing is gained.
    """
    before, after = _reduced(one.before), _reduced(one.after)
    ways = [(before, after)] if one.verdict == "narrower" else [(before, after), (after, before)]
    unclear = False
    for old, new in ways:
        for others in _company(one.kind, old, new):
            gains: bool | None = None
            for less, more in (_apart(old, new), (old, new)):
                gains = oracle.decide(
                    [less, *others], [more, *others], across_colons=across_colons, milliseconds=milliseconds
                ).new_access
                if gains is False:
                    break
            if gains:
                return "wrong"
            unclear |= gains is None
    return "unclear" if unclear else "right"


def _statements(document: dict[str, Any]) -> list[Any]:
    held = document.get("Statement", [])
    return held if isinstance(held, list) else [held]


def _reduced(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the version that it is read as, and without statements that neither allow nor deny."""
    version = document.get("Version", "2008-10-17")
    kept = [s for s in _statements(document) if isinstance(s, dict) and s.get("Effect") in ("Allow", "Deny")]
    return {"Version": version, "Statement": kept}


def _apart(one: dict[str, Any], other: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both without the statements that are in both."""
    if one["Version"] != other["Version"]:
        return one, other
    mine, theirs = one["Statement"], other["Statement"]
    return (
        {**one, "Statement": [statement for statement in mine if statement not in theirs]},
        {**other, "Statement": [statement for statement in theirs if statement not in mine]},
    )


def _company(kind: str, *documents: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """What may stand beside: nothing, and where something is denied a policy that allows everything."""
    yield []
    if any(statement["Effect"] == "Deny" for document in documents for statement in document["Statement"]):
        everything = EVERYTHING | ({"Principal": "*"} if kind in _WITH_PRINCIPALS else {})
        yield [{"Version": "2012-10-17", "Statement": [everything]}]


def unsettled(name: str, text: str, report: Report) -> Iterator[str]:
    """What is wrong with fixing the text with everything accepted."""

    def backwards(path: str, changed_text: str) -> Report:
        found = report_of(path, changed_text)
        return found._replace(findings=tuple(reversed(found.findings)))

    once = fixed(name, text, report, ALL, report_of)
    if once.text == text:
        return
    if _fixed_again(name, once.text, report_of) != once.text:
        yield "a second run changes it"
    turned = report._replace(findings=tuple(reversed(report.findings)))
    if fixed(name, text, turned, ALL, backwards).text != once.text:
        yield "the order of findings matters"
    if errors(once.report) - errors(report):
        yield "it brings errors"


def _fixed_again(name: str, text: str, check: Callable[[str, str], Report]) -> str:
    return fixed(name, text, check(name, text), ALL, check).text


def errors(report: Report) -> Counter[str]:
    """Errors by rule."""
    return Counter(finding.rule for finding in report.findings if finding.severity is Severity.ERROR)


def main() -> None:
    """Prints what z3 says, and what is not settled."""
    share = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    texts = documents()
    if texts is None:
        print("rewrites: the policies are not at hand", file=sys.stderr)
        return
    said: dict[str, Counter[str]] = {"equivalent": Counter(), "narrower": Counter()}
    policies, wrong = 0, 0
    for number, (name, text) in enumerate(texts):
        if number % share:
            continue
        policies += 1
        report = report_of(name, text)
        for one in rewritten(report.findings):
            for across_colons in (False, True):
                answer = said_by_z3(one, 1500, across_colons)
                said[one.verdict][answer] += 1
                if answer == "wrong":
                    print(f"wrong: {name}: {one.rule} is not {one.verdict}")
        for problem in unsettled(name, text, report):
            wrong += 1
            print(f"not settled: {name}: {problem}")
    print("| verdict | right | unclear to z3 | wrong |\n| --- | ---: | ---: | ---: |")
    for verdict, counts in said.items():
        print(f"| {verdict} | {counts['right']} | {counts['unclear']} | {counts['wrong']} |")
    print(f"\n{policies} policies; fixing leaves {wrong} unsettled")


if __name__ == "__main__":
    main()
