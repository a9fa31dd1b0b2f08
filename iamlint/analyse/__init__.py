"""What policies mean: pure functions over the model. Nothing here reads files or reports.

Each module is loaded when something of it is first asked for.
"""

from typing import TYPE_CHECKING

from iamlint.lazy import names_from

if TYPE_CHECKING:
    from iamlint.analyse.actions import ActionSet, action_covers, action_matches, action_meets, statement_matches_action
    from iamlint.analyse.conditions import (
        OPERATOR_NAMES,
        QUANTIFIERS,
        Operator,
        condition_holds,
        conditions_hold,
        parse_operator,
    )
    from iamlint.analyse.decide.assumptions import ASSUMPTIONS
    from iamlint.analyse.decide.compare import Comparison, compare
    from iamlint.analyse.decide.questions import Answer, equivalent, grants, intersect, is_empty, public
    from iamlint.analyse.evaluation import evaluate
    from iamlint.analyse.narrowing.door import Narrowed, Style, narrow
    from iamlint.analyse.request import (
        ALLOWED,
        CANNOT_TELL,
        EXPLICITLY_DENIED,
        IMPLICITLY_DENIED,
        Blocker,
        Decision,
        Request,
    )
    from iamlint.analyse.resources import resource_matches
    from iamlint.analyse.variables import Context, variable_parts
    from iamlint.analyse.wildcards import covers, matches, meets

__all__ = [
    "ALLOWED",
    "ASSUMPTIONS",
    "CANNOT_TELL",
    "EXPLICITLY_DENIED",
    "IMPLICITLY_DENIED",
    "OPERATOR_NAMES",
    "QUANTIFIERS",
    "ActionSet",
    "Answer",
    "Blocker",
    "Comparison",
    "Context",
    "Decision",
    "Narrowed",
    "Operator",
    "Request",
    "Style",
    "action_covers",
    "action_matches",
    "action_meets",
    "compare",
    "condition_holds",
    "conditions_hold",
    "covers",
    "equivalent",
    "evaluate",
    "grants",
    "intersect",
    "is_empty",
    "matches",
    "meets",
    "narrow",
    "parse_operator",
    "public",
    "resource_matches",
    "statement_matches_action",
    "variable_parts",
]

__getattr__ = names_from(
    __name__,
    {
        ".actions": (
            "ActionSet",
            "action_covers",
            "action_matches",
            "action_meets",
            "statement_matches_action",
        ),
        ".conditions": (
            "OPERATOR_NAMES",
            "QUANTIFIERS",
            "Operator",
            "condition_holds",
            "conditions_hold",
            "parse_operator",
        ),
        ".decide.assumptions": ("ASSUMPTIONS",),
        ".decide.compare": (
            "Comparison",
            "compare",
        ),
        ".decide.questions": (
            "Answer",
            "equivalent",
            "grants",
            "intersect",
            "is_empty",
            "public",
        ),
        ".evaluation": ("evaluate",),
        ".narrowing.door": (
            "Narrowed",
            "Style",
            "narrow",
        ),
        ".request": (
            "ALLOWED",
            "CANNOT_TELL",
            "EXPLICITLY_DENIED",
            "IMPLICITLY_DENIED",
            "Blocker",
            "Decision",
            "Request",
        ),
        ".resources": ("resource_matches",),
        ".variables": (
            "Context",
            "variable_parts",
        ),
        ".wildcards": (
            "covers",
            "matches",
            "meets",
        ),
    },
)
