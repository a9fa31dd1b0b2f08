"""Policies as somebody of an account holds them: documents with their places, inline and managed ones."""

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from iamlint.model.cached import cached
from iamlint.model.fact import Fact, Unknown
from iamlint.model.policy import Policy
from iamlint.model.spot import Spot
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.model.spot import DocumentSource


class PolicyText:
    """A policy document that somebody holds. `text.spot.at(*statement.path)` is the place of a statement."""

    def __init__(self, source: "DocumentSource") -> None:
        self.source = source
        self.spot = Spot(source)

    @property
    def kind(self) -> str:
        """`identity`, `boundary`, `trust`, `scp` or `rcp`."""
        return self.source.kind

    @property
    def key(self) -> Hashable:
        """Equal for documents of equal text, so that work can be kept by it."""
        return self.source.text_key

    @cached
    def policy(self) -> Policy:
        """The document as values."""
        return Policy(self.source.value, self.source.kind)


class InlinePolicy(NamedTuple):
    """A policy written into a user, group or role. The document is `Unknown` where it cannot be read."""

    name: str
    document: Fact[PolicyText]
    spot: Spot


class PolicyVersion(NamedTuple):
    """One version of a managed policy."""

    id: str
    is_default: bool
    created: Fact[datetime]
    document: Fact[PolicyText]
    spot: Spot


class ManagedPolicy:
    """A customer's or an AWS managed policy."""

    kind = "policy"

    def __init__(self, arn: str, name: str, value: Mapping[str, object], spot: Spot) -> None:
        self.arn = arn
        self.name = name
        self.value = value
        """The entity as the export has it."""
        self.spot = spot
        self.versions: tuple[PolicyVersion, ...] = ()
        self.attached_to: tuple[str, ...] = ()
        """ARNs of the users, groups and roles that it is attached to, in the order of the export."""
        self.bounds: tuple[str, ...] = ()
        """ARNs of the users and roles whose permissions boundary it is."""

    @property
    def is_aws(self) -> bool:
        """True iff AWS owns and updates it."""
        return self.arn.split(":", 5)[4:5] == ["aws"]

    @cached
    def document(self) -> Fact[PolicyText]:
        """The document of the version in force, which need not be the newest."""
        for version in self.versions:
            if version.is_default:
                return version.document
        return Unknown("account-authorization-details")
