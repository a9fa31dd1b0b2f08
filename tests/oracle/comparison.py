"""Policies as formulas over one unknown request, and the question whether some request tells them apart.

An action is any text with one colon, in lower case. A resource is an ARN, any text in each of its five fields after
`arn`, or none (`*`). From "IAM JSON policy elements: Action", "Resource" and the others of the element reference.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import z3

from tests.oracle.context import Context, Operator, merged, operator, variables_in
from tests.oracle.principals import Who
from tests.oracle.terms import Truth, Unclear, conj, disj, glob, neg
from tests.oracle.texts import Known, Text

Document = dict[str, Any]
_FIELDS = 6


class Answer(NamedTuple):
    """`new_access` is None where there is no answer, for `reason`; the witness of new access is a request.

    It has `action`, `resource`, `principal` (None where policies name none) and `context`, in which a key without
    values is one that must be absent.
    """

    new_access: bool | None
    witness: dict[str, Any] | None = None
    reason: str | None = None


def new_access(old: Sequence[Document], new: Sequence[Document], *, across_colons: bool = False) -> bool | None:
    """True iff some request is allowed by the policies `new` and not by `old`; None where that is unclear.

    `across_colons`: wildcards in the first five fields of a resource go on beyond the colon.
    """
    return decide(old, new, across_colons=across_colons).new_access


def decide(
    old: Sequence[Document],
    new: Sequence[Document],
    *,
    across_colons: bool = False,
    milliseconds: int = 6000,
    opaque: bool = False,
) -> Answer:
    """As `new_access`, with the witness; each question to z3 may take `milliseconds`.

    `opaque`: conditions, principals and resources with variables are not looked into; the same text means the same,
    and what different texts have to do with each other is left open. That is quick and needs no word on what they mean,
    but then only "no new access" is an answer.
    """
    try:
        answer = _Comparison(old, new, across_colons, milliseconds, opaque).answer()
    except Unclear as reason:
        return Answer(None, None, str(reason))
    return Answer(None, None, "what conditions mean decides") if opaque and answer.new_access else answer


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _statements(documents: Iterable[Document]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Each with whether `${…}` is a variable there."""
    for document in documents:
        for statement in _listed(document.get("Statement", [])):
            yield statement, document.get("Version") == "2012-10-17"


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Part:
    """A statement: the formula of everything but its action, and its actions."""

    def __init__(self, statement: dict[str, Any], rest: Truth) -> None:
        self.rest = rest
        self.others = "Action" not in statement
        self.patterns: list[str] = [p.lower() for p in _listed(statement["NotAction" if self.others else "Action"])]
        self._names = frozenset(self.patterns)
        self._of_service: dict[str, list[str]] = {}
        for pattern in self.patterns:
            before = pattern.partition(":")[0]
            self._of_service.setdefault("*" if "*" in before or "?" in before else before, []).append(pattern)

    def of_action(self, service: Text | Known, name: Text | Known) -> Truth:
        """True iff the statement is about the action."""
        patterns = self.patterns
        if isinstance(service, Known):
            patterns = [*self._of_service.get("*", ()), *self._of_service.get(service.text, ())]
        if isinstance(service, Known) and isinstance(name, Known) and f"{service.text}:{name.text}" in self._names:
            met: Truth = True
        else:
            met = disj(_is_action(pattern, service, name) for pattern in patterns)
        return neg(met) if self.others else met


def _is_action(pattern: str, service: Text | Known, name: Text | Known) -> Truth:
    before, colon, after = pattern.partition(":")
    if not colon:
        return bool(before) and not before.strip("*")
    return False if ":" in after else conj([service.like(glob(before)), name.like(glob(after))])


class _Question(NamedTuple):
    formula: Truth
    service: Text | Known
    name: Text | Known

    @property
    def is_known(self) -> bool:
        """True iff the action is known."""
        return isinstance(self.service, Known) and isinstance(self.name, Known)


class _Comparison:
    def __init__(
        self,
        old: Sequence[Document],
        new: Sequence[Document],
        across_colons: bool,
        milliseconds: int,
        opaque: bool,
    ) -> None:
        self._across_colons, self._milliseconds, self._opaque = across_colons, milliseconds, opaque
        both = [*_statements(old), *_statements(new)]
        uses: dict[str, dict[object, Operator]] = {}
        variables: list[str] = []
        for statement, with_variables in both if not opaque else ():
            texts = [_scalar(v) for e in ("Resource", "NotResource") if e in statement for v in _listed(statement[e])]
            for written, keys in statement.get("Condition", {}).items():
                for key, values in keys.items():
                    listed = [_scalar(value) for value in _listed(values)]
                    uses.setdefault(key.lower(), {})[written.lower(), *sorted(listed)] = operator(written)
                    texts += listed
            if with_variables:
                variables += [name for each in texts for name in variables_in(each)]
        self.context = Context({key: [*found.values()] for key, found in uses.items()}, variables)
        of_resources = [("Principal" in s or "NotPrincipal" in s) for s, _ in both]
        self.who = Who(self.context) if any(of_resources) and not opaque else None
        self._of_resources = any(of_resources)
        self.has_resource = z3.Bool("resource?")
        self.fields: list[Text | Known] = [Known("arn")]
        self.fields += [Text(f"resource.{n}", has_colons=n == _FIELDS - 1) for n in range(1, _FIELDS)]
        self.whole = Text("resource")
        self.service, self.name = Text("service", has_colons=False), Text("name", has_colons=False)
        self.old, self.new = self._parts(old), self._parts(new)
        self._all = [part for side in (self.old, self.new) for parts in side.values() for part in parts]
        self._asked: set[tuple[Truth, ...]] = set()

    def answer(self) -> Answer:
        """One question for each action pattern of the new policies' Allow statements: what z3 need not choose is known
        then, above all the service.
        """
        questions = [
            question
            for part in self.new["Allow"]
            for choice in map(self._choice, [None] if part.others else part.patterns)
            if choice is not None and part.rest is not False and (question := self._question(part, *choice)) is not None
        ]
        if not questions:
            return Answer(False)
        rules = [rule for rule in self._rules() if rule is not True]
        of_actions = (
            [rule for text in (self.service, self.name) for rule in text.rules()]
            if not all(question.is_known for question in questions)
            else []
        )
        open_: str | None = None
        for question in questions:
            found = self._ask(question, rules if question.is_known else [*rules, *of_actions])
            if found.new_access:
                return found
            open_ = open_ or found.reason
        return Answer(None, None, open_) if open_ else Answer(False)

    def _choice(self, pattern: str | None) -> tuple[Text | Known, Text | Known, Truth] | None:
        """Service and name of the action, and what holds of them; None where the pattern matches nothing."""
        if pattern is None or (pattern and not pattern.strip("*")):
            return self.service, self.name, True
        before, colon, after = pattern.partition(":")
        if not colon or ":" in after:
            return None
        service = self.service if "*" in before or "?" in before else Known(before)
        name = self.name if "*" in after or "?" in after else Known(after)
        return service, name, conj([service.like(glob(before)), name.like(glob(after))])

    def _question(self, part: _Part, service: Text | Known, name: Text | Known, extra: Truth) -> _Question | None:
        """Whether the statement allows an action of the choice that is new; None where it plainly does not."""
        about = {id(each): each.of_action(service, name) for each in self._all}
        seen = (id(part), *about.values())
        if isinstance(service, Known) and isinstance(name, Known):  # of those that nothing tells apart, one will do
            if seen in self._asked:
                return None
            self._asked.add(seen)

        def holds(each: _Part) -> Truth:
            return conj([about[id(each)], each.rest])

        formula = conj(
            [
                extra,
                holds(part),
                *(neg(holds(deny)) for deny in self.new["Deny"]),
                disj(
                    [
                        *(holds(deny) for deny in self.old["Deny"]),
                        conj(neg(holds(allow)) for allow in self.old["Allow"]),
                    ]
                ),
            ]
        )
        return None if formula is False else _Question(formula, service, name)

    def _ask(self, question: _Question, rules: Sequence[Truth]) -> Answer:
        reason = ""
        for solver, share in ((z3.SimpleSolver(), 0.3), (z3.SolverFor("QF_S"), 0.7)):  # if one way is slow, try another
            solver.set("timeout", int(self._milliseconds * share))
            solver.add(question.formula, *rules)
            result = solver.check()
            if result == z3.unsat:
                return Answer(False)
            if result == z3.sat:
                return Answer(True, self._witness(solver.model(), question.service, question.name))
            reason = f"z3: {solver.reason_unknown()}"
        return Answer(None, None, reason)

    def _rules(self) -> Iterator[Truth]:
        if self._across_colons:
            yield self.whole.like(glob("arn:*:*:*:*:*"))
        yield from self.context.rules()
        texts = [self.whole, *self.fields, *self.context.texts]
        if self.who is not None:
            yield from self.who.rules()
            texts += self.who.texts
        for text in {id(text): text for text in texts}.values():
            yield from text.rules()

    def _witness(self, model: Any, service: Text | Known, name: Text | Known) -> dict[str, Any]:
        # Patterns are in lower case, so that a capital here stands for a letter that they do not mention.
        action = "".join("\ue000" if char.isupper() else char for char in f"{service.shown(model)}:{name.shown(model)}")
        fields = (self.whole,) if self._across_colons else self.fields
        resource = ":".join(field.shown(model) for field in fields)
        there = z3.is_true(model.eval(self.has_resource, model_completion=True))
        return {
            "action": action,
            "resource": resource if there else "*",
            "principal": self.who.shown(model) if self.who is not None else None,
            "context": {key.name: key.shown(model) for key in self.context.keys.values()},
        }

    def _parts(self, documents: Sequence[Document]) -> dict[str, list[_Part]]:
        parts: dict[str, list[_Part]] = {"Allow": [], "Deny": []}
        for statement, with_variables in _statements(documents):
            parts[statement["Effect"]].append(_Part(statement, self._rest(statement, with_variables)))
        return parts

    def _rest(self, statement: dict[str, Any], with_variables: bool) -> Truth:
        if self._opaque:
            return conj(self._closed(statement, with_variables))
        conditions = [
            self.context.holds(written, key, [_scalar(value) for value in _listed(values)], with_variables)
            for written, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        ]
        return conj([self._principal(statement), self._resource(statement, with_variables), *conditions])

    def _closed(self, statement: dict[str, Any], with_variables: bool) -> Iterator[Truth]:
        """The conjuncts of the statement, with an unknown for each text that is not looked into."""
        yield self._resource(statement, with_variables)
        if self._of_resources:
            yield "Principal" in statement or "NotPrincipal" in statement
        for element in ("Principal", "NotPrincipal"):
            if element in statement:
                yield z3.Bool(f"{element} {json.dumps(statement[element], sort_keys=True)}")
        for written, keys in statement.get("Condition", {}).items():
            for key, values in keys.items():
                listed = sorted({_scalar(value) for value in _listed(values)})
                yield z3.Bool(f"{written.lower()} {key.lower()} {listed} {with_variables}")

    def _principal(self, statement: dict[str, Any]) -> Truth:
        if self.who is None:
            return True
        if "Principal" in statement:
            return self.who.named(statement["Principal"])
        return neg(self.who.spared(statement["NotPrincipal"])) if "NotPrincipal" in statement else False

    def _resource(self, statement: dict[str, Any], with_variables: bool) -> Truth:
        if "Resource" in statement:
            found = [self._matches(pattern, with_variables) for pattern in _listed(statement["Resource"])]
            return disj(conj([known, met]) for known, met in found)
        if "NotResource" in statement:
            found = [self._matches(pattern, with_variables, "no ") for pattern in _listed(statement["NotResource"])]
            return conj(conj([known, neg(met)]) for known, met in found)
        return self._of_resources

    def _matches(self, pattern: str, with_variables: bool, name: str = "") -> tuple[Truth, Truth]:
        """Whether all variables in the pattern have values, and whether it matches.

        Where it is not looked into, both are one unknown of this `name`.
        """
        if pattern and not pattern.strip("*"):
            return True, True
        if self._opaque and with_variables and "${" in pattern:
            return True, z3.Bool(f"{name}resource {pattern}")
        fields = pattern.split(":", _FIELDS - 1)
        if with_variables and "${" in "".join(fields[:5]):
            return False, False
        fields += ["*"] * (_FIELDS - len(fields))
        known, tail = self.context.resolved(fields[5], with_variables)
        if self._across_colons:
            start = glob(":".join(fields[:5]) + ":")
            return known, conj([self.has_resource, self.whole.like((*start[:-1], *merged((start[-1], *tail))))])
        parts = [unknown.like(glob(field)) for field, unknown in zip(fields[:5], self.fields, strict=False)]
        return known, conj([self.has_resource, *parts, self.fields[5].like(tail)])
