"""Showing text of a scanned file to people."""

# Printable to Python, but nothing to see: joiners, fillers, variation selectors, the braille blank.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0").union(
    map(chr, range(0xFE00, 0xFE10)), map(chr, range(0xE0100, 0xE01F0))
)


def printable(text: str, limit: int = 200) -> str:
    r"""`text` in one line that is safe on a terminal.

    Control characters, bidirectional, zero-width and invisible marks, line and paragraph separators, unusual spaces,
    surrogates, private-use and unassigned code points become `\uXXXX` as JSON writes them. Beyond `limit`
    code points the middle is replaced by `…`.
    """
    if len(text) > limit:
        head = limit // 2
        tail = max(limit - head - 1, 0)
        text = text[:head] + "…" + text[len(text) - tail :]
    if text.isprintable() and (text.isascii() or _UNSEEN.isdisjoint(text)):
        return text
    return "".join(char if char.isprintable() and char not in _UNSEEN else _escape(ord(char)) for char in text)


def _escape(code: int) -> str:
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
