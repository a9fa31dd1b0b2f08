"""The span of one value, found by skipping what stands before it at the speed of the C scanner.

For a few questions about a value this costs a tenth of what a `Tree` of it does. The text must be one that `parse`
accepted and in which no object repeats a key.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from iamlint.syntax.embedded import escapes
from iamlint.syntax.problem import Path, Span

_SPACE = r"[ \t\n\r]*+"
_opened: Final = re.compile(_SPACE).match
_next: Final = re.compile(f"{_SPACE},{_SPACE}").match
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_STRINGS = rf"\[{_SPACE}(?:{_STRING}{_SPACE},?+{_SPACE})*+\]"
_key: Final = re.compile(rf'"([^"\\]*+(?:\\.[^"\\]*+)*+)"{_SPACE}:{_SPACE}').match
# Numbers are skipped, not read: of a million digits int() would not want to know.
_read: Final = json.JSONDecoder(parse_int=float).scan_once  # type: ignore[attr-defined]
_MOST = 9
"""Patterns that skip items: one, two, four … of them."""
_OFTEN = 4
"""So often a name is sought before a pattern is made for it, which costs as much as a hundred searches."""
_asked: Final[Counter[str]] = Counter()
_MOST_NAMES = 256
_LONG = 64
"""Characters of a name for which no pattern is made."""


def seek(text: str, start: int, path: Path, token: str = "value") -> Span:
    """What `Tree(text, start).span(path, token)` says. KeyError where the path leads nowhere, or has no key."""
    return Seeker(text, start).span(path, token)


class Seeker:
    """The places of one value, sought one after the other: no way to a place is gone twice.

    It keeps an offset for each step of the ways that it went.
    """

    __slots__ = ("_items", "_starts", "text")

    def __init__(self, text: str, start: int) -> None:
        """The value starts at or after `start`."""
        self.text = text
        self._starts: dict[Path, int] = {(): _after_space(text, start)}
        self._items: dict[Path, tuple[int, int]] = {}
        """The index and the start of the item of a list that was sought last."""

    def start(self, path: Path) -> int:
        """Where the value at `path` starts. KeyError where the path leads nowhere."""
        known = self._starts
        at = known.get(path)
        if at is not None:
            return at
        length = len(path) - 1
        while (at := known.get(path[:length])) is None:
            length -= 1
        while length < len(path):
            above, step = path[:length], path[length]
            length += 1
            at = known[path[:length]] = self._below(at, above, step)
        return at

    def span(self, path: Path, token: str = "value") -> Span:
        """What `seek` says."""
        at = self.start(path)
        if token == "value":
            return Span(at, _read(self.text, at)[1])
        if not path or not isinstance(path[-1], str):
            raise KeyError(path)
        return _member(self.text, self.start(path[:-1]), path[-1])[1]

    def _below(self, at: int, above: Path, step: str | int) -> int:
        """Where the member or item starts of the value at `at`, to which `above` leads."""
        opening = self.text[at : at + 1]
        if isinstance(step, str):
            if opening != "{":
                raise KeyError(step)
            return _member(self.text, at, step)[0]
        if opening != "[" or step < 0:
            raise KeyError(step)
        last, here = self._items.get(above, (0, -1))
        if here < 0 or last > step:
            last, here = 0, _first(self.text, at)
        here = _item_after(self.text, here, step - last)
        self._items[above] = step, here
        return here


def _item_after(text: str, here: int, count: int) -> int:
    """Where the item starts that stands `count` places after the one that starts at `here`; KeyError without one."""
    while count:
        step = 1 << min(count.bit_length(), _MOST) - 1
        found = _after_strings(step)(text, here) if text[here] == '"' else None
        if found is None:
            break
        here, count = found.end(), count - step
    for _ in range(count):
        comma = _next(text, _read(text, here)[1])
        if comma is None:
            raise KeyError(count)
        here = comma.end()
    return here


def inside(text: str, whole: Span, start: int, end: int) -> Span:
    """The span of the code points `start` to `end` of the decoded string whose token is at `whole`.

    Offsets beyond the string are cut. A value that is no string has no inside: its whole span.
    """
    if text[whole.start] != '"':
        return whole
    offsets = escapes(text, whole)
    return Span(*(max(whole.start + 1, min(offsets.origin(max(offset, 0)), whole.end - 1)) for offset in (start, end)))


def _after_space(text: str, at: int) -> int:
    found = _opened(text, at)
    return found.end() if found else at


def _member(text: str, at: int, name: str) -> tuple[int, Span]:
    """Where the value of a key starts, and the key's token; KeyError where the object has no such key."""
    if name.isalpha() and len(name) < _LONG and _is_frequent(name):
        member = _member_after_strings(name)(text, at)
        if member is not None:
            return member.end(), Span(*member.span(1))
    found = _key(text, _after_space(text, at + 1))
    while found:
        if (_read(found[0], 0)[0] if "\\" in found[1] else found[1]) == name:
            return found.end(), Span(found.start(), found.end(1) + 1)
        comma = _next(text, _read(text, found.end())[1])
        found = _key(text, comma.end()) if comma else None
    raise KeyError(name)


def _is_frequent(name: str) -> bool:
    count = _asked[name]
    if count < _OFTEN and len(_asked) < _MOST_NAMES:
        _asked[name] = count + 1
    return count >= _OFTEN


@lru_cache(maxsize=_MOST)
def _after_strings(count: int) -> Callable[[str, int], re.Match[str] | None]:
    """Matches so many strings, each with the comma behind it."""
    return re.compile(f"(?:{_STRING}{_SPACE},{_SPACE}){{{count}}}+").match


@lru_cache(maxsize=_MOST_NAMES)
def _member_after_strings(name: str) -> Callable[[str, int], re.Match[str] | None]:
    """Matches an object up to the value of a member that stands behind strings and lists of strings only."""
    other = f"""(?!"{name}")"[^"\\\\]*+"{_SPACE}:{_SPACE}(?:{_STRING}|{_STRINGS}){_SPACE},{_SPACE}"""
    return re.compile(f"""\\{{{_SPACE}(?:{other})*+("{name}"){_SPACE}:{_SPACE}""").match


def _first(text: str, at: int) -> int:
    """Where the first item of a list starts; KeyError where it has none."""
    here = _after_space(text, at + 1)
    if text[here] == "]":
        raise KeyError(0)
    return here
