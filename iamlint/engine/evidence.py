"""What evidence of use says of rewrites: a seam, so that nothing here knows where evidence comes from."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from iamlint.finding import Draft
from iamlint.load import PolicyDocument
from iamlint.model import Policy

if TYPE_CHECKING:
    from iamlint.model.account import Account
    from iamlint.rule.sighting import Sighting

BY_USE: Final = frozenset(
    (
        "boundary-caps-nothing",
        "broad-managed-policy",
        "not-action-in-allow",
        "not-resource-in-allow",
        "wildcard-action",
        "wildcard-resource",
        "wildcard-service-action",
    )
)
"""Rules whose findings ask what is used: in place of what they propose stands what the evidence does."""


class Evidence(Protocol):
    """Requests that were observed, as far as they bear on policy documents."""

    def meet(self, account: "Account") -> None:
        """Told of each exported account before its policies are asked about: who holds them."""

    def sightings(self, principal: str) -> "Sequence[Sighting]":
        """Where the principal was seen outside of the networks of the configuration."""

    def about(self, document: PolicyDocument) -> Hashable:
        """Equal for those documents of equal text of which the evidence says the same."""

    def narrower(self, document: PolicyDocument) -> Draft | None:
        """The tightest policy that still allows what was observed of the document; None where nothing tells.

        It is not trusted: what it grants is proven as for any other draft, and it is replayed.
        """

    def denied(self, document: PolicyDocument, after: Policy) -> int | None:
        """How many observed calls that the document allows `after` would not; None where nobody can tell."""
