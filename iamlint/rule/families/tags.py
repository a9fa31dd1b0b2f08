"""Conditions on the tags of resources, for actions whose requests hold no tags.

Source: "Controlling access to AWS resources using tags" (IAM User Guide); the Service Authorization Reference lists
the condition keys of each action and resource type.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from iamlint.analyse.conditions import parse_operator
from iamlint.finding import Hit
from iamlint.model import Condition, Item, Statement
from iamlint.rule.base import Rule, key, listing, place, quote
from iamlint.rule.families.names import MOST_PATTERNS, has_wildcard

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue

RESOURCE_TAG: Final = "aws:resourcetag"
_MOST_CONDITIONS: Final = 20
"""So many conditions of one statement are reported: each is reported per service, with all its actions."""


def tag_conditions(statement: Statement) -> list[Condition]:
    """The conditions that a request meets only if it holds a certain tag of a resource (`aws:ResourceTag/…`)."""
    found = []
    for condition in statement.conditions:
        name, slash, tag = condition.key.partition("/")
        operator = parse_operator(condition.operator) if slash and tag and name.lower() == RESOURCE_TAG else None
        if operator and operator.family == "String" and not operator.negated and not operator.holds_without_key:
            found.append(condition)
    return found[:_MOST_CONDITIONS]


def untagged_actions(statement: Statement, catalogue: "Catalogue", every: bool) -> dict[str, list[Item]]:
    """The entries of Action, per service, that name actions whose requests hold no tags.

    Neither `aws:ResourceTag` nor `aws:RequestTag`: where tags come with the request, those of the resource that it
    makes count. An entry with a wildcard names such actions if all that it matches are such, or some unless `every`.
    """
    found: dict[str, list[Item]] = {}
    patterns: set[str] = set()
    for item in statement.actions:
        prefix, colon, name = item.text.lower().partition(":")
        if not colon or has_wildcard(prefix):
            continue
        if has_wildcard(name):
            patterns.add(item.text)
            if len(patterns) > MOST_PATTERNS or not _names_untagged(item.text, catalogue, every):
                continue
        elif catalogue.holds_tags(prefix, name) is not False:
            continue
        found.setdefault(prefix, []).append(item)
    return found


def _names_untagged(pattern: str, catalogue: "Catalogue", every: bool) -> bool:
    lacks = (catalogue.holds_tags(prefix, name) is False for prefix, name in catalogue.matching(pattern))
    if not every:
        return any(lacks)
    return next(lacks, False) and all(lacks)


def untagged_hits(rule: Rule, statement: Statement, catalogue: "Catalogue") -> Iterator[Hit]:
    """A hit per service and tag condition, that marks the actions and the condition's key.

    AWS's check wants all that an entry of an Allow matches to be without tags, and of a Deny only some.
    """
    conditions = tag_conditions(statement)
    if not conditions:
        return
    allows = statement.allows
    verb, done = ("allow", "allowed") if allows else ("deny", "denied")
    for service, items in untagged_actions(statement, catalogue, every=allows).items():
        what = listing(item.text for item in items)
        some = not allows and any(has_wildcard(item.text) for item in items)
        for condition in conditions:
            yield rule.finding(
                [*items, condition],
                f"{'some ' if some else ''}requests for {what} hold no tags for {quote(condition.key)} to test and are "
                f"not {done} here; {verb} them in a statement without this condition",
                service=service,
                key=condition.key,
            )


def not_action_hits(rule: Rule, statement: Statement) -> Iterator[Hit]:
    """A hit per tag condition of a statement with NotAction, that marks NotAction and the condition's key."""
    if "NotAction" not in statement:
        return
    verb = "allowed" if statement.allows else "denied"
    for condition in tag_conditions(statement):
        yield rule.finding(
            [place(statement.at("NotAction")), key(condition.path)],
            f"of all that NotAction leaves, only actions whose requests hold tags for {quote(condition.key)} to test "
            f"are {verb}; list actions in Action instead",
            key=condition.key,
        )
