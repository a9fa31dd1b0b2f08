"""What a changed policy grants against the original one.

A proof holds over all requests, whatever other policies are attached beside this one, and under both readings of
wildcards in the first five fields of an ARN (see `iamlint.analyse.resources`), since AWS documents one and its own
checks follow the other.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Final, TypeAlias

from iamlint.analyse.actions import action_covers, action_matches, statement_matches_action
from iamlint.analyse.decide.clauses import WITH_PRINCIPALS
from iamlint.analyse.decide.compare import compare
from iamlint.analyse.decide.replay import allows
from iamlint.analyse.request import Request
from iamlint.finding import Proof
from iamlint.model import Item, Policy, Statement
from iamlint.record import NamedTuple
from iamlint.rewrite.cover import form_of, says_no_more
from iamlint.rewrite.lean import Values, lean, probe, reads, told

MOST_WORK = 200_000
"""Steps of about a microsecond for each of the comparisons; beyond that a rewrite is unproven."""
_MOST_ENTRIES = 5_000
"""Actions, resources and values of a policy; IAM takes none that has so many, and each step goes through them."""
_MOST_PAIRS = 10_000
"""Pairs of an action and a pattern, each a microsecond or two, after which nothing is told by looking."""
_SHORT = 4_096
"""What a change of so many characters gains is kept."""
_LONG = 256
"""Few texts have so many characters."""
_Gained: TypeAlias = "tuple[Request | None, tuple[str, ...]] | str"


def prove(before: Policy, after: Policy, budget: int = MOST_WORK) -> Proof:
    """The verdict of replacing `before` by `after`, both of one kind.

    `equivalent` iff they allow the same requests; `narrower` iff `after` allows fewer, of which the witness is one;
    `wider` iff it allows more, of which the witness is one; `incomparable` iff both: the witness is newly allowed.
    `unproven` where either question is not decided within `budget` steps, with the reason.
    """
    before, after = _versioned(before), _versioned(after)
    change = _change(before, after)
    if change.entries > _MOST_ENTRIES:
        return Proof("unproven", f"the policy has more than {_MOST_ENTRIES} entries, and IAM takes none so large")
    budget //= 1 + change.longest // _LONG  # a step goes through whole texts
    gained = _gained(change, budget)
    if isinstance(gained, str) and says_no_more(after, before):
        gained = None, ()
    lost = _gained(change.undone, budget) if not isinstance(gained, str) else gained
    if isinstance(lost, str) and not isinstance(gained, str) and says_no_more(before, after):
        lost = None, ()
    if isinstance(gained, str):
        return Proof("unproven", gained)
    if isinstance(lost, str):
        return Proof("unproven", lost)
    assumes = tuple(dict.fromkeys((*gained[1], *lost[1])))
    if gained[0] is not None:
        verdict = "wider" if lost[0] is None else "incomparable"
        return Proof(verdict, "this request is newly allowed", _witness(gained[0]), assumes)
    if lost[0] is not None:
        return Proof("narrower", "this request is no longer allowed", _witness(lost[0]), assumes)
    return Proof("equivalent", None, None, assumes)


class _Change(NamedTuple):
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
    def undone(self) -> "_Change":
        """The way back."""
        return _Change(self.new, self.old, self.come, self.gone, self.common)

    @property
    def entries(self) -> int:
        """How many actions, resources and values there are."""
        return sum(len(items) for s in (*self.gone, *self.come, *self.common) for items in _lists(s))

    @property
    def longest(self) -> int:
        """Characters of the longest text that requests are held against."""
        return max(map(_longest, (*self.gone, *self.come, *self.common)), default=0)

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

        No pair where what is in both tells of what kind or how many the values are of a key that matters, and none but
        that of one action where all makes a difference.
        """
        known = {key for statement in self.common for key in told(statement)}
        if known and any(reads(statement, known) for statement in (*self.gone, *self.come)):
            return
        gone, come = [s.value for s in self.gone], [s.value for s in self.come]
        if self.old.version == self.new.version:
            gone, come = lean(self.gone, self.come)
            first = probe(gone, come)
            if first is not None:
                yield _of(first[0], self.old), _of(first[1], self.new), False
        if self.common or gone != [s.value for s in self.gone] or come != [s.value for s in self.come]:
            yield _of(gone, self.old), _of(come, self.new), True

    def company(self) -> Iterator[tuple[Policy, ...]]:
        """What to look at the two beside: nothing, and a policy that allows all, where what they deny is not the same.

        Between these lies whatever else is attached: it allows what it does, and a Deny here takes it away.
        """
        changed = (*self.gone, *self.come)
        denies_change = any(statement.denies for statement in changed)
        if not denies_change or any(statement.allows for statement in changed):
            yield ()
        if denies_change:
            yield (_everything(self.old.kind),)


def _change(old: Policy, new: Policy) -> _Change:
    """What makes the difference. Statements that a change has not touched are the same objects in both policies."""
    shared: set[int] = set()
    if old.version == new.version:  # which decides what a text means
        shared = {id(s.value) for s in old.statements} & {id(s.value) for s in new.statements}
    gone = _forms(s for s in old.statements if id(s.value) not in shared)
    come = _forms(s for s in new.statements if id(s.value) not in shared)
    same = [s for s in old.statements if id(s.value) in shared and (s.allows or s.denies)]
    rewritten = gone.keys() & come.keys()
    again = _forms(s for s in same if _may_be_of(s, gone) or _may_be_of(s, come)).keys()
    return _Change(
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
    resources = {item.text for item in whole.resources}
    if "*" not in resources and not {item.text for item in part.resources} <= resources:
        return False
    actions = {item.text.lower() for item in whole.actions}
    others = [item.text for item in part.actions if item.text.lower() not in actions]
    wild = [action for action in actions if "*" in action or "?" in action]
    return len(others) * len(wild) <= _MOST_PAIRS and all(
        any(action_covers(action, other) for action in wild) for other in others
    )


_COMPARED: Final = frozenset(("Sid", "Action", "Resource", "Condition"))


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


def _longest(statement: Statement) -> int:
    return max([len(item.text) for items in _lists(statement) for item in items], default=0)


def _lists(statement: Statement) -> Iterator[Sequence[Item]]:
    yield from (statement.actions, statement.not_actions, statement.resources, statement.not_resources)
    for condition in statement.conditions:
        yield condition.values


def _versioned(policy: Policy) -> Policy:
    """The policy with the version that it is read as: "IAM JSON policy elements: Version" (AWS IAM User Guide)."""
    if not isinstance(policy.value, dict) or "Version" in policy.value:
        return policy
    return Policy({**policy.value, "Version": policy.version}, policy.kind, policy.resource_type)


def _gained(change: _Change, budget: int) -> _Gained:
    """A request that only the new policy allows, or None, and what that assumes; the reason where nobody can tell.

    Looks first at nothing but what is not in both. Where that gains nothing, nothing is gained: what both allow or
    deny beside it changes none of it. What it gains may be allowed or denied by the others already.
    """
    if change.covered:
        return None, ()
    company = tuple(change.company())
    for old, new, whole in change.apart():
        found = _gained_apart(old, new, company, budget)
        if isinstance(found, str):
            continue
        if whole if found[0] is None else _is_gained(found[0], change, company):
            return found
    return _gained_among(change.old, change.new, company, budget)


def _gained_apart(old: Policy, new: Policy, company: tuple[tuple[Policy, ...], ...], budget: int) -> _Gained:
    """As `_gained_among`. Many policies are changed in one and the same way: that is asked once, where it is short."""
    texts = json.dumps(old.value), json.dumps(new.value)
    if sum(map(len, texts)) > _SHORT:
        return _gained_among(old, new, company, budget)
    return _asked_once(*texts, old.kind, old.resource_type, tuple(map(len, company)), budget)


@lru_cache(maxsize=512)
def _asked_once(
    old: str, new: str, kind: str, resource_type: str | None, company: tuple[int, ...], budget: int
) -> _Gained:
    before, after = (Policy(json.loads(text), kind, resource_type) for text in (old, new))
    return _gained_among(before, after, [(_everything(kind),) * count for count in company], budget)


def _gained_among(old: Policy, new: Policy, company: Iterable[tuple[Policy, ...]], budget: int) -> _Gained:
    assumes: list[str] = []
    for others in company:
        for across_colons in (False, True):
            found = compare((old, *others), (new, *others), across_colons=across_colons, budget=budget)
            if found.witness is not None:
                return found.witness, ()
            if found.verdict == "cannot-tell":
                return found.reason or "cannot tell"
            assumes += found.assumes
    return None, tuple(assumes)


def _is_gained(request: Request, change: _Change, company: Iterable[tuple[Policy, ...]]) -> bool:
    old, new = _asked(request, change.old, change.gone, change), _asked(request, change.new, change.come, change)
    return any(
        allows((new, *others), request, across_colons) and not allows((old, *others), request, across_colons)
        for others in company
        for across_colons in (False, True)
    )


def _asked(request: Request, policy: Policy, own: Sequence[Statement], change: _Change) -> Policy:
    """The policy without the statements that are not about the action, and those of its `own` without other actions.

    Lists are long, and those of what is in both policies are prepared once for all proofs of one of them.
    """
    action = request.action
    left = [s.value for s in change.common if statement_matches_action(s, action)]
    for statement in own:
        if "Action" in statement and "NotAction" not in statement:
            met = [item.text for item in statement.actions if action_matches(item.text, action)]
            left += [{**statement.value, "Action": met}] if met else []
        else:
            left.append(statement.value)
    return _of(left, policy)


@cache
def _everything(kind: str) -> Policy:
    """A policy of a kind that allows everything."""
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"} | (
        {"Principal": "*"} if kind in WITH_PRINCIPALS else {}
    )
    return Policy({"Version": "2012-10-17", "Statement": [allow]}, kind)


def _of(statements: Values, policy: Policy) -> Policy:
    value = {"Version": policy.version, "Statement": statements}
    return Policy(value, policy.kind, policy.resource_type)


def _forms(statements: Iterable[Statement]) -> dict[str, Statement]:
    """The statements that allow or deny, by their normal form."""
    return {form_of(statement): statement for statement in statements if statement.allows or statement.denies}


def _witness(request: Request) -> Mapping[str, object]:
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "context": dict(request.context),
    }
