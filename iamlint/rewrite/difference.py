"""What makes the difference between two policies: the statements that go and come, and the pairs to ask about.

Most of a changed policy is as it was. What is asked of the whole is asked of little first.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from iamlint.analyse.actions import action_covers, action_meets, statement_matches_action
from iamlint.analyse.decide.clauses import WITH_PRINCIPALS
from iamlint.aws.glob import is_pattern
from iamlint.model import Policy, Statement
from iamlint.record import NamedTuple
from iamlint.rewrite.cover import form_of
from iamlint.rewrite.lean import Values, lean, probe, reads, texts, told

_MOST_PAIRS: Final = 10_000
"""Pairs of an action and a pattern, each a microsecond or two, after which nothing is told by looking."""
_COMPARED: Final = frozenset(("Sid", "Action", "Resource", "Condition"))


class Difference(NamedTuple):
    """A policy before and after, and the statements that make the difference.

    `gone` stand in `old` alone and `come` in `new` alone, in whatever spelling; `common` in both. Statements that
    neither allow nor deny count for nothing.
    """

    old: Policy
    new: Policy
    gone: Sequence[Statement]
    come: Sequence[Statement]
    common: Sequence[Statement]

    @property
    def undone(self) -> "Difference":
        """The way back."""
        return Difference(self.new, self.old, self.come, self.gone, self.common)

    @property
    def entries(self) -> int:
        """How many actions, resources and values there are."""
        return sum(len(found) for s in (*self.gone, *self.come, *self.common) for found in _lists(s))

    @property
    def longest(self) -> int:
        """Characters of the longest text that requests are held against."""
        every = (*self.gone, *self.come, *self.common)
        return max((len(max(found, key=len, default="")) for s in every for found in _lists(s)), default=0)

    @property
    def covered(self) -> bool:
        """True only if nothing is gained, as the texts show.

        What comes and allows is a part of what went and allowed, what went and denied a part of what comes and denies.
        """
        return self.old.version == self.new.version and all(
            any(_is_part(part, whole) for whole in wholes)
            for parts, wholes in ((self.come, self.gone), (self.gone, self.come))
            for part in parts
            if part.allows is (parts is self.come)
        )

    def apart(self) -> Iterator[tuple[Policy, Policy, bool]]:
        """The two without what makes no difference, and whether all that is gained is gained there.

        No pair where what is in both alone tells of what kind or how many the values are of a key that matters, and
        none but that of one action where all makes a difference.
        """
        own = {known for statement in (*self.gone, *self.come) for known in told(statement)}
        keys = {known[0] for statement in self.common for known in told(statement) if known not in own}
        if keys and any(reads(statement, keys) for statement in (*self.gone, *self.come)):
            return
        gone, come = [s.value for s in self.gone], [s.value for s in self.come]
        if self.old.version == self.new.version:
            gone, come = lean(self.gone, self.come)
            first = probe(gone, come)
            if first is not None:
                yield of_statements(first[0], self.old), of_statements(first[1], self.new), False
        if self.common or gone != [s.value for s in self.gone] or come != [s.value for s in self.come]:
            yield of_statements(gone, self.old), of_statements(come, self.new), True
        near = self._near(come)
        if near is not None and len(near) < len(self.common):
            beside = [statement.value for statement in near]
            yield of_statements([*gone, *beside], self.old), of_statements([*come, *beside], self.new), True

    def _near(self, come: Values) -> Sequence[Statement] | None:
        """What of both policies has a say on the actions of what comes: no request for another one can be gained.

        None where that is not plain.
        """
        if any(statement.denies or "Action" not in statement for statement in (*self.gone, *self.come)):
            return None
        listed = [value["Action"] for value in come]
        wanted = [text for held in listed for text in (held if isinstance(held, list) else [held])]
        wild = [text for text in wanted if isinstance(text, str) and is_pattern(text)]
        plain = [text for text in wanted if isinstance(text, str) and not is_pattern(text)]
        if (len(wild) + 1) * sum(len(texts(statement)) for statement in self.common) > _MOST_PAIRS:
            return None

        def is_about(statement: Statement) -> bool:
            return (
                "Action" not in statement
                or any(statement_matches_action(statement, text) for text in plain)
                or any(action_meets(each, text) for text in wild for each in texts(statement))
            )

        near = [statement for statement in self.common if is_about(statement)]
        here = (*self.gone, *self.come, *near)
        own = {known for statement in here for known in told(statement)}
        keys = {known[0] for statement in self.common for known in told(statement) if known not in own}
        return None if keys and any(reads(statement, keys) for statement in here) else near

    def company(self) -> Iterator[tuple[Policy, ...]]:
        """What to look at the two beside: nothing, and a policy that allows all, where what they deny is not the same.

        Between these lies whatever else is attached: it allows what it does, and a Deny here takes it away.
        """
        changed = (*self.gone, *self.come)
        denies_change = any(statement.denies for statement in changed)
        if not denies_change or any(statement.allows for statement in changed):
            yield ()
        if denies_change:
            yield (everything(self.old.kind),)


def difference(old: Policy, new: Policy) -> Difference:
    """What makes the difference. Statements that a change has not touched are the same objects in both policies."""
    shared: set[int] = set()
    if old.version == new.version:  # which decides what a text means
        shared = {id(s.value) for s in old.statements} & {id(s.value) for s in new.statements}
    gone = _forms(s for s in old.statements if id(s.value) not in shared)
    come = _forms(s for s in new.statements if id(s.value) not in shared)
    same = [s for s in old.statements if id(s.value) in shared and (s.allows or s.denies)]
    rewritten = gone.keys() & come.keys()
    again = _forms(s for s in same if _may_be_of(s, gone) or _may_be_of(s, come)).keys()
    return Difference(
        old,
        new,
        [s for form, s in gone.items() if form not in rewritten | again],
        [s for form, s in come.items() if form not in rewritten | again],
        [*same, *(gone[form] for form in rewritten - again)],
    )


def _may_be_of(statement: Statement, forms: Mapping[str, Statement]) -> bool:
    """False only if no statement of `forms` has the normal form of `statement`."""
    elements = statement.value.keys() - {"Sid"}
    return any(elements == other.value.keys() - {"Sid"} for other in forms.values())


def _is_part(part: Statement, whole: Statement) -> bool:
    """True only if both allow or both deny, and `whole` matches whatever `part` does.

    They differ in nothing but their actions, resources and conditions: each action and resource is one of `whole`'s, or
    all are, and each condition of `whole` is one of `part`'s too.
    """
    if part.allows is not whole.allows or _others(part) != _others(whole):
        return False
    if not _conditions(whole) <= _conditions(part):
        return False
    resources = frozenset(texts(whole, "Resource"))
    if "*" not in resources and not resources.issuperset(texts(part, "Resource")):
        return False
    actions = frozenset(map(str.lower, texts(whole)))
    others = frozenset(map(str.lower, texts(part))) - actions
    wild = [action for action in actions if is_pattern(action)] if others else []
    return len(others) * len(wild) <= _MOST_PAIRS and all(
        any(action_covers(action, other) for action in wild) for other in others
    )


def _others(statement: Statement) -> str:
    """The other elements, and which of these there are, as JSON: for Python `1` and `true` are equal."""
    others = {name: value for name, value in statement.value.items() if name not in _COMPARED}
    return json.dumps([others, *("Action" in statement, "Resource" in statement)], sort_keys=True)


def _conditions(statement: Statement) -> set[str]:
    """Each operator and key with its values, as JSON; a block that holds anything else as a whole."""
    block = statement.value.get("Condition", {})
    if not isinstance(block, dict) or not all(isinstance(keys, dict) for keys in block.values()):
        return {json.dumps(block, sort_keys=True)}
    return {json.dumps([op, key, value], sort_keys=True) for op, keys in block.items() for key, value in keys.items()}


def _lists(statement: Statement) -> Iterator[Sequence[str]]:
    for element in ("Action", "NotAction", "Resource", "NotResource"):
        yield texts(statement, element)
    for condition in statement.conditions:
        yield [item.text for item in condition.values]


@cache
def everything(kind: str) -> Policy:
    """A policy of a kind that allows everything."""
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"} | (
        {"Principal": "*"} if kind in WITH_PRINCIPALS else {}
    )
    return Policy({"Version": "2012-10-17", "Statement": [allow]}, kind)


def of_statements(statements: Values, policy: Policy) -> Policy:
    value = {"Version": policy.version, "Statement": statements}
    return Policy(value, policy.kind, policy.resource_type)


def _forms(statements: Iterable[Statement]) -> dict[str, Statement]:
    """The statements that allow or deny, by their normal form."""
    return {form_of(statement): statement for statement in statements if statement.allows or statement.denies}
