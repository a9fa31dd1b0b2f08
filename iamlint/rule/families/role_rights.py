"""Rights on roles that reach too far: iam:PassRole and iam:CreateServiceLinkedRole on resources left open.

What exempts a statement follows the recorded answers of AWS's policy validation: a condition that names the service,
or what the role is for, counts; one with IfExists, or whose value starts with a wildcard, does not.
"""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from iamlint.analyse.actions import action_matches
from iamlint.analyse.conditions import parse_operator
from iamlint.finding import Draft, Hit
from iamlint.model import Condition, Item, Statement
from iamlint.record import NamedTuple
from iamlint.rule.base import Rule, Where, quote

if TYPE_CHECKING:
    from iamlint.rule.context import Context


class RoleRight(NamedTuple):
    """An action on roles, the condition keys that limit it (lower case), what it permits, and how to limit it."""

    action: str
    keys: frozenset[str]
    permits: str
    advice: str
    key: str
    """The condition key that names the service."""


PASS_ROLE: Final = RoleRight(
    "iam:PassRole",
    frozenset(("iam:passedtoservice", "iam:associatedresourcearn")),
    "lets its holder hand {roles} to any service",
    "name the roles in Resource or the service with `iam:PassedToService`",
    "iam:PassedToService",
)
CREATE_SLR: Final = RoleRight(
    "iam:CreateServiceLinkedRole",
    frozenset(("iam:awsservicename",)),
    "lets its holder create {roles} that services are linked to",
    "name the roles in Resource or the service with `iam:AWSServiceName`",
    "iam:AWSServiceName",
)

How = Literal["named", "matched", "not excluded"]
"""The action stands there by name; a pattern matches it; NotAction leaves it in."""


def role_right(
    rule: Rule, statement: Statement, right: RoleRight, how: How, resource: str, ctx: "Context"
) -> Iterator[Hit]:
    """A hit where `statement`, an Allow, gives `right` in the way `how` on Resource `*` or on a NotResource.

    `resource` is `Resource` or `NotResource`. The places are AWS's: the action entry and the resource entry, or the
    Not-element as a whole.
    """
    action = _action(statement, right.action, how)
    where = _resource(statement, resource)
    if action is None or where is None or any(_limits(condition, right) for condition in statement.conditions):
        return
    if how == "named":
        subject = quote(right.action)
    else:
        subject = f"{quote(action)}, which matches" if isinstance(action, Item) else "NotAction, which leaves in"
        subject += f" {quote(right.action)},"
    permits = right.permits.format(roles="any role" if resource == "Resource" else "all roles but those listed,")
    on = "on `*`" if resource == "Resource" else "with NotResource"
    rewrite = partial(_limited, statement, right, ctx)
    yield rule.finding([action, where], f"{subject} {on} {permits}; {right.advice}", rewrite=rewrite)


def _limited(statement: Statement, right: RoleRight, ctx: "Context") -> Draft | None:
    from iamlint.rule.families.role_limits import limited_to_services

    return limited_to_services(statement, right.action, right.key, ctx)


def _action(statement: Statement, action: str, how: How) -> Item | tuple[str | int, ...] | None:
    if how == "not excluded":
        excluded = any(action_matches(item.text, action) for item in statement.not_actions)
        return None if excluded or not statement.not_actions else statement.at("NotAction")
    if how == "named":
        lowered = action.lower()
        return next((item for item in statement.actions if item.text.lower() == lowered), None)
    patterns = (item for item in statement.actions if "*" in item.text or "?" in item.text)
    return next((item for item in patterns if action_matches(item.text, action)), None)


def _resource(statement: Statement, element: str) -> Where | None:
    """The entry `*` of Resource; the whole NotResource, unless `*` in it leaves nothing."""
    items = statement.resources if element == "Resource" else statement.not_resources
    everything = next((item for item in items if item.text and not item.text.strip("*")), None)
    if element == "Resource":
        return everything
    return statement.at(element) if items and everything is None else None


def _limits(condition: Condition, right: RoleRight) -> bool:
    operator = parse_operator(condition.operator)
    return (
        condition.key.lower() in right.keys
        and operator is not None
        and operator.family in ("String", "Arn")
        and not operator.negated
        and not operator.if_exists
        and bool(condition.values)
        and not any(value.text.startswith(("*", "?")) for value in condition.values if operator.name.endswith("Like"))
    )
