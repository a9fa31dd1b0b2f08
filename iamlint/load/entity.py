"""Parts of export files that places are told in."""

from collections.abc import Mapping

from iamlint.load.document import LoadedValue
from iamlint.syntax import Parsed, Path, Span, SyntaxProblem, pointer
from iamlint.syntax.seek import inside


class Entity(LoadedValue):
    """One JSON value of an export: a user, a key, an answer. Implements `iamlint.model.spot.Source`."""

    def __init__(self, file: str, text: str, parsed: Parsed, path: Path, within: Path = ()) -> None:
        super().__init__(text, parsed)
        self.file = file
        self.path = path
        """Where the value stands in the file that `within`, the way to this entity, starts from."""
        self.within = within
        self.user_name: str | None = None
        """Whom the answer around it names."""
        value = parsed.value
        for step in within:
            value = value.get(step) if isinstance(value, dict) else None
        self.value: Mapping[str, object] = value if isinstance(value, dict) else {}
        """The object that it is; empty where it is something else."""

    def below(self, step: str | int) -> "Entity":
        """A value inside this one."""
        return Entity(self.file, self.text, self.parsed, self.path, (*self.within, step))

    @property
    def document_pointer(self) -> str:
        """RFC 6901, from the root of the file."""
        return pointer((*self.path, *self.within))

    def text_of(self, key: str) -> str | None:
        """The string under `key`; None where there is none."""
        value = self.value.get(key)
        return value if isinstance(value, str) else None

    def span(
        self,
        path: Path,
        token: str = "value",
        start: int | None = None,
        end: int | None = None,
        occurrence: int | None = None,
    ) -> Span:
        """Offsets in the file; a path that leads nowhere gives the span of what it leads through last."""
        path = (*self.within, *path)
        while True:
            try:
                if self.parsed.duplicates:
                    return self.tree.span(path, token, occurrence)
                span = self.seeker.span(path, token)
                return span if start is None or end is None else inside(self.text, span, start, end)
            except (KeyError, SyntaxProblem):
                if not path:
                    return Span(self.parsed.start, self.parsed.end)
                path, token, start, end = path[:-1], "value", None, None
