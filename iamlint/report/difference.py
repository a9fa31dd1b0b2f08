"""What a rewrite does to the text, in a few lines for people."""

from difflib import SequenceMatcher
from typing import Final

from iamlint.finding import Edit, Rewrite
from iamlint.report.excerpt import excerpt
from iamlint.syntax import Lines

MOST_LINES: Final = 8
"""Longer differences are for `--diff`."""
_LONGEST: Final = 20_000
"""Characters of the lines that a rewrite touches, beyond which nothing is shown."""


def difference(rewrite: Rewrite, lines: Lines, width: int) -> list[str]:
    """Lines that go, after `- `, and those that come, after `+ `, cut to `width`; none where they are many."""
    if not rewrite.edits:
        return []
    first = min(edit.region.line for edit in rewrite.edits)
    last = max(edit.region.end_line for edit in rewrite.edits)
    if last - first > 10 * MOST_LINES or last > lines.count:
        return []
    before = [lines.line_text(number) for number in range(first, last + 1)]
    if sum(map(len, before)) + sum(len(edit.text) for edit in rewrite.edits) > _LONGEST:
        return []
    after = _edited(before, first, rewrite.edits)
    found: list[tuple[str, str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            pairs = list(zip(before[a:b], after[c:d], strict=False))
            found += [("-", line, after[c + i] if i < len(pairs) else "") for i, line in enumerate(before[a:b])]
            found += [("+", line, before[a + i] if i < len(pairs) else "") for i, line in enumerate(after[c:d])]
    if len(found) > MOST_LINES:
        return []
    return [f"{sign} {_cut(line, other, width - 2)}" for sign, line, other in found]


def _edited(before: list[str], first: int, edits: tuple[Edit, ...]) -> list[str]:
    """The lines after the edits, from the last edit to the first, so that places stay right."""
    text = "\n".join(before)
    starts, at = [], 0
    for line in before:
        starts.append(at)
        at += len(line) + 1
    for edit in sorted(edits, key=lambda e: (e.region.line, e.region.column), reverse=True):
        start = starts[edit.region.line - first] + edit.region.column - 1
        end = starts[edit.region.end_line - first] + edit.region.end_column - 1
        text = text[:start] + edit.text.replace("\r\n", "\n").replace("\r", "\n") + text[end:]
    return text.split("\n")


def _cut(line: str, other: str, width: int) -> str:
    """The line where it differs from the other one."""
    start = next((i for i, (a, b) in enumerate(zip(line, other, strict=False)) if a != b), min(len(line), len(other)))
    return excerpt(line, start if other else 0, start + 1, width)[0]
