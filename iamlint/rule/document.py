"""What a text rule sees: the document's syntax problem or its repeated keys."""

from typing import Protocol

from iamlint.syntax import Duplicate, SyntaxProblem


class Document(Protocol):
    """The text of one policy document."""

    @property
    def problem(self) -> SyntaxProblem | None:
        """Why the text could not be read; None where it could."""

    @property
    def may_repeat_keys(self) -> bool:
        """False only if no object of the document repeats a key."""

    def duplicates(self) -> list[Duplicate]:
        """Keys that repeat inside one object."""
