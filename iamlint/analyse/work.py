"""A bound on the work for one document, where the input decides how much there is."""

from typing import Final

MOST_WORK: Final = 1_000_000
"""Steps; some seconds. The largest documents that IAM takes need some thousands."""


class TooMuchWork(Exception):
    """The bound was met. The message is told to the user: this document was not checked to its end."""


class Budget:
    """The steps that are left."""

    __slots__ = ("_left",)

    def __init__(self, steps: int = MOST_WORK) -> None:
        self._left = steps

    @property
    def left(self) -> int:
        """How many; negative where the bound was met."""
        return self._left

    def spend(self, steps: int = 1) -> None:
        """Takes off `steps`. Raises `TooMuchWork` where there are not so many left."""
        self._left -= steps
        if self._left < 0:
            raise TooMuchWork(f"this document takes more than {MOST_WORK} steps to check")
