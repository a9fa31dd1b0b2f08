"""Where somebody was seen to call from, for rules."""

from iamlint.record import NamedTuple


class Sighting(NamedTuple):
    """A network that calls came from: the addresses in it, the long-lived keys that were used, how often, until when.

    `last` is a time in ISO 8601.
    """

    cidr: str
    addresses: tuple[str, ...]
    keys: tuple[str, ...]
    calls: int
    last: str | None
