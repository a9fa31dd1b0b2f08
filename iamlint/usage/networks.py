"""Where calls came from: observed addresses, grouped, beside the networks that the configuration names."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Final

from iamlint.config import Network
from iamlint.record import NamedTuple
from iamlint.usage.evidence import is_use
from iamlint.usage.table import Row

Net = ipaddress.IPv4Network | ipaddress.IPv6Network

_WIDEST: Final = {4: 24, 6: 64}
"""Addresses are joined to networks no wider than this, and only where at least half of one was seen, or 4 of it."""
_ENOUGH: Final = 4


class Origin(NamedTuple):
    """A network that calls came from.

    `name` is that of the configuration, None where it names none; `principals` and `keys` are those that called from
    there, `calls` how often.
    """

    cidr: str
    name: str | None
    addresses: tuple[str, ...]
    principals: tuple[str, ...]
    keys: tuple[str, ...]
    calls: int


class Origins(NamedTuple):
    """`named` are networks of the configuration, `other` are not; `endpoints` are VPC endpoints, by id; `services` are
    AWS services that called on somebody's behalf: a condition on `aws:SourceIp` concerns the first two only."""

    named: tuple[Origin, ...]
    other: tuple[Origin, ...]
    endpoints: tuple[Origin, ...]
    services: tuple[Origin, ...]


def origins(rows: Iterable[Row], networks: Sequence[Network] = ()) -> Origins:
    """Where the calls came from. Private addresses without an endpoint are told as they stand."""
    listed: list[tuple[Net, str]] = [(ipaddress.ip_network(one.cidr, strict=False), one.name) for one in networks]
    named: dict[tuple[str, str], list[Row]] = {}
    other: dict[str, list[Row]] = {}
    endpoints: dict[str, list[Row]] = {}
    services: dict[str, list[Row]] = {}
    for row in rows:
        if row.status == "service":
            continue
        if row.via:
            services.setdefault(row.via, []).append(row)
        elif row.vpc_endpoint:
            endpoints.setdefault(row.vpc_endpoint, []).append(row)
        elif (address := _address(row.source_address)) is not None:
            fitting = [each for each in listed if each[0].version == address.version and address in each[0]]
            if fitting:
                net, name = max(fitting, key=lambda each: each[0].prefixlen)
                named.setdefault((str(net), name), []).append(row)
            else:
                other.setdefault(str(address), []).append(row)
    groups = _grouped(other)
    return Origins(
        tuple(_origin(net, name, rows) for (net, name), rows in sorted(named.items())),
        tuple(_origin(net, None, [row for one in own for row in other[one]]) for net, own in groups.items()),
        tuple(_origin(name, None, rows) for name, rows in sorted(endpoints.items())),
        tuple(_origin(name, None, rows) for name, rows in sorted(services.items())),
    )


def undocumented(rows: Iterable[Row], networks: Sequence[Network]) -> tuple[Origin, ...]:
    """The networks that people and machines were seen in, with permission, and that the configuration does not name."""
    return origins((row for row in rows if is_use(row)), networks).other


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _grouped(addresses: Iterable[str]) -> dict[str, list[str]]:
    """Networks and the addresses in them: the narrowest that holds what was seen close together."""
    blocks: dict[Net, list[str]] = {}
    for text in addresses:
        address = ipaddress.ip_address(text)
        wide = ipaddress.ip_network(f"{text}/{_WIDEST[address.version]}", strict=False)
        blocks.setdefault(wide, []).append(text)
    found: dict[str, list[str]] = {}
    for wide, texts in sorted(blocks.items(), key=lambda item: (item[0].version, int(item[0].network_address))):
        inside = sorted(map(ipaddress.ip_address, texts), key=int)
        net = _narrowest(wide, int(inside[0]), int(inside[-1]))
        if len(inside) > 1 and (len(inside) >= _ENOUGH or 2 * len(inside) >= net.num_addresses):
            found[str(net)] = [str(one) for one in inside]
        else:
            found.update({f"{one}/{one.max_prefixlen}": [str(one)] for one in inside})
    return found


def _narrowest(wide: Net, first: int, last: int) -> Net:
    bits = (first ^ last).bit_length()
    net: Net = (
        type(wide)((first, wide.max_prefixlen)).supernet(bits) if bits else type(wide)((first, wide.max_prefixlen))
    )
    return net


def _origin(cidr: str, name: str | None, rows: Sequence[Row]) -> Origin:
    return Origin(
        cidr,
        name,
        tuple(sorted({row.source_address for row in rows})),
        tuple(sorted({row.principal for row in rows})),
        tuple(sorted({row.access_key for row in rows if row.access_key.startswith("AKIA")})),
        sum(row.calls for row in rows if row.nth == 0),
    )
