"""Text and where things stand in it: JSON values with spans, encodings, limits, near names, safe printing.

Knows JSON, nothing of IAM. Reading goes at the speed of the C scanner; spans (`Tree`) are resolved only where
somebody asks for them. Whatever the bytes or text, the only exception raised for them is `SyntaxProblem`.
What is named here is loaded when first used.
"""

from typing import TYPE_CHECKING

from iamlint.lazy import names_from

if TYPE_CHECKING:
    from iamlint.syntax.embedded import Embedded, undress, unfold
    from iamlint.syntax.encoding import Decoded, decode
    from iamlint.syntax.lines import Lines
    from iamlint.syntax.near import nearest
    from iamlint.syntax.parsing import MAX_DEPTH, Parsed, parse, parse_all
    from iamlint.syntax.printing import printable
    from iamlint.syntax.problem import Kind, Path, Span, SyntaxProblem, pointer
    from iamlint.syntax.tree import Duplicate, Tree

__all__ = [
    "MAX_DEPTH",
    "MAX_SIZE",
    "Decoded",
    "Duplicate",
    "Embedded",
    "Kind",
    "Lines",
    "Parsed",
    "Path",
    "Span",
    "SyntaxProblem",
    "Tree",
    "decode",
    "nearest",
    "parse",
    "parse_all",
    "pointer",
    "printable",
    "undress",
    "unfold",
]

MAX_SIZE = 256 * 1024 * 1024
"""Bytes that `decode` reads unless told otherwise."""

__getattr__ = names_from(
    __name__,
    {
        ".embedded": ("Embedded", "undress", "unfold"),
        ".encoding": ("Decoded", "decode"),
        ".lines": ("Lines",),
        ".near": ("nearest",),
        ".parsing": ("MAX_DEPTH", "Parsed", "parse", "parse_all"),
        ".printing": ("printable",),
        ".problem": ("Kind", "Path", "Span", "SyntaxProblem", "pointer"),
        ".tree": ("Duplicate", "Tree"),
    },
)
