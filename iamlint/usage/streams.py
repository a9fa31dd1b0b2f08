"""Bytes of trail files: unpacked piece by piece, so that no file, however big or hostile, is held as a whole."""

import codecs
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final

WHOLE: Final = 48 << 20
"""Files of at most so many bytes, unpacked, are read at once: a trail's are much smaller. It bounds the memory."""

_BLOCK: Final = 1 << 20
_WINDOW: Final = 31  # gzip with its header, RFC 1952


class Damaged(Exception):
    """A file, or the rest of it, that cannot be read; the message says why."""


class Foreign(Damaged):
    """A file that is all right, but no trail."""


def _unpacker() -> tuple[Any, Any]:
    """The fastest library for gzip that is at hand: `isal` takes half of the time."""
    try:
        from isal import isal_zlib
    except ImportError:
        return zlib.decompressobj, (zlib.error,)
    return isal_zlib.decompressobj, (isal_zlib.error, zlib.error)


_NEW, _BROKEN = _unpacker()


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The content in blocks of at most 4 MiB, unpacked where it is gzip. Raises `Damaged` after what could be read."""
    data = file.read(4 * _BLOCK)
    if data[:2] == b"PK":
        raise Damaged("a zip archive: unpack it first")
    if data[:2] != b"\x1f\x8b":
        while data:
            yield data
            data = file.read(_BLOCK)
        return
    member = _NEW(_WINDOW)
    while data:
        try:
            part = member.decompress(data, 4 * _BLOCK)
        except _BROKEN as problem:
            raise Damaged(f"broken gzip data: {problem}") from None
        if part:
            yield part
        if member.eof:
            data = (member.unused_data or file.read(_BLOCK)).lstrip(b"\0") or file.read(_BLOCK).lstrip(b"\0")
            member = _NEW(_WINDOW)
            if not data:
                return
        else:
            data = member.unconsumed_tail or file.read(_BLOCK)
    if not member.eof:
        raise Damaged("gzip data that ends too early")


def texts(pieces: Iterator[bytes]) -> Iterator[str]:
    """The same as text: UTF-8, or UTF-16 where a byte order mark says so; what is no text becomes U+FFFD."""
    decoder = None
    for piece in pieces:
        if decoder is None:
            name = "utf-16" if piece[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
            decoder = codecs.getincrementaldecoder(name)("replace")
        yield decoder.decode(piece)
    if decoder is not None and (last := decoder.decode(b"", True)):
        yield last
