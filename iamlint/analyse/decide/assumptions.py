"""What a proof may take for granted about requests, by name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

TWO_VALUED: Final = "bool-is-true-or-false"
OF_THEIR_TYPE: Final = "values-are-of-their-type"
ONE_VALUE: Final = "one-value-without-set-operator"
NOT_EMPTY: Final = "values-are-not-empty"
ALWAYS_PRESENT: Final = "documented-keys-are-present"
LONG_TERM: Final = "long-term-credentials"
TEMPORARY: Final = "temporary-credentials"
NO_USER: Final = "no-iam-user"

ASSUMPTIONS: Final[Mapping[str, str]] = {
    TWO_VALUED: "a key under `Bool` is `true`, `false` or absent",
    OF_THEIR_TYPE: "a key under an operator for numbers, dates, addresses or bytes holds such a value or is absent",
    ONE_VALUE: "a key has several values only if an operator for several values asks for it",
    NOT_EMPTY: "a key that is present under `Null` or an operator for several values is not empty",
    ALWAYS_PRESENT: "keys that AWS documents as part of every request are present",
    LONG_TERM: "requests are signed with long-term credentials, which know nothing of MFA",
    TEMPORARY: "requests are signed with temporary credentials",
    NO_USER: "the principal is no IAM user, so that `aws:username` is absent",
}
"""What each name means."""

USUAL: Final = frozenset((TWO_VALUED, OF_THEIR_TYPE, ONE_VALUE, NOT_EMPTY))
"""What is assumed unless asked otherwise."""

# AWS IAM User Guide, "AWS global condition context keys": "always included in the request context".
_PRESENT: Final = frozenset(
    (
        "aws:currenttime",
        "aws:epochtime",
        "aws:principalaccount",
        "aws:principalisawsservice",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:useragent",
        "aws:userid",
        "aws:viaawsservice",
    )
)
_TEMPORARY_ONLY: Final = frozenset(("aws:multifactorauthpresent", "aws:tokenissuetime"))
_MFA_ONLY: Final = frozenset(("aws:multifactorauthage",))


def presence(key: str, assume: frozenset[str]) -> bool | None:
    """Whether the key, in lower case, is present or absent in all requests; None where it may be either."""
    if NO_USER in assume and key == "aws:username":
        return False
    if LONG_TERM in assume and (key in _TEMPORARY_ONLY or key in _MFA_ONLY):
        return False
    if TEMPORARY in assume and key in _TEMPORARY_ONLY:
        return True
    return True if ALWAYS_PRESENT in assume and key in _PRESENT else None


def bearing(families: Mapping[str, Iterable[str]], assume: frozenset[str]) -> Iterator[str]:
    """Those of the assumptions that say something of these keys.

    `families` are the operators' families for each key in lower case, `several` among them where the key has a set
    operator.
    """
    for name in ASSUMPTIONS:
        if name in assume and any(_says(name, key, frozenset(found)) for key, found in families.items()):
            yield name


def _says(name: str, key: str, families: frozenset[str]) -> bool:
    if name == TWO_VALUED:
        return "Bool" in families
    if name == OF_THEIR_TYPE:
        return bool(families & {"Numeric", "Date", "IpAddress", "Binary"})
    if name == ONE_VALUE:
        return "several" not in families and bool(families - {"Null"})
    if name == NOT_EMPTY:
        return bool(families & {"Null", "several"}) and bool(families - {"Null", "several"})
    return presence(key, frozenset((name,))) is not None
