"""What rules propose for the findings of a run, each proven once."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from iamlint.finding import Draft, Hit
from iamlint.load import PolicyDocument
from iamlint.model import Policy
from iamlint.rewrite.propose import Proposal, changed_policy, proposal
from iamlint.rewrite.prove import MOST_WORK

if TYPE_CHECKING:
    from iamlint.engine.evidence import Evidence

_MOST = 100
"""Proofs of one document: a fixed file is looked at again, so that more come in the next round."""
_LARGEST = 200_000
_FULL = 10
"""Proofs that may take all the work there is; later ones ever less, so that a document has its end."""


class Proposals:
    """Remembers by hits, which live as long as the analyses that equal documents share."""

    def __init__(self, evidence: "Evidence | None" = None) -> None:
        self._evidence = evidence
        self._known: dict[Hashable, Proposal | None] = {}
        self._document: object = None
        self._policy = Policy(None, "identity")
        self._count = 0
        self._last: tuple[Draft | None, Proposal | None] = None, None

    def of(self, hit: Hit, document: PolicyDocument, policy: Policy | None = None) -> Proposal | None:
        """What the rule proposes; None where it proposes nothing, or after too many proofs of the document.

        `policy` is that of the document where it is at hand: what was worked out of it serves the proofs too.

        None as well for a document of more than `_LARGEST` characters: no policy that AWS stores comes near.

        Raises whatever the rule raises, once.
        """
        if document.extent > _LARGEST or not (hit.draft or self._asks_for_use(hit)):
            return None
        key = id(hit) if self._evidence is None else (id(hit), self._evidence.about(document))
        if key not in self._known:
            self._known[key] = None
            draft = self._draft(hit, document)
            self._known[key] = None if draft is None else self._proven(draft, document, policy)
        return self._known[key]

    def _asks_for_use(self, hit: Hit) -> bool:
        if self._evidence is None:
            return False
        from iamlint.engine.evidence import BY_USE

        return hit.rule in BY_USE

    def _draft(self, hit: Hit, document: PolicyDocument) -> Draft | None:
        """What evidence proposes where the rule asks what is used, else what the rule does."""
        by_use = self._evidence.narrower(document) if self._evidence and self._asks_for_use(hit) else None
        return by_use or (hit.draft() if hit.draft else None)

    def _replayed(self, found: Proposal | None, document: PolicyDocument) -> Proposal | None:
        after = None if found is None or self._evidence is None else changed_policy(self._policy, found.changes)
        if found is None or self._evidence is None or after is None or found.proof.verdict == "unproven":
            return found
        return found._replace(denied=self._evidence.denied(document, after))

    def _proven(self, draft: Draft, document: PolicyDocument, policy: Policy | None) -> Proposal | None:
        if document is not self._document:
            self._document = document
            self._policy = policy or Policy(document.value, document.kind, document.resource_type)
            self._count = 0
            self._last = None, None
        if draft != self._last[0]:  # one draft may stand for all hits of a document
            self._count += 1
            budget = MOST_WORK * _FULL // max(self._count, _FULL)
            found = proposal(draft, self._policy, budget) if self._count <= _MOST else None
            self._last = draft, self._replayed(found, document)
        return self._last[1]
