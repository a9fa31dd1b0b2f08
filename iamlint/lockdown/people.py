"""Who is a person, who a machine: the how-to's lines on MFA are about persons. Each answer comes with its reason."""

import re
from collections.abc import Iterable
from typing import Final

from iamlint.analyse.wildcards import matches
from iamlint.config import Environment
from iamlint.lockdown.evidence import Evidence
from iamlint.model.account import User
from iamlint.model.fact import Unknown
from iamlint.record import NamedTuple

PERSON: Final = "person"
MACHINE: Final = "machine"
UNKNOWN: Final = "unknown"

_OF_PERSONS: Final = frozenset(("human", "humans", "people", "person", "persons", "staff", "employees"))
_OF_MACHINES: Final = frozenset(
    (
        *("app", "apps", "application", "applications", "bot", "bots", "ci", "cicd", "machine", "machines"),
        *("robot", "robots", "service", "services", "svc", "system", "workload", "workloads"),
    )
)
_TAGS: Final = frozenset(("kind", "type", "usertype", "principaltype", "identitytype", "accounttype"))
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


class Kind(NamedTuple):
    """`person`, `machine` or `unknown`, and why."""

    name: str
    reason: str


def named_in(entries: Iterable[str], user: User) -> bool:
    """True iff one of the entries is the user's name, or a pattern of its ARN."""
    return any(entry == user.name or (entry.startswith("arn:") and matches(entry, user.arn)) for entry in entries)


def kind_of(user: User, environment: Environment, evidence: Evidence | None = None) -> Kind:
    """What a user is: the configuration's word comes first, then what a machine cannot have, names, user agents."""
    if named_in(environment.persons, user):
        return Kind(PERSON, "the configuration says so")
    if named_in(environment.machines, user):
        return Kind(MACHINE, "the configuration says so")
    if not isinstance(user.has_password, Unknown) and user.has_password:
        return Kind(PERSON, "has a console password")
    if not isinstance(user.has_mfa, Unknown) and user.has_mfa:
        return Kind(PERSON, "has an MFA device")
    for of, name in ((_OF_PERSONS, PERSON), (_OF_MACHINES, MACHINE)):
        part = next((part for part in user.path.strip("/").lower().split("/") if part in of), None)
        if part is not None:
            return Kind(name, f"the path {user.path}")
    if not isinstance(user.tags, Unknown):
        for key, value in user.tags.items():
            if re.sub("[^a-z]", "", key.lower()) in _TAGS:
                if value.lower() in _OF_PERSONS:
                    return Kind(PERSON, f"the tag {key}")
                if value.lower() in _OF_MACHINES:
                    return Kind(MACHINE, f"the tag {key}")
    words = re.split("[^a-z]+", user.name.lower())
    if not _OF_MACHINES.isdisjoint(words):
        return Kind(MACHINE, "the name")
    if _MAIL.fullmatch(user.name):
        return Kind(PERSON, "the name is a mail address")
    seen = None if evidence is None else _by_agents(user, evidence)
    if seen is not None:
        return seen
    if isinstance(user.has_password, Unknown):
        return Kind(UNKNOWN, "no credential report tells of a console password")
    return Kind(UNKNOWN, "no console password, no MFA device, and no path, tag or name that tells")


def _by_agents(user: User, evidence: Evidence) -> Kind | None:
    """What the user agents of the observed calls tell, where all that tell something tell the same."""
    from iamlint.usage import workloads

    found = workloads.guess(evidence.table.of(user.arn))
    if not found.sure or found.kind is workloads.UNKNOWN:
        return None
    return Kind(PERSON if found.kind is workloads.PERSON else MACHINE, f"seen in use: {found.reasons[0]}")
