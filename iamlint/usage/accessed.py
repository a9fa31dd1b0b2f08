"""Last-accessed information as evidence: what somebody did not use for certain, in the time that AWS keeps.

It tells of services, and of some actions, but of no resource. What it does not list says nothing.
"""

from collections.abc import Iterable, Mapping, Sequence

from iamlint.model import Policy
from iamlint.model.account import Account, ServiceUse
from iamlint.model.fact import Unknown
from iamlint.usage.silence import services_of


class Accessed:
    """What the accounts met so far tell of their users and roles."""

    def __init__(self) -> None:
        self._services: dict[str, Mapping[str, ServiceUse]] = {}

    def meet(self, account: Account) -> None:
        """Takes what an export tells."""
        for principal in account.principals:
            if not isinstance(principal.services, Unknown):
                self._services[principal.arn] = {use.namespace.lower(): use for use in principal.services}

    def tells_of(self, holders: Iterable[str] | None) -> bool:
        """True iff it tells of each of the holders, of whom there are some."""
        return bool(holders) and all(who in self._services for who in holders or ())

    def is_unused(self, pattern: str, holders: Sequence[str] | None) -> bool:
        """True iff none of the holders used anything that the action pattern stands for."""
        service, _, name = pattern.lower().partition(":")
        return self.tells_of(holders) and all(
            self._is_unused(self._services[who].get(service), name) for who in holders or ()
        )

    def kept(self, policy: Policy, holders: Sequence[str] | None) -> tuple[str, ...] | None:
        """Patterns of all actions of services that the policy allows, but for services that no holder used.

        None where nothing tells of a holder, or all were used.
        """
        if not self.tells_of(holders):
            return None
        allowed = sorted(services_of(policy))
        left = tuple(f"{each}:*" for each in allowed if not self.is_unused(f"{each}:*", holders))
        return left if len(left) < len(allowed) else None

    @staticmethod
    def _is_unused(use: ServiceUse | None, name: str) -> bool:
        if use is None:
            return False
        tracked = {action.lower(): last for action, last in use.actions.items()}
        return use.last is None or (name in tracked and tracked[name] is None)
