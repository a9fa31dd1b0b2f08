"""What of a statement calls for a rule: told cheaply, so that a rule costs nothing where it can have nothing to say."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from iamlint.analyse.conditions import parse_operator
from iamlint.memo import Memo
from iamlint.model import Statement
from iamlint.model.cached import cached
from iamlint.record import NamedTuple
from iamlint.rule import Context, PolicyRule, StatementRule

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue

_ANY = "*"
_LONGEST_OPERATOR = 256
"""No operator has so long a name."""
_MOST_PATTERNS = 10_000
"""So many patterns of actions are looked up; then each counts as one that AWS may not list."""


class Content(NamedTuple):
    """All that tells which rules a statement calls for; equal for statements that call for the same ones."""

    kind: str
    effect: str | None
    elements: tuple[str, ...]
    regular: bool
    marks: int
    """A bit for each thing that some rule asks for and the statement holds, see `Calls.wants`."""

    def shape_fits(self, rule: StatementRule | PolicyRule) -> bool:
        """True iff `rule` is for statements of this effect with these elements."""
        return rule.effect in (None, self.effect) and (not rule.elements or not rule.elements.isdisjoint(self.elements))


class Calls:
    """What the rules that look at statements ask of them, as marks: a mark is a bit, and what holds it holds the thing.

    A name that no rule asks for has no mark. Each text is judged once for all statements that have it.
    """

    def __init__(self, rules: Iterable[StatementRule | PolicyRule], ctx: Context) -> None:
        self._ctx = ctx
        self._marks: dict[tuple[str, str], int] = {}
        self._not_action = self._mark("NotAction")
        self._wants = {rule: self._wanted(rule) for rule in rules}
        known = self._marks.get
        self._wide, self._service, self._action = (known(("fault", n), 0) for n in ("wide", "service", "action"))
        self._arn_faults = {name: mark for (what, name), mark in self._marks.items() if what == "fault"}
        self._lists = [(name, mark) for (what, name), mark in self._marks.items() if what == "list"]
        self._variable = known(("variable", ""), 0)
        self._named, self._open = known(("named", ""), 0), known(("open", ""), 0)
        self._actions = Memo(self._marks_of_action)
        self._resources = Memo(self._marks_of_resource)
        self._outlines = Memo(self._marks_of_outline)
        self._operators = Memo(self._marks_of_operator)
        self._keys = Memo(self._marks_of_key)
        self._patterns = 0

    def wants(self, rule: StatementRule | PolicyRule) -> tuple[int, ...]:
        """The rule is for statements that hold a mark of each of these sets."""
        return self._wants[rule]

    def _mark(self, what: str, name: str = "") -> int:
        return self._marks.setdefault((what, name), 1 << len(self._marks))

    def _wanted(self, rule: StatementRule | PolicyRule) -> tuple[int, ...]:
        of_actions = [self._mark("named") if rule.only_named else 0, self._mark("open") if rule.only_wildcards else 0]
        if rule.services:
            of_actions.append(self._any_of("service", {*rule.services, _ANY}))
        if rule.actions:
            named = self._any_of("action", rule.actions)
            if not rule.only_spelled:
                named |= self._any_of("open", {_ANY, *[action.partition(":")[0] for action in rule.actions]})
            of_actions.append(named)
        lists = (
            ("fault", rule.faults),
            ("list", rule.lists),
            ("operator", rule.operators),
            ("key", rule.condition_keys),
        )
        wanted = [self._any_of(what, names) for what, names in lists if names]
        # What a NotAction leaves over may be anything.
        wanted += [marks | self._not_action for marks in of_actions if marks]
        return (self._mark("variable"), *wanted) if rule.only_variables else tuple(wanted)

    def _any_of(self, what: str, names: Iterable[str]) -> int:
        found, known = 0, self._marks
        for name in names:
            found |= known.get((what, name)) or self._mark(what, name)
        return found

    def content(self, statement: Statement) -> Content:
        """What of the statement can call for a rule."""
        value = statement.value
        regular = statement.is_regular
        marks = 0 if regular else self._variable
        for mark in map(self._actions.__getitem__, _texts(value.get("Action"))):
            marks |= mark
        if "NotAction" in value:
            marks |= self._not_action | self._action
        resource = value.get("Resource")
        if (resource == "*" or resource == ["*"]) and "NotResource" not in value:
            marks |= self._wide
        else:
            for texts in (_texts(resource), _texts(value.get("NotResource"))):
                for mark in map(self._resources.__getitem__, texts):
                    marks |= mark
        block = value.get("Condition")
        if isinstance(block, dict):
            marks |= self._marks_of_block(block)
        for name, mark in self._lists:
            given = value.get(name)
            if isinstance(given, list) and len(given) > 1:
                marks |= mark
        effect = value.get("Effect")
        return Content(
            statement.policy.kind, effect if effect in ("Allow", "Deny") else None, tuple(value), regular, marks
        )

    def _marks_of_block(self, block: dict[str, Any]) -> int:
        marks = 0
        for operator, keys in block.items():
            marks |= self._operators[operator]
            if isinstance(keys, dict):
                for key, values in keys.items():
                    marks |= self._keys[key]
                    for text in values if isinstance(values, list) else (values,):
                        if isinstance(text, str) and "$" in text:
                            marks |= self._variable
        return marks

    def _marks_of_action(self, text: str) -> int:
        known = self._marks.get
        lowered = text.lower()
        prefix = lowered.partition(":")[0]
        is_pattern = "*" in lowered or "?" in lowered
        if is_pattern and ("*" in prefix or "?" in prefix):
            prefix = _ANY
        marks = known(("service", prefix), 0) | known(("action", lowered), 0)
        if prefix != _ANY:
            marks |= self._named
        if is_pattern:
            marks |= self._open | known(("open", prefix), 0)
        return marks | self._action if self._may_be_unlisted(text, is_pattern) else marks

    def _may_be_unlisted(self, text: str, is_pattern: bool) -> bool:
        """True unless AWS lists the action; some of those that it lists count too."""
        if text == "*" or not self._action:
            return False
        if not is_pattern and self._ctx.catalogue.row_of(text) is not None:
            return False
        from iamlint.rule.families.names import is_listed

        self._patterns += is_pattern
        return self._patterns > _MOST_PATTERNS or not is_listed(text, self._ctx.catalogue)

    def _marks_of_resource(self, text: str) -> int:
        marks = self._variable if "$" in text else 0
        if self._arn_faults:
            marks |= self._outlines[self._outline(text, self._ctx.catalogue)]
        return marks

    @cached
    def _outline(self) -> "Callable[[str, Catalogue], str]":
        from iamlint.rule.families.arns import outline

        return outline

    def _marks_of_outline(self, alike: str) -> int:
        """For all resources of one outline: an account has few of these, and many names."""
        if alike == "*":
            return self._wide
        from iamlint.rule.families.arns import arn_faults

        marks = self._wide if alike.endswith("*") and _is_every_arn(alike) else 0
        for fault in arn_faults(alike, self._ctx.catalogue):
            marks |= self._arn_faults.get(fault, 0)
        return marks

    def _marks_of_operator(self, text: str) -> int:
        operator = parse_operator(text) if len(text) < _LONGEST_OPERATOR else None
        names = {"?"}
        if operator is not None:
            names = {operator.family.lower(), operator.name.lower(), operator.quantifier.lower()}
            if operator.if_exists:
                names.add("ifexists")
        return sum([self._marks.get(("operator", name), 0) for name in names])

    def _marks_of_key(self, text: str) -> int:
        lowered = text.lower()
        name = lowered.partition("/")[0]
        # A provider's name may hold slashes (`oidc.eks.eu-west-1.amazonaws.com/id/A1:aud`), a tag key may hold colons.
        last = (":" + name.rpartition(":")[2], ":" + lowered.rpartition(":")[2])
        names = {name, name.partition(":")[0] + ":", *last}
        marks = sum([self._marks.get(("key", each), 0) for each in names])
        if text and self._service:
            from iamlint.rule.families.services import may_name_no_service

            if may_name_no_service(text, self._ctx.catalogue):
                marks |= self._service
        return marks


def fits(marks: int, wants: tuple[int, ...]) -> bool:
    """True iff `marks` has one of each of these sets."""
    for some in wants:  # noqa: SIM110 (a generator costs more than all that it asks)
        if not marks & some:
            return False
    return True


def _texts(value: Any) -> Iterable[str]:
    """The texts of an element: of its one entry, or of several."""
    if isinstance(value, list):
        return [text for text in value if isinstance(text, str)]
    return (value,) if isinstance(value, str) else ()


def _is_every_arn(text: str) -> bool:
    from iamlint.rule.families.limits import is_every_arn

    return is_every_arn(text)
