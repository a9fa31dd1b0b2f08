"""Patterns with `*` and `?` as sets of strings: what two have in common, and texts that stand for all of one.

What two patterns have in common is a union of patterns, finitely many: each says how the plain characters of one lie
between those of the other.

    a* ∩ *b  =  a*b            aba* ∩ *bab  =  aba*bab ∪ abab            a* ∩ b*  =  nothing

And patterns are prime: the text in which wildcards are filled with a letter that occurs nowhere else is matched by
another pattern only if that one matches *all* that this one matches, for only a wildcard takes such a letter. So one
text stands for the whole pattern, and a pattern lies in a union iff it lies in one of its members. `?` alone breaks
this, since it counts: `a*` lies in `a ∪ a?*`. Where patterns with `?` are about, one text for each length that they
can count up to stands for the pattern.

A plain `*` or `?` (`${*}`, or under `StringEquals`) is written as one of two characters that no policy may hold; see
`iamlint.analyse.variables`.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import cycle, product
from typing import Final

from iamlint.analyse.wildcards import covers, matches, meets
from iamlint.analyse.work import Budget

_KEPT: Final = 200  # Longer patterns are not kept in memory.


def canonical(pattern: str) -> str:
    """The one spelling of a pattern: in a run of wildcards all `?` come first, then at most one `*`."""
    if "*" not in pattern or ("**" not in pattern and "*?" not in pattern):
        return pattern
    spelled, marks, star = [], 0, False
    for char in pattern:
        if char == "*":
            star = True
        elif char == "?" and star:
            marks += 1
        else:
            spelled.append("?" * marks + "*" if star else "")
            spelled.append(char)
            marks, star = 0, False
    spelled.append("?" * marks + "*" if star else "")
    return "".join(spelled)


def intersection(one: str, two: str, budget: Budget) -> tuple[str, ...]:
    """Patterns, canonical, that together match exactly the strings that `one` and `two`, both canonical, match.

    Their number is exponential in that of the stars at worst. Raises `TooMuchWork`.
    """
    if one == two or two == "*":
        return (one,)
    if one == "*":
        return (two,)
    if len(one) + len(two) <= _KEPT:
        easy = _easily(one, two)
    else:
        budget.spend((len(one) + len(two)) // 8)
        easy = _compared(one, two)
    return _merged(one, two, budget) if easy is None else easy


def _compared(one: str, two: str) -> tuple[str, ...] | None:
    """The intersection where one pattern lies in the other or they have nothing in common; None where neither."""
    if "*" not in one and "?" not in one:
        return (one,) if matches(two, one) else ()
    if "*" not in two and "?" not in two:
        return (two,) if matches(one, two) else ()
    if not meets(one, two):
        return ()
    if covers(one, two):
        return (two,)
    return (one,) if covers(two, one) else None


_easily = lru_cache(maxsize=16384)(_compared)


def _steps(one: str, two: str, i: int, j: int) -> Iterator[tuple[str, int, int]]:
    """What the common text may have next where both patterns are read up to `i` and `j`, and how far they are then."""
    a, b = one[i : i + 1], two[j : j + 1]
    if a == "*" == b:
        yield "*", i + 1, j
        yield "*", i, j + 1
    elif a == "*":
        yield "", i + 1, j
        if b:
            yield b, i, j + 1
    elif b == "*":
        yield "", i, j + 1
        if a:
            yield a, i + 1, j
    elif a and b and (a == b or a == "?" or b == "?"):
        yield b if a == "?" else a, i + 1, j + 1


def _merged(one: str, two: str, budget: Budget) -> tuple[str, ...]:
    end = (len(one), len(two))
    reached, queue = {(0, 0)}, [(0, 0)]
    for place in queue:
        for _, *after in _steps(one, two, *place):
            there = (after[0], after[1])
            if there not in reached:
                reached.add(there)
                queue.append(there)
    budget.spend(8 * len(queue))
    # From the end: the texts that may follow each place.
    rest: dict[tuple[int, int], tuple[str, ...]] = {end: ("",)}
    for i, j in sorted(queue, key=sum, reverse=True):
        if (i, j) == end:
            continue
        found = {canonical(char + text) for char, x, y in _steps(one, two, i, j) for text in rest.get((x, y), ())}
        budget.spend(2 * len(found) ** 2)
        rest[i, j] = widest(found)
    return rest[0, 0]


def widest(patterns: Iterable[str]) -> tuple[str, ...]:
    """Those of the patterns that no other one covers, in a fixed order."""
    ordered = sorted(patterns, key=lambda pattern: (len(pattern), pattern))
    if len(ordered) < 2:
        return tuple(ordered)
    return tuple(p for p in ordered if not any(p != other and covers(other, p) for other in ordered))


def texts(pattern: str, letters: str, counted: int) -> Iterator[str]:
    """Texts of the canonical `pattern`: every text of it has a like among them, or is matched by more.

    More of the patterns, that is, which hold none of the `letters` and each at most `counted` times `?`. The letters
    fill the wildcards, one after the other and then from the first again. The longest text comes first.
    """
    if "*" not in pattern and "?" not in pattern:
        yield pattern
        return
    pieces = pattern.split("*")
    lengths = (counted + 1, *range(counted + 1)) if counted else (1,)
    for chosen in product(lengths, repeat=len(pieces) - 1):
        letter = cycle(letters)
        made = []
        for piece, length in zip(pieces, (*chosen, 0), strict=True):
            made.append("".join(next(letter) if char == "?" else char for char in piece) if "?" in piece else piece)
            made.append("".join(next(letter) for _ in range(length)))
        yield "".join(made)


def between(before: str, pattern: str, after: str, budget: Budget) -> set[str]:
    """Patterns, canonical, of what may stand between `before` and `after` in the texts of `pattern`.

    A text `v` is matched by one of them iff some text of `pattern` is of the form x v y with `before` matching x and
    `after` matching y; all are canonical patterns.
    """
    budget.spend(1 + len(pattern) * (2 + (len(before) + len(after)) // 16))
    starts = {i for i in range(len(pattern) + 1) if meets(before, pattern[:i])}
    ends = {i for i in range(len(pattern) + 1) if meets(after, pattern[i:])}
    # A star that is used up in part has its other part in what stands between.
    starts = {i - 1 if pattern[i - 1 : i] == "*" and i else i for i in starts}
    ends = {i + 1 if pattern[i : i + 1] == "*" else i for i in ends}
    budget.spend(len(starts) * len(ends))
    return {canonical(pattern[i:j]) for i in starts for j in ends if i <= j}
