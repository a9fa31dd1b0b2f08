"""iamlint: an offline linter for AWS IAM policies.

`check` and `check_text` are the command `iamlint check` from Python, `evaluate` is the command `iamlint evaluate`.
They are loaded when first used, so that importing the package costs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iamlint.analyse import Request, evaluate
    from iamlint.api import check, check_text
    from iamlint.model import Policy

__version__ = "0.1.0"
__all__ = ["Policy", "Request", "__version__", "check", "check_text", "evaluate"]

_HOMES = {
    "Policy": "iamlint.model",
    "Request": "iamlint.analyse",
    "check": "iamlint.api",
    "check_text": "iamlint.api",
    "evaluate": "iamlint.analyse",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
