"""Where every key and value of a JSON value stands in its text."""

import json
import re
from array import array

from iamlint.record import NamedTuple
from iamlint.syntax.embedded import Offsets, escapes
from iamlint.syntax.parsing import parse
from iamlint.syntax.problem import Path, Span

_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SCALAR = r"[-0-9a-z][-+.0-9A-Za-z]*+"
# One match per member or item, or per closing bracket; the index of the last group tells which:
# 1 string item, 2 scalar member, 3 opened member, 4 scalar item, 5 opened item, 6 closing bracket.
_STEP = (
    rf"[ \t\n\r]*+(?:({_STRING})[ \t\n\r]*+(?::[ \t\n\r]*+(?:({_STRING}|{_SCALAR})|([\[{{])))?"
    rf"|({_SCALAR})|([\[{{])|([\]}}]))[ \t\n\r]*+,?+"
)


class Duplicate(NamedTuple):
    """A key that an object holds twice: spans of the first key token and of a later one.

    `path` is the key's. `occurrence` counts the later one among its equals: 1 is the second. Inside a value
    that is itself shadowed by a later equal key, `path` names a place that parsers drop; the spans are right
    all the same.
    """

    path: Path
    name: str
    first: Span
    later: Span
    occurrence: int


class Tree:
    """The spans of everything in the value that starts at `start` of `text`, which `parse` must have accepted.

    Built in one linear pass without recursion, 16 bytes per key or value; asking for one place is then linear in the
    length of its path, but for the first visit of each list or object on the way. Raises `SyntaxProblem` where no
    value starts or the text ends before it does; other mistakes are not looked for again.
    """

    # Nodes are in the order of the text, the root is 0. The children of a node start at the next one, each
    # goes on to `_after` of itself, where its sibling is. A key starts at `_key`; 0 means none, for a brace
    # is before it.
    __slots__ = ("_after", "_decoder", "_end", "_key", "_last", "_members", "_start", "text")

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self._start, self._end, self._key, self._after = array("I"), array("I"), array("I"), array("I")
        self._members: dict[int, dict[str, list[int]] | array[int]] = {}
        self._last: tuple[int, Offsets] | None = None
        self._decoder = json.JSONDecoder()
        while text[start : start + 1] in (" ", "\t", "\n", "\r"):
            start += 1
        if text[start : start + 1] in ("{", "["):
            self._scan(start)
        else:
            _, begin, end, _ = parse(text, start)
            for column, value in ((self._start, begin), (self._end, end), (self._key, 0), (self._after, 1)):
                column.append(value)

    def _scan(self, at: int) -> None:
        starts, ends, keys, afters = self._start, self._end, self._key, self._after
        opened: list[int] = []
        for step in re.compile(_STEP, re.DOTALL).finditer(self.text, at):
            kind = step.lastindex or 0
            if kind == 6:
                node = opened.pop()
                ends[node] = step.end(6)
                afters[node] = len(starts)
                if not opened:
                    return
                continue
            start, end = step.span(kind)
            starts.append(start)
            ends.append(end)
            keys.append(step.start(1) if kind in (2, 3) else 0)
            afters.append(len(starts))
            if kind in (3, 5):
                opened.append(len(starts) - 1)
        parse(self.text, at)  # the text ended too early: this says where

    def span(self, path: Path, token: str = "value", occurrence: int | None = None) -> Span:
        """The span of the value at `path`, or of its key if `token` is `key`.

        `occurrence` picks among equal keys at the last step, from 0; None is the last one, which parsers
        keep. Raises KeyError if the path leads nowhere, or has no key.
        """
        node = self._find(path, occurrence)
        if token == "value":
            return Span(self._start[node], self._end[node])
        if not self._key[node]:
            raise KeyError(path)
        return self._key_token(node)[1]

    def inside(self, path: Path, start: int, end: int, occurrence: int | None = None) -> Span:
        """The span of the code points `start` to `end` of the decoded string at `path`.

        Offsets beyond the string are cut. A value that is no string has no inside: its whole span. KeyError as in
        `span`.
        """
        whole = self.span(path, occurrence=occurrence)
        if self.text[whole.start] != '"':
            return whole
        # A string of many escapes that many findings point into is mapped once.
        if self._last is None or self._last[0] != whole.start:
            self._last = whole.start, escapes(self.text, whole)
        offsets = self._last[1]
        return Span(
            *(max(whole.start + 1, min(offsets.origin(max(offset, 0)), whole.end - 1)) for offset in (start, end))
        )

    def duplicates(self) -> list[Duplicate]:
        """Every key that stands in its object again, in the order of the text."""
        found: list[Duplicate] = []
        opened: list[tuple[int, dict[str, Duplicate | Span]]] = []
        steps: list[str | int] = []
        for node in range(len(self._start)):
            while opened and node >= self._after[opened[-1][0]]:
                opened.pop()
                steps.pop()
            if opened and self._key[node]:
                name, span = self._key_token(node)
                steps[-1] = name
                seen = opened[-1][1]
                earlier = seen.get(name)
                if earlier is None:
                    seen[name] = span
                else:
                    if isinstance(earlier, Span):
                        earlier = Duplicate(tuple(steps), name, earlier, span, 0)
                    later = earlier._replace(later=span, occurrence=earlier.occurrence + 1)
                    seen[name] = later
                    found.append(later)
            elif opened:
                steps[-1] = int(steps[-1]) + 1
            if self.text[self._start[node]] in "{[":
                opened.append((node, {}))
                steps.append(-1)
        return found

    def _find(self, path: Path, occurrence: int | None) -> int:
        node = 0
        for index, step in enumerate(path):
            members = self._members.get(node)
            if members is None:
                members = self._members[node] = self._children(node)
            which = -1 if occurrence is None or index < len(path) - 1 else occurrence
            try:
                if isinstance(members, dict):
                    node = members[step][which]  # type: ignore[index]
                elif isinstance(step, int) and step >= 0 and which <= 0:
                    node = members[step]
                else:
                    raise KeyError(path)
            except (KeyError, IndexError):
                raise KeyError(path) from None
        return node

    def _children(self, node: int) -> "dict[str, list[int]] | array[int]":
        keyed = self.text[self._start[node]] == "{"
        names: dict[str, list[int]] = {}
        items = array("I")
        child = node + 1
        while child < self._after[node]:
            if keyed:
                names.setdefault(self._key_token(child)[0], []).append(child)
            else:
                items.append(child)
            child = self._after[child]
        return names if keyed else items

    def _key_token(self, node: int) -> tuple[str, Span]:
        start = self._key[node]
        name, end = self._decoder.raw_decode(self.text, start)
        return str(name), Span(start, end)
