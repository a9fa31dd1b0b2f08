"""Who can become administrator of an account, and by which steps.

`escalations` tells it of an account, with the shortest chain of each user and role; `methods` lists the ways, `rights`
says what counts as allowed.
"""

from iamlint.analyse.escalation.chains import Chain, Escalations, escalations, paths
from iamlint.analyse.escalation.methods import METHODS, Method
from iamlint.analyse.escalation.moves import Step

__all__ = ["METHODS", "Chain", "Escalations", "Method", "Step", "escalations", "paths"]
