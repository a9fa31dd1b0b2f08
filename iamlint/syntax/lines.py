"""Offsets to lines and columns.

A line ends with LF, CRLF or a lone CR, and with nothing else: `str.splitlines` also splits at U+2028, U+0085
and form feed, which editors and SARIF viewers do not.
"""

import re
from array import array
from bisect import bisect_left, bisect_right

_BLOCK = 1 << 11


class Lines:
    """The lines of one text, for many questions about it.

    Line ends are counted block by block, not kept: a text of 100 MB costs milliseconds and next to no memory.
    """

    __slots__ = ("_before", "_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        # A CR may or may not end its line. Few files have one; there the start of every line is kept.
        self._starts: array[int] | None = None
        if "\r" in text:
            self._starts = array("I", [0])
            self._starts.extend(found.end() for found in re.compile("\r\n?|\n").finditer(text))
        self._before = array("I", [0])
        """How many line ends there are before each block, and at last in all."""
        if self._starts is None:
            count = 0
            for start in range(0, len(text), _BLOCK):
                count += text.count("\n", start, start + _BLOCK)
                self._before.append(count)

    @property
    def count(self) -> int:
        """How many lines there are: one more than there are line ends."""
        return len(self._starts) if self._starts is not None else self._before[-1] + 1

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of a code-point offset; the CR and LF belong to the line they end."""
        if self._starts is not None:
            line = bisect_right(self._starts, offset)
            return line, offset - self._starts[line - 1] + 1
        block = min(offset // _BLOCK, len(self._before) - 1)
        ends = self._before[block] + self._text.count("\n", block * _BLOCK, offset)
        start = self._text.rfind("\n", block * _BLOCK, offset) + 1
        return ends + 1, offset - (start or self._start(ends)) + 1

    def range(self, start: int, end: int) -> tuple[int, int, int, int]:
        """The positions of two offsets; faster than one after the other where they are in one line."""
        line, column = self.position(start)
        if start <= end and self._starts is None and self._text.find("\n", start, end) < 0:
            return line, column, line, column + end - start
        return line, column, *self.position(end)

    def line_text(self, line: int) -> str:
        """Line number `line` without its end; IndexError if there is no such line."""
        if not 1 <= line <= self.count:
            raise IndexError(f"line {line} of {self.count}")
        start = self._start(line - 1)
        if line == self.count:
            return self._text[start:]
        stop = self._start(line) - 1
        if self._text[stop] == "\n" and stop > start and self._text[stop - 1] == "\r":
            stop -= 1
        return self._text[start:stop]

    def _start(self, ends: int) -> int:
        """Where the line starts that has `ends` line ends before it."""
        if self._starts is not None:
            return self._starts[ends]
        if ends == 0:
            return 0
        block = bisect_left(self._before, ends) - 1  # the block that holds the last of them
        at = block * _BLOCK - 1
        for _ in range(ends - self._before[block]):
            at = self._text.find("\n", at + 1)
        return at + 1


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
