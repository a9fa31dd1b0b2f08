"""Offsets to lines and columns.

A line ends with LF, CRLF or a lone CR, and with nothing else: `str.splitlines` also splits at U+2028, U+0085
and form feed, which editors and SARIF viewers do not.
"""

import re
from array import array
from bisect import bisect_right


class Lines:
    """The lines of one text, for many questions about it."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        # Most files have no CR, and a pattern that is one literal character is searched for much faster.
        end = re.compile("\r\n?|\n" if "\r" in text else "\n")
        self._starts = array("I", [0, *[found.end() for found in end.finditer(text)]])

    @property
    def count(self) -> int:
        """How many lines there are: one more than there are line ends."""
        return len(self._starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of a code-point offset; the CR and LF belong to the line they end."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Line number `line` without its end; IndexError if there is no such line."""
        if not 1 <= line <= len(self._starts):
            raise IndexError(f"line {line} of {len(self._starts)}")
        start = self._starts[line - 1]
        if line == len(self._starts):
            return self._text[start:]
        stop = self._starts[line] - 1
        if self._text[stop] == "\n" and stop > start and self._text[stop - 1] == "\r":
            stop -= 1
        return self._text[start:stop]


def position(text: str, offset: int) -> tuple[int, int]:
    """What `Lines(text).position(offset)` says, for one question only."""
    ends = text.count("\n", 0, offset)
    start = text.rfind("\n", 0, offset) + 1
    if "\r" in text:
        # A CR whose LF stands at or after `offset` has not ended its line yet.
        stop = offset - 1 if offset and text[offset - 1 : offset + 1] == "\r\n" else offset
        ends += text.count("\r", 0, stop) - text.count("\r\n", 0, offset)
        start = max(start, text.rfind("\r", 0, stop) + 1)
    return ends + 1, offset - start + 1
