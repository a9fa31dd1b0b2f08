"""Statements that change nothing: what they say, others of the policy say or undo.

Decided over all requests and under both readings of wildcards in ARNs (see `iamlint.analyse.resources`), so that what
is reported holds whichever is right. Few statements are asked about: those of which a glance at services, actions and
resources does not show that they say something of their own. What cannot be told counts as saying something.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from iamlint.analyse.conditions import parse_operator
from iamlint.model import Policy, Statement
from iamlint.model.cached import kept
from iamlint.record import NamedTuple
from iamlint.rule.families.glance import Glance, coverers, is_judged, meeting, plainly_covers, share_actions, suspects

MOST_WORK: Final = 50_000
"""Steps of about a microsecond for one question; those about the policies that AWS manages need some thousands."""
_MOST_QUESTIONS: Final = 200
_MOST_UNANSWERED: Final = 4


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
        found = self._always(
            lambda across: compare(old, new, across_colons=across, budget=MOST_WORK).verdict, "no-new-access"
        )
        old.forget()
        new.forget()
        return found

    def _always(self, ask: Callable[[bool], str], verdict: str) -> bool:
        """True iff that is the verdict under both readings of wildcards."""
        for across in (False, True):
            if self._left <= 0 or self._unanswered >= _MOST_UNANSWERED:
                return False
            self._left -= 1
            found = ask(across)
            self._unanswered += found == "cannot-tell"
            if found != verdict:
                return False
        return True

    def covers(self, over: Sequence[Glance], glance: Glance) -> bool:
        """True iff every request that the statement matches is matched by one of `over`; False if it cannot be told."""
        plain = plainly_covers(over, glance)
        if plain is not None:
            return plain
        return self.implies([_allowing(glance.statement)], [_allowing(other.statement) for other in over])

    def apart(self, deny: Statement, allows: Iterable[Statement]) -> bool:
        """True iff no request that one of `allows` matches is matched by `deny`; False where it cannot be told."""
        from iamlint.analyse.decide.questions import intersect

        ours, theirs = self._of([_allowing(deny)]), self._of(list(map(_allowing, allows)))
        return self._always(
            lambda across: intersect(ours, theirs, across_colons=across, budget=MOST_WORK).verdict, "no"
        )

    def allows_everything(self) -> bool:
        """True iff the policy allows every request; False where it cannot be told."""
        return self.implies([self._everything()], [statement.value for statement in self._policy.statements])

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
    if len(policy.statements) < 2 or not is_judged(policy):
        return
    ask = Questions(policy)
    for alike in ([s for s in policy.statements if s.allows], [s for s in policy.statements if s.denies]):
        glances = [Glance(statement) for statement in alike] if len(alike) > 1 else []
        found = [glance for glance, _ in suspects(glances)]
        if not found:
            continue
        first = _different(alike)
        kept = [glance for glance in glances if glance.statement in first]
        for glance in reversed([glance for glance in found if glance in kept]):
            others = coverers(glance, [o for o in kept if o is not glance])
            if others and ask.covers(others, glance):
                kept.remove(glance)
                yield Covered(glance.statement, _needed(glance, others, ask))


def dead_allows(policy: Policy) -> Iterator[Covered]:
    """Statements that allow only what the policy itself denies, with those that deny it."""
    denies = [Glance(s) for s in policy.statements if s.denies]
    if not denies or not is_judged(policy):
        return
    ask = Questions(policy)
    for statement in policy.statements:
        if statement.allows:
            glance = Glance(statement)
            by = coverers(glance, denies)
            if by and ask.covers(by, glance):
                yield Covered(statement, _needed(glance, by, ask))


def idle_denies(policy: Policy) -> Iterator[Covered]:
    """Statements that deny nothing of what the policy allows, with those that allow the same actions."""
    allows = [Glance(s) for s in policy.statements if s.allows]
    if not allows or not is_judged(policy):
        return
    ask = Questions(policy)
    for deny in [Glance(s) for s in policy.statements if s.denies]:
        met = [(allow.statement, meeting(deny, allow)) for allow in allows]
        if any(meets for _, meets in met):
            continue
        unsure = [allow for allow, meets in met if meets is None]
        if not unsure or ask.apart(deny.statement, unsure):
            yield Covered(deny.statement, tuple(a.statement for a in allows if share_actions(deny, a)))


@kept
def allows_everything(policy: Policy) -> bool:
    """True iff the policy allows every request; False where it cannot be told. Kept as long as the policy lives."""
    wide = [s for s in policy.statements if s.allows and Glance(s).is_any]
    if not any(s.denies for s in policy.statements) and any(map(_allows_plainly, wide)):
        return True
    return bool(wide) and is_judged(policy) and Questions(policy).allows_everything()


def _allows_plainly(statement: Statement) -> bool:
    everything = all(any(i.text == "*" for i in items) for items in (statement.actions, statement.resources))
    return everything and not statement.value.get("Condition")


def is_complement(deny: Statement) -> bool:
    """True iff the statement may be meant as all but something, and so not to meet an Allow of just that."""
    if any(element in deny for element in ("NotAction", "NotResource", "NotPrincipal")):
        return True
    operators = (parse_operator(condition.operator) for condition in deny.conditions)
    return any(o is None or o.negated or o.family not in ("String", "Arn", "IpAddress") for o in operators)


def _allowing(statement: Statement) -> Mapping[str, object]:
    return {**statement.value, "Effect": "Allow"}


def _needed(glance: Glance, others: Sequence[Glance], ask: Questions) -> tuple[Statement, ...]:
    """Few of `others`, which cover the statement together, that still do."""
    kept = next(([one] for one in others if ask.covers([one], glance)), list(others))
    for one in others if len(kept) > 1 else ():
        rest = [other for other in kept if other is not one]
        if ask.covers(rest, glance):
            kept = rest
    return tuple(other.statement for other in kept)


def _different(statements: Iterable[Statement]) -> list[Statement]:
    """The first of each group of statements that say the same but for their spelling."""
    import json

    from iamlint.analyse.normal import normal_form

    found: dict[str, Statement] = {}
    for statement in statements:
        found.setdefault(json.dumps(normal_form(statement), sort_keys=True), statement)
    return list(found.values())
