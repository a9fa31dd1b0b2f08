"""Text to values at the speed of the C scanner; where a mistake is, is looked for only when that refuses."""

import json
import re
from typing import Any, NoReturn

from iamlint.record import NamedTuple
from iamlint.syntax.problem import SyntaxProblem

MAX_DEPTH = 500
"""Levels of lists and objects: far more than any policy has, well below what Python's own stack takes."""

_MAX_DIGITS = 4300  # where Python's int() stops, unless the environment says otherwise
_SPACE = re.compile(r"[ \t\n\r]*")


class Parsed(NamedTuple):
    """A value and the span of its text; `duplicates` iff an object in it repeats a key (the last is kept)."""

    value: object
    start: int
    end: int
    duplicates: bool


def parse(text: str, start: int = 0) -> Parsed:
    """The one JSON value (RFC 8259) that starts at `start`; white space before it is skipped.

    Numbers with more than 4300 digits become floats, infinite if need be. Raises `SyntaxProblem`: kind `depth`
    beyond `MAX_DEPTH` levels, else `syntax`.
    """
    return Reader().read(text, start)


def parse_all(text: str) -> tuple[list[Parsed], SyntaxProblem | None]:
    """The values of a text that holds one, or several after one another, up to the first problem.

    A text without any value is a problem as well.
    """
    reader = Reader()
    found: list[Parsed] = []
    at = 0
    try:
        while True:
            found.append(reader.read(text, at, follows=bool(found)))
            at = _skip(text, found[-1].end)
            if at == len(text):
                return found, None
    except SyntaxProblem as problem:
        return found, problem


class Reader:
    """`parse` for many values of one text."""

    __slots__ = ("_decoder", "_repeats")

    def __init__(self) -> None:
        repeats: list[bool] = []

        def keep_last(pairs: list[tuple[str, object]]) -> dict[str, object]:
            members = dict(pairs)
            if len(members) != len(pairs):
                repeats.append(True)
            return members

        self._repeats = repeats
        self._decoder = json.JSONDecoder(object_pairs_hook=keep_last, parse_int=_number, parse_constant=_refuse)

    def read(self, text: str, start: int, *, follows: bool = False) -> Parsed:
        """As `parse`; `follows` says that the value stands behind another one."""
        start = _skip(text, start)
        self._repeats.clear()
        try:
            value, end = self._decoder.raw_decode(text, start)
        except RecursionError:
            raise _explain(text, start, follows, SyntaxProblem.at(text, start, _TOO_DEEP, "depth")) from None
        except json.JSONDecodeError as error:
            offset = min(error.pos, len(text))
            raise _explain(text, start, follows, SyntaxProblem.at(text, offset, error.msg.lower())) from None
        except ValueError as error:
            raise _explain(text, start, follows, SyntaxProblem.at(text, start, str(error))) from None
        if isinstance(value, (dict, list)):
            if _deep(value, text, start, end):
                raise _explain(text, start, follows, SyntaxProblem.at(text, start, _TOO_DEEP, "depth"))
        elif not isinstance(value, str) and (text[end : end + 1].isalnum() or text[end : end + 1] in (*"._+-",)):
            # The C scanner takes what it can: of 01 the 0, of trueish the true.
            raise _explain(text, start, follows, SyntaxProblem.at(text, end, "unexpected text after a value"))
        return Parsed(value, start, end, bool(self._repeats))


_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"


def _skip(text: str, start: int) -> int:
    found = _SPACE.match(text, start)
    return found.end() if found else start


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"`{constant}` is no JSON value")


def _deep(value: object, text: str, start: int, end: int) -> bool:
    """True iff `value` has more than `MAX_DEPTH` levels."""
    if end - start <= 2 * MAX_DEPTH or text.count("[", start, end) + text.count("{", start, end) <= MAX_DEPTH:
        return False
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        children: list[Any] = []
        for each in level:
            children += each.values() if type(each) is dict else each
        level = [child for child in children if type(child) is dict or type(child) is list]
        if not level:
            return False
    return True


def _explain(text: str, start: int, follows: bool, otherwise: SyntaxProblem) -> SyntaxProblem:
    from iamlint.syntax.diagnose import diagnose

    return diagnose(text, start, follows, MAX_DEPTH) or otherwise
