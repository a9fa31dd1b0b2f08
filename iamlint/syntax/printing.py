"""Showing text of a scanned file to people."""


def printable(text: str, limit: int = 200) -> str:
    r"""`text` in one line that is safe on a terminal.

    Control characters, bidirectional and zero-width marks, line and paragraph separators, unusual spaces,
    surrogates, private-use and unassigned code points become `\uXXXX` as JSON writes them. Beyond `limit`
    code points the middle is replaced by `…`.
    """
    if len(text) > limit:
        head = limit // 2
        tail = max(limit - head - 1, 0)
        text = text[:head] + "…" + text[len(text) - tail :]
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(ord(char)) for char in text)


def _escape(code: int) -> str:
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
