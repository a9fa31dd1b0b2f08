"""Rows of patterns: an action is a service and a name, an ARN six fields, any other text one field.

A product matches a row of texts iff each of its patterns matches the text in its place. The fields of an action and
the first five of an ARN hold no colon, and wildcards stop there (reading R2 of `iamlint.analyse.resources`).

What products have in common is a union of products again, so they are prime as patterns are (see `patterns`), and a few
of them stand for all rows: `narrowed` makes those that lie in a member of each group that has to be matched, and those
that lie in a member of a group that may be.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations_with_replacement, product
from typing import TypeAlias

from iamlint.analyse.decide.patterns import canonical, intersection, texts
from iamlint.analyse.wildcards import matches
from iamlint.analyse.work import Budget

Product: TypeAlias = tuple[str, ...]
"""Canonical patterns, one for each field."""


def product_matches(pattern: Product, row: Sequence[str]) -> bool:
    """True iff each pattern matches the text in its place."""
    for part, text in zip(pattern, row, strict=True):
        if part != text and part != "*" and not matches(part, text):
            return False
    return True


def common(one: Product, two: Product, budget: Budget) -> Iterator[Product]:
    """Products that together match exactly the rows that both match. Raises `TooMuchWork`."""
    budget.spend()
    fields = []
    for a, b in zip(one, two, strict=True):
        shared = intersection(a, b, budget)
        if not shared:
            return
        fields.append(shared)
    yield from product(*fields)


def is_plain(pattern: Product) -> bool:
    """True iff the product matches one row only."""
    text = "".join(pattern)
    return "*" not in text and "?" not in text


def narrowed(found: Iterable[Product], group: Iterable[Product], budget: Budget) -> dict[Product, None]:
    """What lies both in one of `found` and in one of `group`. Raises `TooMuchWork`."""
    plain: dict[Product, None] = {}
    wild: dict[Product, None] = {}
    for pattern in group:
        (plain if is_plain(pattern) else wild)[pattern] = None
    both: dict[Product, None] = {}
    for one in found:
        if one in plain or one in wild:
            both[one] = None
        elif is_plain(one):
            budget.spend(1 + len(wild))
            if any(product_matches(pattern, one) for pattern in wild):
                both[one] = None
            continue
        budget.spend(1 + len(plain))
        both.update((pattern, None) for pattern in plain if product_matches(one, pattern))
        for pattern in wild:
            both.update(dict.fromkeys(common(one, pattern, budget)))
    return both


def chosen(
    start: Iterable[Product],
    needed: Iterable[Iterable[Product]],
    welcome: Iterable[Iterable[Product]],
    budget: Budget,
) -> dict[Product, None]:
    """What lies in one of `start`, in one member of each group that is needed, and of each in any choice of `welcome`.

    Raises `TooMuchWork`.
    """
    found = dict.fromkeys(start)
    for group in needed:
        found = narrowed(found, group, budget)
    for group in dict.fromkeys(map(tuple, welcome)):
        found.update(narrowed(found, group, budget))
    return found


def rows(pattern: Product, letters: str, counted: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """Rows of texts that stand for all that `pattern` matches, see `patterns.texts`; `counted` is for each field."""
    if is_plain(pattern):
        yield pattern
        return
    if not any(counted):
        yield tuple(next(texts(part, letters, 0)) for part in pattern)
        return
    if not pattern:
        yield ()
        return
    # There can be very many; whoever asks may not want them all.
    for text in texts(pattern[0], letters, counted[0]):
        for rest in rows(pattern[1:], letters, counted[1:]):
            yield text, *rest


def marks(patterns: Iterable[Product], fields: int) -> list[int]:
    """The most `?` that any of the products has, field by field."""
    most = [0] * fields
    for pattern in patterns:
        for field, part in enumerate(pattern):
            if "?" in part:
                most[field] = max(most[field], part.count("?"))
    return most


def split_at_colons(pattern: str, fields: int, budget: Budget) -> Iterator[Product]:
    """Products that match exactly those rows that, joined with colons, `pattern` matches; the last takes the rest.

    A colon between two fields is one of the pattern's own, or a wildcard takes it. Their number grows with that of the
    wildcards to the power of `fields` - 1.
    """
    # Places where a colon may be: what stands before goes to one field, what stands after to the next.
    places = [(i + 1, i) if char == "*" else (i, i + 1) for i, char in enumerate(pattern) if char in ":*?"]
    for chosen in combinations_with_replacement(places, fields - 1):
        budget.spend()
        parts, start = [], 0
        for end, after in chosen:
            if end < start:
                break
            parts.append(pattern[start:end])
            start = after
        else:
            parts.append(pattern[start:])
            # A colon of the pattern that was not chosen cannot lie before the last field.
            if not any(":" in part for part in parts[:-1]):
                yield tuple(map(canonical, parts))
