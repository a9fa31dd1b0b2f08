"""Ranges of addresses in conditions: those that are private, and those with bits below the mask."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from iamlint.analyse.addresses import network
from iamlint.analyse.conditions import parse_operator
from iamlint.finding import Draft, Hit
from iamlint.model import Item, Statement
from iamlint.rule.base import Rule, listing

_PRIVATE: Final = tuple(filter(None, map(network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))))
"""RFC 1918. Whether AWS's check counts further ranges that no public request comes from is not documented."""


def private_sources(statement: Statement, negated: bool) -> Iterator[tuple[list[Item], bool]]:
    """Per condition on aws:SourceIp under IpAddress, or NotIpAddress where `negated`: its private values.

    With each comes whether a public one stands beside them; conditions without a private value are left out.
    """
    for condition in statement.conditions:
        if condition.key.lower() != "aws:sourceip":
            continue
        operator = parse_operator(condition.operator)
        if operator is None or operator.family != "IpAddress" or operator.negated is not negated:
            continue
        private, public = [], False
        for item in condition.values:
            says = is_private(item.text)
            if says:
                private.append(item)
            elif says is False:
                public = True
        if private:
            yield private, public


def is_private(text: str) -> bool | None:
    """Whether all addresses of the range are private; None where `text` is no range."""
    found = network(text)
    if found is None:
        return None
    return any(map(found.within, _PRIVATE))


def private_hits(rule: Rule, statement: Statement, negated: bool, mixed: bool) -> Iterator[Hit]:
    """A hit per condition with private values, `mixed` with public ones or not, that marks the private ones."""
    for items, public in private_sources(statement, negated):
        if public is not mixed:
            continue
        one = len(items) == 1
        if mixed:
            effect = "it matches none" if one else "they match none"
        else:
            effect = "every request meets this" if negated else "no request meets this"
        yield rule.finding(
            list(items),
            f"{listing(item.text for item in items)} {'is' if one else 'are'} private, but aws:SourceIp holds the "
            f"public address of a request, so {effect}; "
            "name the public addresses of your networks or test aws:VpcSourceIp",
            rewrite=partial(_without, items) if mixed else None,
        )


def _without(items: list[Item]) -> Draft | None:
    """The private values go, which no request has."""
    from iamlint.rule.families.drafts import MOST_ENTRIES
    from iamlint.syntax.change import Drop

    if len(items) > MOST_ENTRIES:
        return None
    return Draft("take the private addresses out", tuple(Drop(item.path) for item in items))


def loose_ranges(statement: Statement) -> Iterator[tuple[Item, str]]:
    """Each range with bits set below its mask, and the range that IAM reads."""
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        if operator is None or operator.family != "IpAddress":
            continue
        for item in condition.values:
            found = network(item.text)
            if found is not None and found.address != found.first:
                yield item, str(found)
