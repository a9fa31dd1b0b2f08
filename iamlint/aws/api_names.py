"""Names of API operations that people write where IAM wants an action."""

import json
import os
from functools import cache


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    with open(os.path.join(os.path.dirname(__file__), "data", "api_names.json"), encoding="utf-8") as file:
        table: dict[str, dict[str, list[str]]] = json.load(file)
    return table


@cache
def _service(prefix: str) -> dict[str, tuple[str, ...]]:
    operations = _table().get(prefix, {})
    return {
        name.lower(): tuple(action if ":" in action else f"{prefix}:{action}" for action in actions)
        for name, actions in operations.items()
    }


def hint(prefix: str, name: str) -> tuple[str, ...]:
    """The actions to use for an operation, both names in lower case; () if the table has none."""
    return _service(prefix).get(name, ())
