"""Who can become administrator of an account, and by which steps.

`escalations` tells it of an account, with the shortest chain of each user and role; `methods` lists the ways, `rights`
says what counts as allowed. Each module is loaded when something of it is first asked for.
"""

from typing import TYPE_CHECKING

from iamlint.lazy import names_from

if TYPE_CHECKING:
    from iamlint.analyse.escalation.chains import Chain, Escalations, escalations, paths
    from iamlint.analyse.escalation.methods import METHODS, Method
    from iamlint.analyse.escalation.moves import Step

__all__ = ["METHODS", "Chain", "Escalations", "Method", "Step", "escalations", "paths"]

__getattr__ = names_from(
    __name__,
    {
        ".chains": ("Chain", "Escalations", "escalations", "paths"),
        ".methods": ("METHODS", "Method"),
        ".moves": ("Step",),
    },
)
