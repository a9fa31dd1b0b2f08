"""Which combinations of patterns a text can match, with a text for each.

All patterns are read at once, as one automaton without memory: a set of places in them, one bit each. Two texts that
match the same patterns are of one class; there are few more classes than patterns, as a rule.
"""

from collections import deque
from collections.abc import Sequence

Token = frozenset[str] | None
"""The characters that may stand here; None is any number of any."""

ANYTHING: frozenset[str] = frozenset(("any",))
"""Any one character."""

_MOST_STATES = 20_000
_FRESH = "xyzqw0123456789XYZQW_~!\ue000"


class TooMany(Exception):
    """There are too many places that the texts can be at."""


def classes(
    patterns: Sequence[Sequence[Token]], without: frozenset[str] = frozenset(), may_be_empty: bool = True
) -> list[tuple[frozenset[int], str]]:
    """The realizable combinations, as indexes into `patterns`, each with a text that matches exactly those.

    Texts hold no characters of `without`. Raises `TooMany`.
    """
    named = {char for pattern in patterns for token in pattern if token and token != ANYTHING for char in token}
    fresh = next(char for char in _FRESH if char not in named and char not in without)
    letters = [*sorted(named - without), fresh]
    steps = dict.fromkeys(letters, 0)
    stars = start = 0
    ends: dict[int, int] = {}
    place = 0
    for index, pattern in enumerate(patterns):
        start |= 1 << place
        for token in pattern:
            if token is None:
                stars |= 1 << place
            else:
                for letter in letters if token == ANYTHING else token & steps.keys():
                    steps[letter] |= 1 << place
            place += 1
        ends[place] = index
        place += 1
    accepting = sum(1 << end for end in ends)

    def settled(state: int) -> int:
        return state | (state & stars) << 1  # no two stars side by side

    first = settled(start)
    seen = {first}
    found: dict[int, str] = {first & accepting: ""} if may_be_empty else {}
    queue = deque([(first, "")])
    while queue:
        state, text = queue.popleft()
        for letter in letters:
            following = settled((state & steps[letter]) << 1 | state & stars)
            found.setdefault(following & accepting, text + letter)
            if following not in seen:
                if len(seen) > _MOST_STATES:
                    raise TooMany
                seen.add(following)
                queue.append((following, text + letter))
    return [(frozenset(ends[end] for end in _bits(mask)), text) for mask, text in found.items()]


def _bits(mask: int) -> list[int]:
    places = []
    while mask:
        low = mask & -mask
        places.append(low.bit_length() - 1)
        mask ^= low
    return places
