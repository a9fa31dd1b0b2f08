"""Values that stand for all values of a type: numbers, dates, addresses, booleans, bytes.

Each function takes what the conditions compare with and gives values such that every value of the type is treated by
all these conditions like one of those given.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from decimal import Decimal

_LONGEST_PLAIN: Final = 30  # digits of a number that is written without an exponent
_FIRST_SECOND: Final = -62135596800  # 0001-01-01
_LAST_SECOND: Final = 253402300799  # 9999-12-31T23:59:59


def numbers(limits: Iterable["Decimal"]) -> "Iterator[Decimal]":
    """Each limit, one number between each two neighbours, one below and one above all."""
    from decimal import Context, Decimal

    exact = Context(prec=200)
    ordered = sorted(set(limits))
    if not ordered:
        yield Decimal(0)
        return
    yield exact.subtract(ordered[0], exact.add(abs(ordered[0]), 1))
    for one, two in pairwise(ordered):
        yield one
        yield exact.divide(exact.add(one, two), 2)
    yield ordered[-1]
    yield exact.add(ordered[-1], exact.add(abs(ordered[-1]), 1))


def number_text(value: "Decimal") -> str:
    """The number as a request may have it."""
    plain = abs(value.adjusted()) < _LONGEST_PLAIN and len(value.as_tuple().digits) < _LONGEST_PLAIN
    return f"{value:f}" if plain else str(value)


def date_text(moment: "Decimal") -> str:
    """The date of so many seconds since 1970 in ISO 8601, where it has one that says it exactly, else the seconds."""
    if not _FIRST_SECOND <= moment <= _LAST_SECOND or moment != moment.quantize(type(moment)("0.001")):
        return number_text(moment)
    from datetime import UTC, datetime, timedelta

    text = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(moment * 1000))).isoformat()
    return text.replace("+00:00", "Z")


def addresses(networks: Iterable[tuple[int, int, int]], count: int = 1) -> Iterator[str]:
    """The first addresses of each stretch of addresses that are in the same networks: so many, or all there are.

    Of both versions of IP; networks are version, first and last address.
    """
    from ipaddress import IPv4Address, IPv6Address

    starts = {(4, 0), (6, 0)}
    for version, first, last in networks:
        starts.add((version, first))
        starts.add((version, last + 1))
    ends = {4: 1 << 32, 6: 1 << 128}
    ordered = sorted(starts)
    for (version, start), (other, following) in pairwise([*ordered, (0, 0)]):
        end = following if other == version else ends[version]
        for address in range(start, min(start + count, end)):
            yield str(IPv4Address(address) if version == 4 else IPv6Address(address))


def binaries(values: Iterable[str]) -> Iterator[str]:
    """Each value, and one that decodes to other bytes than they all do."""
    from base64 import b64encode

    longest = 0
    for value in dict.fromkeys(values):
        longest = max(longest, len(value))
        yield value
    yield b64encode(b"x" * (longest + 1)).decode()
