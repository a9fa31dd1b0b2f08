"""BLAKE2b of 32 bytes, without loading OpenSSL, which `hashlib` does and which costs a twentieth of the start-up."""

try:
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b


class Digest:
    """Of parts, each with its length, so that no two sequences of parts are the same bytes."""

    def __init__(self, *parts: bytes | str) -> None:
        self._state = blake2b(digest_size=32)
        self.add(*parts)

    def add(self, *parts: bytes | str) -> None:
        """Takes further parts."""
        for part in parts:
            data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            self._state.update(b"%d:" % len(data))
            self._state.update(data)

    def hexdigest(self) -> str:
        """64 hex digits."""
        return self._state.hexdigest()
