"""What policies mean: pure functions over the model. Nothing here reads files or reports."""

from iamlint.analyse.actions import (
    ActionSet,
    action_covers,
    action_matches,
    action_meets,
    statement_matches_action,
)
from iamlint.analyse.conditions import (
    OPERATOR_NAMES,
    QUANTIFIERS,
    Operator,
    condition_holds,
    conditions_hold,
    parse_operator,
)
from iamlint.analyse.evaluate import (
    ALLOWED,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    Blocker,
    Decision,
    Request,
    evaluate,
)
from iamlint.analyse.resources import resource_matches
from iamlint.analyse.variables import Context, variable_parts
from iamlint.analyse.wildcards import covers, matches, meets

__all__ = [
    "ALLOWED",
    "EXPLICITLY_DENIED",
    "IMPLICITLY_DENIED",
    "OPERATOR_NAMES",
    "QUANTIFIERS",
    "ActionSet",
    "Blocker",
    "Context",
    "Decision",
    "Operator",
    "Request",
    "action_covers",
    "action_matches",
    "action_meets",
    "condition_holds",
    "conditions_hold",
    "covers",
    "evaluate",
    "matches",
    "meets",
    "parse_operator",
    "resource_matches",
    "statement_matches_action",
    "variable_parts",
]
