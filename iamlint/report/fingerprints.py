"""The line hash by which GitHub code scanning follows an alert from one upload to the next.

It is what the upload action computes where a SARIF file has none (`primaryLocationLineHash`), so that an upload with
ours and one without name the same alert. It looks about 100 characters ahead: edits in the lines below change it,
edits in lines above do not.
"""

from collections.abc import Collection

WINDOW = 100
"""UTF-16 code units that are hashed of each line and what follows it."""
_END = "\uffff"
_DROPPED = {ord(" "): None, ord("\t"): None}


def line_hashes(text: str, wanted: Collection[int]) -> dict[int, str]:
    """The hash of each line in `wanted` (numbers from 1) that `text` has.

    The value is `hash:n`, where n counts the lines so far that have the same hash. Spaces and tabs do not count, and
    all line ends are equal.
    """
    units = text.replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED)
    if not units.isascii() and max(units) > "\uffff":
        halves = units.encode("utf-16-le", "surrogatepass")
        units = "".join(chr(halves[at] | halves[at + 1] << 8) for at in range(0, len(halves), 2))
    units += _END

    # Lines have the same hash iff they have the same window: hashing is left to the lines that are asked for.
    seen: dict[str, int] = {}
    hashes: dict[int, str] = {}
    last = max(wanted, default=0)
    start = 0
    for line in range(1, last + 1):
        window = units[start : start + WINDOW]
        count = seen[window] = seen.get(window, 0) + 1
        if line in wanted:
            hashes[line] = f"{_hash(window):x}:{count}"
        start = units.find("\n", start) + 1
        if not start:
            break
    return hashes


def _hash(window: str) -> int:
    """The window, filled up with zeros, as a polynomial in 37 modulo 2^64."""
    value = 0
    for unit in window:
        value = value * 37 + ord(unit)
    return value * pow(37, WINDOW - len(window), 1 << 64) % (1 << 64)
