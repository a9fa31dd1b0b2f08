"""Statements that change nothing: what they say, others of the policy say or undo.

Decided over all requests and under both readings of wildcards in ARNs (see `iamlint.analyse.resources`), so that what
is reported holds whichever is right. Few statements are asked about: those of which a glance at services, actions and
resources does not show that they say something of their own. What cannot be told counts as saying something.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from iamlint.analyse.actions import action_covers, action_meets
from iamlint.analyse.conditions import parse_operator
from iamlint.analyse.resources import FIELDS, is_everything
from iamlint.model import Policy, Statement

MOST_WORK: Final = 50_000
"""Steps of about a microsecond for one question; those about the policies that AWS manages need some thousands."""
_MOST_QUESTIONS: Final = 200
_MOST_UNANSWERED: Final = 4
_MOST_ENTRIES: Final = 2000
"""Policies with more actions and resources are not asked about: so many do not fit into one that IAM accepts."""
_MOST_COMPARISONS: Final = 20_000
"""Pairs of patterns that a glance compares."""


class Questions:
    """Questions about one policy: so many, and few that take too long."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._left = _MOST_QUESTIONS
        self._unanswered = 0

    def implies(self, one: Sequence[Mapping[str, object]], other: Sequence[Mapping[str, object]]) -> bool:
        """True iff statements `other` allow all that statements `one` do; False where it cannot be told."""
        from iamlint.analyse.decide.compare import compare

        old, new = self._of(other), self._of(one)
        for across in (False, True):
            if self._left <= 0 or self._unanswered >= _MOST_UNANSWERED:
                return False
            self._left -= 1
            verdict = compare(old, new, across_colons=across, budget=MOST_WORK).verdict
            self._unanswered += verdict == "cannot-tell"
            if verdict != "no-new-access":
                return False
        return True

    def covers(self, over: Iterable[Statement], statement: Statement) -> bool:
        """True iff one of `over` matches every request that `statement` does; False where it cannot be told."""
        return self.implies([_allowing(statement)], list(map(_allowing, over)))

    def apart(self, deny: Statement, allows: Iterable[Statement]) -> bool:
        """True iff no request that one of `allows` matches is matched by `deny`; False where it cannot be told."""
        return self.implies(list(map(_allowing, allows)), [self._everything(), deny.value])

    def _everything(self) -> Mapping[str, object]:
        """A statement that allows everything to everybody."""
        from iamlint.rule.base import PRINCIPAL_KINDS

        principal = {"Principal": "*"} if self._policy.kind in PRINCIPAL_KINDS else {}
        return {"Effect": "Allow", **principal, "Action": "*", "Resource": "*"}

    def _of(self, statements: Sequence[Mapping[str, object]]) -> Policy:
        return Policy({"Version": self._policy.version, "Statement": statements}, self._policy.kind)


class Covered(NamedTuple):
    """A statement and those that say, or undo, all that it says."""

    statement: Statement
    by: tuple[Statement, ...]


def covered_statements(policy: Policy) -> Iterator[Covered]:
    """Statements that can be left out, one after the other: others of the same effect are about all their requests.

    Of statements that say the same the first stays; equal ones, which are a rule of their own, count as one.
    """
    if not _is_judged(policy):
        return
    ask = Questions(policy)
    for alike in ([s for s in policy.statements if s.allows], [s for s in policy.statements if s.denies]):
        if len(alike) < 2:
            continue
        by_service = _by_service(alike)
        suspects = [s for s in alike if _coverers(s, [o for o in _near(s, by_service) if o is not s])]
        if not suspects:
            continue
        kept = _different(alike)
        for statement in reversed([s for s in suspects if s in kept]):
            others = _coverers(statement, [o for o in kept if o is not statement])
            if others and ask.covers(others, statement):
                kept.remove(statement)
                yield Covered(statement, _needed(statement, others, ask))


def _by_service(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    """The statements by the services of their actions, those about any service under `*`."""
    found: dict[str, list[Statement]] = {}
    for statement in statements:
        for service in _services(statement):
            found.setdefault(service, []).append(statement)
    return found


def _near(statement: Statement, by_service: Mapping[str, list[Statement]]) -> Iterable[Statement]:
    """The statements that may share actions with this one."""
    services = _services(statement)
    asked = by_service if services == _ANY else (*sorted(services), *_ANY)
    return {id(other): other for service in asked for other in by_service.get(service, ())}.values()


def dead_allows(policy: Policy) -> Iterator[Covered]:
    """Statements that allow only what the policy itself denies, with those that deny it."""
    denies = [s for s in policy.statements if s.denies]
    if not denies or not _is_judged(policy):
        return
    ask = Questions(policy)
    for statement in policy.statements:
        if statement.allows:
            by = _coverers(statement, denies)
            if by and ask.covers(by, statement):
                yield Covered(statement, _needed(statement, by, ask))


def idle_denies(policy: Policy) -> Iterator[Covered]:
    """Statements that deny nothing of what the policy allows, with those that allow the same actions."""
    allows = [s for s in policy.statements if s.allows]
    if not allows or not _is_judged(policy):
        return
    ask = Questions(policy)
    for statement in policy.statements:
        if statement.denies:
            near = [allow for allow in allows if _share_actions(statement, allow)]
            if not near or ask.apart(statement, near):
                yield Covered(statement, tuple(near))


def is_complement(deny: Statement) -> bool:
    """True iff the statement may be meant as all but something, and so not to meet an Allow of just that."""
    if any(element in deny for element in ("NotAction", "NotResource", "NotPrincipal")):
        return True
    operators = (parse_operator(condition.operator) for condition in deny.conditions)
    return any(o is None or o.negated or o.family not in ("String", "Arn", "IpAddress") for o in operators)


def _allowing(statement: Statement) -> Mapping[str, object]:
    return {**statement.value, "Effect": "Allow"}


def _needed(statement: Statement, others: Sequence[Statement], ask: Questions) -> tuple[Statement, ...]:
    """Few of `others`, which cover the statement together, that still do."""
    if len(others) == 1:
        return tuple(others)
    for one in others:
        if ask.covers((one,), statement):
            return (one,)
    kept = list(others)
    for one in others:
        rest = [other for other in kept if other is not one]
        if ask.covers(rest, statement):
            kept = rest
    return tuple(kept)


def _different(statements: Iterable[Statement]) -> list[Statement]:
    """The first of each group of statements that say the same but for their spelling."""
    import json

    from iamlint.analyse.normal import normal_form

    found: dict[str, Statement] = {}
    for statement in statements:
        found.setdefault(json.dumps(normal_form(statement), sort_keys=True), statement)
    return list(found.values())


# A glance.


def _is_judged(policy: Policy) -> bool:
    count = 0
    for statement in policy.statements:
        for element in ("Action", "NotAction", "Resource", "NotResource"):
            given = statement.value.get(element)
            count += len(given) if isinstance(given, list) else 1
    return count <= _MOST_ENTRIES


def _coverers(statement: Statement, others: Sequence[Statement]) -> list[Statement]:
    """Those of `others` that may cover a part of the statement; none where a glance shows that some of it is left."""
    services = _services(statement)
    near = [o for o in others if (theirs := _services(o)) == _ANY or not theirs.isdisjoint(services)]
    conditional = "Condition" in statement or "Principal" in statement
    if not near or (not conditional and all("Condition" in other for other in near)):
        return []
    if "NotResource" in statement or any(is_everything(item.text) for item in statement.resources):
        near = [o for o in near if "NotResource" in o or any(is_everything(item.text) for item in o.resources)]
    near = near if "Principal" in statement else _bearing(near, statement)
    texts = {"*"} if "NotAction" in statement else {item.text.lower() for item in statement.actions}
    used: dict[int, Statement] = {}
    uncovered = set(texts)
    for other in near:
        covered = _covered_actions(other, texts)
        if covered:
            used[id(other)] = other
            uncovered -= covered
    if uncovered or not all(_is_within(item.text, used.values()) for item in statement.resources):
        return []
    return list(used.values())


def _bearing(others: Sequence[Statement], statement: Statement) -> list[Statement]:
    """Those of `others` that hang on no condition key but the statement's own, or take turns with others on theirs.

    One alone that asks for something else leaves out requests without it; so do several, unless one asks for its
    absence or for other values.
    """
    ours = _keys(statement)
    foreign = Counter(_keys(other) - ours for other in others)
    turned = {_keys(other) - ours for other in others if _is_turned(other)}
    near = [other for other in others if not (k := _keys(other) - ours) or (foreign[k] > 1 and k in turned)]
    return [other for other in near if not _are_apart(statement, other)]


def _are_apart(one: Statement, other: Statement) -> bool:
    """True only if both ask a key for values of which none is among the other's."""
    for key, values in _values(one).items():
        theirs = _values(other).get(key)
        if theirs is not None and values.isdisjoint(theirs):
            return True
    return False


@lru_cache(maxsize=1024)
def _values(statement: Statement) -> Mapping[str, frozenset[str]]:
    """The keys that the statement asks for one of these very values."""
    found: dict[str, frozenset[str]] = {}
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        texts = frozenset([item.text for item in condition.values])
        plain = operator is not None and operator.name in ("StringEquals", "StringLike") and not operator.if_exists
        if plain and not operator.quantifier and not any(_head(text) != text for text in texts):  # type: ignore[union-attr]
            found[condition.key.lower()] = texts
    return found


@lru_cache(maxsize=1024)
def _keys(statement: Statement) -> frozenset[str]:
    return frozenset([condition.key.lower() for condition in statement.conditions])


@lru_cache(maxsize=1024)
def _is_turned(statement: Statement) -> bool:
    """True iff some condition holds for requests without its key, or for values other than those listed."""
    operators = [parse_operator(condition.operator) for condition in statement.conditions]
    return any(o is None or o.negated or o.holds_without_key or o.name in ("Null", "Bool") for o in operators)


def _is_within(resource: str, others: Iterable[Statement]) -> bool:
    """True unless each resource of `others` plainly leaves out some of what the pattern stands for."""
    fields = resource.split(":", FIELDS - 1)
    for other in others:
        if "NotResource" in other:
            return True
        for item in other.resources:
            theirs = item.text.split(":", FIELDS - 1)
            if item.text == resource or len(theirs) < FIELDS or all(map(_may_cover, theirs, fields)):
                return True
    return False


def _may_cover(pattern: str, other: str) -> bool:
    """True unless what stands before the first wildcard or variable shows that `pattern` leaves out some of `other`."""
    head = _head(pattern)
    return pattern == other or (head != pattern and other.startswith(head))


def _head(pattern: str) -> str:
    found = _until_open.match(pattern)
    return found[0] if found else ""


_until_open: Final = re.compile(r"[^*?$]*+")


def _covered_actions(statement: Statement, texts: set[str]) -> set[str]:
    """Those of `texts`, patterns in lower case, of which the statement does not plainly leave out some actions."""
    if "NotAction" in statement:
        return texts
    listed = {item.text.lower() for item in statement.actions}
    patterns = [text for text in listed if "*" in text or "?" in text]
    if len(patterns) * len(texts) > _MOST_COMPARISONS:
        return texts
    return {text for text in texts if text in listed or any(action_covers(pattern, text) for pattern in patterns)}


def _share_actions(one: Statement, two: Statement) -> bool:
    """True unless the statements plainly have no action in common."""
    ours, theirs = _services(one), _services(two)
    if _ANY not in (ours, theirs) and ours.isdisjoint(theirs):
        return False
    if "NotAction" in one or "NotAction" in two or len(one.actions) * len(two.actions) > _MOST_COMPARISONS:
        return True
    return any(action_meets(a.text, b.text) for a in one.actions for b in two.actions)


@lru_cache(maxsize=1024)
def _services(statement: Statement) -> frozenset[str]:
    """The services of the statement's actions in lower case; `_ANY` where it may be any."""
    if "NotAction" in statement.value:
        return _ANY
    given = statement.value.get("Action")
    texts = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    prefixes = {text.partition(":")[0] for text in texts if isinstance(text, str)}
    if any("*" in prefix or "?" in prefix for prefix in prefixes):
        return _ANY
    return frozenset(map(str.lower, prefixes))


_ANY: Final = frozenset(("*",))
