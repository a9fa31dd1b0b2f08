"""A policy narrowed to what its holders were seen to use."""

from collections.abc import Iterable, Sequence

from iamlint.analyse import Narrowed, Request, narrow
from iamlint.analyse.narrowing.door import READABLE, Style, size_of
from iamlint.model import Policy
from iamlint.record import NamedTuple
from iamlint.usage.evidence import NEVER, asked_of, is_use, kept, touched
from iamlint.usage.silence import reading, reads_are_silent
from iamlint.usage.table import Row, Table


class ByEvidence(NamedTuple):
    """The result, and what it rests on: say it beside the proposal.

    `window` is the first and the last time that the table has; `kept` are action patterns that stay because the trail
    does not log them, or by the list of those that silence tells nothing about.
    """

    narrowed: Narrowed
    observed: tuple[Request, ...]
    kept: tuple[str, ...]
    window: tuple[str | None, str | None]


def narrowed_by(
    table: Table,
    policy: Policy,
    holders: Iterable[str],
    *,
    never: Sequence[str] = NEVER,
    quota: int | None = None,
    style: Style = READABLE,
) -> ByEvidence:
    """The tightest policy that keeps all that the `holders` (ARNs) were seen to use of it.

    Denied calls are no use. `never` are action patterns that are not taken away for not being seen.
    """
    rows = [row for holder in holders for row in table.of(holder) if is_use(row)]
    reads = reading(policy) if reads_are_silent(table) else ()
    window = (table.first, table.last)
    if reads is None:
        reason = "the trail logs nothing of calls that only read"
        used = asked_of(policy, rows)
        left = Narrowed(policy, "original", False, reason, (), size_of(policy.value))
        return ByEvidence(left, tuple(used), (), window)
    return narrowed_to(rows, (*kept(table, never), *reads), policy, window, quota=quota, style=style)


def narrowed_to(
    rows: Iterable[Row],
    kept: Sequence[str],
    policy: Policy,
    window: tuple[str | None, str | None],
    *,
    quota: int | None = None,
    style: Style = READABLE,
) -> ByEvidence:
    """The tightest policy that keeps what `rows` used of it, and what it grants of the action patterns `kept`."""
    used = asked_of(policy, rows)
    keep = touched(policy, kept)
    return ByEvidence(narrow(policy, used, keep=keep, quota=quota, style=style), tuple(used), keep, window)
