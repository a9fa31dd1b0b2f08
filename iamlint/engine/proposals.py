"""What rules propose for the findings of a run, each proven once."""

from iamlint.finding import Draft, Hit
from iamlint.load import PolicyDocument
from iamlint.model import Policy
from iamlint.rewrite.propose import Proposal, proposal
from iamlint.rewrite.prove import MOST_WORK

_MOST = 100
"""Proofs of one document: a fixed file is looked at again, so that more come in the next round."""
_LARGEST = 200_000
_FULL = 10
"""Proofs that may take all the work there is; later ones ever less, so that a document has its end."""


class Proposals:
    """Remembers by hits, which live as long as the analyses that equal documents share."""

    def __init__(self) -> None:
        self._known: dict[int, Proposal | None] = {}
        self._document: object = None
        self._policy = Policy(None, "identity")
        self._count = 0
        self._last: tuple[Draft | None, Proposal | None] = None, None

    def of(self, hit: Hit, document: PolicyDocument) -> Proposal | None:
        """What the rule proposes; None where it proposes nothing, or after too many proofs of the document.

        None as well for a document of more than `_LARGEST` characters: no policy that AWS stores comes near.

        Raises whatever the rule raises, once.
        """
        if hit.draft is None or document.extent > _LARGEST:
            return None
        if id(hit) not in self._known:
            self._known[id(hit)] = None
            draft = hit.draft()
            self._known[id(hit)] = None if draft is None else self._proven(draft, document)
        return self._known[id(hit)]

    def _proven(self, draft: Draft, document: PolicyDocument) -> Proposal | None:
        if document is not self._document:
            self._document = document
            self._policy = Policy(document.value, document.kind, document.resource_type)
            self._count = 0
            self._last = None, None
        if draft != self._last[0]:  # one draft may stand for all hits of a document
            self._count += 1
            budget = MOST_WORK * _FULL // max(self._count, _FULL)
            found = proposal(draft, self._policy, budget) if self._count <= _MOST else None
            self._last = draft, found
        return self._last[1]
