"""Entries of one list that other entries of it cover, grouped as AWS's policy validation groups them.

An entry that several others cover belongs to the shortest of these, and to the first of equally short ones. Whoever
covers makes a group with all that belongs to it; equal entries make one of their own.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final

from iamlint.analyse.wildcards import covers
from iamlint.analyse.work import Budget
from iamlint.record import NamedTuple

_FEW: Final = 64
"""So many texts are sooner looked through than indexed."""
_LAST: Final = "\U0010ffff"
_BETWEEN_WORDS: Final = str.maketrans(dict.fromkeys("*?:/-_.", "/"))


class Group(NamedTuple):
    """Places in the list, in order: where the entry that covers stands, once or more, and where the covered stand."""

    keep: tuple[int, ...]
    covered: tuple[int, ...]

    @property
    def members(self) -> list[int]:
        """All of them, in order."""
        return sorted(self.keep + self.covered)

    @property
    def spare(self) -> tuple[int, ...]:
        """Those that can be left out."""
        return self.keep[1:] + self.covered


def groups(texts: Sequence[str], budget: Budget) -> list[Group]:
    """The groups in `texts`, in the order of their first places.

    Wildcards are those of plain text: they reach across colons. Texts are compared as they are; hand over actions in
    lower case. Raises `TooMuchWork`.
    """
    distinct = dict.fromkeys(texts)
    owners = _owners(distinct, budget)
    if not owners and len(distinct) == len(texts):
        return []  # nearly always
    keep: dict[str, list[int]] = {}
    covered: dict[str, list[int]] = {owner: [] for owner in owners.values()}
    for place, text in enumerate(texts):
        if text in owners:
            covered[owners[text]].append(place)
        if text in covered or text not in owners:
            keep.setdefault(text, []).append(place)
    found = [
        Group(tuple(keep[text]), tuple(covered.get(text, ())))
        for text in distinct
        if text in covered or len(keep.get(text, ())) > 1
    ]
    return sorted(found, key=lambda group: min(group.keep[:1] + group.covered[:1]))


def _owners(texts: Collection[str], budget: Budget) -> dict[str, str]:
    """Covered text → the shortest of `texts` that covers it."""
    owners: dict[str, str] = {}
    patterns = sorted([text for text in texts if "*" in text or "?" in text], key=len)
    if not patterns or len(texts) < 2:
        return owners
    index = _Index(texts)
    for pattern in patterns:
        if pattern in owners:  # what it covers is covered by its owner as well, which is shorter or comes first
            continue
        for text in _covered(pattern, index, budget):
            if text != pattern:
                owners.setdefault(text, pattern)
    return owners


def _covered(pattern: str, index: "_Index", budget: Budget) -> Iterator[str]:
    """The texts that `pattern` covers, itself too."""
    pieces = pattern.replace("?", "*").split("*")
    start, end = index.starting(pieces[0])
    if pieces[1:] == [""] and pattern[-1] == "*":
        yield from (text for text in index.texts[start:end] if text.startswith(pieces[0]))
        return
    near = min(map(index.holding, _whole_words(pieces)), key=len, default=None) if end - start > _FEW else None
    piece = max(pieces[1:], key=len)
    for text in index.texts[start:end] if near is None or len(near) > end - start else near:
        budget.spend(1 + len(text) // 256)
        if piece in text and text != pattern:
            size = len(pattern) * len(text) // 64 if "?" in pattern else len(text)  # see `covers`
            budget.spend(size // 256)
            if covers(pattern, text):
                yield text


def _whole_words(pieces: list[str]) -> Iterable[str]:
    """The words of what lies between the wildcards of a pattern; those are left out that a wildcard may lengthen."""
    for number, piece in enumerate(pieces):
        words = _words(piece)
        yield from words[number > 0 : len(words) - (number < len(pieces) - 1)]


def _words(text: str) -> list[str]:
    return text.translate(_BETWEEN_WORDS).split("/")


class _Index:
    """Texts by how they begin and by the words in them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = sorted(texts)

    def starting(self, head: str) -> tuple[int, int]:
        """Between which places of `texts` those stand that begin with `head`, and few others."""
        stem = head.rstrip(_LAST)
        if not stem:
            return 0, len(self.texts)
        start = bisect_left(self.texts, stem)
        return start, bisect_left(self.texts, stem[:-1] + chr(ord(stem[-1]) + 1), start)

    def holding(self, word: str) -> list[str]:
        """The texts that hold `word` between punctuation and wildcards."""
        return self._by_word.get(word, [])

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for text in self.texts:
            for word in set(_words(text)):
                found.setdefault(word, []).append(text)
        return found
