"""Regions of the partitions, from a dated list: a region that opened after `date()` is not in it."""

import os
from functools import cache


@cache
def _table() -> tuple[str, dict[str, tuple[str, tuple[str, ...]]]]:
    day, partitions = "", {}
    with open(os.path.join(os.path.dirname(__file__), "data", "regions.txt"), encoding="utf-8") as file:
        for line in file:
            name, *rest = line.rstrip("\n").split("\t")
            if name == "@":
                day = rest[0]
            elif not name.startswith("#"):
                partitions[name] = (rest[0], tuple(rest[1].split(" ")))
    return day, partitions


@cache
def _homes() -> dict[str, str]:
    return {region: name for name, (_, regions) in _table()[1].items() for region in regions}


def date() -> str:
    """Day (ISO) of the list."""
    return _table()[0]


def regions(partition: str) -> tuple[str, ...]:
    """The regions of a partition, sorted; none of what is no partition."""
    return _table()[1].get(partition, ("", ()))[1]


def is_region(text: str) -> bool:
    """True iff the text is exactly the code of a region, of any partition."""
    return text in _homes()


def partition_of(region: str) -> str | None:
    """The partition that the region is part of; None for what is no region."""
    return _homes().get(region)


def dns_suffixes() -> frozenset[str]:
    """The domains of the partitions' endpoints: `amazonaws.com`, `amazonaws.com.cn` …"""
    return frozenset(suffix for suffix, _ in _table()[1].values())


def nearest_region(text: str) -> str | None:
    """The region that somebody may have meant; None if none is near."""
    from iamlint.syntax import nearest

    return nearest(text, sorted(_homes()))
