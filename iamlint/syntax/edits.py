"""Changes of a value as edits of its text: few characters, in the style that the text has already.

Indentation, line ends, spaces after colons and commas, the order of members and everything that is not changed stay.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from iamlint.record import NamedTuple
from iamlint.syntax.change import Change, Drop, Insert, Rename, changed
from iamlint.syntax.problem import Path, Span
from iamlint.syntax.tree import Tree


class TextEdit(NamedTuple):
    """The code points `start` to `end` (exclusive) of a text become `text`."""

    start: int
    end: int
    text: str


def edits(tree: Tree, value: object, changes: Iterable[Change]) -> list[TextEdit]:
    """The edits of `tree.text` that make the changes of `value`, which stands there; in order, none overlaps another.

    Raises `Conflict` as `changed` does.
    """
    changes = list(changes)
    changed(value, changes)  # refuses what cannot be made
    found: list[TextEdit] = []
    style = _Style(tree)
    by_holder: dict[Path, list[Change]] = {}
    for change in changes:
        if isinstance(change, (Drop, Insert)):
            by_holder.setdefault(change.path[:-1], []).append(change)
        elif isinstance(change, Rename):
            span = tree.span(change.path, "key")
            found.append(TextEdit(*span, style.string(change.key)))
        else:
            span = tree.span(change.path)
            found.append(TextEdit(*span, style.written(change.value, span.start)))
    for holder, within in by_holder.items():
        if len({type(change) for change in within}) > 1:
            # Entries that go and others that come: their commas cannot be told apart, so the holder is written anew.
            span = tree.span(holder)
            inside = [c for c in changes if c.path[: len(holder)] == holder and len(c.path) > len(holder)]
            new = changed(_at(value, holder), [c._replace(path=c.path[len(holder) :]) for c in inside])
            found = [e for e in found if not (span.start <= e.start < span.end and e.end > span.start)]
            found.append(TextEdit(*span, style.written(new, span.start)))
        elif isinstance(within[0], Drop):
            found += _drops(tree, _at(value, holder), holder, [c.path[-1] for c in within])
        else:
            found += _inserts(tree, style, _at(value, holder), holder, within)
    return _outermost(found)


def applied(text: str, made: Sequence[TextEdit]) -> str:
    """`text` after the edits, which are in order and do not overlap."""
    parts, at = [], 0
    for edit in made:
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def _outermost(found: list[TextEdit]) -> list[TextEdit]:
    """Without the edits inside a value that is written anew."""
    kept: list[TextEdit] = []
    for edit in sorted(found, key=lambda e: (e.start, e.end > e.start, -e.end)):  # what is inserted before comes first
        if kept and edit.start < kept[-1].end:
            continue
        kept.append(edit)
    return kept


def _at(value: object, path: Path) -> object:
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


def _steps(value: object) -> list[str | int]:
    return list(value) if isinstance(value, dict) else list(range(len(value)))  # type: ignore[arg-type]


def _whole(tree: Tree, path: Path) -> Span:
    """The span of an item, or of a member with its key."""
    value = tree.span(path)
    return Span(tree.span(path, "key").start, value.end) if isinstance(path[-1], str) else value


def _drops(tree: Tree, value: object, holder: Path, gone: Sequence[str | int]) -> Iterator[TextEdit]:
    """Each run of neighbours goes with the comma behind it, the last run with the one before it."""
    steps, dropped = _steps(value), set(gone)
    going = [step in dropped for step in steps]

    def span(index: int) -> Span:
        return _whole(tree, (*holder, steps[index]))

    if all(going):
        whole = tree.span(holder)
        yield TextEdit(whole.start + 1, whole.end - 1, "")
        return
    index = 0
    while index < len(steps):
        if not going[index]:
            index += 1
            continue
        end = index
        while end < len(steps) and going[end]:
            end += 1
        if end < len(steps):
            yield TextEdit(span(index).start, span(end).start, "")
        else:
            yield TextEdit(span(index - 1).end, span(end - 1).end, "")
        index = end


def _inserts(tree: Tree, style: "_Style", value: object, holder: Path, new: Sequence[Change]) -> Iterator[TextEdit]:
    steps = _steps(value)
    whole = tree.span(holder)

    def span(index: int) -> Span:
        return _whole(tree, (*holder, steps[index]))

    places: dict[int, list[Insert]] = {}
    for change in new:
        if isinstance(change, Insert):
            step = change.path[-1]
            place = step if isinstance(step, int) else 0 if change.first else len(steps)
            places.setdefault(place, []).append(change)
    if not steps:
        content = changed(value, [change._replace(path=change.path[-1:]) for change in new])
        yield TextEdit(*whole, style.written(content, whole.start))
        return
    for place, coming in places.items():
        near = min(place, len(steps) - 1)
        gap = style.gap(span(near).start) if near or len(steps) == 1 else style.gap(span(1).start)
        texts = [style.member(change, span(near).start) for change in coming]
        if place < len(steps):
            start = span(place).start
            yield TextEdit(start, start, "".join(f"{text},{gap}" for text in texts))
        else:
            end = span(len(steps) - 1).end
            yield TextEdit(end, end, "".join(f",{gap}{text}" for text in texts))


class _Style:
    """How a text is written: what new values in it look like."""

    def __init__(self, tree: Tree) -> None:
        self._text = tree.text
        self._root = tree.span(())

    @cached_property
    def _newline(self) -> str:
        found = re.search("\r\n|\n|\r", self._text[self._root.start : self._root.end])
        return found[0] if found else ""

    @cached_property
    def _colon(self) -> str:
        return ": " if re.search(r'"\s*:\s', self._text[self._root.start : self._root.end]) or self._newline else ":"

    @cached_property
    def _comma(self) -> str:
        """Between entries on one line."""
        text = self._text[self._root.start : self._root.end]
        return ", " if re.search(r',[ \t]+["{\[\d]', text) or (self._newline and not re.search(r',"', text)) else ","

    @cached_property
    def _unit(self) -> str:
        """One step of indentation."""
        found = re.search(r"[{\[](?:\r\n|\n|\r)([ \t]+)\S", self._text[self._root.start : self._root.end])
        outer = self._indentation(self._root.start)
        inner = found[1] if found else ""
        return inner.removeprefix(outer) or inner or "  "

    def _indentation(self, at: int) -> str:
        """The white space that the line of this offset begins with."""
        start = self._text.rfind("\n", 0, at) + 1
        start = max(start, self._text.rfind("\r", start, at) + 1)  # a big text without any is not searched to its start
        found = re.compile(r"[ \t]*").match(self._text, start, at)
        return found[0] if found else ""

    def gap(self, at: int) -> str:
        """The white space between the comma, or bracket, and the entry that starts at this offset."""
        start = at
        while start > 0 and self._text[start - 1] in " \t\r\n":
            start -= 1
        gap = self._text[start:at]
        return gap if gap or self._text[start - 1 : start] == "," else self._comma[1:]

    def string(self, text: str) -> str:
        """The text as a JSON string: in ASCII where the file is."""
        return json.dumps(text, ensure_ascii=self._text.isascii() or any("\ud800" <= c <= "\udfff" for c in text))

    def member(self, change: Insert, at: int) -> str:
        """An entry to be added beside the one at this offset."""
        step = change.path[-1]
        key = f"{self.string(step)}{self._colon}" if isinstance(step, str) else ""
        return key + self.written(change.value, at)

    def written(self, value: object, at: int) -> str:
        """`value` as text for this offset."""
        return self._written(value, self._indentation(at))

    def _written(self, value: object, indentation: str) -> str:
        if isinstance(value, str):
            return self.string(value)
        if not isinstance(value, (dict, list)) or not value:
            return json.dumps(value)
        inner = indentation + self._unit
        if isinstance(value, dict):
            entries = [f"{self.string(key)}{self._colon}{self._written(v, inner)}" for key, v in value.items()]
            opening, closing = "{", "}"
        else:
            entries = [self._written(v, inner) for v in value]
            opening, closing = "[", "]"
        if not self._newline or (
            len(value) == 1 and isinstance(value, list) and not isinstance(value[0], (dict, list))
        ):
            return f"{opening}{self._comma.join(entries)}{closing}"
        between = f",{self._newline}{inner}"
        return f"{opening}{self._newline}{inner}{between.join(entries)}{self._newline}{indentation}{closing}"
