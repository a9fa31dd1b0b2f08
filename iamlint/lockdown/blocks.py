"""What a report is made of, and how that looks as text and as Markdown."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Final, TypeAlias

from iamlint.lockdown.cells import markdown, plain
from iamlint.record import NamedTuple

_WIDEST: Final = 72
"""Columns of a cell of a text table; what is longer goes over several lines."""


class Title(NamedTuple):
    """A heading."""

    text: str
    level: int = 2


class Words(NamedTuple):
    """A paragraph."""

    text: str


class Items(NamedTuple):
    """A list."""

    entries: tuple[str, ...]


class Rows(NamedTuple):
    """A table."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block: TypeAlias = Title | Words | Items | Rows


def as_text(blocks: Iterable[Block]) -> str:
    """For a terminal or an editor."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Title(text, level):
                shown = plain(text)
                lines += [shown, "=-~"[level - 1] * len(shown), ""]
            case Words(text):
                lines += [plain(text, 2000), ""]
            case Items(entries):
                lines += [*(f"  - {plain(entry, 2000)}" for entry in entries), ""]
            case Rows(head, rows):
                lines += [*_columns([head, *rows]), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def as_markdown(blocks: Iterable[Block]) -> str:
    """For a wiki or a pull request."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Title(text, level):
                lines += [f"{'#' * level} {markdown(text)}", ""]
            case Words(text):
                lines += [markdown(text, 2000), ""]
            case Items(entries):
                lines += [*(f"- {markdown(entry, 2000)}" for entry in entries), ""]
            case Rows(head, rows):
                lines += [_row(head), _row(["---"] * len(head), raw=True), *map(_row, rows), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(cells: Sequence[str], raw: bool = False) -> str:
    return f"| {' | '.join(cells if raw else [markdown(cell, 2000) for cell in cells])} |"


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """The table in columns; a cell that is too wide goes on below itself."""
    shown = [[_folded(plain(cell, 2000)) for cell in row] for row in rows]
    widths = [min(_WIDEST, max(len(line) for row in shown for line in row[at])) for at in range(len(shown[0]))]
    return [
        "  " + "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()
        for row in shown
        for parts in zip_longest(*row, fillvalue="")
    ]


def _folded(text: str) -> list[str]:
    """The lines of a cell; words such as paths stay whole."""
    return wrap(text, _WIDEST, break_long_words=False, break_on_hyphens=False) or [""]
