"""Truth values, and patterns with `*` and `?` in pieces."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import z3

Truth = Any
"""A bool where it is known already, else a formula of z3."""


class Unclear(Exception):
    """Why there is no answer: the documentation leaves the meaning open, or this encoding has no words for it."""


def conj(parts: Iterable[Truth]) -> Truth:
    """True iff all are."""
    open_ = []
    for part in parts:
        if part is False:
            return False
        if part is not True:
            open_.append(part)
    return z3.And(open_) if len(open_) > 1 else open_[0] if open_ else True


def disj(parts: Iterable[Truth]) -> Truth:
    """True iff one is."""
    open_ = []
    for part in parts:
        if part is True:
            return True
        if part is not False:
            open_.append(part)
    return z3.Or(open_) if len(open_) > 1 else open_[0] if open_ else False


def neg(part: Truth) -> Truth:
    """True iff `part` is not."""
    return not part if isinstance(part, bool) else z3.Not(part)


class Wild:
    """A wildcard: `STAR` or `MARK`."""

    def __init__(self, written: str) -> None:
        self.written = written

    def __repr__(self) -> str:
        return self.written


STAR, MARK = Wild("*"), Wild("?")

Piece = Any
"""A plain text, a wildcard, or a string of z3, which stands for itself."""


@lru_cache(maxsize=10_000)
def glob(pattern: str) -> tuple[Piece, ...]:
    """The pattern in pieces; runs of `*` are one."""
    pieces = (piece for piece in re.split(r"(\*+|\?)", pattern) if piece)
    return tuple(STAR if piece[0] == "*" else MARK if piece == "?" else piece for piece in pieces)


def is_known(pattern: Iterable[Piece]) -> bool:
    """True iff nothing in the pattern is an unknown."""
    return all(isinstance(piece, (str, Wild)) for piece in pattern)


@lru_cache(maxsize=10_000)
def _expression(pattern: tuple[Piece, ...]) -> re.Pattern[str]:
    written = (re.escape(p) if isinstance(p, str) else ".*" if p is STAR else "." for p in pattern)
    return re.compile("".join(written), re.DOTALL)


def matches(pattern: tuple[Piece, ...], value: str) -> bool:
    """True iff the pattern, in which all is known, matches the whole of `value`."""
    if len(pattern) == 1 and isinstance(pattern[0], str):
        return pattern[0] == value
    return _expression(pattern).fullmatch(value) is not None
