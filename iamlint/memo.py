"""What is worked out once for each text."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

_V = TypeVar("_V")
_MOST_KEPT: Final = 1 << 15
_LONGEST_KEPT: Final = 256


class Memo(dict[str, _V], Generic[_V]):
    """The results of a function of a text, asked for as `memo[text]`: what is known costs one look into a dictionary.

    Long texts, and those after a number that no real account comes near, are worked out anew each time: a hostile
    file must not fill the memory.
    """

    def __init__(self, work_out: Callable[[str], _V]) -> None:
        self._work_out = work_out

    def __missing__(self, text: str) -> _V:
        result = self._work_out(text)
        if len(text) < _LONGEST_KEPT and len(self) < _MOST_KEPT:
            self[text] = result
        return result
