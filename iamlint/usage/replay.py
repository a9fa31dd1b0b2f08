"""A proposed policy over what was observed: which of the calls would have been refused."""

from collections.abc import Iterable, Sequence
from typing import Final

from iamlint.analyse import CANNOT_TELL, Request, evaluate, statement_matches_action
from iamlint.analyse.resources import is_everything
from iamlint.model import Policy
from iamlint.record import NamedTuple
from iamlint.usage.evidence import UNKNOWN, context_of, is_use
from iamlint.usage.table import Row, Table

_EVERYTHING: Final = Policy(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}, "identity"
)


class Refusal(NamedTuple):
    """A row whose calls would have been refused, with the request that shows it and the reason."""

    row: Row
    request: Request
    reason: str


class Replay(NamedTuple):
    """`calls` were looked at; `refused` would have been denied; of `open` it cannot be told, for the reasons given.

    `denied` and `undecided` are numbers of calls. `window` is what the table covers.
    """

    calls: int
    denied: int
    undecided: int
    refused: tuple[Refusal, ...]
    open: tuple[Refusal, ...]
    window: tuple[str | None, str | None]


def replay(
    table: Table,
    policies: Policy | Sequence[Policy],
    *,
    boundary: Policy | Sequence[Policy] | None = None,
    principals: Iterable[str] | None = None,
) -> Replay:
    """What `policies` (all identity policies, or Denies that are to be added) would have done to the observed calls.

    Policies that allow nothing stand beside those that there are: only what they deny counts. So does a `boundary`
    without identity policies. `principals` are those that the proposal is for; everybody if None. Calls that were
    refused then are left out.
    """
    identity = [policies] if isinstance(policies, Policy) else list(policies)
    limits = [boundary] if isinstance(boundary, Policy) else None if boundary is None else list(boundary)
    every = [*identity, *(limits or ())]
    if not any(statement.allows for policy in identity for statement in policy.statements):
        identity.append(_EVERYTHING)
    rows = table.rows if principals is None else [row for name in principals for row in table.of(name)]
    found: dict[tuple[object, ...], tuple[str, Request, str] | None] = {}
    refused: list[Refusal] = []
    undecided: list[Refusal] = []
    calls = denied = unsure = 0
    for row in rows:
        if not is_use(row):
            continue
        calls += row.calls if row.nth == 0 else 0
        context = context_of(row)
        key = (row.principal, row.action, row.resources, *map(str, context.items()))
        if key not in found:
            found[key] = _answer(row, context, identity, limits, every)
        answer = found[key]
        if answer is None:
            continue
        verdict, request, reason = answer
        if verdict == CANNOT_TELL:
            undecided.append(Refusal(row, request, reason))
            unsure += row.calls
        else:
            refused.append(Refusal(row, request, reason))
            denied += row.calls
    window = (table.first, table.last)
    return Replay(calls, denied, unsure, tuple(refused), tuple(undecided), window)


def _answer(
    row: Row,
    context: dict[str, str | list[str]],
    identity: Sequence[Policy],
    limits: Sequence[Policy] | None,
    every: Sequence[Policy],
) -> tuple[str, Request, str] | None:
    """The worst answer for any of the row's resources; None where all are allowed."""
    worst = None
    for resource in row.resources or (UNKNOWN,):
        request = Request(row.principal, row.action, resource, None, context)
        decision = evaluate(
            request, identity, [] if limits is None else limits, scps=(), rcps=(), resource_policy=(), session=()
        )
        if resource == UNKNOWN and _by_resource(row.action, every):
            worst = worst or (CANNOT_TELL, request, "the event does not tell which resource it was about")
        elif decision.decision == CANNOT_TELL:
            worst = worst or (CANNOT_TELL, request, decision.reason)
        elif not decision.allowed:
            return decision.decision, request, decision.reason
    return worst


def _by_resource(action: str, policies: Iterable[Policy]) -> bool:
    """True iff what the policies say of the action depends on the resource, and it takes one."""
    from iamlint.aws.catalogue import catalogue

    prefix, _, name = action.partition(":")
    if catalogue().arns_of(prefix, name.lower()) == ():
        return False
    return any(
        "NotResource" in statement or not all(is_everything(item.text) for item in statement.resources)
        for policy in policies
        for statement in policy.statements
        if statement_matches_action(statement, action)
    )
