"""Whether a statement may be what allowed a request that somebody saw, which is never seen as a whole."""

from typing import Final

from iamlint.analyse.actions import statement_matches_action
from iamlint.analyse.conditions import condition_holds
from iamlint.analyse.matching import Question
from iamlint.analyse.principals import NOBODY, caller, named
from iamlint.analyse.request import Request
from iamlint.analyse.resources import is_everything, resource_matches
from iamlint.analyse.variables import Context
from iamlint.model import Condition, Statement
from iamlint.record import NamedTuple

UNKNOWN: Final = "*"
"""The resource of a request for an action that has none, and of one of which it was not recorded."""


class Seen(NamedTuple):
    """A request, with all that follows from who asked."""

    request: Request
    question: Question


def seen(request: Request) -> Seen:
    """Raises ValueError where the request names no principal or not one action."""
    if request.action.count(":") != 1 or "*" in request.action or "?" in request.action:
        raise ValueError(f"the action is not of the form `service:Name`: {request.action!r}")
    return Seen(request, Question(request, caller(request.principal)))


def matched(statement: Statement, one: Seen) -> tuple[str, ...] | None:
    """The entries of `Resource` that the request meets; None where the statement cannot have allowed it.

    Condition keys that the request does not hold are taken to have had the right values: recordings lack most of them.
    Nothing but () is told of a statement without `Resource`. All entries stand for a resource that was not recorded.
    """
    context = one.question.context
    variables = context if statement.policy.has_variables else None
    if not statement_matches_action(statement, one.request.action):
        return None
    if ("Principal" in statement or "NotPrincipal" in statement) and named(statement, one.question.who) == NOBODY:
        return None
    if not all(_may_hold(condition, context, variables) for condition in statement.conditions):
        return None
    arn = one.request.resource
    if "NotResource" in statement:
        spared = any(resource_matches(item.text, arn, variables) for item in statement.not_resources)
        return None if spared and arn != UNKNOWN else ()
    if "Resource" not in statement:
        return ()
    listed = tuple(item.text for item in statement.resources)
    if arn == UNKNOWN:
        return listed
    found = tuple(text for text in listed if _may_match(text, arn, variables))
    return found or None


def _may_match(pattern: str, arn: str, variables: Context | None) -> bool:
    """True iff the pattern matches under one of the readings, or has a variable whose value was not recorded."""
    if is_everything(pattern):
        return True
    says = resource_matches(pattern, arn, variables)
    return says is not False or bool(resource_matches(pattern, arn, variables, True))


def _may_hold(condition: Condition, context: Context, variables: Context | None) -> bool:
    if not context.values(condition.key) or condition_holds(condition, context, variables):
        return True
    return variables is not None and any("${" in item.text for item in condition.values)
