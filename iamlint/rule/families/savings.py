"""Ways to write a policy with fewer characters that change nothing of what it means."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from iamlint.analyse.normal import normal_form
from iamlint.analyse.work import Budget, TooMuchWork
from iamlint.model import Policy, Statement
from iamlint.rule.families.redundancy import covers_in_effect, redundant_groups
from iamlint.syntax import Path

_LISTS: Final = ("Action", "NotAction", "Resource", "NotResource")

_Step = Callable[[Policy], tuple[object, str]]


def savings(policy: Policy, before: int, size: Callable[[object], int]) -> Iterator[tuple[str, int]]:
    """What can be done, one after another, and how many characters each saves, as `size` counts them.

    That comes first which nobody misses, and last the Sids, which people and tools look for. `before` is the size of
    the policy.
    """
    given = policy
    for step in STEPS:
        try:
            smaller, what = step(policy)
        except TooMuchWork:
            continue
        after = before if smaller is policy.value else size(smaller)
        if after < before:
            yield what, before - after
            done, policy, before = policy, Policy(smaller, policy.kind), after
            if done is not given:
                done.forget()
    if policy is not given:
        policy.forget()


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
    return document if count else policy.value, f"leaving out {_count(count, 'entry', 'entries')} that others cover"


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
    return policy.value if document == policy.value else document, "writing lists of one entry without brackets"


def _joined(policy: Policy) -> tuple[object, str]:
    """With one statement for those that are alike but for Action, or but for Resource."""
    sound = [statement for statement in policy.statements if statement.allows or statement.denies]
    left = {statement.path: statement for statement in sound}
    forms: dict[Path, dict[str, object]] = {}
    values = {statement.path: statement.value for statement in policy.statements}
    for element, other in (("Action", "Resource"), ("Resource", "Action")):
        near: dict[object, list[Path]] = {}
        for path in left:  # what is cheap to tell first
            near.setdefault(_outline(values[path], element, other), []).append(path)
        alike: dict[str, list[Path]] = {}
        for path in [path for paths in near.values() if len(paths) > 1 for path in paths]:
            form = forms[path] = forms.get(path) or normal_form(left[path])
            if _texts(form.get(element)):
                alike.setdefault(json.dumps({**form, element: None}, sort_keys=True), []).append(path)
        for paths in alike.values():
            if len(paths) > 1:
                first, *others = paths
                values[first] = {**values[first], element: _alone(_union(element, map(values.__getitem__, paths)))}
                forms[first][element] = sorted(_union(element, map(forms.__getitem__, paths)))
                for path in others:
                    del values[path], left[path]
    joined = len(sound) - len(left)
    statements = _count(joined, "statement", "statements")
    what = f"joining {statements} with others, alike but for Action or Resource,"
    return _rewritten(policy, lambda statement: values.get(statement.path)) if joined else policy.value, what


def _outline(value: dict[str, object], element: str, other: str) -> object:
    """Equal for statements that are alike but for `element`."""
    texts = [text if other == "Resource" else text.lower() for text in _texts(value.get(other))]
    block = value.get("Condition")
    asked = [keys for keys in block.values() if isinstance(keys, dict)] if isinstance(block, dict) else []
    keys = frozenset([key.lower() for each in asked for key in each])
    return value.get("Effect"), len(value) - ("Sid" in value), element in value, min(texts, default=""), keys


def _union(element: str, statements: Iterable[dict[str, object]]) -> list[str]:
    return list(dict.fromkeys(text for statement in statements for text in _texts(statement[element])))


def _without_sids(policy: Policy) -> tuple[object, str]:
    def change(statement: Statement) -> dict[str, object]:
        return {name: value for name, value in statement.value.items() if name != "Sid"}

    return _rewritten(policy, change), "leaving out the Sids"


STEPS: Final[tuple[_Step, ...]] = (_without_covered, _joined, _without_brackets, _without_sids)
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


def _texts(value: object) -> list[str]:
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
