"""Places in export files, which entities of an account carry."""

from collections.abc import Hashable
from typing import TYPE_CHECKING

from iamlint.record import NamedTuple
from iamlint.syntax import Path

if TYPE_CHECKING:
    from typing import Protocol

    from iamlint.syntax import Span

    class Source(Protocol):
        """Part of an export file that places are told in: an entity, a policy document, a table."""

        @property
        def file(self) -> str:
            """The path of the file."""

        @property
        def document_pointer(self) -> str:
            """RFC 6901, from the root of the file to this part."""

        def span(
            self,
            path: Path,
            token: str = "value",
            start: int | None = None,
            end: int | None = None,
            occurrence: int | None = None,
        ) -> Span:
            """Offsets in the text of the file of what stands at `path` of this part."""

    class DocumentSource(Source, Protocol):
        """A policy document of an export."""

        kind: str
        value: object

        @property
        def text_key(self) -> Hashable:
            """Equal for documents of equal text."""


class Spot(NamedTuple):
    """A place in an export: the value at `path` of `source`."""

    source: "Source"
    path: Path = ()

    def at(self, *steps: str | int) -> "Spot":
        """The place of something inside."""
        return Spot(self.source, (*self.path, *steps))
