"""A big value, taken apart while it is read: the members of an object, the items of a list in it.

Each piece is decoded by itself at the speed of the C scanner, so that where it starts comes for nothing.
"""

import re
from collections.abc import Iterator

from iamlint.record import NamedTuple
from iamlint.syntax.parsing import Parsed, Reader
from iamlint.syntax.problem import Path, SyntaxProblem

_SPACE = re.compile(r"[ \t\n\r]*")


class Piece(NamedTuple):
    """A value below the root of a text; `path` leads to it."""

    path: Path
    parsed: Parsed


class Answer(NamedTuple):
    """One object of a text: at `path`, from `start`; its members and, for members that are lists, their items.

    A member that is a list is itself no piece; its name is in `lists`.
    """

    path: Path
    start: int
    members: tuple[Piece, ...]
    lists: tuple[str, ...]


def answers(text: str) -> list[Answer]:
    """The objects that `text` holds: one, several after one another, or those of lists.

    What is neither object nor list is left out. Raises `SyntaxProblem` for broken text; the place is that of the
    first mistake, as `parse` finds it when it starts at the piece that holds it.
    """
    walk = _Walk(text)
    at = walk.skip(0)
    found: list[list[Answer]] = []
    while at < len(text):
        entries, at = walk.value(at)
        found.append(entries)
        at = walk.skip(at)
    if len(found) == 1:
        return found[0]
    return [
        answer._replace(
            path=(index, *answer.path), members=tuple(Piece((index, *p.path), p.parsed) for p in answer.members)
        )
        for index, entries in enumerate(found)
        for answer in entries
    ]


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._reader = Reader()
        self._end = 0

    def skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def value(self, at: int) -> tuple[list[Answer], int]:
        """The objects of the value at `at`, and its end."""
        opening = self._text[at : at + 1]
        if opening == "{":
            answer, end = self._object(at, ())
            return [answer], end
        if opening != "[":
            return [], self._reader.read(self._text, at).end
        entries: list[Answer] = []
        for index, start in enumerate(self._items(at, "]")):
            if self._text.startswith("{", start):
                answer, self._end = self._object(start, (index,))
                entries.append(answer)
            else:
                self._end = self._reader.read(self._text, start).end
        return entries, self._end

    def _object(self, at: int, path: Path) -> tuple[Answer, int]:
        members: list[Piece] = []
        lists: list[str] = []
        text, read = self._text, self._reader.read
        for start in self._items(at, "}"):
            key = read(text, start)
            if not isinstance(key.value, str):
                raise SyntaxProblem.at(text, start, "expected a key in quotes")
            here = self.skip(key.end)
            if text[here : here + 1] != ":":
                raise SyntaxProblem.at(text, min(here, len(text)), "expected a colon after the key")
            here = self.skip(here + 1)
            if text[here : here + 1] == "[":
                lists.append(key.value)
                for index, item in enumerate(self._items(here, "]")):
                    parsed = read(text, item)
                    members.append(Piece((*path, key.value, index), parsed))
                    self._end = parsed.end
            else:
                parsed = read(text, here)
                members.append(Piece((*path, key.value), parsed))
                self._end = parsed.end
        return Answer(path, at, tuple(members), tuple(lists)), self._end

    def _items(self, at: int, closing: str) -> Iterator[int]:
        """Where each entry of the list or object at `at` starts.

        Whoever reads an entry sets `_end` to its end before asking for the next; at last `_end` is that of the whole.
        """
        text = self._text
        here = self.skip(at + 1)
        if text[here : here + 1] == closing:
            self._end = here + 1
            return
        while True:
            yield here
            here = self.skip(self._end)
            mark = text[here : here + 1]
            if mark == closing:
                self._end = here + 1
                return
            if mark != ",":
                raise SyntaxProblem.at(text, min(here, len(text)), f"expected a comma or `{closing}`")
            here = self.skip(here + 1)
