"""Networks as IAM writes them, and addresses that lie outside of them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    Network = IPv4Network | IPv6Network

_LONGEST = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128")


def network(text: str) -> "Network | None":
    """The network of a CIDR or a lone address, host bits dropped; None where `text` is neither."""
    from ipaddress import ip_network

    mask = text.partition("/")[2]
    if len(text) > _LONGEST or "%" in text or (mask and not (mask.isascii() and mask.isdecimal())):
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def address_outside(taken: Iterable[str], within: Iterable[str] = ()) -> str | None:
    """An address in none of the networks `taken` and in one of `within`, the first that has one; None if none does.

    `within` defaults to networks for documentation (RFC 5737), then all of IPv4, then all of IPv6. Texts that are no
    networks count for nothing.
    """
    from ipaddress import collapse_addresses

    everything = ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24", "1.0.0.0/8", "0.0.0.0/0", "2000::/3", "::/0")
    closed = [found for found in map(network, taken) if found is not None]
    for candidate in map(network, within or everything):
        if candidate is None:
            continue
        first, last = int(candidate.network_address), int(candidate.broadcast_address)
        first += candidate.num_addresses > 2  # not the network's own address, where there are others
        same = (net for net in closed if net.version == candidate.version)
        for net in collapse_addresses(same):  # type: ignore[type-var]
            if int(net.network_address) <= first <= int(net.broadcast_address):
                first = int(net.broadcast_address) + 1
        if first <= last:
            return str(type(candidate.network_address)(first))
    return None
