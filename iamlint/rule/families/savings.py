"""Ways to write a policy with fewer characters that change nothing of what it means."""

import json
from collections.abc import Callable, Iterator
from typing import Final

from iamlint.analyse.normal import normal_form
from iamlint.analyse.work import Budget, TooMuchWork
from iamlint.model import Policy, Statement
from iamlint.rule.families.redundancy import covers_in_effect, identical_statements, redundant_groups
from iamlint.syntax import Path

_LISTS: Final = ("Action", "NotAction", "Resource", "NotResource")

_Step = Callable[[Policy], tuple[object, str]]


def savings(policy: Policy, size: Callable[[object], int]) -> Iterator[tuple[str, int]]:
    """What can be done, one after another, and how many characters each saves, as `size` counts them.

    That which saves most comes first; Sids go last, because people and tools look for them.
    """
    *steps, last = STEPS
    left = {step: size(_done(step, policy)[0]) for step in steps}
    before = size(policy.value)
    for step in (*sorted(steps, key=left.__getitem__), last):
        document, what = _done(step, policy)
        after = size(document)
        if after < before:
            yield what, before - after
            policy, before = Policy(document, policy.kind), after


def _done(step: _Step, policy: Policy) -> tuple[object, str]:
    try:
        return step(policy)
    except TooMuchWork:
        return policy.value, ""


def _without_covered(policy: Policy) -> tuple[object, str]:
    """Without the entries of a list that others cover, in whatever way wildcards and colons are read.

    Raises `TooMuchWork`.
    """
    budget = Budget()
    count = 0

    def change(statement: Statement) -> dict[str, object]:
        nonlocal count
        value = dict(statement.value)
        for element in _LISTS:
            spare: set[int] = set()
            for group, texts, places in redundant_groups(statement, element, budget):
                keep = texts[group.keep[0]]
                spare.update(places[entry] for entry in group.spare if covers_in_effect(element, keep, texts[entry]))
            entries = value.get(element)
            if spare and isinstance(entries, list):
                value[element] = [entry for index, entry in enumerate(entries) if index not in spare]
                count += len(spare)
        return value

    document = _rewritten(policy, change)
    return document, f"leaving out {_count(count, 'entry', 'entries')} that others cover"


def _without_copies(policy: Policy) -> tuple[object, str]:
    """Without statements that another one repeats."""
    copies = {statement.path for same in identical_statements(policy) for statement in same[1:]}
    document = _rewritten(policy, lambda statement: None if statement.path in copies else statement.value)
    return document, f"leaving out {_count(len(copies), 'repeated statement', 'repeated statements')}"


def _without_brackets(policy: Policy) -> tuple[object, str]:
    """With the entry itself where a list has one."""

    def change(statement: Statement) -> dict[str, object]:
        value = {name: _alone(entry) if name in _LISTS else entry for name, entry in statement.value.items()}
        for name, depth in (("Principal", 1), ("NotPrincipal", 1), ("Condition", 2)):
            if name in value:
                value[name] = _each(value[name], depth)
        return value

    document = _rewritten(policy, change)
    if isinstance(document, dict) and "Statement" in document:
        document = {**document, "Statement": _alone(document["Statement"])}
    return document, "writing lists of one entry without brackets"


def _joined(policy: Policy) -> tuple[object, str]:
    """With one statement for those that differ in Action only, or in Resource only."""
    count = 0
    for element in ("Action", "Resource"):
        document, joined = _joined_by(policy, element)
        policy = Policy(document, policy.kind)
        count += joined
    statements = _count(count, "statement", "statements")
    return policy.value, f"joining {statements} with others that differ in Action or Resource only"


def _joined_by(policy: Policy, element: str) -> tuple[object, int]:
    """With one statement for those that differ in `element` only, and how many went."""
    alike: dict[str, list[Statement]] = {}
    for statement in policy.statements:
        if (statement.allows or statement.denies) and _entries(statement.value.get(element)):
            form = {name: value for name, value in normal_form(statement).items() if name != element}
            alike.setdefault(json.dumps(form, sort_keys=True), []).append(statement)
    new: dict[Path, dict[str, object] | None] = {}
    for first, *others in alike.values():
        if others:
            entries = [entry for same in (first, *others) for entry in _entries(same.value[element])]
            new[first.path] = {**first.value, element: _alone(list(dict.fromkeys(entries)))}
            new.update((same.path, None) for same in others)
    document = _rewritten(policy, lambda statement: new.get(statement.path, statement.value))
    return document, sum(value is None for value in new.values())


def _without_sids(policy: Policy) -> tuple[object, str]:
    def change(statement: Statement) -> dict[str, object]:
        return {name: value for name, value in statement.value.items() if name != "Sid"}

    return _rewritten(policy, change), "leaving out the Sids"


STEPS: Final[tuple[_Step, ...]] = (_without_covered, _without_copies, _without_brackets, _joined, _without_sids)
"""Each gives the smaller document, and words for what was done."""


def _rewritten(policy: Policy, change: Callable[[Statement], dict[str, object] | None]) -> object:
    """The document with each statement as `change` gives it; one that is None is left out."""
    document = policy.value
    if not isinstance(document, dict) or "Statement" not in document:
        return document
    held = document["Statement"]
    changed = {statement.path: change(statement) for statement in policy.statements}
    if not isinstance(held, list):
        return {**document, "Statement": changed.get(("Statement",), held)}
    entries = [changed.get(("Statement", index), entry) for index, entry in enumerate(held)]
    return {**document, "Statement": [entry for entry in entries if entry is not None]}


def _entries(value: object) -> list[str]:
    """The strings that an element lists; none where it holds anything else."""
    entries = value if isinstance(value, list) else [value]
    texts = [entry for entry in entries if isinstance(entry, str)]
    return texts if len(texts) == len(entries) else []


def _alone(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], list) else value


def _each(value: object, depth: int) -> object:
    if depth == 0:
        return _alone(value)
    return {name: _each(entry, depth - 1) for name, entry in value.items()} if isinstance(value, dict) else value


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
