"""Bytes to text: UTF-8 with or without a byte order mark, UTF-16; everything else is refused by name."""

from iamlint.record import NamedTuple
from iamlint.syntax import MAX_SIZE
from iamlint.syntax.problem import SyntaxProblem

_SIGNATURES = (
    (b"\x1f\x8b", "gzip-compressed"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"BZh", "bzip2-compressed"),
    (b"\xfd7zXZ\x00", "xz-compressed"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
)


class Decoded(NamedTuple):
    """The text of a file without its byte order mark; `encoding` is `utf-8`, `utf-16-le` or `utf-16-be`."""

    text: str
    encoding: str
    bom: bool


def decode(data: bytes, limit: int = MAX_SIZE) -> Decoded:
    """The text in `data`.

    Raises `SyntaxProblem`: kind `size` beyond `limit` bytes, kind `encoding` for what is not UTF-8 or UTF-16.
    """
    if len(data) > limit:
        raise SyntaxProblem(f"file of {len(data)} bytes, more than the limit of {limit}", kind="size")
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise SyntaxProblem(f"{what}, not JSON text", kind="encoding")
    encoding, skip = _encoding(data)
    body = data[skip:] if skip else data
    try:
        return Decoded(body.decode(encoding), encoding, skip > 0)
    except UnicodeDecodeError as error:
        raise _undecodable(body, encoding, error.start) from None


def _encoding(data: bytes) -> tuple[str, int]:
    """Name of the encoding and length of the byte order mark."""
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8", 3
    head = data[:4]
    # JSON text starts with two ASCII characters, so the zeros among the first bytes tell the width of a
    # character.
    zeros = tuple(byte == 0 for byte in head)
    if head in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff") or zeros in (
        (False, True, True, True),
        (True, True, True, False),
    ):
        raise SyntaxProblem("UTF-32 text, which JSON does not allow; save it as UTF-8", kind="encoding")
    if head.startswith(b"\xff\xfe"):
        return "utf-16-le", 2
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be", 2
    if zeros[:2] == (False, True):
        return "utf-16-le", 0
    if zeros[:2] == (True, False):
        return "utf-16-be", 0
    if zeros[:2] == (True, True):
        raise SyntaxProblem("starts with NUL bytes: binary data, not JSON text", kind="encoding")
    return "utf-8", 0


def _undecodable(body: bytes, encoding: str, at: int) -> SyntaxProblem:
    before = body[:at].decode(encoding)
    if encoding == "utf-8":
        # No text file holds NUL bytes, Latin-1 or not.
        hint = "binary data?" if b"\0" in body[:4096] else "saved in another encoding?"
        message = f"byte 0x{body[at]:02X} is not UTF-8 here ({hint})"
    elif len(body) - at < 2:
        message = "UTF-16 text that ends in the middle of a character"
    else:
        unit = int.from_bytes(body[at : at + 2], "little" if encoding.endswith("le") else "big")
        message = f"lone surrogate 0x{unit:04X} in UTF-16 text"
    return SyntaxProblem.at(before, len(before), message, "encoding")
