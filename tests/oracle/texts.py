"""Texts that are not known: what patterns match them is asked first, and answered by rules at the end.

Where only patterns without variables ask for a text, its rules are a choice among the classes of texts that they tell
apart; z3 then need not reason about strings. A text that a variable puts into others is a string of z3.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import z3

from tests.oracle.classes import ANYTHING, Token, TooMany, classes
from tests.oracle.terms import MARK, STAR, Piece, Truth, Unclear, conj, is_known, matches

_NO_COLON = z3.Star(z3.Union(z3.Range("\x00", "9"), z3.Range(";", "\uffff")))


class Text:
    """An unknown text."""

    def __init__(self, name: str, *, may_be_empty: bool = True, has_colons: bool = True) -> None:
        self.name = name
        self._may_be_empty, self._has_colons = may_be_empty, has_colons
        self._asked: dict[tuple[Any, ...], Any] = {}
        self._is_string = False
        self._string = z3.String(name)
        self._choice = z3.Int(f"{name}.class")
        self._classes: list[tuple[frozenset[int], str]] = []

    @property
    def string(self) -> Any:
        """The text as a string of z3, which it is from now on."""
        self._is_string = True
        return self._string

    def like(self, pattern: tuple[Piece, ...]) -> Truth:
        """True iff the pattern matches the whole text."""
        if not is_known(pattern):
            return _like(pattern, self.string)
        if pattern == (STAR,):
            return True
        return self._atom(("like", *pattern))

    def is_but_for_case(self, wanted: str) -> Truth:
        """True iff the text is `wanted` in any case."""
        if not wanted.isascii():
            raise Unclear("the case of letters that are not ASCII")
        return self._atom(("case", wanted))

    def _atom(self, question: tuple[Any, ...]) -> Any:
        return self._asked.setdefault(question, z3.Bool(f"{self.name} {question}"))

    def rules(self) -> Iterable[Truth]:
        """What holds of the text, and what the answers to all that was asked are; to be asked for last."""
        questions = [_tokens(question) for question in self._asked]
        without = frozenset() if self._has_colons else frozenset(":")
        if not self._is_string:
            try:
                self._classes = classes(questions, without, self._may_be_empty)
            except TooMany:
                self._is_string = True
        if self._is_string:
            if not self._may_be_empty:
                yield self._string != z3.StringVal("")
            if not self._has_colons:
                yield z3.InRe(self._string, _NO_COLON)
            for question, atom in self._asked.items():
                yield atom == (
                    _like(question[1:], self._string)
                    if question[0] == "like"
                    else _same_but_for_case(question[1], self._string)
                )
            return
        yield z3.And(self._choice >= 0, self._choice < len(self._classes))
        members: list[list[int]] = [[] for _ in questions]
        for number, (met, _) in enumerate(self._classes):
            for index in met:
                members[index].append(number)
        for atom, numbers in zip(self._asked.values(), members, strict=True):
            yield atom == z3.Or([self._choice == number for number in numbers])

    def shown(self, model: Any) -> str:
        """The text that a model has."""
        if self._is_string:
            written: str = model.eval(self._string, model_completion=True).as_string()
            return re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda found: chr(int(found[1], 16)), written)
        number: int = model.eval(self._choice, model_completion=True).as_long()
        return self._classes[number][1]


class Known:
    """A text that is known."""

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def string(self) -> Any:
        """The text for z3."""
        return _string(self.text)

    def like(self, pattern: tuple[Piece, ...]) -> Truth:
        """True iff the pattern matches the whole text."""
        return matches(pattern, self.text) if is_known(pattern) else _like(pattern, self.string)

    def is_but_for_case(self, wanted: str) -> Truth:
        """True iff the text is `wanted` in any case."""
        return self.text.lower() == wanted.lower()

    def rules(self) -> Iterable[Truth]:
        """None."""
        return ()

    def shown(self, model: Any) -> str:
        """The text."""
        return self.text


def _tokens(question: tuple[Any, ...]) -> list[Token]:
    kind, *pieces = question
    found: list[Token] = []
    for piece in pieces:
        if piece is STAR:
            found.append(None)
        elif piece is MARK:
            found.append(ANYTHING)
        else:
            found += [frozenset((char.lower(), char.upper())) if kind == "case" else frozenset(char) for char in piece]
    return found


def _string(text: str) -> Any:
    if "\\u" in text or any(ord(char) > 0xFFFF for char in text):
        raise Unclear("a text that z3 would read as an escape")
    return z3.StringVal(text)


def _like(pattern: Sequence[Piece], value: Any) -> Truth:
    """The start and the end in their places, and what lies between one after another, each as early as it can be."""
    runs: list[list[Any]] = [[]]
    for piece in pattern:
        if piece is STAR:
            runs.append([])
        else:
            runs[-1].append(piece)
    if any(MARK in map(_plain, run) for run in runs):
        return _by_expression(pattern, value)
    parts = [_joined(run) for run in runs]
    if len(parts) == 1:
        return value == parts[0]
    first, last = parts[0], parts[-1]
    rest = z3.SubString(value, z3.Length(first), z3.Length(value) - z3.Length(first) - z3.Length(last))
    found = [
        z3.PrefixOf(first, value),
        z3.SuffixOf(last, value),
        z3.Length(value) >= z3.Length(first) + z3.Length(last),
    ]
    for part in parts[1:-1]:
        found.append(z3.Contains(rest, part))
        behind = z3.IndexOf(rest, part, 0) + z3.Length(part)
        rest = z3.SubString(rest, behind, z3.Length(rest) - behind)
    return conj(found)


def _plain(piece: Piece) -> Any:
    return piece if isinstance(piece, str) or piece is MARK else None


def _by_expression(pattern: Sequence[Piece], value: Any) -> Truth:
    if not is_known(pattern):
        raise Unclear("a `?` beside a policy variable")
    sort = z3.ReSort(z3.StringSort())
    pieces = [
        z3.Re(_string(piece)) if isinstance(piece, str) else z3.Full(sort) if piece is STAR else z3.AllChar(sort)
        for piece in pattern
    ]
    return z3.InRe(value, pieces[0] if len(pieces) == 1 else z3.Concat(pieces))


def _joined(run: Sequence[Piece]) -> Any:
    pieces = [_string(piece) if isinstance(piece, str) else piece for piece in run]
    return z3.Concat(pieces) if len(pieces) > 1 else pieces[0] if pieces else z3.StringVal("")


def _same_but_for_case(wanted: str, value: Any) -> Truth:
    pieces = [
        z3.Union(z3.Re(char.lower()), z3.Re(char.upper())) if char.isalpha() else z3.Re(_string(char))
        for char in wanted
    ]
    if not pieces:
        return value == z3.StringVal("")
    return z3.InRe(value, pieces[0] if len(pieces) == 1 else z3.Concat(pieces))
