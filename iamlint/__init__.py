"""iamlint: an offline linter for AWS IAM policies.

`check` and `check_text` are the command `iamlint check` from Python, `compare` and `evaluate` the commands of those
names.
They are loaded when first used, so that importing the package costs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iamlint.analyse import Comparison, Request, compare, evaluate
    from iamlint.api import check, check_text
    from iamlint.model import Policy

__version__ = "0.1.0"
__all__ = ["Comparison", "Policy", "Request", "__version__", "check", "check_text", "compare", "evaluate"]

_HOMES = {
    "Comparison": "iamlint.analyse",
    "Policy": "iamlint.model",
    "Request": "iamlint.analyse",
    "check": "iamlint.api",
    "check_text": "iamlint.api",
    "compare": "iamlint.analyse",
    "evaluate": "iamlint.analyse",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
