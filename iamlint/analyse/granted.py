"""Does a policy grant something of what a pattern of actions and a pattern of resources describe?

Decided over all action and resource names, existing or to come, statement by statement. A condition on an Allow is
taken to hold, since some request may meet it; a policy variable may be any text. A Deny counts where one statement of
it, without a condition and for everyone, blocks all that is asked about, so that nothing is taken for blocked that is
not.
"""

from collections.abc import Iterable, Iterator, Sequence

from iamlint.analyse.actions import action_covers, action_meets
from iamlint.analyse.resources import FIELDS, completed, is_everything
from iamlint.analyse.variables import variable_parts
from iamlint.analyse.wildcards import covers, meets
from iamlint.analyse.work import Budget
from iamlint.model import Item, Statement
from iamlint.record import NamedTuple


class Granted(NamedTuple):
    """An entry of `Action` that grants; `action` is None where a `NotAction` does."""

    statement: Statement
    action: Item | None


class _Reach(NamedTuple):
    """What an entry and a pattern that was asked for have in common: a Deny on either blocks it."""

    ours: str
    wanted: str


def granted(
    statements: Iterable[Statement], actions: Sequence[str], resources: Sequence[str], budget: Budget
) -> Iterator[Granted]:
    """The entries of `statements` that grant an action of `actions` on a resource of `resources`, all patterns.

    The denials are those of the policies that the statements belong to. Raises `TooMuchWork`.
    """
    denials: dict[int, list[Statement]] = {}
    for statement in statements:
        if not statement.allows:
            continue
        policy = statement.policy
        if id(policy) not in denials:
            denials[id(policy)] = [entry for entry in policy.statements if _binds_everyone(entry)]
        reached = _reached_resources(statement, resources, budget)
        if not reached:
            continue
        blocking = [deny for deny in denials[id(policy)] if _blocks_resources(deny, reached, budget)]
        if "NotAction" in statement:
            for wanted in actions:
                excluded = any(action_covers(item.text, wanted) for item in statement.not_actions)
                if not excluded and not _blocked(_Reach(wanted, wanted), blocking, budget):
                    yield Granted(statement, None)
                    break
        for item in statement.actions:
            budget.spend(len(actions))
            common = [_Reach(item.text, wanted) for wanted in actions if action_meets(item.text, wanted)]
            if any(not _blocked(reach, blocking, budget) for reach in common):
                yield Granted(statement, item)


def _binds_everyone(statement: Statement) -> bool:
    """True iff the statement denies, whatever the circumstances and whoever asks."""
    return (
        statement.denies
        and not statement.value.get("Condition")
        and "NotPrincipal" not in statement
        and ("Principal" not in statement or any(principal.is_everyone for principal in statement.principals))
    )


def _reached_resources(statement: Statement, wanted: Sequence[str], budget: Budget) -> list[_Reach]:
    if "NotResource" in statement:
        listed = [item.text for item in statement.not_resources]
        budget.spend(len(listed) * len(wanted))
        return [_Reach(text, text) for text in wanted if not any(_resource_covers(statement, n, text) for n in listed)]
    budget.spend(len(statement.resources) * len(wanted))
    ours = [_open(statement, text) for text in _resources(statement)]
    return [_Reach(one, two) for one in ours for two in wanted if resource_meets(one, two)]


def _resources(statement: Statement) -> list[str]:
    """Trust policies have no resources: they speak of the role that they hang on."""
    return [item.text for item in statement.resources] if "Resource" in statement else ["*"]


def _blocks_resources(deny: Statement, reached: list[_Reach], budget: Budget) -> bool:
    """True iff no resource of `reached` escapes the denial."""
    if "NotResource" in deny:
        spared = [_open(deny, item.text) for item in deny.not_resources]
        for reach in reached:
            for text in spared:
                budget.spend(_cost(text, reach.ours))
                if resource_meets(text, reach.ours) and resource_meets(text, reach.wanted):
                    return False
        return True
    listed = _resources(deny)
    for reach in reached:
        for text in listed:
            budget.spend(_cost(text, reach.ours))
            if any(_resource_covers(deny, text, pattern) for pattern in reach):
                break
        else:
            return False
    return True


def _blocked(reach: _Reach, blocking: list[Statement], budget: Budget) -> bool:
    """True iff one of the denials takes all actions of `reach`."""
    for deny in blocking:
        spared = "NotAction" in deny
        for item in deny.not_actions if spared else deny.actions:
            budget.spend(_cost(item.text, reach.ours))
            if spared and action_meets(item.text, reach.ours) and action_meets(item.text, reach.wanted):
                break
            if not spared and any(action_covers(item.text, pattern) for pattern in reach):
                return True
        else:
            if spared:
                return True
    return False


def _cost(one: str, two: str) -> int:
    return 1 + (len(one) + len(two)) // 64


def _open(statement: Statement, pattern: str) -> str:
    """`pattern` with a `*` for each policy variable."""
    if not statement.policy.has_variables or "${" not in pattern:
        return pattern
    return "".join(text if inside is None else "*" for text, inside in variable_parts(pattern))


def resource_meets(pattern: str, other: str) -> bool:
    """True iff both patterns match one and the same resource, read field by field."""
    return is_everything(pattern) or is_everything(other) or all(map(meets, _fields(pattern), _fields(other)))


def _resource_covers(statement: Statement, pattern: str, other: str) -> bool:
    """True iff `pattern`, of `statement`, surely matches every resource that `other` matches."""
    if is_everything(pattern):
        return True
    if statement.policy.has_variables and "${" in pattern:
        return False
    return not is_everything(other) and all(map(covers, _fields(pattern), _fields(other)))


def _fields(pattern: str) -> list[str]:
    return completed(pattern).split(":", FIELDS - 1)
