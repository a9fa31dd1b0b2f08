"""The steps from one document to another, each small enough to be proven by itself."""

from collections.abc import Sequence

from iamlint.analyse.minimise.parts import Part


class Trail:
    """Remembers the statements after each step; `odd` are those that stay as they are."""

    def __init__(self) -> None:
        self.steps: list[list[dict[str, object]]] = []
        self.odd: list[object] = []

    def whole(self, statements: Sequence[dict[str, object]]) -> None:
        """The document has these statements now."""
        self.steps.append(list(statements))

    def then(self, parts: Sequence[Part]) -> list[Part]:
        """It says what these parts do, besides what is odd; the parts, as a list."""
        odd = [value for value in self.odd if isinstance(value, dict)]
        self.steps.append([*(part.value() for part in parts), *odd])
        return list(parts)
