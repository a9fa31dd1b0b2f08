"""Text of an export inside reports, tables and comments: hostile until it has gone through here."""

import re

from iamlint.syntax import printable

_MARKS = re.compile(r"([\\`*_\[\]|~#!$(){}])")
_FORMULA = ("=", "+", "-", "@")


def plain(text: str, limit: int = 300) -> str:
    """One line without control characters: for text reports and for comments of scripts."""
    return printable(text, limit)


def markdown(text: str, limit: int = 300) -> str:
    """One line that renders as the text itself, in a cell of a table too: no markup, links, mentions or HTML."""
    text = printable(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKS.sub(r"\\\1", text).replace("@", "&#64;").replace("://", "&#58;//").replace("www.", "www&#46;")
    return f"\\{text}" if text[:1] in ("=", "+", "-") else text


def csv_cell(text: str, limit: int = 1000) -> str:
    """A cell that no spreadsheet takes for a formula, in quotes."""
    text = printable(text, limit)
    if text.lstrip().startswith(_FORMULA):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'
