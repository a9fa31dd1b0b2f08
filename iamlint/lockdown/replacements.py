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
from iamlint.lockdown.evidence import Evidence, some
from iamlint.lockdown.proposals import Proposal, Refused, proposal
from iamlint.model import Policy
from iamlint.model.account import Attachment
from iamlint.model.fact import Unknown
from iamlint.record import NamedTuple
from iamlint.rewrite.prove import prove

if TYPE_CHECKING:
    from iamlint.model.account import Account, PolicyText
    from iamlint.usage.narrowing import ByEvidence

NEEDS_USAGE: Final = "what is used is not known: needs --usage"
_MOST_WORK: Final = 200_000


class ByUse(NamedTuple):
    """A policy narrowed to what was observed.

    What the trail does not log stays, and the title of the proposal names it. Where that would be a broad policy again,
    it is left out: `unlogged` are these patterns, for people to complete. `unseen` are the holders of whom nothing was
    observed.
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
        from iamlint.usage.evidence import NEVER, kept, touched
        from iamlint.usage.narrowing import narrowed_by
        from iamlint.usage.silence import reads_are_silent

        table = self._evidence.table
        never = (*NEVER, *self._settings.usage.keep_actions)
        found = narrowed_by(table, broad.policy, arns, never=never, quota=quota("managed").limit)
        made = self._used(attachment, found)
        unlogged = (*touched(broad.policy, kept(table, never)), *(("reading",) if reads_are_silent(table) else ()))
        if not isinstance(made, Refused) or not unlogged:
            return ByUse(made, (), unseen)
        alone = narrow(broad.policy, found.observed, quota=quota("managed").limit)
        return ByUse(self._used(attachment, found._replace(narrowed=alone, kept=())), unlogged, unseen)

    def _used(self, attachment: Attachment, found: "ByEvidence") -> Proposal | Refused:
        title = f"what was seen to be used of {attachment.name} {self._evidence.window if self._evidence else ''}"
        if found.kept:
            title += f", and {some(found.kept)}, of which the trail tells nothing"
        narrowed = found.narrowed
        if narrowed.policy is None or not isinstance(narrowed.policy.value, dict):
            return Refused(title, "nothing of it was seen in use: detach it")
        if not narrowed.proven:
            return Refused(title, f"not proven: {narrowed.reason}")
        proof = Proof("narrower", None, None, narrowed.assumes)
        of = f"of {attachment.name}; each of {len(found.observed)} observed requests is still allowed"
        return proposal("used", "identity", title, narrowed.policy.value, proof, of, self._settings)

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
