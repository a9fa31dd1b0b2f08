"""Narrower policies in place of broad ones: what can be proven without evidence of use, which is little.

A user whose permissions boundary caps a broad policy loses nothing where the policy becomes what the boundary allows.
Everything else needs to know what is used.
"""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Final

from iamlint.analyse.decide.compare import compare
from iamlint.analyse.narrowing.door import narrow
from iamlint.aws.quotas import quota
from iamlint.config import Settings
from iamlint.finding import Proof
from iamlint.lockdown.evidence import Evidence
from iamlint.lockdown.proposals import Proposal, Refused, proposal
from iamlint.model import Policy
from iamlint.model.account import Attachment
from iamlint.model.fact import Unknown
from iamlint.record import NamedTuple
from iamlint.rewrite.prove import prove

if TYPE_CHECKING:
    from iamlint.model.account import Account, PolicyText

NEEDS_USAGE: Final = "what is used is not known: needs --usage"
_MOST_WORK: Final = 200_000


class ByUse(NamedTuple):
    """A policy narrowed to what was observed.

    `unlogged` are patterns of it that the trail logs nothing of, `unseen` the holders of whom nothing was observed.
    """

    made: Proposal | Refused
    unlogged: tuple[str, ...]
    unseen: tuple[str, ...] = ()


class Replacements:
    """Proposals for one account; users share policies and boundaries."""

    def __init__(self, account: "Account", settings: Settings, evidence: Evidence | None) -> None:
        self._account = account
        self._settings = settings
        self._evidence = evidence
        self._made: dict[tuple[Hashable, Hashable], Proposal | Refused] = {}

    def of(self, boundary: Attachment | None, attachment: Attachment) -> Proposal | Refused:
        """What may stand in the place of a broad policy whose holders all have this boundary."""
        title = f"replace {attachment.name}"
        if boundary is None:
            return Refused(title, NEEDS_USAGE)
        broad, limit = self._account.document_of(attachment), self._account.document_of(boundary)
        if isinstance(broad, Unknown) or isinstance(limit, Unknown):
            return Refused(title, "its document is not in the exports: needs account-authorization-details")
        key = (broad.key, limit.key)
        if key not in self._made:
            self._made[key] = self._within(title, broad, limit)
        return self._made[key]

    def by_use(self, arns: Sequence[str], attachment: Attachment) -> ByUse | None:
        """What these users or roles were seen to use of the policy; None where none of them was seen."""
        broad = self._account.document_of(attachment)
        if self._evidence is None or isinstance(broad, Unknown):
            return None
        unseen = tuple(arn for arn in arns if not self._evidence.table.of(arn))
        if len(unseen) == len(arns):
            return None
        from iamlint.usage.evidence import NEVER, kept, observed, touched

        table, window = self._evidence.table, self._evidence.window
        used = observed(table, arns, broad.policy)
        found = narrow(broad.policy, used, quota=quota("managed").limit)
        title = f"what was seen to be used of {attachment.name} {window}"
        if found.policy is None or not isinstance(found.policy.value, dict):
            return ByUse(Refused(title, "nothing of it was seen in use: detach it"), ())
        if not found.proven:
            return ByUse(Refused(title, f"not proven: {found.reason}"), ())
        proof = Proof("narrower", None, None, found.assumes)
        of = f"of {attachment.name}; each of {len(used)} observed requests is still allowed"
        made = proposal("used", "identity", title, found.policy.value, proof, of, self._settings)
        return ByUse(made, touched(broad.policy, kept(table, NEVER)), unseen)

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
