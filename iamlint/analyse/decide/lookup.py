"""Which of many patterns match a text: by look-up for whole texts and for patterns that end in their only `*`.

Those two kinds are nearly all that policies hold; the others are asked one by one. A look-up takes as many steps as
there are different lengths.
"""

from collections.abc import Iterable
from typing import Final

from iamlint.analyse.wildcards import matches

_STEP: Final = 8  # look-ups that take as long as one pattern


class Lookup:
    """Patterns, each with a set of bits; `find` gives the bits of all that match. `cost` is the steps that it takes."""

    __slots__ = ("_lengths", "_prefixes", "_texts", "_wild", "cost")

    def __init__(self, patterns: Iterable[tuple[str, int]]) -> None:
        self._texts: dict[str, int] = {}
        self._prefixes: dict[str, int] = {}
        self._wild: dict[str, int] = {}
        for pattern, bits in patterns:
            stem = pattern.rstrip("*")
            if "*" in stem or "?" in stem:
                self._wild[pattern] = self._wild.get(pattern, 0) | bits
            elif stem == pattern:
                self._texts[stem] = self._texts.get(stem, 0) | bits
            else:
                self._prefixes[stem] = self._prefixes.get(stem, 0) | bits
        self._lengths = sorted(set(map(len, self._prefixes)))
        self.cost = 1 + len(self._lengths) // _STEP + len(self._wild)

    def find(self, text: str) -> int:
        """The bits of all patterns that match the text."""
        found = self._texts.get(text, 0)
        size = len(text)
        for length in self._lengths:
            if length > size:
                break
            found |= self._prefixes.get(text[:length], 0)
        for pattern, bits in self._wild.items():
            if found | bits != found and matches(pattern, text):
                found |= bits
        return found
