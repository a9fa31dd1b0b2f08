"""Policy documents and the files that hold them."""

import json
from collections.abc import Hashable
from functools import cached_property
from typing import NamedTuple

from iamlint.syntax import Duplicate, Embedded, Parsed, Path, Span, SyntaxProblem, Tree, parse, pointer, unfold


class LoadedValue:
    """One JSON value of a file's text; its spans are worked out when first asked for."""

    def __init__(self, text: str, parsed: Parsed) -> None:
        self.text = text
        self.parsed = parsed

    @cached_property
    def tree(self) -> Tree:
        """Where everything in this value stands."""
        return Tree(self.text, self.parsed.start)


class PolicyDocument:
    """A policy document somewhere in a file: as JSON at `path` of a value, or written inside the string there."""

    def __init__(
        self,
        holder: LoadedValue,
        path: Path,
        value: object,
        kind: str,
        *,
        embedded: bool = False,
        prefix: Path = (),
        name: str | None = None,
        arn: str | None = None,
        owner: str | None = None,
    ) -> None:
        self.value = value
        self.kind = kind
        self.name = name
        self.arn = arn
        self.owner = owner
        self.document_pointer = pointer((*prefix, *path))
        """RFC 6901, from the root of the file; where a file holds several values, the first step counts them."""
        self.problem: SyntaxProblem | None = None
        self._holder = holder
        self._path = path
        self._is_embedded = embedded

    @cached_property
    def text_key(self) -> Hashable:
        """Equal for documents of equal text, as far as rules can tell texts apart."""
        if self._may_repeat_keys:
            return id(self)
        return json.dumps(self.value)

    def span(
        self,
        path: Path,
        token: str = "value",
        start: int | None = None,
        end: int | None = None,
        occurrence: int | None = None,
    ) -> Span:
        """Offsets in the file's text of the value (or `key` token) at `path` of this document.

        `start` and `end` narrow it to code points of the decoded string there; `occurrence` picks among equal keys.
        """
        if self._is_embedded:
            inner, tree = self._inner
            return inner.span(_span(tree, path, token, start, end, occurrence))
        return _span(self._holder.tree, (*self._path, *path), token, start, end, occurrence)

    def duplicates(self) -> list[Duplicate]:
        """Keys that repeat inside one object of this document."""
        if not self._may_repeat_keys:
            return []
        if self._is_embedded:
            return self._inner[1].duplicates()
        depth = len(self._path)
        return [
            duplicate._replace(path=duplicate.path[depth:])
            for duplicate in self._holder.tree.duplicates()
            if duplicate.path[:depth] == self._path and len(duplicate.path) > depth
        ]

    @cached_property
    def _may_repeat_keys(self) -> bool:
        if not self._is_embedded:
            return self._holder.parsed.duplicates
        inner, _ = self._inner
        return parse(inner.text).duplicates

    @cached_property
    def _inner(self) -> tuple[Embedded, Tree]:
        inner = unfold(self._holder.text, self._holder.tree.span(self._path))
        text = inner.text
        return inner, Tree(text, len(text) - len(text.lstrip(" \t\r\n")))


def _span(tree: Tree, path: Path, token: str, start: int | None, end: int | None, occurrence: int | None) -> Span:
    if start is not None and end is not None:
        return tree.inside(path, start, end, occurrence)
    return tree.span(path, token, occurrence)


class LoadedFile(NamedTuple):
    """What one file was found to hold.

    `problem` says why the text, or the rest of it, cannot be read although it seems to be a policy; `skipped` why it
    was not taken for one. `text` is None where the bytes are no text.
    """

    path: str
    text: str | None
    documents: tuple[PolicyDocument, ...] = ()
    problem: SyntaxProblem | None = None
    skipped: str | None = None
    faults: tuple[str, ...] = ()
    """Policies that were found and cannot be read, one message each."""
