"""Letters that occur in no policy at hand: each unknown of a request has its own."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

_NICE: Final = "xzqjkvwyubhfgpmdclonisarte0123456789"
_FURTHER: Final = range(0x4E00, 0x9FA6)  # have one case only and are no white space


class Letters:
    """Hands out letters that are not among those used. None of them is another one in upper case."""

    def __init__(self, used: Iterable[str]) -> None:
        taken = frozenset(used)
        self._free: Iterator[str] = (c for c in chain(_NICE, map(chr, _FURTHER)) if c not in taken)
        self._of: dict[str, str] = {}

    def of(self, unknown: str, count: int = 1) -> str:
        """So many letters for this unknown, always the same ones."""
        mine = self._of.get(unknown, "")
        if len(mine) < count:
            mine = self._of[unknown] = mine + "".join(islice(self._free, count - len(mine)))
        return mine[:count]

    @property
    def handed_out(self) -> str:
        """All of them so far."""
        return "".join(self._of.values())
