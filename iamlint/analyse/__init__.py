"""What policies mean: pure functions over the model. Nothing here reads files or reports.

Each module is loaded when something of it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

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

_SHARED = {
    "iamlint.analyse.actions": (
        "ActionSet",
        "action_covers",
        "action_matches",
        "action_meets",
        "statement_matches_action",
    ),
    "iamlint.analyse.conditions": (
        "OPERATOR_NAMES",
        "QUANTIFIERS",
        "Operator",
        "condition_holds",
        "conditions_hold",
        "parse_operator",
    ),
    "iamlint.analyse.decide.assumptions": ("ASSUMPTIONS",),
    "iamlint.analyse.decide.compare": (
        "Comparison",
        "compare",
    ),
    "iamlint.analyse.decide.questions": (
        "Answer",
        "equivalent",
        "grants",
        "intersect",
        "is_empty",
        "public",
    ),
    "iamlint.analyse.evaluation": ("evaluate",),
    "iamlint.analyse.narrowing.door": (
        "Narrowed",
        "Style",
        "narrow",
    ),
    "iamlint.analyse.request": (
        "ALLOWED",
        "CANNOT_TELL",
        "EXPLICITLY_DENIED",
        "IMPLICITLY_DENIED",
        "Blocker",
        "Decision",
        "Request",
    ),
    "iamlint.analyse.resources": ("resource_matches",),
    "iamlint.analyse.variables": (
        "Context",
        "variable_parts",
    ),
    "iamlint.analyse.wildcards": (
        "covers",
        "matches",
        "meets",
    ),
}
_HOMES = {name: module for module, names in _SHARED.items() for name in names}

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


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # asked once
    return value
