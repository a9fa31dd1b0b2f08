"""Which action a CloudTrail event stands for.

The table `data/cloudtrail.json` has the exceptions with their sources; the rule is the event source as prefix and the
event's name as action. An event that fits no action that AWS lists is not guessed at.
"""

import json
import os
import re
from functools import cache, lru_cache
from typing import Any, Final

from iamlint.record import NamedTuple

MAPPED: Final = "mapped"
FREE: Final = "free"
"""No permission is needed for the call."""
SERVICE: Final = "service"
"""No call: something that a service did or a sign-in."""
UNMAPPED: Final = "unmapped"


class Meaning(NamedTuple):
    """The actions of an event, none unless `status` is MAPPED."""

    status: str
    actions: tuple[str, ...] = ()


@cache
def _table() -> dict[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), "data", "cloudtrail.json"), encoding="utf-8") as file:
        table: dict[str, Any] = json.load(file)
    table["event_name"] = {name.lower(): actions for name, actions in table["event_name"].items()}
    table["free"] = frozenset(name.lower() for name in table["no_permission"])
    return table


@lru_cache(maxsize=65_536)
def meaning(source: str, name: str, service_event: str = "", versioned: bool = False) -> Meaning:
    """What an event stands for; `versioned` says that the request named a version of an object."""
    if service_event:
        return Meaning(SERVICE)
    table = _table()
    prefix = source.lower().removesuffix(".amazonaws.com")
    prefix = table["event_source"].get(prefix, prefix)
    free = table["free"]
    if f"{prefix}:{name}".lower() in free or f"{prefix}:*" in free:
        return Meaning(FREE)
    dated = _dated().match(name)
    for each in (name, dated[1]) if dated else (name,):
        actions = _actions(prefix, each)
        if actions:
            return Meaning(MAPPED, tuple(_versioned(action) if versioned else action for action in actions))
    return Meaning(UNMAPPED)


@cache
def _dated() -> re.Pattern[str]:
    return re.compile(_table()["strip_suffix"])


def _actions(prefix: str, name: str) -> tuple[str, ...]:
    from iamlint.aws.api_names import actions_of, prefix_of
    from iamlint.aws.catalogue import catalogue

    known = catalogue()
    low = name.lower()
    listed = _table()["event_name"].get(f"{prefix}:{low}")
    if listed:
        return tuple(listed)
    for verb, action in _table()["verb_rules"].get(prefix, {}).items():
        if name.startswith(verb):
            return (f"{prefix}:{action}",)
    for each in dict.fromkeys((prefix, prefix_of(prefix) or prefix)):
        if not known.is_service(each):
            continue
        found = known.action(each, low)
        if found is not None:
            return (found.qualified,)
        if known.action_status(each, low) == "current":
            return (f"{each}:{name}",)
        if others := actions_of(each, low):
            return others
    return ()


def _versioned(action: str) -> str:
    """The action for a version of an object, where there is one: `s3:GetObjectVersion` for `s3:GetObject`."""
    from iamlint.aws.catalogue import catalogue

    prefix, _, name = action.partition(":")
    found = re.fullmatch(r"((?:Get|Put|Delete)Object)(.*)", name) if prefix == "s3" else None
    longer = f"{found[1]}Version{found[2]}" if found else ""
    return f"s3:{longer}" if longer and catalogue().action("s3", longer.lower()) is not None else action


@lru_cache(maxsize=8192)
def passes_roles(action: str) -> bool:
    """True iff requests for the action can hand a role to a service, which takes `iam:PassRole` and logs no event."""
    from iamlint.analyse import action_matches
    from iamlint.aws.role_takers import role_takers

    takers = role_takers("iam:PassRole").get(action.partition(":")[0], ())
    return any(action_matches(taker.action, action) for taker in takers)
