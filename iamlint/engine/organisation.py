"""`[[rule]]` of the configuration: rules of the organisation, without Python.

A table becomes a rule like any other: with an id, a page and a severity; selected, ignored and excepted by its id.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from iamlint.analyse.granted import Granted, granted
from iamlint.analyse.wildcards import matches
from iamlint.analyse.work import Budget
from iamlint.config.table import Table
from iamlint.engine.selectors import Match, Selector, parse_selector
from iamlint.model import POLICY_KINDS
from iamlint.model.policy import scalar_text
from iamlint.record import NamedTuple
from iamlint.rule import ALL_KINDS, Context, Hit, Policy, PolicyRule, Rule, Severity, Statement, key, quote
from iamlint.syntax import Path, printable

TESTS = ("exists", "absent", "equals", "in", "matches-glob", "grants")
_SEVERITIES = ("security-warning", "warning", "suggestion")
"""Without `error`, which says that AWS refuses the policy."""
_GRANTING_KINDS = frozenset(("identity", "resource", "trust"))
_MOST_STEPS = 20_000
"""Steps of about a microsecond for one entry; what takes more is taken to be granted."""
_DEFAULT_REASON = "It is a rule of this organisation."
_DEFAULT_FIX = "Change what is reported, or write an exception with its reason into the configuration."


class Grants(NamedTuple):
    """Patterns of what is not to be granted."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]


class Spec(NamedTuple):
    """What a table `[[rule]]` says of its check."""

    message: str
    selector: Selector | None
    effect: str | None
    test: str
    negated: bool
    texts: tuple[str, ...] = ()
    ignore_case: bool = False
    grants: Grants | None = None


def organisation_rules(tables: Iterable[Table]) -> Iterator[Rule]:
    """The rule of each table, in their order. Raises `ConfigError` for one that is wrong."""
    return map(_rule, tables)


class OrganisationRule(PolicyRule):
    """What the rules of all tables share; a class derived from it is made for each table."""

    spec: ClassVar[Spec]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        """A hit at every place for which the test holds. Raises `TooMuchWork`."""
        spec, budget = self.spec, Budget()
        if spec.grants is not None:
            yield from self._granting(policy, spec.grants, budget)
        elif spec.test == "absent":
            for root, found in self._selected(policy, budget):
                if not found:
                    yield self.finding(root, spec.message)
        else:
            selected = (match for _, found in self._selected(policy, budget) for match in found)
            hits = self._present(selected) if spec.test == "exists" else self._compared(selected)
            yield from {hit.places[0]: hit for hit in hits}.values()  # `..` may lead to a place twice

    def _present(self, found: Iterable[Match]) -> Iterator[Hit]:
        for path, value in found:
            name = path[-1] if path else 0
            if isinstance(name, str):
                yield self.finding(key(path), self._message(name))
            else:
                yield self.finding(path, self._message(scalar_text(value) or ""))

    def _compared(self, found: Iterable[Match]) -> Iterator[Hit]:
        for path, value in found:
            entries = (
                [((*path, n), entry) for n, entry in enumerate(value)] if isinstance(value, list) else [(path, value)]
            )
            for place, entry in entries:
                text = scalar_text(entry)
                if self._holds(text) is not self.spec.negated:
                    yield self.finding(place, self._message(text or ""))

    def _selected(self, policy: Policy, budget: Budget) -> Iterator[tuple[Path, list[Match]]]:
        """What the selector selects: statement by statement where it goes through them, else in the document."""
        selector = self.spec.selector
        if selector is None:
            return
        inner = selector.within_statements
        if inner is None:
            yield (), selector.find(policy.value, budget)
            return
        for statement in self._statements(policy):
            found = inner.find(statement.value, budget)
            yield statement.path, [Match((*statement.path, *path), value) for path, value in found]

    def _statements(self, policy: Policy) -> Iterator[Statement]:
        effect = self.spec.effect
        return (s for s in policy.statements if effect is None or s.value.get("Effect") == effect)

    def _holds(self, text: str | None) -> bool:
        spec = self.spec
        if text is None:
            return False
        if spec.test == "matches-glob":
            return any(matches(pattern, text, spec.ignore_case) for pattern in spec.texts)
        return (text.lower() if spec.ignore_case else text) in spec.texts

    def _granting(self, policy: Policy, grants: Grants, budget: Budget) -> Iterator[Hit]:
        statements: Iterable[Statement] = policy.statements
        if self.spec.selector is not None:
            chosen = {path for _, found in self._selected(policy, budget) for path, _ in found}
            statements = [statement for statement in statements if statement.path in chosen]
        likely = granted(statements, grants.actions, grants.resources, budget)
        found = (entry for entry in likely if _is_granted(entry, grants))
        if self.spec.negated:
            if next(found, None) is None:
                has_statements = isinstance(policy.value, dict) and "Statement" in policy.value
                yield self.finding(key(("Statement",)) if has_statements else (), self.spec.message)
            return
        for statement, action in found:
            if action is None:
                yield self.finding(key(statement.at("NotAction")), self._message("NotAction"))
            else:
                yield self.finding(action, self._message(action.text))

    def _message(self, value: str) -> str:
        return self.spec.message.replace("{value}", quote(value))


def _is_granted(entry: Granted, grants: Grants) -> bool:
    """False iff it is decided that no request gets through the entry, with its conditions and all that denies."""
    statement, action = entry
    policy = statement.policy
    denies = [other.value for other in policy.statements if other.denies]
    if not denies and not statement.value.get("Condition"):
        return True
    from iamlint.analyse.decide.questions import grants as decided

    alone = statement.value if action is None else {**statement.value, "Action": action.text}
    value = {"Version": policy.version, "Statement": [alone, *denies]}
    asked = Policy(value, policy.kind, policy.resource_type)
    return decided(asked, grants.actions, grants.resources, budget=_MOST_STEPS).verdict != "no"


def _rule(table: Table) -> Rule:
    id_ = _required(table, "id")
    if not re.fullmatch("[a-z][a-z0-9]*(-[a-z0-9]+)*", id_) or len(id_) > 80:
        table.fail("id", f"{printable(id_, 40)} is no rule id; write words in lower case with hyphens")
    if table.string("severity") == "error":
        table.fail("severity", "`error` says that AWS refuses a policy; write security-warning, warning or suggestion")
    severity = table.choice("severity", _SEVERITIES) or "warning"
    given = _kinds(table)
    message = _line(table, "message")
    summary = _line(table, "summary", message.replace("{value}", "…")).rstrip(".") + "."
    reason, advice = table.string("why") or _DEFAULT_REASON, table.string("fix") or _DEFAULT_FIX
    references = table.strings("references")
    spec = _spec(table, message)
    table.finish()
    sections = {
        "Why it matters": reason,
        "What to do instead": advice,
        "References": "\n".join(f"- {reference}" for reference in references),
    }
    members = {
        "__doc__": "\n\n".join([summary, *(f"## {title}\n{text}" for title, text in sections.items())]),
        "severity": Severity(severity),
        "kinds": given or (ALL_KINDS if spec.grants is None else _GRANTING_KINDS),
        "tags": ("organisation",),
        "spec": spec,
    }
    made: type[OrganisationRule] = type("TableRule", (OrganisationRule,), members)
    made.id = id_
    return made()


def _required(table: Table, name: str, default: str | None = None) -> str:
    text = table.string(name)
    if text is None and default:
        return default
    if not text:
        table.fail(name, f"a rule needs `{name}`")
    return text


def _line(table: Table, name: str, default: str | None = None) -> str:
    text = _required(table, name, default)
    if len(text.splitlines()) != 1:
        table.fail(name, f"`{name}` must be one line")
    return text


def _kinds(table: Table) -> frozenset[str]:
    kinds = table.strings("kinds")
    unknown = [kind for kind in kinds if kind not in POLICY_KINDS]
    if unknown:
        table.fail("kinds", f"{printable(unknown[0], 40)} is no kind of policy; known are {', '.join(POLICY_KINDS)}")
    return frozenset(kinds)


def _spec(table: Table, message: str) -> Spec:
    text = table.string("selector")
    effect = table.choice("effect", ("Allow", "Deny"))
    ignore_case = table.flag("ignore-case")
    selector = _selector(table, text)
    tests = table.table("test")
    negated = list(tests.names()) == ["not"]
    if negated:
        outer, tests = tests, tests.table("not")
        outer.finish()
    names = list(tests.names())
    if len(names) != 1 or names[0] not in TESTS:
        table.fail("test", f"`test` holds exactly one of {', '.join(TESTS)}, or `not` with one of them")
    test = names[0]
    if selector is None and test != "grants":
        table.fail("selector", "a rule needs a selector, a JSONPath such as `$.Statement[*].Action[*]`")
    if test == "grants" and selector is not None and not selector.selects_statements:
        table.fail(
            "selector", "`grants` looks at statements; leave the selector out or write one such as `$.Statement[0]`"
        )
    if effect is not None and (test == "grants" or selector is None or selector.within_statements is None):
        table.fail("effect", "`effect` is for selectors that begin with `$.Statement[*]`, and not for `grants`")
    spec = Spec(message, selector, effect, test, negated, ignore_case=ignore_case)
    spec = _OPERANDS[test](tests, spec)
    tests.finish()
    nothing_found = spec.test == "absent" or (spec.test == "grants" and negated)
    if nothing_found and "{value}" in message:
        table.fail("message", "this test reports that something is not there, so there is no {value}")
    return spec


def _selector(table: Table, text: str | None) -> Selector | None:
    if text is None:
        return None
    try:
        return parse_selector(text)
    except ValueError as error:
        table.fail("selector", f"the selector {printable(text, 80)} {error}")


def _presence(tests: Table, spec: Spec) -> Spec:
    if not tests.flag(spec.test):
        tests.fail(spec.test, f"`{spec.test}` is written `{spec.test} = true`; `not` turns it round")
    test = spec.test if not spec.negated else "absent" if spec.test == "exists" else "exists"
    return spec._replace(test=test, negated=False)


def _values(tests: Table, spec: Spec) -> Spec:
    texts = tests.scalars(spec.test)
    if spec.test == "equals" and len(texts) > 1:
        tests.fail("equals", "`equals` takes one value; write `in` for several")
    return spec._replace(texts=tuple(text.lower() for text in texts) if spec.ignore_case else texts)


def _grants(tests: Table, spec: Spec) -> Spec:
    inner = tests.table("grants")
    actions = inner.strings("actions")
    resources = inner.strings("resources", ("*",))
    if not actions or not resources:
        inner.fail("actions", "`grants` needs patterns of actions, and of resources if not all are meant")
    for action in actions:
        if action != "*" and action.count(":") != 1:
            inner.fail("actions", f"{printable(action, 80)} is no pattern of actions; write `service:Name` or `*`")
    inner.finish()
    return spec._replace(grants=Grants(actions, resources))


_OPERANDS: dict[str, Callable[[Table, Spec], Spec]] = {
    "exists": _presence,
    "absent": _presence,
    "equals": _values,
    "in": _values,
    "matches-glob": _values,
    "grants": _grants,
}
