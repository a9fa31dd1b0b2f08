"""Which entries of an Action element could be limited to resources.

Source: the tables of actions in the AWS Service Authorization Reference, columns "Access level" and "Resource types".
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from iamlint.analyse.actions import action_covers
from iamlint.aws.glob import is_pattern, select
from iamlint.model import Item

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue

_READING = ("List", "Read")
_MOST_PATTERNS = 500
"""Different wildcard patterns looked up per statement; AWS's ReadOnlyAccess has fewer. The rest is left out."""


class Reach(NamedTuple):
    """The different entries of an Action element, by what a Resource element can do for them.

    An entry that grants no current action is in neither. `writing` are those of `scopable` that grant more than
    listing and reading.
    """

    scopable: tuple[Item, ...]
    unscopable: tuple[Item, ...]
    writing: frozenset[str]


def reach(actions: Iterable[Item], catalogue: "Catalogue") -> Reach:
    """`actions` sorted by whether some current action that they grant can be limited to resources."""
    scopable: list[Item] = []
    unscopable: list[Item] = []
    writing = set()
    patterns = 0
    for text, item in {item.text.lower(): item for item in reversed(tuple(actions))}.items():
        patterns += is_pattern(text)
        if is_pattern(text) and patterns > _MOST_PATTERNS:
            continue
        can, writes = _wild(text, catalogue) if is_pattern(text) else _single(text, catalogue)
        if can is not None:
            (scopable if can else unscopable).append(item)
        if can and writes:
            writing.add(item.text)
    return Reach(tuple(reversed(scopable)), tuple(reversed(unscopable)), frozenset(writing))


def is_all_actions(pattern: str) -> bool:
    """True iff the pattern matches every action of every service, existing ones and any to come."""
    return pattern.startswith("*") and action_covers(pattern, "*")


def whole_services(actions: Iterable[Item], catalogue: "Catalogue") -> Iterator[tuple[Item, tuple[str, ...]]]:
    """Each entry that grants every action of some current service, with these services in lower case, sorted."""
    patterns = 0
    for item in actions:
        if not item.text.endswith(("*", "?")):
            continue
        prefix, _, name = item.text.lower().partition(":")
        # No action has an empty name: `s3:?*` is all of them too.
        if not is_all_actions(item.text) and not action_covers(f"x:{name}", "x:?*"):
            continue
        patterns += is_pattern(prefix)
        if is_pattern(prefix) and patterns > _MOST_PATTERNS:
            continue
        services = matching_services(prefix, catalogue)
        if services:
            yield item, services


def matching_services(prefix: str, catalogue: "Catalogue") -> tuple[str, ...]:
    """The current services, sorted, whose prefix the pattern matches; it is given in lower case."""
    if is_pattern(prefix):
        return tuple(sorted(select(prefix, catalogue.services())))
    return (prefix,) if catalogue.service_status(prefix) == "current" else ()


class WholeService(NamedTuple):
    """All current actions of a service, sorted, and whether they only list and read."""

    actions: tuple[str, ...]
    reading: bool


@lru_cache(maxsize=1024)
def whole_service(service: str, catalogue: "Catalogue") -> WholeService:
    """What `service:*` grants today; the service is given in lower case."""
    reading = all(catalogue.access_level(service, name) in _READING for name in _names(service, catalogue))
    return WholeService(catalogue.names(f"{service}:*"), reading)


@lru_cache(maxsize=16384)
def _single(action: str, catalogue: "Catalogue") -> tuple[bool | None, bool]:
    service, _, name = action.partition(":")
    if catalogue.action_status(service, name) != "current":
        return None, False
    return catalogue.scopable(service, name), catalogue.access_level(service, name) not in _READING


@lru_cache(maxsize=4096)
def _wild(pattern: str, catalogue: "Catalogue") -> tuple[bool | None, bool]:
    if not pattern.strip("*:"):
        return True, True
    prefix, _, name = pattern.partition(":")
    found: bool | None = None
    for service in matching_services(prefix, catalogue):
        for match in select(name, _names(service, catalogue)):
            can = catalogue.scopable(service, match)
            if can and catalogue.access_level(service, match) not in _READING:
                return True, True
            found = can if found is None else (found or bool(can))
    return found, False


@lru_cache(maxsize=1024)
def _names(service: str, catalogue: "Catalogue") -> tuple[str, ...]:
    """The current actions of the service, in lower case."""
    return tuple(name for _, name in catalogue.matching(f"{service}:*"))
