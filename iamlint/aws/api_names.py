"""Names that people write where IAM wants an action or its prefix, because APIs and SDKs use them."""

import os
from functools import cache


@cache
def _tables() -> tuple[dict[tuple[str, str], tuple[str, ...]], dict[str, str]]:
    operations: dict[tuple[str, str], tuple[str, ...]] = {}
    services: dict[str, str] = {}
    with open(os.path.join(os.path.dirname(__file__), "data", "api_names.txt"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            service, listed, names = line.rstrip("\n").split("\t")
            if service == "=":
                services.update(dict.fromkeys(names.split(" "), listed))
                continue
            actions = tuple(action if ":" in action else f"{service}:{action}" for action in listed.split(" "))
            for name in names.split(" "):
                operations[service, name.lower()] = tuple(action.replace("*", name) for action in actions)
    return operations, services


def actions_of(prefix: str, operation: str) -> tuple[str, ...]:
    """The actions to use for an operation that is none, both names in lower case; () if none is known."""
    return _tables()[0].get((prefix, operation), ())


def prefix_of(name: str) -> str | None:
    """The prefix of a service that SDKs, endpoints or CloudTrail call `name` (in lower case)."""
    return _tables()[1].get(name)


def operations() -> dict[tuple[str, str], tuple[str, ...]]:
    """The table of operations: `{("s3", "listbuckets"): ("s3:ListAllMyBuckets",), …}`."""
    return _tables()[0]


def service_names() -> dict[str, str]:
    """The table of services: `{"stepfunctions": "states", …}`."""
    return _tables()[1]
