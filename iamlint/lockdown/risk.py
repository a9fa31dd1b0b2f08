"""How much a user is at risk: the order of the plan, and the words for it."""

from typing import TYPE_CHECKING, Final

from iamlint.lockdown.measures import Answers
from iamlint.lockdown.verification import keys_of
from iamlint.model.account import User

if TYPE_CHECKING:
    from iamlint.analyse.escalation import Escalations

_ADMINISTRATOR: Final = 100
_CHAIN: Final = 60
_WEIGHTS: Final = {
    "missing-mfa-deny": 30,
    "user-without-mfa": 25,
    "broad-managed-policy": 15,
    "access-key-unused": 10,
    "access-key-too-old": 5,
    "more-than-one-active-key": 4,
    "inactive-access-key": 1,
    "user-without-boundary": 2,
    "boundary-caps-nothing": 2,
    "boundary-removable-by-holder": 3,
    "console-password-unused": 5,
}
"""A choice of ours: first what lets others in, then what they could do, then what is only untidy."""


def risk_of(user: User, answers: Answers, escalated: "Escalations") -> tuple[int, tuple[str, ...]]:
    """A number that grows with the risk, and what it is made of. Without an active key power counts for half."""
    risk, reasons = 0, []
    has_key = any(key.active for key in keys_of(user))
    if user.arn in escalated.administrators:
        risk += _ADMINISTRATOR if has_key else _ADMINISTRATOR // 2
        reasons.append("an active key of an administrator" if has_key else "is administrator")
    chain = escalated.chains.get(user.arn)
    if chain is not None:
        risk += _CHAIN // ((1 if has_key else 2) * (1 if chain.is_sure else 2))
        steps = "; then ".join(f"{step.does} {step.on.rpartition(':')[2]}" for step in chain.steps)
        reasons.append(f"can become administrator: {steps}")
    for rule, weight in _WEIGHTS.items():
        if rule in answers.rules:
            risk += weight
            reasons.append(rule)
    return risk, tuple(reasons)
