"""One source line with a token underlined, fit for a terminal whatever the line holds."""

from iamlint.syntax import printable


def excerpt(line: str, start: int, end: int, width: int) -> tuple[str, str]:
    """The line, or at most `width` columns of it around the token, and the line that underlines the token.

    `start` and `end` are offsets of the token in `line`, the end exclusive; an empty token gets one mark.
    Tabs take one column, wide characters two; control characters are shown as escapes, underlined in full.
    """
    start = min(max(start, 0), len(line))
    left, right = max(0, start - width), min(len(line), start + 2 * width)
    cells = _cells(line[left:right])
    first = start - left
    last = min(max(end, start + 1), right) - left

    # The window is grown from the token's start: the token, what stands before it, what stands after it.
    low = high = first
    room = width - 2  # a column for … on each side
    while high < last and cells[high][1] <= room:
        room -= cells[high][1]
        high += 1
    token = high
    lead = sum(size for _, size in cells[:low])
    keep = 0 if left == 0 and lead <= room else room // 3
    while low and cells[low - 1][1] <= room - keep:
        low -= 1
        room -= cells[low][1]
    while high < len(cells) and cells[high][1] <= room:
        room -= cells[high][1]
        high += 1
    while low and cells[low - 1][1] <= room:
        low -= 1
        room -= cells[low][1]

    head = "…" if low or left else ""
    tail = "…" if high < len(cells) or right < len(line) else ""
    shown = head + "".join(text for text, _ in cells[low:high]) + tail
    indent = len(head) + sum(size for _, size in cells[low:first])
    marks = sum(size for _, size in cells[first:token])
    return shown.rstrip(), " " * indent + "^" * max(marks, 1)


def _cells(text: str) -> list[tuple[str, int]]:
    """How each character is shown, with the columns it takes."""
    text = text.replace("\t", " ")
    if text.isascii() and text.isprintable():
        return [(char, 1) for char in text]
    from unicodedata import combining, east_asian_width

    cells = []
    for char in text:
        shown = printable(char)
        if shown != char:
            size = len(shown)
        elif combining(char):
            size = 0
        else:
            size = 2 if east_asian_width(char) in "WF" else 1
        cells.append((shown, size))
    return cells
