"""What the actions of a statement are in AWS's lists: whole services, and which of them a Resource could limit.

Source: the tables of actions in the AWS Service Authorization Reference, columns "Access level" and "Resource types".
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from iamlint.analyse.actions import action_covers
from iamlint.aws.glob import is_pattern, select
from iamlint.model import Item, Policy, Statement
from iamlint.model.cached import kept
from iamlint.record import NamedTuple
from iamlint.rule.families.names import MOST_PATTERNS

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue
    from iamlint.aws.history import Row

_READING = ("List", "Read")
_WITHOUT = frozenset(("cloudwatch:putmetricdata",))
"""Actions that name a resource only in a rare use: metrics belong to no dataset ("Actions, resources, and condition
keys for Amazon CloudWatch")."""
_LONGEST = 256
"""No action has so long a name, and longer patterns are not kept: a hostile file must not fill the memory."""


class Reach(NamedTuple):
    """The different entries of an Action element, by what a Resource element can do for them.

    An entry that grants no current action is in neither. `writing` are those of `scopable` that grant more than
    listing and reading.
    """

    scopable: tuple[Item, ...]
    unscopable: tuple[Item, ...]
    writing: frozenset[str]


class WholeService(NamedTuple):
    """All current actions of a service, sorted, and whether they only list and read."""

    actions: tuple[str, ...]
    reading: bool


def reach(statement: Statement, catalogue: "Catalogue") -> Reach:
    """The actions of `statement`, sorted by whether some current one that they grant can be limited to resources."""
    scopable: list[Item] = []
    unscopable: list[Item] = []
    writing = set()
    lookups = _lookups(statement.policy)
    first: dict[str, Item] = {}
    for item in statement.actions:
        first.setdefault(item.text.lower(), item)
    rows = catalogue.rows_of([item.text for item in first.values()])
    for (text, item), row in zip(first.items(), rows, strict=True):
        if row is None:
            can, writes = lookups.limits(text, catalogue)
        elif text in _WITHOUT:
            can, writes = False, True
        else:
            can, writes = _limit_of(row)
        if can:
            scopable.append(item)
            if writes:
                writing.add(item.text)
        elif can is not None:
            unscopable.append(item)
    return Reach(tuple(scopable), tuple(unscopable), frozenset(writing))


def takes_none(action: str) -> bool:
    """True iff the action (in lower case) works without the resource that AWS lists for it, and usually does."""
    return action in _WITHOUT


def is_all_actions(pattern: str) -> bool:
    """True iff the pattern matches every action of every service, existing ones and any to come."""
    return pattern.startswith("*") and action_covers(pattern, "*")


def whole_services(statement: Statement, catalogue: "Catalogue") -> Iterator[tuple[Item, tuple[str, ...]]]:
    """Each action that grants every action of some current service, with these services in lower case, sorted."""
    for item in statement.actions:
        if not item.text.endswith(("*", "?")):
            continue
        prefix, _, name = item.text.lower().partition(":")
        if name.strip("*?"):
            continue
        # No action has an empty name: `s3:?*` is all of them too.
        if is_all_actions(item.text) or action_covers(f"x:{name}", "x:?*"):
            services = matching_services(statement.policy, prefix, catalogue)
            if services:
                yield item, services


def matching_services(policy: Policy, prefix: str, catalogue: "Catalogue") -> tuple[str, ...] | None:
    """The current services, sorted, whose prefix the pattern, in lower case, matches.

    None where `policy` has more such patterns than fit into one that IAM accepts.
    """
    if not is_pattern(prefix):
        return (prefix,) if catalogue.service_status(prefix) == "current" else ()
    return _lookups(policy).services(prefix, catalogue)


@lru_cache(maxsize=1024)
def whole_service(service: str, catalogue: "Catalogue") -> WholeService:
    """What `service:*` grants today; the service is given in lower case."""
    reading = all(row.access_level in _READING for row in _rows(service, catalogue))
    return WholeService(catalogue.names(f"{service}:*"), reading)


class _Lookups:
    """What the patterns of one policy match; beyond MOST_PATTERNS different ones nothing is looked up."""

    def __init__(self) -> None:
        self._services: dict[str, tuple[str, ...]] = {}
        self._limits: dict[str, tuple[bool | None, bool]] = {}

    def services(self, prefix: str, catalogue: "Catalogue") -> tuple[str, ...] | None:
        found = self._services.get(prefix)
        if found is None and len(self._services) < MOST_PATTERNS:
            found = self._services[prefix] = tuple(sorted(select(prefix, catalogue.services())))
        return found

    def limits(self, action: str, catalogue: "Catalogue") -> tuple[bool | None, bool]:
        """Whether the action, or one that the pattern matches, takes resources, and whether that one writes.

        None where no such action is known. It is given in lower case.
        """
        if not is_pattern(action):
            return _single(action, catalogue) if len(action) <= _LONGEST else (None, False)
        found = self._limits.get(action)
        if found is None:
            if len(self._limits) >= MOST_PATTERNS:
                return None, False
            prefix, _, name = action.partition(":")
            services = (self.services(prefix, catalogue) or ()) if is_pattern(prefix) else (prefix,)
            ask = _any if len(action) <= _LONGEST else _any.__wrapped__
            found = self._limits[action] = ask(services, name, catalogue)
        return found


@lru_cache(maxsize=16384)
def _single(action: str, catalogue: "Catalogue") -> tuple[bool | None, bool]:
    service, _, name = action.partition(":")
    row = catalogue.current_actions(service).get(name)
    if row is None:
        return None, False
    return (False, True) if takes_none(action) else _limit_of(row)


@lru_cache(maxsize=1 << 14)
def _limit_of(row: "Row") -> tuple[bool | None, bool]:
    return row.scopable, row.access_level not in _READING


@lru_cache(maxsize=4096)
def _any(services: tuple[str, ...], pattern: str, catalogue: "Catalogue") -> tuple[bool | None, bool]:
    found: bool | None = None
    for service in services:
        for row in _rows(service, catalogue):
            if row.matched_by(pattern):
                can = row.scopable
                if can and row.access_level not in _READING:
                    return True, True
                found = can if found is None else found or bool(can)
    return found, False


@kept
def _lookups(policy: Policy) -> _Lookups:
    return _Lookups()


@lru_cache(maxsize=1024)
def _rows(service: str, catalogue: "Catalogue") -> "tuple[Row, ...]":
    """The current actions of the service."""
    return catalogue.action_rows(service) if catalogue.service_status(service) == "current" else ()
