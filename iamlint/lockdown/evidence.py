"""What was observed: the usage table that `iamlint usage` writes, asked what a Deny would have hit."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from iamlint.aws.sensitive import MFA_ENROLMENT, sensitive_actions
from iamlint.config import Network
from iamlint.lockdown.problem import LockdownError
from iamlint.model import Policy
from iamlint.record import NamedTuple
from iamlint.syntax import printable

if TYPE_CHECKING:
    from iamlint.usage.table import Row, Table

_LONG_LIVED: Final = "AKIA"
_ENROLMENT: Final = frozenset(action.lower() for action in MFA_ENROLMENT)
_SENSITIVE: Final = {action.lower(): action for action in sensitive_actions()}
_FEW: Final = 5


class Replay(NamedTuple):
    """How many observed calls a Deny would have denied, and what they were."""

    calls: int
    what: tuple[str, ...]

    def told(self, window: str) -> str:
        """For people."""
        if not self.calls:
            return f"of the calls observed {window} it would have denied none"
        return f"of the calls observed {window} it would have denied {self.calls}: {some(self.what)}"


class Evidence:
    """A usage table."""

    def __init__(self, table: "Table") -> None:
        self.table = table

    @property
    def window(self) -> str:
        """From when to when anything was observed."""
        return f"from {(self.table.first or '?')[:10]} to {(self.table.last or '?')[:10]}"

    def sensitive(self, arn: str) -> tuple[str, ...]:
        """The sensitive actions that a user's long-lived keys were seen to use without MFA."""
        found = {_SENSITIVE[row.action.lower()] for row in self._allowed(arn) if row.action.lower() in _SENSITIVE}
        return tuple(sorted(found))

    def without_mfa(self, arn: str) -> Replay:
        """What a Deny of all without MFA would have denied to a user, but enrolling a device."""
        rows = [
            row
            for row in self.table.of(arn)
            if not row.mfa and not row.denied and row.via == "" and row.action.lower() not in _ENROLMENT
        ]
        return _replay(rows)

    def outside(self, arn: str, networks: Sequence[Network]) -> Replay:
        """What a Deny outside of the networks would have denied to a user."""
        allowed = [ipaddress.ip_network(network.cidr) for network in networks]

        def is_inside(address: str) -> bool:
            try:
                found = ipaddress.ip_address(address)
            except ValueError:  # the name of a service that called
                return True
            return any(found.version == network.version and found in network for network in allowed)

        rows = [
            row
            for row in self.table.of(arn)
            if not row.denied and row.via == "" and row.vpc_endpoint == "" and not is_inside(row.source_address)
        ]
        return _replay(rows, with_address=True)

    def beyond(self, arn: str, boundary: Mapping[str, object]) -> Replay:
        """What a permissions boundary would have denied to a user."""
        from iamlint.usage.replay import replay

        found = replay(self.table, [], boundary=Policy(boundary, "boundary"), principals=[arn])
        return Replay(found.denied, _distinct(refusal.row.action for refusal in found.refused))

    def _allowed(self, arn: str) -> Iterable["Row"]:
        return (row for row in self.table.of(arn) if not row.denied and row.access_key.startswith(_LONG_LIVED))


def read_evidence(path: str) -> Evidence:
    """The usage table in a file. Raises `LockdownError`."""
    from iamlint.usage import table
    from iamlint.usage.problem import UsageError

    try:
        found = table.read(path)
    except UsageError as problem:
        raise LockdownError(str(problem)) from None
    if any(not row.event or not row.principal for row in found.rows):
        raise LockdownError(f"{printable(path)}: not a usage table (rows without principal or event)")
    return Evidence(found)


def _replay(rows: Sequence["Row"], with_address: bool = False) -> Replay:
    calls = sum(row.calls for row in rows if row.nth == 0)
    what = _distinct(
        f"{row.action or row.event} from {row.source_address}" if with_address else row.action or row.event
        for row in rows
    )
    return Replay(calls or len(rows), what)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in texts if text}))


def some(texts: Sequence[str], most: int = _FEW) -> str:
    """The first `most` of them, and how many more there are."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return f"{', '.join(texts[:most])}{more}"
