"""A usage table as evidence for rewrites: what of a policy was used, and by whom it is held."""

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from iamlint.analyse import compare, narrow, statement_matches_action
from iamlint.analyse.wildcards import matches
from iamlint.config import Settings
from iamlint.finding import Draft
from iamlint.load import PolicyDocument
from iamlint.load.globs import Patterns
from iamlint.load.read import from_root
from iamlint.model import Policy
from iamlint.model.fact import Unknown
from iamlint.rule.sighting import Sighting
from iamlint.syntax.change import Put
from iamlint.usage.accessed import Accessed
from iamlint.usage.evidence import NEVER, is_use, kept
from iamlint.usage.losses import losses
from iamlint.usage.narrowing import ByEvidence, narrowed_to
from iamlint.usage.networks import undocumented
from iamlint.usage.silence import reading, reads_are_silent
from iamlint.usage.table import Row, Table

if TYPE_CHECKING:
    from iamlint.model.account import Account

_KINDS: Final = frozenset(("identity", "boundary"))
"""Policies whose holders a trail tells of. Whom a policy on a resource lets in may be anybody, of any account."""
_FEW: Final = 3


class Observed:
    """What `iamlint.engine.evidence.Evidence` asks for.

    A policy's holders are told by an export, or by `holders` (patterns of ARNs) and the configuration; else they are
    all those of whom the table has calls that the policy allows. Nothing is taken from a policy that is held by
    somebody whom the configuration names as break-glass: that they are silent is as it should be.
    """

    def __init__(self, table: Table, settings: Settings, holders: Sequence[str] = ()) -> None:
        self._table = table
        self._settings = settings
        self._named = tuple(holders)
        self._unlogged = kept(table, ())
        self._reads_are_silent = reads_are_silent(table)
        self._accessed = Accessed()
        self._used: dict[str, list[Row]] = {}
        for row in filter(is_use, table.rows):
            self._used.setdefault(row.action, []).append(row)
        self._members: dict[str, list[str]] = {}
        self._of_policy: dict[str, tuple[str, ...]] = {}
        self._known: dict[Hashable, Draft | None] = {}

    def meet(self, account: "Account") -> None:
        """Takes from an export who is in which group, and whose boundary a policy is."""
        groups = {group.name: group.arn for group in account.groups}
        for user in account.users:
            if not isinstance(user.groups, Unknown):
                for group in user.groups:
                    self._members.setdefault(groups.get(group.name, ""), []).append(user.arn)
        self._accessed.meet(account)
        for policy in account.policies:
            self._of_policy[policy.arn] = (*policy.attached_to, *policy.bounds)

    def sightings(self, principal: str) -> tuple[Sighting, ...]:
        """Where the principal was seen outside of the networks of the configuration; refused calls do not count."""
        rows = self._table.of(principal)
        return tuple(
            Sighting(one.cidr, one.addresses, one.keys, one.calls, _last(rows, one.addresses))
            for one in undocumented(rows, self._settings.environment.networks)
        )

    def about(self, document: PolicyDocument) -> Hashable:
        """Equal for documents of equal text that the table tells the same of."""
        return self._holders(document)

    def narrower(self, document: PolicyDocument) -> Draft | None:
        """The tightest policy that keeps what was seen; None where nothing was, or nothing can be taken away."""
        holders = self._holders(document)
        key = (document.text_key, document.kind, holders)
        if key not in self._known:
            self._known[key] = self._narrower(document, holders)
        return self._known[key]

    def denied(self, document: PolicyDocument, after: Policy) -> int | None:
        """How many observed calls that the document allows `after` would not; None where the table does not tell."""
        holders = self._holders(document)
        if not self._is_telling(document, holders):
            return None
        before = _policy(document)
        rows = self._rows(before, holders)
        found = losses(before, after, rows)
        if found.denied:
            return found.denied
        return 0 if found.calls and not found.undecided and self._keeps_unlogged(before, after, holders) else None

    def _keeps_unlogged(self, before: Policy, after: Policy, holders: tuple[str, ...] | None) -> bool:
        """True iff `after` grants all that `before` grants of actions of which silence tells nothing."""
        patterns = self._silent(before, holders)
        silent = None if patterns is None else narrow(before, (), keep=patterns)
        if silent is None or not silent.proven:
            return False
        return silent.policy is None or compare(after, silent.policy).verdict == "no-new-access"

    def _silent(self, policy: Policy, holders: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Patterns of actions of which silence tells nothing; None where they are too many."""
        reads = reading(policy) if self._reads_are_silent else ()
        if reads is None:
            return None
        unlogged = [each for each in (*self._unlogged, *reads) if not self._accessed.is_unused(each, holders)]
        return (*self._settings.usage.keep_actions, *unlogged)

    def _narrower(self, document: PolicyDocument, holders: tuple[str, ...] | None) -> Draft | None:
        if not self._is_telling(document, holders):
            return None
        before = _policy(document)
        rows = self._rows(before, holders)
        silent = self._silent(before, holders)
        if rows or any(map(self._table.of, holders or ())):
            if silent is None:
                return None
            found = narrowed_to(rows, (*NEVER, *silent), before, (self._table.first, self._table.last))
            return _draft(found, before, _title(found, rows, holders))
        left = self._accessed.kept(before, holders)
        if left is None:  # nothing is known of it: that is not the same as nothing having been used
            return None
        found = narrowed_to((), (*NEVER, *self._settings.usage.keep_actions, *left), before, (None, None))
        return _draft(found, before, "leave out the services that last-accessed information tells to be unused")

    def _is_telling(self, document: PolicyDocument, holders: tuple[str, ...] | None) -> bool:
        """True iff what its holders did not do tells that they do not need it."""
        return document.kind in _KINDS and not any(map(self._is_break_glass, holders or ()))

    def _holders(self, document: PolicyDocument) -> tuple[str, ...] | None:
        """ARNs, in order; None where nobody says whose the policy is."""
        if document.arn in self._of_policy:
            told: Iterable[str] = self._of_policy[document.arn]
        elif document.owner is not None or document.attached_to:
            told = (*self._by_name(document.owner), *document.attached_to)
        else:
            patterns = (*self._named, *self._configured(document.file))
            if not patterns:
                return None
            told = [who for who in self._table.principals() if any(matches(each, who) for each in patterns)]
            told = [*told, *(each for each in patterns if "*" not in each and "?" not in each)]
        everybody = [who for each in told for who in (self._members.get(each, ()) if ":group/" in each else (each,))]
        return tuple(sorted(set(everybody)))

    def _by_name(self, owner: str | None) -> Iterable[str]:
        if owner is None or owner.startswith("arn:"):
            return () if owner is None else (owner,)
        return [who for who in self._table.principals() if who.rpartition("/")[2] == owner]

    def _configured(self, path: str) -> Iterable[str]:
        """What `[usage.holders]` says of the file; the last pattern that matches decides."""
        relative = from_root(path, self._settings)
        found = [who for glob, who in self._settings.usage.holders if Patterns((glob,)).matches(relative)]
        return found[-1] if found else ()

    def _rows(self, policy: Policy, holders: tuple[str, ...] | None) -> list[Row]:
        """The uses that the policy may have allowed to its holders."""
        granting = [statement for statement in policy.statements if statement.allows]
        own = None if holders is None else {id(row) for holder in holders for row in self._table.of(holder)}
        return [
            row
            for action, rows in self._used.items()
            if any(statement_matches_action(statement, action) for statement in granting)
            for row in rows
            if own is None or id(row) in own
        ]

    def _is_break_glass(self, arn: str) -> bool:
        name = arn.rpartition("/")[2]
        return any(
            entry == name or (entry.startswith("arn:") and matches(entry, arn))
            for entry in self._settings.environment.break_glass
        )


def _last(rows: Iterable[Row], addresses: Sequence[str]) -> str | None:
    return max((row.last_seen for row in rows if row.last_seen and row.source_address in addresses), default=None)


def _policy(document: PolicyDocument) -> Policy:
    return Policy(document.value, document.kind, document.resource_type)


def _draft(found: ByEvidence, before: Policy, title: str) -> Draft | None:
    """The changes that make the policy what was found; None where there are none."""
    after = found.narrowed.policy
    if after is None or not found.narrowed.proven:
        return None
    old, new = before.value, after.value
    if not isinstance(old, dict) or not isinstance(new, dict):
        return None
    changes = tuple(Put((key,), value) for key, value in new.items() if key in old and old[key] != value)
    return Draft(title, changes) if changes else None


def _title(found: ByEvidence, rows: Sequence[Row], holders: tuple[str, ...] | None) -> str:
    """What was seen, when and of whom; and what stays though it was not."""
    first, last = ((time or "?")[:10] for time in found.window)
    calls = sum(row.calls for row in rows if row.nth == 0)
    if holders is None:
        who = f"{len({row.principal for row in rows})} principals seen (--holder names whose calls count)"
    else:
        who = f"{len(holders)} holders" if len(holders) != 1 else holders[0]
    title = f"keep what was used from {first} to {last}: {calls:,} calls of {who}"
    if not found.kept:
        return title
    more = f" and {len(found.kept) - _FEW} more" if len(found.kept) > _FEW else ""
    return f"{title}; of {', '.join(found.kept[:_FEW])}{more} nothing is logged or to be told: they stay"
