"""What a stranger's request may have: values that no policy had to know.

Amazon S3 User Guide, "The meaning of 'public'" in "Blocking public access to your Amazon S3 storage": a policy is not
public where it fixes one of these keys to values without wildcards, or addresses to a range that is not too broad.
"""

from collections.abc import Iterable, Sequence
from typing import Final

TELLING: Final = frozenset(
    (
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:userid",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:vpcsourceip",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    )
)
"""Keys, in lower case, that tell who asks or where from."""

_BROADEST: Final = {4: 1 << 24, 6: 1 << 96}
"""Addresses in the broadest range that is not public: /8 of IPv4, /32 of IPv6."""


def is_strange(values: Sequence[str], letters: str, networks: Iterable[tuple[int, int, int]]) -> bool:
    """True iff a stranger may have these values for a telling key: none, or such as hold one of the free `letters`.

    An address may lie in none of the `networks` (version, first and last address) but broad ones.
    """
    return all(any(letter in value for letter in letters) or _is_far(value, networks) for value in values)


def _is_far(value: str, networks: Iterable[tuple[int, int, int]]) -> bool:
    from ipaddress import ip_address

    try:
        address = ip_address(value)
    except ValueError:
        return False
    return not any(
        version == address.version and first <= int(address) <= last < first + _BROADEST[version]
        for version, first, last in networks
    )


def is_stranger(principal: str, letters: str) -> bool:
    """True iff nobody had to know this principal: it is anonymous, or of an account that is made of free letters."""
    if principal == "anonymous":
        return True
    fields = principal.split(":", 5)
    return len(fields) == 6 and bool(fields[4]) and all(char in letters for char in fields[4])
