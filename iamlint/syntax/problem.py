"""The words that everything here shares: paths, spans, and what can be wrong with a text."""

from typing import Literal

from iamlint.record import NamedTuple
from iamlint.syntax.lines import position

Path = tuple[str | int, ...]
"""Steps from a document's root: object keys and array indexes."""

Kind = Literal["encoding", "syntax", "depth", "size"]


class Span(NamedTuple):
    """Code-point offsets in a text, the end exclusive; the span of a string includes its quotes."""

    start: int
    end: int


class SyntaxProblem(ValueError):
    """Why bytes or text cannot be read, in one lower-case line that is safe to print, and where.

    `line` and `column` count from 1, columns in code points; `offset` is the code point in the decoded text,
    or None where there is no text because the bytes are none.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int = 1,
        column: int = 1,
        offset: int | None = None,
        kind: Kind = "syntax",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.offset = offset
        self.kind: Kind = kind

    @classmethod
    def at(cls, text: str, offset: int, message: str, kind: Kind = "syntax") -> "SyntaxProblem":
        """The problem whose line and column are those of `offset` in `text`."""
        line, column = position(text, offset)
        return cls(message, line=line, column=column, offset=offset, kind=kind)


def pointer(path: Path) -> str:
    """The path as a JSON Pointer (RFC 6901); the root is the empty string."""
    text = "".join([f"/{step}" for step in path])
    if "~" in text or text.count("/") > len(path):
        return "".join(["/" + str(step).replace("~", "~0").replace("/", "~1") for step in path])
    return text
