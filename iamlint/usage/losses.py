"""What a changed policy would refuse of the calls that it allowed, as far as a trail tells of them.

A trail does not tell all that a statement asks for. What a statement asks beyond it is its demand: conditions on keys
that no event tells, and resources where the event names none. Nothing is guessed of a demand but that it was met where
the call was allowed.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from iamlint.analyse import Request, statement_matches_action
from iamlint.analyse.conditions import condition_holds
from iamlint.analyse.narrowing.met import Seen, seen
from iamlint.analyse.resources import is_everything, resource_matches
from iamlint.analyse.variables import Context, keys_read
from iamlint.model import Condition, Policy, Statement
from iamlint.record import NamedTuple
from iamlint.usage.evidence import UNKNOWN, alike, context_about, mentioned_in, told_keys, who_matters
from iamlint.usage.table import Row

_Demand = frozenset[tuple[object, ...]]

KEPT: Final = "kept"
OPEN: Final = "open"
LOST: Final = "lost"
_ORDER: Final = (KEPT, OPEN, LOST)


class Losses(NamedTuple):
    """Of the calls that the policy allowed before: how many there were, would be denied, or cannot be told of."""

    calls: int
    denied: int
    undecided: int


def losses(before: Policy, after: Policy, rows: Iterable[Row]) -> Losses:
    """What becomes of the calls in `rows`, all of them allowed then; those that `before` does not allow do not count.

    Both are policies without principals.
    """
    mentioned = mentioned_in(before, after)
    by_action: dict[str, list[Row]] = {}
    for row in alike(rows, mentioned):
        by_action.setdefault(row.action, []).append(row)
    calls = denied = undecided = 0
    for action, own in by_action.items():
        old, new = _about(before, action), _about(after, action)
        if not any(statement.allows for statement in old):
            continue
        same = before.has_variables == after.has_variables and [s.value for s in old] == [s.value for s in new]
        known: dict[tuple[object, ...], str | None] = {}
        for row in own:
            context = context_about(row, mentioned)
            told = frozenset(filter(mentioned, told_keys(row)))
            key = (who_matters(row, mentioned), row.resources, told, *map(str, context.items()))
            if key not in known:
                known[key] = _of_row(row, context, told, old, old if same else new)
            verdict = known[key]
            if verdict is not None:
                calls += row.calls
                denied += row.calls if verdict == LOST else 0
                undecided += row.calls if verdict == OPEN else 0
    return Losses(calls, denied, undecided)


def _about(policy: Policy, action: str) -> list[Statement]:
    return [statement for statement in policy.statements if statement_matches_action(statement, action)]


def _of_row(
    row: Row,
    context: dict[str, str | list[str]],
    told: frozenset[str],
    old: Sequence[Statement],
    new: Sequence[Statement],
) -> str | None:
    """The worst for any of the row's resources; None where the policy did not allow it before."""
    found: list[str] = []
    for resource in row.resources or (UNKNOWN,):
        one = seen(Request(row.principal, row.action, resource, None, context))
        verdict = _verdict(_met(old, one, told), None if old is new else _met(new, one, told))
        if verdict is not None:
            found.append(verdict)
    return max(found, key=_ORDER.index, default=None)


_Met = list[tuple[Statement, _Demand]]


def _met(statements: Iterable[Statement], one: Seen, told: frozenset[str]) -> _Met:
    return [(each, what) for each in statements if (what := _demand(each, one, told)) is not None]


def _verdict(old: _Met, new: _Met | None) -> str | None:
    """What becomes of a call that meets these statements before and after; `new` is None where they are the same."""
    denies = [demand for statement, demand in old if statement.denies]
    ways = {demand for statement, demand in old if statement.allows}
    if not ways or frozenset() in denies:
        return None
    if new is None:
        return KEPT
    worst = KEPT
    for statement, demand in new:
        if statement.denies and not demand:
            return LOST
        if statement.denies and not any(known <= demand for known in denies):
            worst = OPEN
    left = [demand for statement, demand in new if statement.allows]
    for way in ways:
        if any(other < way for other in ways) or any(each <= way for each in left):
            continue
        if not left:
            return LOST
        worst = OPEN
    return worst


def _demand(statement: Statement, one: Seen, told: frozenset[str]) -> _Demand | None:
    """What the statement asks for that nobody knows of the call; None where it does not match for certain."""
    context = one.question.context
    variables = context if statement.policy.has_variables else None
    demand = set()
    for condition in statement.conditions:
        if not _is_told(condition, context, variables, told):
            values = tuple(sorted(item.text for item in condition.values))
            demand.add((condition.operator, condition.key.lower(), *values))
        elif not condition_holds(condition, context, variables):
            return None
    asked = _asked_of_resource(statement, one, variables)
    if asked is None:
        return None
    return frozenset((*demand, asked)) if asked else frozenset(demand)


def _is_told(condition: Condition, context: Context, variables: Context | None, told: frozenset[str]) -> bool:
    def is_known(key: str) -> bool:
        return bool(context.values(key)) or key.lower() in told

    if not is_known(condition.key):
        return False
    return variables is None or all(
        is_known(key) for item in condition.values if "${" in item.text for key in keys_read(item.text)
    )


def _asked_of_resource(statement: Statement, one: Seen, variables: Context | None) -> tuple[object, ...] | None:
    """() where the resource is right, None where it is not; what the statement says of it where that is not known."""
    negated = "NotResource" in statement
    if not negated and "Resource" not in statement:
        return None
    texts = [item.text for item in (statement.not_resources if negated else statement.resources)]
    right, wrong = ((), None) if not negated else (None, ())
    if any(map(is_everything, texts)):
        return right
    arn = one.request.resource
    unknown = (negated, *sorted(texts))
    if arn == UNKNOWN:
        return unknown if _takes_resource(one.request.action) else wrong
    answers = [resource_matches(text, arn, variables) for text in texts]
    if True in answers:
        return right
    is_open = None in answers or any(resource_matches(text, arn, variables, True) for text in texts)
    return unknown if is_open else wrong


def _takes_resource(action: str) -> bool:
    from iamlint.aws.catalogue import catalogue

    prefix, _, name = action.partition(":")
    return catalogue().arns_of(prefix, name.lower()) != ()
