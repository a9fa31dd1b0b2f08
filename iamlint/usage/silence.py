"""Trails that log nothing of calls that only read.

A trail's event selectors can leave them out ("Read-only and write-only events" in the CloudTrail user guide). That
nobody was seen to read then tells nothing, and no action that reads is taken away for it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from iamlint.analyse.wildcards import matches
from iamlint.model import Policy
from iamlint.usage.table import Table

_READING: Final = frozenset(("List", "Read"))
_ALWAYS: Final = re.compile(r"(?:Describe|Get|List)[A-Z]")
"""Events of these names are read-only to CloudTrail where AWS's access level says so, too."""
_WORD: Final = re.compile(r"[A-Z][a-z]+(?=[A-Z])")
_MOST_SERVICES: Final = 40


def reads_are_silent(table: Table) -> bool:
    """True iff calls were seen, by whomever, and none of them only reads."""
    from iamlint.aws.catalogue import catalogue

    known = catalogue()
    seen = {row.action for row in table.rows if row.action}
    return bool(seen) and not any(
        _ALWAYS.match(name) and known.access_level(prefix, name.lower()) in _READING
        for prefix, _, name in (action.partition(":") for action in seen)
    )


def reading(policy: Policy) -> tuple[str, ...] | None:
    """Patterns of the actions that read, of the services that the policy allows something of; None where it is many."""
    services = services_of(policy)
    if len(services) > _MOST_SERVICES:
        return None
    return tuple(pattern for service in sorted(services) for pattern in _patterns(service))


def services_of(policy: Policy) -> set[str]:
    """The services, by prefix, of which the policy allows something; all that AWS lists where it names none."""
    from iamlint.aws.catalogue import catalogue

    allows = [statement for statement in policy.statements if statement.allows]
    named = {item.text.lower().partition(":")[0] for statement in allows for item in statement.actions}
    if any("NotAction" in statement for statement in allows):
        named.add("*")
    wild = [name for name in named if "*" in name or "?" in name]
    found = {name for name in named if name not in wild}
    return found | {each for each in (catalogue().services() if wild else ()) if any(matches(w, each) for w in wild)}


def _patterns(service: str) -> Iterator[str]:
    """`ec2:Describe*` where all that begins so reads, else action by action."""
    from iamlint.aws.catalogue import catalogue

    details = catalogue().service(service)
    if details is None:
        return
    groups: dict[str, list[tuple[str, bool]]] = {}
    for action in details.actions.values():
        first = _WORD.match(action.name)
        group = groups.setdefault(first[0] if first else action.name, [])
        group.append((action.name, action.access_level in _READING))
    for word, own in sorted(groups.items()):
        yield from (f"{service}:{each}" for each in _shortest(word, own))


def _shortest(word: str, own: Iterable[tuple[str, bool]]) -> list[str]:
    names = [name for name, reads in own if reads]
    return [f"{word}*"] if len(names) > 1 and all(reads for _, reads in own) else sorted(names)
