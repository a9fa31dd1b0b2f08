"""What a policy says twice: entries that other entries cover, and statements alike."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeGuard

from iamlint.analyse.actions import action_covers
from iamlint.analyse.redundant import Group, groups
from iamlint.analyse.resources import FIELDS, completed
from iamlint.analyse.wildcards import covers
from iamlint.analyse.work import Budget
from iamlint.finding import Draft, Hit
from iamlint.model import Policy, Statement
from iamlint.model.cached import kept
from iamlint.rule.base import Rule, Where, listing, quote
from iamlint.syntax.change import Drop

_ACTIONS = ("Action", "NotAction")
_STAR, _MARK = "\ufdd0", "\ufdd1"  # noncharacters, which no policy that IAM takes has


def redundant_entries(rule: Rule, policy: Policy, elements: tuple[str, ...]) -> Iterator[Hit]:
    """A hit for each entry of a list under one of `elements` that covers others, or stands there twice.

    All entries concerned are marked, as AWS does. Raises `TooMuchWork`.
    """
    budget = Budget()
    for statement in policy.statements:
        for element in elements:
            if not _is_long(statement.value.get(element)):
                continue
            for group, texts, places in redundant_groups(statement, element, budget):
                where: list[Where] = [statement.at(element, places[entry]) for entry in group.members]
                surplus = [places[entry] for entry in (*group.covered, *group.keep[1:])]
                drops = tuple(Drop(statement.at(element, index)) for index in sorted(surplus))
                rewrite = partial(Draft, "take out what is covered", drops)
                yield rule.finding(where, _message(element, group, texts), rewrite=rewrite)


def redundant_groups(
    statement: Statement, element: str, budget: Budget
) -> Iterator[tuple[Group, list[str], list[int]]]:
    """Each group in a list under `element`, with the strings of that list and their indexes in it.

    Raises `TooMuchWork`.
    """
    entries = statement.value.get(element)
    if not _is_long(entries):
        return
    texts = [entry for entry in entries if isinstance(entry, str)]
    known = _known(statement)
    if element not in known:
        known[element] = groups(_comparable(statement, element, texts), budget)
    found = known[element]
    if found:
        places = [index for index, entry in enumerate(entries) if isinstance(entry, str)]
        yield from ((group, texts, places) for group in found)


def _is_long(entries: object) -> TypeGuard[list[object]]:
    return isinstance(entries, list) and len(entries) > 1


@kept
def _known(statement: Statement) -> dict[str, list[Group]]:
    """Groups by element: more than one rule asks."""
    return {}


def _comparable(statement: Statement, element: str, texts: list[str]) -> list[str]:
    """Patterns that are compared as they are: actions in lower case, escaped wildcards as plain characters."""
    if element in _ACTIONS:
        return [text.lower() for text in texts]
    if statement.policy.has_variables and any("${" in text for text in texts):
        return [text.replace("${*}", _STAR).replace("${?}", _MARK) for text in texts]
    return texts


def _message(element: str, group: Group, texts: list[str]) -> str:
    keep = texts[group.keep[0]]
    covered = [texts[entry] for entry in group.covered]
    again = f" stands {len(group.keep)} times" if len(group.keep) > 1 else ""
    if not covered:
        return f"{quote(keep)}{again}; keep one"
    count = "another entry" if len(covered) == 1 else f"{len(covered)} other entries"
    them = "it" if len(covered) == 1 and not again else "them"
    also = f"{again} and" if again else ""
    if all(covers_in_effect(element, keep, text) for text in covered):
        return f"{quote(keep)}{also} covers {count}: {listing(covered)}; take {them} out"
    if element in _ACTIONS:
        return f"{quote(keep)}{also} covers {count}, but is no action: {listing(covered)}; write `service:Name`"
    return (
        f"{quote(keep)}{also} covers {count} where a wildcard reaches across colons: {listing(covered)}; "
        f"take {them} out if that is meant, else write out the fields of the ARN"
    )


def covers_in_effect(element: str, pattern: str, other: str) -> bool:
    """True iff `pattern`, which covers `other` as text, also does where IAM takes it apart at its colons."""
    if element in _ACTIONS:
        return action_covers(pattern, other)
    ours, theirs = completed(pattern).split(":", FIELDS - 1), completed(other).split(":", FIELDS - 1)
    return not pattern.strip("*") or all(map(covers, ours, theirs))


def identical_statements(policy: Policy) -> list[list[Statement]]:
    """The statements that say the same but for their Sid and their spelling, those alike together."""
    groups = [[statement for statement in policy.statements if statement.allows or statement.denies]]
    for outline in (_least_resource, _least_action, _all):  # what is cheap to tell first
        groups = [alike for group in groups if len(group) > 1 for alike in _alike(group, outline)]
    return [group for group in groups if len(group) > 1]


def _alike(statements: list[Statement], outline: Callable[[Statement], object]) -> Iterable[list[Statement]]:
    found: dict[object, list[Statement]] = {}
    for statement in statements:
        found.setdefault(outline(statement), []).append(statement)
    return found.values()


def _least_resource(statement: Statement) -> object:
    value = statement.value
    listed = value.get("Resource", value.get("NotResource"))
    if isinstance(listed, list):
        listed = min([text for text in listed if isinstance(text, str)], default="")
    elements = len(value) - ("Sid" in value)
    return statement.allows, elements, listed if isinstance(listed, str) else ""


def _least_action(statement: Statement) -> object:
    return min([item.text.lower() for item in statement.actions or statement.not_actions], default="")


def _all(statement: Statement) -> object:
    import json

    from iamlint.analyse.normal import normal_form

    return json.dumps(normal_form(statement), sort_keys=True)
