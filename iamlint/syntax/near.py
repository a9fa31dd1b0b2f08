"""The word that somebody may have meant."""

from collections.abc import Iterable

_LONGEST = 200
"""Longer words are no typos of names; comparing them would only cost time."""


def nearest(word: str, candidates: Iterable[str], limit: int | None = None) -> str | None:
    """The candidate that `word` is plausibly a misspelling of, else None.

    Distance counts insertions, deletions, substitutions and swaps of neighbours, case ignored; up to `limit`,
    by default a quarter of the word but at least 1, and less than the whole word. At equal distance the one
    that differs only by a plural s, then the longest common start, then the smallest in order wins, whatever
    the order given.
    """
    if len(word) > _LONGEST:
        return None
    if limit is None:
        limit = max(1, len(word) // 4)
    limit = min(limit, len(word) - 1)
    low = word.lower()
    letters = set(low)
    masks = _masks(low)
    best: tuple[int, bool, bool, int, str] | None = None
    for candidate in candidates:
        other = candidate.lower()
        if other == low:
            distance = limit = 0
        else:
            # One edit changes the length by at most 1 and the set of letters by at most 2: both are cheap to
            # ask.
            if abs(len(other) - len(low)) > limit or len(letters.symmetric_difference(other)) > 2 * limit:
                continue
            distance = _distance(masks, len(low), other)
            if distance > limit:
                continue
            limit = distance
        plural = other + "s" == low or low + "s" == other
        key = (distance, candidate != word, not plural, -_common_start(low, other), candidate)
        if best is None or key < best:
            best = key
    return best[-1] if best else None


def _masks(word: str) -> dict[str, int]:
    masks: dict[str, int] = {}
    for index, char in enumerate(word):
        masks[char] = masks.get(char, 0) | 1 << index
    return masks


def _distance(masks: dict[str, int], length: int, other: str) -> int:
    """Optimal string alignment distance between the word behind `masks` and `other`, a whole column per step.

    Myers' bit-vector algorithm with Hyyrö's term for swaps (A Bit-Vector Algorithm for Computing Levenshtein
    and Damerau Edit Distances, 2003). Python's integers are as wide as the word is long.
    """
    if not length:
        return len(other)
    full = (1 << length) - 1
    last = 1 << (length - 1)
    up, down = full, 0  # vertical deltas +1 and -1
    diagonal = before = 0
    distance = length
    for char in other:
        match = masks.get(char, 0)
        swap = ((~diagonal & match) << 1) & before
        diagonal = (((match & up) + up) ^ up) | match | down | swap
        right_up = down | ~(diagonal | up)
        right_down = up & diagonal
        if right_up & last:
            distance += 1
        if right_down & last:
            distance -= 1
        right_up = right_up << 1 | 1
        right_down <<= 1
        up = (right_down | ~(diagonal | right_up)) & full
        down = right_up & diagonal & full
        before = match
    return distance


def _common_start(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
