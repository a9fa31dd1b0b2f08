"""Policy documents and the files that hold them."""

import json
import marshal
from typing import TYPE_CHECKING

from iamlint.finding import PolicyRef
from iamlint.load.recognise import Found
from iamlint.model import kind_and_type
from iamlint.model.cached import cached
from iamlint.record import NamedTuple
from iamlint.syntax import Duplicate, Embedded, Parsed, Path, Span, SyntaxProblem, Tree, pointer, unfold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iamlint.load.export import Exported
    from iamlint.syntax.change import Change
    from iamlint.syntax.edits import TextEdit
    from iamlint.syntax.seek import Seeker


_LONG = 1024
"""Bytes from which a content is remembered by its digest."""
_BY_VALUE = 2
"""The version of `marshal` that writes equal values alike, whichever of their strings are one object; it is quick."""


_FEW = 100
"""Places that are sought one by one."""
_IGNORING_SPACE = ("identity", "boundary", "trust")
"""AWS IAM User Guide, "IAM and AWS STS quotas": IAM does not count white space in these."""


class LoadedValue:
    """One JSON value of a file's text; its spans are worked out when first asked for.

    `shift` is added to every offset in `text` to get that in the file, where the two differ.
    """

    file = ""
    """The path of the file."""

    def __init__(self, text: str, parsed: Parsed, shift: int = 0) -> None:
        self.text = text
        self.parsed = parsed
        self.shift = shift

    @cached
    def tree(self) -> Tree:
        """Where everything in this value stands."""
        return Tree(self.text, self.parsed.start)

    @cached
    def seeker(self) -> "Seeker":
        """The same for a few questions, where no key stands twice."""
        from iamlint.syntax.seek import Seeker

        return Seeker(self.text, self.parsed.start)

    def let_go(self) -> None:
        """Forgets the value and what was worked out of the text."""
        self.parsed = self.parsed._replace(value=None)
        for name in ("tree", "seeker"):
            self.__dict__.pop(name, None)

    def inner(self, path: Path) -> Embedded:
        """The text inside the string at `path`, all dresses off."""
        return unfold(self.text, self.place(path))

    def place(self, path: Path) -> Span:
        """The span in `text` of the value at `path`; KeyError where there is none."""
        return self.tree.span(path) if self.parsed.duplicates else self.seeker.span(path)

    def start(self, path: Path) -> int:
        """Where in `text` the value at `path` starts; cheaper than `place`. KeyError where there is none."""
        return self.tree.span(path).start if self.parsed.duplicates else self.seeker.start(path)


class TextKey(NamedTuple):
    """Equal for documents of equal text, as far as rules can tell texts apart."""

    repeats: bool
    content: bytes
    """The text or, where no key repeats, the value; long ones as their digest."""


class PolicyDocument:
    """A policy document somewhere in a file: as JSON at a path of a value, or written inside the string there.

    The `kind` that it is made with may be the type of the resource that the policy is attached to.
    """

    def __init__(self, holder: LoadedValue, found: Found, kind: str, prefix: Path = ()) -> None:
        self.value = found.value
        self.kind, self.resource_type = kind_and_type(kind)
        self.name = found.name
        self.arn = found.arn
        self.owner = found.owner
        self._prefix = prefix
        self.attached_to: tuple[str, ...] = ()
        """ARNs of those whom a managed policy is attached to."""
        self.problem: SyntaxProblem | None = None
        self._holder = holder
        self._asked = 0
        self._path = found.path
        self._is_embedded = found.embedded
        self._length = found.length
        self.may_repeat_keys = found.repeats if found.embedded else holder.parsed.duplicates

    @cached
    def document_pointer(self) -> str:
        """RFC 6901, from the root of the file; where a file holds several values, the first step counts them."""
        return pointer((*self._prefix, *self._path))

    def let_go(self) -> None:
        """Forgets the document's value, once nobody asks for it any more."""
        self.value = None
        if not self._path:  # all of its line or file
            self._holder.let_go()

    @property
    def ref(self) -> PolicyRef:
        """Which policy it is, for findings."""
        return PolicyRef(self.kind, self.name, self.arn, self.owner, self.attached_to)

    @property
    def file(self) -> str:
        """The path of the file."""
        return self._holder.file

    @property
    def length(self) -> int | None:
        """Characters of the document's text where that is as it may be sent to AWS.

        None where it stands as JSON in other JSON, and for kinds of policies whose limits do not count white space.
        """
        if self.kind in _IGNORING_SPACE or (self._path and not self._is_embedded):
            return None
        return self._length if self._is_embedded else self._holder.parsed.end - self._holder.parsed.start

    @cached
    def extent(self) -> int:
        """The document has no more characters than these, however white space is counted."""
        if self.may_repeat_keys:
            span = self._tree.span(())
            return max(span.end - span.start, self.length or 0)
        if self._path or self._is_embedded:  # where it ends in its file is not known, or it is in another dress
            return max(len(json.dumps(self.value)), self.length or 0)
        return self._holder.parsed.end - self._holder.parsed.start

    @cached
    def text_key(self) -> TextKey:
        """What tells this text from others."""
        if self.may_repeat_keys:  # which parsing loses, so that equal values may be of different texts
            span = self._tree.span(())
            data = self._tree.text[span.start : span.end].encode("utf-8", "surrogatepass")
        else:
            data = marshal.dumps(self.value, _BY_VALUE)  # type: ignore[arg-type]  # of JSON
        if len(data) < _LONG:
            return TextKey(self.may_repeat_keys, data)
        import hashlib

        return TextKey(self.may_repeat_keys, hashlib.sha256(data).digest())

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
        A path that leads nowhere gives the span of what it leads through last.
        """
        try:
            span = self._span(path, token, start, end, occurrence)
        except KeyError:
            span = self._shadowed(path, occurrence)
        if self._is_embedded:
            span = self._inner.span(span)
        return Span(span.start + self._holder.shift, span.end + self._holder.shift)

    def _span(self, path: Path, token: str, start: int | None, end: int | None, occurrence: int | None) -> Span:
        self._asked += 1
        # The first few places are sought one by one; a document of many findings is worth a tree.
        if self._asked > _FEW or self.may_repeat_keys or occurrence is not None:
            if start is not None and end is not None:
                return self._tree.inside(path, start, end, occurrence)
            return self._tree.span(path, token, occurrence)
        span = self._seeker.span(path, token)
        if start is None or end is None:
            return span
        from iamlint.syntax.seek import inside

        return inside(self._seeker.text, span, start, end)

    @cached
    def _seeker(self) -> "Seeker":
        from iamlint.syntax.seek import Seeker

        return Seeker(*self._root)

    def edits(self, changes: "Iterable[Change]") -> "list[TextEdit] | None":
        """The edits of the file's text that make these changes of `value`; None where a key stands there twice.

        Raises `Conflict` as `iamlint.syntax.edits.edits` does.
        """
        from iamlint.syntax.edits import TextEdit, edits

        if self.may_repeat_keys:
            return None
        made = edits(self._tree, self.value, changes)
        if self._is_embedded:
            made = [TextEdit(*self._inner.span(Span(e.start, e.end)), self._inner.dressed(e.text)) for e in made]
        shift = self._holder.shift
        return [TextEdit(edit.start + shift, edit.end + shift, edit.text) for edit in made]

    def duplicates(self) -> list[Duplicate]:
        """Keys that repeat inside one object of this document."""
        return self._tree.duplicates() if self.may_repeat_keys else []

    @cached
    def _tree(self) -> Tree:
        if self._is_embedded:
            return Tree(self._inner.text)
        if not self._path:
            return self._holder.tree
        return Tree(*self._root)

    @cached
    def _root(self) -> tuple[str, int]:
        """The text that the document stands in, and where it starts there."""
        if self._is_embedded:
            return self._inner.text, 0
        return self._holder.text, self._holder.start(self._path)

    @cached
    def _inner(self) -> Embedded:
        return self._holder.inner(self._path)

    def _shadowed(self, path: Path, occurrence: int | None) -> Span:
        """The span for a path of what parsers drop: a key inside a value that a later equal key replaces."""
        for duplicate in self.duplicates():
            if duplicate.path == path and occurrence in (0, duplicate.occurrence, None):
                return duplicate.first if occurrence == 0 else duplicate.later
        for length in range(len(path) - 1, 0, -1):
            try:
                return self._tree.span(path[:length])
            except KeyError:
                continue
        return self._tree.span(())


class LoadedFile(NamedTuple):
    """What one file was found to hold.

    `problems` say why the text, the rest of it, or a policy inside a string cannot be read; `skipped` why the file was
    not taken for one with policies. `text` is None where the bytes are no text.
    """

    path: str
    text: str | None
    documents: tuple[PolicyDocument, ...] = ()
    problems: tuple[SyntaxProblem, ...] = ()
    skipped: str | None = None
    export: "Exported | None" = None
    """What of an account stands in it; its policies are among those of the account, not among `documents`."""

    @property
    def problem(self) -> SyntaxProblem | None:
        """The first of `problems`."""
        return self.problems[0] if self.problems else None
