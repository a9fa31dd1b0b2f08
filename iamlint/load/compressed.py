"""gzip, in which CloudTrail is delivered and large exports are kept. Never more is unpacked than may be read."""

import zlib
from typing import Final

from iamlint.syntax import SyntaxProblem

_WINDOW: Final = 31  # gzip with its header, RFC 1952


def is_compressed(data: bytes) -> bool:
    """True iff `data` begins as gzip does."""
    return data.startswith(b"\x1f\x8b")


def head_of(data: bytes, limit: int) -> bytes:
    """The first bytes, at most `limit`; empty for broken data."""
    try:
        return zlib.decompressobj(_WINDOW).decompress(data, limit)
    except zlib.error:
        return b""


def expanded(data: bytes, limit: int) -> bytes:
    """All of it, of every member of the file. Raises `SyntaxProblem` for broken data and beyond `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    while data.strip(b"\0"):
        member = zlib.decompressobj(_WINDOW)
        try:
            part = member.decompress(data, limit - size + 1)
        except zlib.error as error:
            raise SyntaxProblem(f"broken gzip data: {error}", kind="encoding") from None
        size += len(part)
        if size > limit:
            raise SyntaxProblem(f"more than {limit} bytes when unpacked", kind="size")
        if not member.eof:
            raise SyntaxProblem("gzip data that ends too early", kind="encoding")
        parts.append(part)
        data = member.unused_data
    return b"".join(parts)
