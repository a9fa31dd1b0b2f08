"""Values that rules hand over, as JSON can carry them."""

from collections.abc import Mapping
from math import isfinite

DEPTH = 50
"""Nesting below which `plain` writes `…`."""


def plain(value: object, depth: int = DEPTH) -> object:
    """`value` in JSON's types: finite numbers, strings, lists, objects with string keys; sets are sorted.

    Numbers that JSON readers trip over (not finite, or of thousands of digits) become strings, and so does
    whatever has no counterpart in JSON.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= 1024 else hex(value)
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if depth == 0:
        return "…"
    if isinstance(value, Mapping):
        return {str(key): plain(entry, depth - 1) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry, depth - 1) for entry in value]
    if isinstance(value, (set, frozenset)):
        return [plain(entry, depth - 1) for entry in sorted(value, key=str)]
    return str(value)
