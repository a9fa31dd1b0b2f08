"""Where rules differ from recorded answers of AWS's policy validation on purpose, and why. Nothing else may differ."""

from typing import NamedTuple


class Argued(NamedTuple):
    """Why answers for a code differ."""

    code: str
    reason: str
    recordings: tuple[str, ...] = ()
    """Only in recordings whose set and name begin so (`elsewhere 1`); empty: in all."""
    is_seen: bool = True
    """Whether the recordings at hand hold such a difference; if not, others are known to."""


_WITHDRAWN = (
    "AWS raised it for some months and then took it back: the same texts are clean later. A preview rule keeps the"
    " check for those who want it."
)
_LISTS = (
    "AWS's lists of the day of the recording lie between two releases of the history, which holds some of what AWS"
    " knew and some of what it did not know yet."
)
_IF_EXISTS = (
    "With IfExists on `iam:PassedToService` AWS flags some statements (`ec2`, `codebuild`) and leaves others alone,"
    " and nothing in their text tells them apart. Here IfExists never exempts, since a request without the key passes."
)

ARGUED = (
    Argued("MISSING_ARN_ACCOUNT", _WITHDRAWN),
    Argued("MISSING_ARN_REGION", _WITHDRAWN, is_seen=False),
    Argued("PASS_ROLE_WITH_STAR_IN_RESOURCE", _IF_EXISTS, is_seen=False),
    Argued(
        "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        _LISTS,
        ("history AmazonConnectServiceLinkedRolePolicy",),
    ),
    Argued(
        "MISSING_RESOURCE",
        "The example in AWS's documentation of the command is older than the check of this code: the answer to a trust"
        " policy that is sent as a resource policy now holds it.",
        ("elsewhere 1",),
    ),
)
