"""Who can become administrator of an account, and by which steps.

`escalations` tells it of an account, with the shortest chain of each user and role; `methods` lists the ways, `rights`
says what counts as allowed. Each module is loaded when something of it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iamlint.analyse.escalation.chains import Chain, Escalations, escalations, paths
    from iamlint.analyse.escalation.methods import METHODS, Method
    from iamlint.analyse.escalation.moves import Step

_HOMES = {
    "Chain": "chains",
    "Escalations": "chains",
    "escalations": "chains",
    "paths": "chains",
    "METHODS": "methods",
    "Method": "methods",
    "Step": "moves",
}

__all__ = ["METHODS", "Chain", "Escalations", "Method", "Step", "escalations", "paths"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"iamlint.analyse.escalation.{_HOMES[name]}"), name)
    globals()[name] = value  # asked once
    return value
