"""Which boundary each user gets: one per class, of users whose grants can be listed and of those whose cannot."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from iamlint.config import Settings
from iamlint.finding import Proof
from iamlint.lockdown.boundaries import Home, granted, listed, proof_of, taken, wide
from iamlint.lockdown.people import Kind, named_in
from iamlint.lockdown.proposals import Proposal, Refused, document, proposal
from iamlint.model import Policy
from iamlint.model.account import User
from iamlint.model.fact import Unknown

if TYPE_CHECKING:
    from iamlint.model.account import Account, PolicyText
    from iamlint.rule import Context

_ADMINISTRATOR: Final = "administrator"
_TITLE: Final = "a permissions boundary"


class Bounding:
    """The boundaries of the users `wanting`, worked out class by class when they are first asked for."""

    def __init__(
        self,
        account: "Account",
        wanting: Iterable[User],
        kinds: Mapping[str, Kind],
        settings: Settings,
        context: "Context",
        progress: Callable[[str], None],
    ) -> None:
        self._account = account
        self._settings = settings
        self._catalogue = context.catalogue
        self._home = Home(account.partition, account.id)
        self._progress = progress
        self._grants: dict[Hashable, frozenset[str] | None] = {}
        self._class: dict[str, str] = {}
        self._members: dict[str, list[User]] = {}
        self._unknown: dict[str, Refused] = {}
        self._made: dict[str, Proposal | Refused] = {}
        for user in wanting:
            self._add(user, kinds[user.arn])

    def of(self, user: User) -> Proposal | Refused:
        """The boundary for a user, or why there is none."""
        if user.arn in self._unknown:
            return self._unknown[user.arn]
        name = self._class[user.arn]
        made = self._boundary(name)
        if isinstance(made, Proposal) or name.endswith(("-wide", _ADMINISTRATOR)):
            return made
        for member in self._members.pop(name):  # what cannot be listed is bounded with those whose grants cannot be
            self._class[member.arn] = f"{name}-wide"
            self._members.setdefault(f"{name}-wide", []).append(member)
        self._made.pop(f"{name}-wide", None)
        return self._boundary(f"{name}-wide")

    def _add(self, user: User, kind: Kind) -> None:
        documents = self._account.documents(user)
        if not self._account.id:
            self._unknown[user.arn] = Refused(_TITLE, "no export tells the account's id")
            return
        if isinstance(documents, Unknown):
            self._unknown[user.arn] = Refused(
                _TITLE, f"not all policies are known: needs {' or '.join(documents.needs)}"
            )
            return
        name = kind.name
        if named_in(self._settings.environment.administrators, user):
            name = _ADMINISTRATOR
        elif self._granted(user) is None:
            name = f"{name}-wide"
        self._class[user.arn] = name
        self._members.setdefault(name, []).append(user)

    def _granted(self, user: User) -> frozenset[str] | None:
        """The entries of all policies of the user; None where one cannot be listed."""
        found: set[str] = set()
        for text in _texts(self._account, user):
            if text.key not in self._grants:
                self._grants[text.key] = granted([text.policy], self._catalogue)
            entries = self._grants[text.key]
            if entries is None:
                return None
            found |= entries
        return frozenset(found)

    def _boundary(self, name: str) -> Proposal | Refused:
        if name not in self._made:
            self._progress(f"writing the boundary of class {name}")
            self._made[name] = self._written(name, self._members[name])
        return self._made[name]

    def _written(self, name: str, members: list[User]) -> Proposal | Refused:
        administrators = name == _ADMINISTRATOR
        is_wide = administrators or name.endswith("-wide")
        entries = frozenset(("*",))
        if is_wide:
            value: Mapping[str, object] | None = wide(self._home, administrators)
        else:
            entries = frozenset().union(*(self._granted(user) or frozenset() for user in members))
            value = listed(entries, self._home, self._catalogue)
        title = f"{_TITLE} for the class {name} ({len(members)} user{'s' if len(members) != 1 else ''})"
        if value is None:
            return Refused(title, "what they hold does not fit into a managed policy")
        proof = self._proven(entries, value, administrators)
        of = "of what its users' policies grant, within the actions that AWS lists"
        return proposal(f"boundary-{name}", "boundary", title, value, proof, of, self._settings)

    def _proven(self, entries: frozenset[str], value: Mapping[str, object], administrators: bool) -> Proof:
        """That nothing else is cut of these entries on every resource, which is all that any user's policies grant."""
        if not entries:
            return Proof("narrower", "there is nothing to keep")
        most = {"Effect": "Allow", "Action": sorted(entries), "Resource": "*"}
        return proof_of([Policy(document(most), "identity")], value, taken(self._home, administrators))


def _texts(account: "Account", user: User) -> "tuple[PolicyText, ...]":
    documents = account.documents(user)
    return () if isinstance(documents, Unknown) else documents
