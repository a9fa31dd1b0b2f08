"""The laws that every rule keeps, checked on its own examples; run by the tests and by `iamlint rules --check`.

Each law is a function that yields what is broken, in words. A new rule needs no test of its own for them.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import TYPE_CHECKING

from iamlint.config import Settings, settings_for, settings_of
from iamlint.describe import rule_info
from iamlint.engine.exceptions import Exceptions
from iamlint.engine.fix import Accepted, fixed
from iamlint.engine.registry import docs, load_rules
from iamlint.engine.run import Run
from iamlint.finding import Finding, Report, Severity
from iamlint.load import load_text
from iamlint.load.times import when
from iamlint.model import Policy
from iamlint.report import Options, write
from iamlint.rule import ExceptionRule, HeldPolicyRule, Rule, TextRule
from iamlint.rule.base import CLOSE, OPEN, Bad, Example, document_of, plain
from iamlint.syntax import Lines

if TYPE_CHECKING:
    from iamlint.usage.observed import Observed


def violations(rule: Rule) -> Iterator[str]:
    """Everything that `rule` breaks, one line each; nothing for a sound rule."""
    rule = rule.whole()
    for example in rule.good:
        for finding in _check(rule, plain(example), example).findings:
            yield f"good example reported: {example.text} -> {finding.message}"
    rewrites = False
    for bad in rule.bad:
        yield from _bad(rule, bad)
        found = _check(rule, plain(bad), bad, rewrites=True)
        if any(map(_All().takes, found.findings)) or bad.rewritten is not None:
            rewrites = True
            yield from _rewriting(rule, bad, found)
    if rewrites and not any(bad.rewritten for bad in rule.bad):
        yield "no bad example says what becomes of it: set `rewritten` and `verdict`"
    yield from _documentation(rule)


def marks(example: Example) -> Counter[tuple[int, int]]:
    """The marked spans, as offsets in the text without marks."""
    return _marks(document_of(example))


def _marks(text: str) -> Counter[tuple[int, int]]:
    found: Counter[tuple[int, int]] = Counter()
    starts: list[int] = []
    offset = 0
    for char in text:
        if char == OPEN:
            starts.append(offset)
        elif char == CLOSE:
            found[(starts.pop(), offset)] += 1
        else:
            offset += 1
    return found


def _bad(rule: Rule, example: Bad) -> Iterator[str]:
    text = plain(example)
    report = _check(rule, text, example)
    if not report.findings:
        yield f"bad example not reported: {example.text}"
        return
    yield from _places(example, text, report)
    levels = {finding.level for finding in report.findings}
    for finding in report.findings:
        if finding.level != example.level and not (isinstance(rule, HeldPolicyRule) and example.level in levels):
            yield f"level {finding.level} instead of {example.level}: {example.text}"
        if finding.severity is not rule.levels.get(finding.level, rule.severity):
            yield f"severity {finding.severity.value} is not the one declared for {finding.level}: {example.text}"
        if finding.message[-1:] in ".!" or "\n" in finding.message:
            yield f"a message is one line without a final full stop: {finding.message}"
    if not isinstance(rule, (TextRule, ExceptionRule)) and not rule.counts_spaces:
        yield from _indifference(rule, example, text, report)
    yield from _formats(rule, example, report)


def _places(example: Bad, text: str, report: Report) -> Iterator[str]:
    """Bad examples report exactly the marked places."""
    wanted = set()
    for name, plain_text, marked in ((_NAME, text, document_of(example)), *_exports(example)):
        lines = Lines(plain_text)
        wanted |= {(name, lines.position(start), lines.position(end)) for start, end in _marks(marked)}
    every = {(f.path, (r[0], r[1]), (r[2], r[3])) for f in report.findings for r in f.marked}
    if every != wanted:
        yield f"marked {sorted(wanted)}, reported {sorted(every)}: {example.text}"


_NAME = "example.json"


def _exports(example: Example) -> list[tuple[str, str, str]]:
    """The further files of an example: name, text, and text with its marks."""
    files = [(f"example-{number}.json", text) for number, text in enumerate(example.exports, 1)]
    return [(name, text.replace(OPEN, "").replace(CLOSE, ""), text) for name, text in (*files, *example.files.items())]


def _indifference(rule: Rule, example: Bad, text: str, report: Report) -> Iterator[str]:
    """White space, the order of keys, and a list of one entry instead of that entry change nothing."""
    try:
        value = json.loads(text)
    except ValueError:  # an export need not be one JSON value
        return
    spellings = {
        "white space": json.dumps(value, indent=3),
        "the order of keys": json.dumps(_reversed(value)),
        "one-entry lists": json.dumps(_listed(value)),
    }
    wanted = _summary(report.findings)
    for name, spelling in spellings.items():
        if name == "the order of keys" and _repeats_keys(text):
            continue
        got = _summary(_check(rule, spelling, example).findings)
        if got != wanted:
            yield f"{name} must not matter: {got} instead of {wanted}: {example.text}"


def _formats(rule: Rule, example: Bad, report: Report) -> Iterator[str]:
    """Each example goes through text and SARIF output."""
    options = Options(rules=lambda: {rule.id: rule_info(rule)})
    for format_ in ("text", "sarif", "json"):
        out = StringIO()
        write(format_, report, out, options)
        if rule.id not in out.getvalue():
            yield f"{format_} output does not name the rule: {example.text}"


class _All(Accepted):
    """Lets every rewrite be applied that a machine may ever make, also one that is only for show as it is."""

    def takes(self, finding: Finding) -> bool:
        return finding.rewrite is not None and finding.rewrite.made is not None


def _rewriting(rule: Rule, example: Bad, report: Report) -> Iterator[str]:
    """A rewrite does what the example says, leaves none of the rule's findings and brings no error of another rule."""
    text = plain(example)
    without = sum(not _All().takes(finding) for finding in report.findings)
    made = fixed(_NAME, text, report, _All(), lambda _, changed: _check(rule, changed, example, rewrites=True))
    if len(made.report.findings) > without:
        left = made.report.findings[0]
        yield f"rewritten, and still reported: {example.text} -> {made.text} -> {left.message}"
    elif any(map(_All().takes, made.report.findings)):
        yield f"a second run rewrites again: {example.text} -> {made.text}"
    placeholders = any(f.rewrite.proof.verdict == "unproven" for f in report.findings if f.rewrite)
    for name, count in (_errors(made.text, example) - _errors(text, example)).items():
        if name != rule.id and not placeholders:
            yield f"the rewrite brings {count} findings of {name}: {example.text} -> {made.text}"
    if example.rewritten is None:
        return
    wanted = document_of(example._replace(text=example.rewritten))
    if made.text != wanted:
        yield f"rewritten to {made.text} instead of {wanted}"
    for finding in report.findings:
        proof = finding.rewrite.proof if finding.rewrite else None
        if proof is not None and proof.verdict != example.verdict:
            yield f"the rewrite is {proof.verdict} ({proof.reason}) instead of {example.verdict}: {example.text}"


def _errors(text: str, example: Example) -> Counter[str]:
    """How many errors each of all rules reports."""
    settings = settings_for(environment=example.environment, forbidden_access=example.forbidden)
    run = Run(settings, load_rules())
    run.add(load_text(_NAME, text, settings, kind=example.kind, named_alone=True))
    return Counter(f.rule for f in run.report().findings if f.severity is Severity.ERROR)


def _documentation(rule: Rule) -> Iterator[str]:
    text = docs(rule)
    if not text.summary.endswith(".") or len(text.summary) > 120:
        yield "the docstring's first line is one sentence of at most 120 characters that ends with a full stop"
    if "https://" not in text.sections.get("References", ""):
        yield "`## References` names no page"
    if rule.security_severity is not None and not 0.1 <= rule.security_severity <= 10:
        yield "`security_severity` lies between 0.1 and 10"


def _check(rule: Rule, text: str, example: Example, *, rewrites: bool = False) -> Report:
    if isinstance(rule, ExceptionRule):
        return _check_exceptions(rule, text, example)
    settings: Settings = settings_for(
        environment=example.environment,
        rule_options={rule.id: dict(example.options)},
        forbidden_access=example.forbidden,
        register=example.register,
    )
    seen = None if example.usage is None else _seen(example.usage, settings)
    run = Run(settings, {rule.id: rule}, as_of=when(example.as_of), rewrites=rewrites, evidence=seen)
    run.add(load_text(_NAME, text, settings, kind=example.kind, named_alone=True))
    for name, export, _ in _exports(example):
        run.add(load_text(name, export, settings))
    report = run.report()
    if report.errors:
        raise AssertionError(f"{rule.id} failed on its own example {example.text}: {report.errors[0].message}")
    return report


def _seen(usage: Iterable[tuple[str, str]], settings: Settings) -> "Observed":
    """A table with one call of each."""
    from iamlint.usage.observed import Observed
    from iamlint.usage.table import Row, Table

    blank = Row(*("",) * 6, 0, "mapped", (), *("",) * 4, None, "", "", False, 1, None, None)
    return Observed(
        Table(
            blank._replace(
                principal=principal, action="s3:ListAllMyBuckets", source_address=address,
                via=address if address.endswith(".amazonaws.com") else "",
            )
            for principal, address in usage
        ),
        settings,
    )  # fmt: skip


def _check_exceptions(rule: ExceptionRule, text: str, example: Example) -> Report:
    """What `rule` says of the exceptions in the configuration `text`, on a run over the example's files."""
    known = load_rules()
    settings = settings_of(text, _NAME)
    run = Run(settings, {spec.rule: known[spec.rule] for spec in settings.exceptions})
    for name, content, _ in _exports(example):
        run.add(load_text(name, content, settings))
    report = Exceptions(settings, known).apply(run.report(), {**run.rules, rule.id: rule}, ["."], "2026-11-24")
    return report._replace(findings=tuple(f for f in report.findings if f.rule == rule.id))


def _summary(findings: tuple[Finding, ...]) -> Counter[tuple[str, str]]:
    return Counter((f.level, f.message) for f in findings)


def _repeats_keys(text: str) -> bool:
    def noting(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=noting)
    except ValueError:
        return True
    return False


def _reversed(value: object) -> object:
    """`value` with the keys of every object in reversed order."""
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return [_reversed(entry) for entry in value]
    return value


def _listed(value: object) -> object:
    """`value` with every lone Action, Resource (or their Not-twins) put in a list, where it is a string."""
    if not isinstance(value, dict):
        return value
    elements = ("Action", "NotAction", "Resource", "NotResource")
    policy = Policy(value, "identity")
    out = json.loads(json.dumps(value))
    for statement in policy.statements:
        target = out
        for step in statement.path:
            target = target[step]
        for element in elements:
            if isinstance(target.get(element), str):
                target[element] = [target[element]]
    return out
