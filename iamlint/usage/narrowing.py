"""A policy narrowed to what its holders were seen to use."""

from collections.abc import Iterable, Sequence
from typing import Final

from iamlint.analyse import Narrowed, Request, narrow
from iamlint.analyse.narrowing.door import READABLE, Style
from iamlint.model import Policy
from iamlint.record import NamedTuple
from iamlint.usage.evidence import NEVER, kept, observed, touched
from iamlint.usage.table import Table

_SHORT: Final = 30


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
    used = observed(table, holders, policy)
    keep = touched(policy, kept(table, never))
    return ByEvidence(
        narrow(policy, used, keep=keep, quota=quota, style=style), tuple(used), keep, (table.first, table.last)
    )
