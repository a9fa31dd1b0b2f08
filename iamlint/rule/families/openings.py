"""Which sensitive actions a policy leaves open to a long-lived access key."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from iamlint.analyse.actions import action_matches, statement_matches_action
from iamlint.finding import Hit
from iamlint.memo import Memo
from iamlint.model import Policy, Statement
from iamlint.model.cached import kept
from iamlint.record import NamedTuple
from iamlint.rule.base import Rule, key, quote
from iamlint.rule.families.opening_search import Opening, Search
from iamlint.rule.families.requests import (
    CALLED_VIA,
    ENDPOINT_KEYS,
    FROM_ENDPOINT,
    FROM_INTERNET,
    INTERNET,
    Base,
    User,
    entry_of,
    witness,
)

if TYPE_CHECKING:
    from iamlint.config import Environment


class Openings(NamedTuple):
    """What was found; `closed` are sensitive actions that a statement allows, but not to such a key."""

    open: tuple[Opening, ...]
    closed: tuple[str, ...]

    @property
    def first(self) -> Opening:
        """The gravest one, if possible one that is allowed outright."""
        return next((opening for opening in self.open if opening.outright), self.open[0])


def open_without_mfa(
    policies: Sequence[Policy],
    environment: "Environment",
    caller: User | None = None,
    boundary: Sequence[Policy] = (),
) -> Openings:
    """The sensitive actions that `policies` together allow to a user's long-lived key, from wherever it calls.

    `caller` is one user, within its permissions boundary: the first action that is open to it ends the search. None:
    any user; all that is open is told.
    """
    return _openings(policies, environment, (FROM_INTERNET, FROM_ENDPOINT), caller, boundary)


def open_from_outside(policies: Sequence[Policy], environment: "Environment") -> Openings:
    """As `open_without_mfa`, from an address in none of the environment's networks."""
    from iamlint.analyse.addresses import address_outside

    allowed = [network.cidr for network in environment.networks]
    named = [
        item.text
        for policy in policies
        for statement in policy.statements
        for condition in statement.conditions
        if condition.key.lower() == "aws:sourceip"
        for item in condition.values
    ]
    # An address of no network named anywhere, then one in each that the policies name beside the allowed ones.
    addresses = [address_outside([*allowed, *named]), *(address_outside(allowed, (text,)) for text in named[:_MOST])]
    fixed = ENDPOINT_KEYS | CALLED_VIA | {"aws:sourceip"}
    bases = [Base({**INTERNET, "aws:sourceip": (found,)}, fixed) for found in dict.fromkeys(addresses) if found]
    return _openings(policies, environment, bases)


_MOST: Final = 20


def _openings(
    policies: Sequence[Policy],
    environment: "Environment",
    bases: Sequence[Base],
    caller: User | None = None,
    boundary: Sequence[Policy] = (),
) -> Openings:
    from iamlint.aws.sensitive import sensitive_actions

    grants = [granted for policy in policies if (granted := sensitive_grants(policy))]
    if not grants:
        return Openings((), ())
    search = Search(policies, environment, bases, caller, boundary)
    found, closed = [], []
    for action in sensitive_actions():
        statements = [statement for granted in grants for statement in granted.get(action, ())]
        if statements:
            opening = None if search.exhausted else search.opening(action, statements)
            if opening is not None:
                found.append(opening)
                if caller is not None and opening.outright:
                    break
            elif search.exhausted:
                break
            else:
                closed.append(action)
    if closed and not search.exhausted and (not found or caller is None):
        wanted = {action: [s for granted in grants for s in granted.get(action, ())] for action in closed}
        found += search.overlooked(wanted)
        closed = [action for action in closed if action not in {opening.action for opening in found}]
    return Openings(tuple(found), () if search.exhausted or search.unsure else tuple(closed))


@kept
def sensitive_grants(policy: Policy) -> Mapping[str, list[Statement]]:
    """Each sensitive action that the policy allows somehow, with the statements; worked out once per policy."""
    found: dict[str, list[Statement]] = {}
    for statement in policy.statements:
        for action in _sensitive_of(statement) if statement.allows else ():
            found.setdefault(action, []).append(statement)
    return found


def _sensitive_of(statement: Statement) -> Iterable[str]:
    """The sensitive actions that the statement is about."""
    from iamlint.aws.sensitive import sensitive_actions

    if "NotAction" in statement:
        return [action for action in sensitive_actions() if statement_matches_action(statement, action)]
    named = set().union(*filter(None, map(_sensitive.__getitem__, [item.text for item in statement.actions])))
    return [action for action in sensitive_actions() if action in named] if named else ()


def _matched(text: str) -> frozenset[str]:
    """The sensitive actions that an action or a pattern is about."""
    lowered = text.lower()
    service = lowered.partition(":")[0]
    near = _names() if _is_wild(service) else _by_service().get(service, {})
    if not _is_wild(lowered):
        return frozenset((near[lowered],)) if lowered in near else frozenset()
    stem = lowered.partition("*")[0].partition("?")[0]
    return frozenset([a for name, a in near.items() if name.startswith(stem) and action_matches(lowered, name)])


_sensitive: Final = Memo(_matched)


@cache
def _names() -> Mapping[str, str]:
    """The sensitive actions by their names in lower case."""
    from iamlint.aws.sensitive import sensitive_actions

    return {action.lower(): action for action in sensitive_actions()}


@cache
def _by_service() -> Mapping[str, Mapping[str, str]]:
    """As `_names`, those of each service."""
    found: dict[str, dict[str, str]] = {}
    for name, action in _names().items():
        found.setdefault(name.partition(":")[0], {})[name] = action
    return found


def _is_wild(text: str) -> bool:
    return "*" in text or "?" in text


def opening_hit(rule: Rule, policies: Sequence[Policy], found: Openings, what: str, fix: str, level: str) -> Hit:
    """A hit at the entry of the statement that opens the gravest action; `what` such a key is, `fix` what to add."""
    first = found.first
    entry = entry_of(first.statement, first.action)
    return rule.finding(
        key(entry) if entry[-1] == "NotAction" else entry,
        opening_message(found, what, fix),
        level=level,
        witness=witness(first.request, policies) if first.outright else None,
        open=[opening.action for opening in found.open],
        closed=list(found.closed),
    )


def opening_message(found: Openings, what: str, fix: str) -> str:
    """What `what` may do, and what to do about it."""
    from iamlint.aws.sensitive import SENSITIVE

    first = found.first
    others = [opening.action for opening in found.open if opening is not first]
    reason = next(group.reason for group in SENSITIVE if first.action in group.actions)
    more = f", and {len(others)} more sensitive actions" if len(others) > 1 else ""
    more = more or "".join(f", and {quote(action)}" for action in others)
    shut = f" (it cannot use {len(found.closed)} more that the policy allows)" if found.closed else ""
    return f"{what} may use {quote(first.action)} to {reason}{more}{shut}; {fix}"
