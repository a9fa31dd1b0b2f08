"""Choosing one value for each unknown so that together they escape everything.

Each value of an unknown escapes some statements, as a set of bits. The choice is a set cover, hard at worst; here the
statement that fewest values escape is settled first, values that escape less than others of the same unknown are left
out, and what failed once is not tried again.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias, TypeVar

from iamlint.analyse.work import Budget

T = TypeVar("T")
Option: TypeAlias = tuple[T, int]
"""A value and the set of what it escapes."""


def bits(number: int) -> Iterator[int]:
    """The places of the bits that are set, from the lowest on."""
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


def largest(options: Sequence[Option[T]], budget: Budget) -> list[Option[T]]:
    """The options whose sets lie in no other one's, the first of those with equal sets."""
    kept: list[Option[T]] = []
    for option in sorted(options, key=lambda option: -option[1].bit_count()):
        mine = option[1]
        budget.spend(1 + len(kept) // 8)
        if not any(mine | other == other for _, other in kept):
            kept.append(option)
    return kept


def cover(unknowns: Sequence[Sequence[Option[T]]], wanted: int, budget: Budget) -> list[T] | None:
    """One value for each unknown such that together they escape all of `wanted`; None where there is no such choice.

    Raises `TooMuchWork`.
    """
    if not all(unknowns):
        return None
    kept = [largest([(value, escaped & wanted) for value, escaped in options], budget) for options in unknowns]
    picked: dict[int, T] = {}
    if not _settle(kept, wanted, picked, set(), budget):
        return None
    return [picked[number] if number in picked else options[0][0] for number, options in enumerate(unknowns)]


def _settle(
    unknowns: Sequence[Sequence[Option[T]]],
    wanted: int,
    picked: dict[int, T],
    failed: set[tuple[int, frozenset[int]]],
    budget: Budget,
) -> bool:
    if not wanted:
        return True
    state = (wanted, frozenset(picked))
    if state in failed:
        return False
    budget.spend(1 + sum(map(len, unknowns)))
    for number, value, escaped in _fewest(unknowns, wanted, picked):
        picked[number] = value
        if _settle(unknowns, wanted & ~escaped, picked, failed, budget):
            return True
        del picked[number]
    failed.add(state)
    return False


def _fewest(unknowns: Sequence[Sequence[Option[T]]], wanted: int, picked: dict[int, T]) -> list[tuple[int, T, int]]:
    """The ways to escape that statement of `wanted` which has the fewest."""
    best: list[tuple[int, T, int]] | None = None
    for place in bits(wanted):
        bit = 1 << place
        ways = [
            (number, value, escaped)
            for number, options in enumerate(unknowns)
            if number not in picked
            for value, escaped in options
            if escaped & bit
        ]
        if best is None or len(ways) < len(best):
            best = ways
            if len(ways) < 2:
                break
    return sorted(best or [], key=lambda way: -(way[2] & wanted).bit_count())
