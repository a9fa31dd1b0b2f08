"""Groups of global condition keys that checks treat alike, in lower case and without tag keys.

From "AWS global condition context keys" (IAM User Guide), as of `DATE`.
"""

from typing import Final

DATE = "2026-10-27"

PRINCIPAL_KEYS: Final = frozenset(
    (
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principaltag",
        "aws:principaltype",
        "aws:userid",
        "aws:username",
    )
)
"""Section "Properties of the principal", without the keys that only tell of service principals."""

ORGANIZATION_KEYS: Final = frozenset(("aws:principalorgid", "aws:principalorgpaths", "aws:principaltag"))
"""Those that only roles, users and their sessions bring along: a service principal is in no organization, has no tags.

The other principal keys are there for service principals, or the section does not tell.
"""

SOURCE_KEYS: Final = frozenset(("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"))
"""Section "Properties of the request": for whose resource a service principal calls.

"The confused deputy problem" (IAM User Guide) names them against that problem.
"""

IS_SERVICE: Final = "aws:principalisawsservice"
"""Whether a service principal calls."""
