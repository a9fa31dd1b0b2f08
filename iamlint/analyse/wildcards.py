"""Patterns with `*` (any run of characters, none too) and `?` (exactly one), over *all* strings.

One normal form serves all three questions. A run of wildcards with at least one `*` says only "at least j
characters", so a pattern is a row of pieces with a gap of some least length between each two:

    ab?c*?*d    =    "ab?c"  (at least 1)  "d"

Every inner piece starts and ends with a plain character; the first is tied to the start of the string, the
last to its end. To match is to place the pieces from left to right, each as early as it can be: what comes
later has all the more room.

`covers` places the pieces of one pattern in another one. In the other pattern a `?` stands for a letter that
occurs nowhere else, which only a wildcard can match, and a gap can be longer than any run of `?`, so no piece
reaches across one. A placement that keeps its distances when all gaps are as short as they can be keeps them
always; if there is none, some string of the other pattern is missed. The law tests compare this with a
product of automata.

Time is linear in pattern and text where pieces hold no `?`, else at most length x length / 64.
"""

from functools import lru_cache

from iamlint.record import NamedTuple

_MEMO_LENGTH = 512  # Longer patterns are not kept: a hostile file must not fill the memory.
_DENSE = 64


class Shape(NamedTuple):
    """A pattern in normal form: `pieces[0] gap(at least gaps[0]) pieces[1] …`; no gaps means no `*`."""

    pieces: tuple[str, ...]
    gaps: tuple[int, ...]


def _shape_of(pattern: str) -> Shape:
    first, *rest = pattern.split("*")
    if not rest:
        return Shape((pattern,), ())
    piece = first.rstrip("?")
    pieces, gaps = [piece], [len(first) - len(piece)]
    for part in rest[:-1]:
        piece = part.strip("?")
        if not piece:
            gaps[-1] += len(part)
            continue
        tail = len(part.rstrip("?"))
        gaps[-1] += tail - len(piece)
        pieces.append(piece)
        gaps.append(len(part) - tail)
    last = rest[-1]
    piece = last.lstrip("?")
    gaps[-1] += len(last) - len(piece)
    pieces.append(piece)
    return Shape(tuple(pieces), tuple(gaps))


_shape_kept = lru_cache(maxsize=4096)(_shape_of)


def shape(pattern: str) -> Shape:
    """The normal form of `pattern`; two patterns match the same strings iff their normal forms are equal."""
    return _shape_kept(pattern) if len(pattern) <= _MEMO_LENGTH else _shape_of(pattern)


def _fits(piece: str, word: str, at: int, joker: str) -> bool:
    """True iff `piece` matches the characters of `word` from `at` on; a `joker` in `word` agrees with all."""
    if at < 0 or at + len(piece) > len(word):
        return False
    if "?" not in piece and not joker:
        return word.startswith(piece, at)
    window = word[at : at + len(piece)]
    return all(a == b or a == "?" or b == joker for a, b in zip(piece, window, strict=True))


def _bits(places: list[int], size: int) -> int:
    row = bytearray(size // 8 + 1)
    for place in places:
        row[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(row, "little")


def _find(piece: str, word: str, start: int, joker: str) -> int:
    """The first place at or after `start` where `piece` fits; -1 where there is none.

    With `?` in play it keeps all starts of a window alive at once, one bit each, and drops those that one
    character of the piece rules out, the rarest character first.
    """
    if "?" not in piece and not joker:
        return word.find(piece, start)
    width = len(piece)
    wanted = [(offset, char) for offset, char in enumerate(piece) if char != "?"]
    span = max(_DENSE, width)
    while start + width <= len(word):
        window = word[start : start + span + width - 1]
        places: dict[str, list[int]] = {char: [] for _, char in wanted}
        jokers: list[int] = []
        for place, char in enumerate(window):
            if char == joker:
                jokers.append(place)
            elif char in places:
                places[char].append(place)
        # Only characters that are frequent here are worth keeping as bits, and there cannot be many of those.
        kept: dict[str, int] = {}
        alive = (1 << (len(window) - width + 1)) - 1
        for offset, char in sorted(wanted, key=lambda want: len(places[want[1]])):
            bits = kept.get(char)
            if bits is None:
                bits = _bits(places[char] + jokers, len(window))
                if (len(places[char]) + len(jokers)) * _DENSE >= len(window) and len(kept) < _DENSE:
                    kept[char] = bits
            alive &= bits >> offset
            if not alive:
                break
        else:
            return start + (alive & -alive).bit_length() - 1
        start += len(window) - width + 1
        span *= 2
    return -1


def _placed(pattern: Shape, words: tuple[str, ...], gaps: tuple[int, ...], joker: str = "") -> bool:
    """True iff the pieces of `pattern` have room in `words`, between which lie at least `gaps` characters."""
    first, last = pattern.pieces[0], pattern.pieces[-1]
    if not pattern.gaps:
        return not gaps and len(first) == len(words[0]) and _fits(first, words[0], 0, joker)
    if not (_fits(first, words[0], 0, joker) and _fits(last, words[-1], len(words[-1]) - len(last), joker)):
        return False
    # Positions count from the start of the string with every gap as short as it can be.
    word, base, end = 0, 0, len(first)
    for gap, piece in zip(pattern.gaps, pattern.pieces[1:-1], strict=False):
        start = end + gap
        while (found := _find(piece, words[word], max(start - base, 0), joker)) < 0:
            if word == len(gaps):
                return False
            base += len(words[word]) + gaps[word]
            word += 1
        end = base + found + len(piece)
    total = base + sum(map(len, words[word:])) + sum(gaps[word:])
    return end + pattern.gaps[-1] + len(last) <= total


def matches(pattern: str, text: str, ignore_case: bool = False) -> bool:
    """True iff `pattern` matches the whole of `text`, in which `*` and `?` are plain characters.

    `ignore_case` compares both in lower case, here and below.
    """
    if ignore_case:
        pattern, text = pattern.lower(), text.lower()
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    return _placed(shape(pattern), (text,), ())


def covers(pattern: str, other: str, ignore_case: bool = False) -> bool:
    """True iff `pattern` matches every string that `other` matches."""
    if ignore_case:
        pattern, other = pattern.lower(), other.lower()
    if pattern == "*" or pattern == other:
        return True
    if "*" not in other and "?" not in other:
        return matches(pattern, other)
    if "*" not in pattern and "?" not in pattern:
        return False
    ours, theirs = shape(pattern), shape(other)
    words = theirs.pieces
    if "?" in other:
        fresh = _letter_outside(pattern)
        words = tuple(word.replace("?", fresh) for word in words)
    return _placed(ours, words, theirs.gaps)


def _letter_outside(text: str) -> str:
    if "\0" not in text:
        return "\0"
    used = set(text)
    return next(char for char in map(chr, range(len(used) + 1)) if char not in used)


def meets(pattern: str, other: str, ignore_case: bool = False) -> bool:
    """True iff some string is matched by both patterns."""
    if ignore_case:
        pattern, other = pattern.lower(), other.lower()
    if pattern == other or pattern == "*" or other == "*":
        return True
    if "*" in pattern and "*" in other:
        # Only the two ends can disagree: the middle of each pattern is passed over by a `*` of the other.
        ours, theirs = pattern.split("*"), other.split("*")
        return _agree(ours[0], theirs[0]) and _agree(ours[-1][::-1], theirs[-1][::-1])
    if "*" in other:
        pattern, other = other, pattern
    return _placed(shape(pattern), (other,), (), "?" if "?" in other else "")


def _agree(one: str, two: str) -> bool:
    """True iff the characters that both have agree."""
    if "?" not in one and "?" not in two:
        return one.startswith(two) if len(two) < len(one) else two.startswith(one)
    return all(a == b or a == "?" or b == "?" for a, b in zip(one, two, strict=False))
