"""Networks as IAM writes them, and addresses that lie outside of them.

IPv4 is read here, for lists of a hundred thousand ranges; IPv6 by the standard library.
"""

from collections.abc import Iterable

from iamlint.record import NamedTuple

_LONGEST = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128")


class Network(NamedTuple):
    """A range of addresses as numbers, both ends inclusive; `address` is what stands before the mask."""

    version: int
    address: int
    first: int
    last: int

    def within(self, other: "Network") -> bool:
        """True iff every address of this network is one of `other`."""
        return self.version == other.version and other.first <= self.first and self.last <= other.last

    def __str__(self) -> str:
        """In CIDR notation, host bits dropped."""
        length = (32 if self.version == 4 else 128) - (self.last - self.first).bit_length()
        return f"{_text(self.version, self.first)}/{length}"


def _text(version: int, address: int) -> str:
    from ipaddress import IPv4Address, IPv6Address

    return str(IPv4Address(address) if version == 4 else IPv6Address(address))


def network(text: str) -> Network | None:
    """The network of a CIDR, or of a lone address; None where `text` is neither."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    written, slash, mask = text.partition("/")
    version, address = (6, _ipv6(written)) if ":" in written else (4, _ipv4(written))
    bits = 128 if version == 6 else 32
    if address is None or (slash and not (mask.isdigit() and int(mask) <= bits)):
        return None
    hosts = (1 << (bits - int(mask or bits))) - 1
    return Network(version, address, address & ~hosts, address | hosts)


def _ipv4(text: str) -> int | None:
    fields = text.split(".")
    if len(fields) != 4:
        return None
    address = 0
    for field in fields:
        if not field.isdigit() or len(field) > 3 or (field[0] == "0" and field != "0") or int(field) > 255:
            return None
        address = address << 8 | int(field)
    return address


def _ipv6(text: str) -> int | None:
    from ipaddress import IPv6Address

    try:
        return None if "%" in text else int(IPv6Address(text))
    except ValueError:
        return None


def address_outside(taken: Iterable[str], within: Iterable[str] = ()) -> str | None:
    """An address in none of the networks `taken` and in one of `within`, the first that has one; None if none does.

    `within` defaults to networks for documentation (RFC 5737), then all of IPv4, then all of IPv6. Texts that are no
    networks count for nothing.
    """
    everything = ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24", "1.0.0.0/8", "0.0.0.0/0", "2000::/3", "::/0")
    closed = sorted((net for net in map(network, taken) if net is not None), key=lambda net: net.first)
    for candidate in map(network, within or everything):
        if candidate is None:
            continue
        first = candidate.first + (candidate.last - candidate.first > 1)  # not the network's own address, if it can be
        for net in closed:
            if net.version == candidate.version and net.first <= first <= net.last:
                first = net.last + 1
        if first <= candidate.last:
            return _text(candidate.version, first)
    return None
