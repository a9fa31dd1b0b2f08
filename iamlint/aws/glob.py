"""Patterns with `*` and `?` against many names, in time that no pattern can blow up."""

from collections.abc import Iterable, Iterator


def is_pattern(text: str) -> bool:
    """True iff the text holds a wildcard."""
    return "*" in text or "?" in text


def matches(pattern: str, text: str) -> bool:
    """True iff the whole text matches: `*` stands for any run of characters, `?` for exactly one.

    Case counts.
    """
    return any(True for _ in select(pattern, (text,)))


def select(pattern: str, texts: Iterable[str]) -> Iterator[str]:
    """Those of the texts that match the pattern as a whole.

    Each piece between two `*` is placed as early as it fits, which leaves most room for the rest: never a
    step back. Pieces without `?` are found at C speed, others cost at most length of piece x length of text.
    """
    first, *rest = pattern.split("*")
    if not rest:
        if "?" not in first:
            yield from [text for text in texts if text == first]
            return
        yield from (text for text in texts if len(text) == len(first) and _fits(first, text, 0))
        return
    last = rest.pop()
    middle = [piece for piece in rest if piece]
    if not middle and not last and "?" not in first:  # `Get*`, what most patterns are
        yield from (text for text in texts if text.startswith(first))
        return
    shortest = len(first) + len(last) + sum(map(len, middle))
    for text in texts:
        end = len(text) - len(last)
        if len(text) < shortest or not _fits(first, text, 0) or not _fits(last, text, end):
            continue
        at = len(first)
        for piece in middle:
            found = _find(piece, text, at, end)
            if found < 0:
                break
            at = found + len(piece)
        else:
            yield text


def _fits(piece: str, text: str, at: int) -> bool:
    if "?" not in piece:
        return text.startswith(piece, at)
    return all(wanted in ("?", given) for wanted, given in zip(piece, text[at : at + len(piece)], strict=True))


def _find(piece: str, text: str, start: int, end: int) -> int:
    if "?" not in piece:
        return text.find(piece, start, end)
    for at in range(start, end - len(piece) + 1):
        if _fits(piece, text, at):
            return at
    return -1
