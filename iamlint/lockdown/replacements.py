"""Narrower policies in place of broad ones: what can be proven without evidence of use, which is little.

A user whose permissions boundary caps a broad policy loses nothing where the policy becomes what the boundary allows.
Everything else needs to know what is used.
"""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

from iamlint.analyse.decide.compare import compare
from iamlint.config import Settings
from iamlint.lockdown.proposals import Proposal, Refused, proposal
from iamlint.model import Policy
from iamlint.model.account import Attachment, User
from iamlint.model.fact import Unknown
from iamlint.rewrite.prove import prove

if TYPE_CHECKING:
    from iamlint.model.account import Account, PolicyText

NEEDS_USAGE: Final = "what is used is not known: needs --usage"
_MOST_WORK: Final = 200_000


class Replacements:
    """Proposals for one account; users share policies and boundaries."""

    def __init__(self, account: "Account", settings: Settings) -> None:
        self._account = account
        self._settings = settings
        self._made: dict[tuple[Hashable, Hashable], Proposal | Refused] = {}

    def of(self, user: User, attachment: Attachment) -> Proposal | Refused:
        """What may stand in the place of a broad policy of the user."""
        title = f"replace {attachment.name}"
        if isinstance(user.boundary, Unknown) or user.boundary is None:
            return Refused(title, NEEDS_USAGE)
        broad, limit = self._account.document_of(attachment), self._account.document_of(user.boundary)
        if isinstance(broad, Unknown) or isinstance(limit, Unknown):
            return Refused(title, "its document is not in the exports: needs account-authorization-details")
        key = (broad.key, limit.key)
        if key not in self._made:
            self._made[key] = self._within(title, broad, limit)
        return self._made[key]

    def _within(self, title: str, broad: "PolicyText", limit: "PolicyText") -> Proposal | Refused:
        value = limit.policy.value
        if not isinstance(value, dict):
            return Refused(title, NEEDS_USAGE)
        after, bound = Policy(value, "identity"), Policy(value, "boundary")
        proof = prove(broad.policy, after, _MOST_WORK)
        if proof.verdict not in ("narrower", "equivalent"):
            return Refused(title, NEEDS_USAGE)
        lost = compare([after], [broad.policy], old_boundary=[bound], new_boundary=[bound], budget=_MOST_WORK)
        if lost.verdict != "no-new-access":
            return Refused(title, NEEDS_USAGE)
        what = "within the boundary it grants the same"
        made = proposal("within-boundary", "identity", what, value, proof, what, self._settings)
        return (
            Refused(title, f"{NEEDS_USAGE} (what the boundary allows is broad too)")
            if isinstance(made, Refused)
            else made
        )
