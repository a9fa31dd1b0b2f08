"""iamlint: an offline linter for AWS IAM policies.

`check` and `check_text` are the command `iamlint check` from Python, `compare` and `evaluate` the commands of those
names.
They are loaded when first used, so that importing the package costs nothing.
"""

from typing import TYPE_CHECKING

from iamlint.lazy import names_from

if TYPE_CHECKING:
    from iamlint.analyse import Comparison, Request, compare, evaluate
    from iamlint.api import check, check_text
    from iamlint.model import Policy

__version__ = "0.1.0"
__all__ = ["Comparison", "Policy", "Request", "__version__", "check", "check_text", "compare", "evaluate"]

__getattr__ = names_from(
    __name__,
    {
        ".analyse": ("Comparison", "Request", "compare", "evaluate"),
        ".api": ("check", "check_text"),
        ".model": ("Policy",),
    },
)
