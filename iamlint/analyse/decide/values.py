"""Values of one condition key that stand for all: absent, one value, several values.

`candidates` gives values such that for every way to fill the key there is one among them that meets all the conditions
that have to hold and as few as any of those that should not. Its second result is False where that cannot be promised:
where an operator for text with wildcards and one for numbers, dates or addresses meet at one key, or one that ignores
case and wildcards that do not.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, islice, product
from typing import Final

from iamlint.analyse.conditions import number, seconds
from iamlint.analyse.decide.assumptions import NOT_EMPTY, OF_THEIR_TYPE, ONE_VALUE, TWO_VALUED
from iamlint.analyse.decide.checks import Check, plain, written
from iamlint.analyse.decide.domains import addresses, binaries, date_text, number_text, numbers
from iamlint.analyse.decide.patterns import canonical
from iamlint.analyse.decide.products import Product, chosen, marks, rows, split_at_colons
from iamlint.analyse.resources import FIELDS
from iamlint.analyse.work import Budget
from iamlint.record import NamedTuple

Values = tuple[str, ...]
"""What a request has for a key: nothing, one text, several."""

_TEXT: Final = frozenset(("String", "Arn"))
_MOST_SETS: Final = 20_000
_MOST_LETTERS: Final = 16  # of a text whose case is varied


class Asked(NamedTuple):
    """The conditions on one key: all of `musts` have to hold; of each of `escapes` one should fail."""

    musts: Sequence[Check]
    escapes: Sequence[Sequence[Check]]
    read: Sequence[Sequence[Product]] = ()
    """Groups of patterns of which the value may have to match one each, because other texts are made of it."""
    counted: int = 0
    """The most `?` of a pattern that should not match one of those texts."""

    @property
    def checks(self) -> Iterator[Check]:
        """All of them."""
        return chain(self.musts, *self.escapes)


def candidates(asked: Asked, letters: str, assume: frozenset[str], budget: Budget) -> tuple[list[Values], bool]:
    """Values for the key, absent first, and whether they stand for all. Raises `TooMuchWork`.

    `letters` are two at least and occur in no condition.
    """
    several = any(check.quantified for check in asked.checks) or ONE_VALUE not in assume
    found, complete = _texts(asked, letters, several, assume, budget)
    texts = list(dict.fromkeys(found))
    budget.spend(len(texts))
    values: list[Values] = [(), *((text,) for text in texts)]
    if several:
        sets, all_of_them = _sets(list(asked.checks), texts, budget)
        values += sets
        complete = complete and all_of_them
    return values, complete


def _texts(
    asked: Asked, letters: str, several: bool, assume: frozenset[str], budget: Budget
) -> tuple[Iterable[str], bool]:
    families = {check.family for check in asked.checks} - {"", "Null"}
    typed = families - _TEXT
    if not typed:
        texts, complete = _strings(asked, letters, several, budget)
        return (texts if NOT_EMPTY in assume else chain(texts, ("",))), complete
    found = list(_typed(typed, list(asked.checks), several, budget))
    complete = all(isinstance(text, str) for text in found)
    texts = [text for text in found if text is not None]
    if typed == {"Bool"} and TWO_VALUED in assume:
        return texts, True
    known = [text for check in asked.checks if check.family in _TEXT for text in check.written_values]
    if families & _TEXT:
        texts += [f"{text}0" if "." in text else f"{text}.0" for text in texts if number(text) is not None]
        texts += known
        complete = complete and not any("*" in text or "?" in text for check in asked.checks for text in check.texts)
    if (OF_THEIR_TYPE if typed != {"Bool"} else TWO_VALUED) not in assume:
        texts.append(letters[0])
    else:
        texts = [text for text in texts if _is_of(typed, text)]
    return texts, complete and not asked.read


def _typed(families: Iterable[str], checks: Sequence[Check], several: bool, budget: Budget) -> Iterator[str | None]:
    """Texts of these types, two that are alike where they may be `several`; None for one that is too long to write."""
    if "Bool" in families:
        yield from ("true", "false")
    if "Numeric" in families or "Date" in families:
        limits = [value for check in checks if check.family in ("Numeric", "Date") for value in check.numbers]
        budget.spend(4 * len(limits))
        limits = list(numbers(limits)) if several else limits
        for value in numbers(limits):
            text = number_text(value)
            yield text if number(text) == value else None
            if "Date" in families and seconds(date := date_text(value)) == value:
                yield date
    if "IpAddress" in families:
        networks = [network for check in checks if check.family == "IpAddress" for network in check.addresses]
        budget.spend(4 * len(networks))
        yield from addresses(networks, 2 if several else 1)
    if "Binary" in families:
        yield from binaries(text for check in checks if check.family == "Binary" for text in check.written_values)


def _is_of(families: Iterable[str], text: str) -> bool:
    """True iff the text is a value of one of these types."""
    from ipaddress import ip_address

    for family in families:
        if family in ("Numeric", "Date") and (number if family == "Numeric" else seconds)(text) is not None:
            return True
        if family == "Bool" and text in ("true", "false"):
            return True
        if family == "IpAddress" and len(text) <= len("ffff:" * 8):
            try:
                ip_address(text)
            except ValueError:
                continue
            return True
        if family == "Binary":
            return True
    return False


def _strings(asked: Asked, letters: str, several: bool, budget: Budget) -> tuple[Iterable[str], bool]:
    """Texts that stand for all texts.

    Some groups of patterns have to match, others may: what lies in a choice of these is a union of products, and a
    text with fresh letters stands for each (see `products`). Patterns that should not match need not be looked at, for
    fresh letters are matched as little as can be.
    """
    needed: list[Check] = []
    welcome: list[Check] = []
    unwanted: list[Check] = []
    for check, must in chain(((c, True) for c in asked.musts), ((c, False) for e in asked.escapes for c in e)):
        if check.family in _TEXT:
            budget.spend(1 + check.count)
            if several:
                welcome.append(check)
                unwanted.append(check)
            elif must is check.negated:
                unwanted.append(check)
            else:
                (needed if must else welcome).append(check)
    spellings = _Spellings([*needed, *welcome, *unwanted])
    found: list[str] = []
    for fields in (1, FIELDS) if any(check.family == "Arn" for check in asked.checks) else (1,):
        found += _rows(
            [spellings.products(check, fields, budget) for check in needed],
            [spellings.products(check, fields, budget) for check in welcome]
            + [[fit for pattern in group for fit in _refit(pattern, fields, budget)] for group in asked.read],
            [max(asked.counted, most) for most in marks(_all(unwanted, spellings, fields, budget), fields)],
            letters,
            several,
            budget,
        )
    return found, spellings.complete


def _rows(
    needed: Sequence[Sequence[Product]],
    welcome: Sequence[Sequence[Product]],
    counted: Sequence[int],
    letters: str,
    several: bool,
    budget: Budget,
) -> Iterator[str]:
    for pattern in chosen({("*",) * len(counted): None}, needed, welcome, budget):
        for spelled in (letters, letters[::-1]) if several else (letters,):
            for row in rows(pattern, spelled, counted):
                budget.spend(4)
                yield written(":".join(row))


def _all(checks: Iterable[Check], spellings: "_Spellings", fields: int, budget: Budget) -> Iterator[Product]:
    for check in checks:
        yield from spellings.products(check, fields, budget)


def _refit(pattern: Product, fields: int, budget: Budget) -> Iterable[Product]:
    """A product for all that one of other fields matches, or somewhat more."""
    if len(pattern) == fields:
        return (pattern,)
    return ((canonical(":".join(pattern)),),) if fields == 1 else split_at_colons(pattern[0], fields, budget)


class _Spellings:
    """What conditions say as products, those that ignore case in as many spellings as it takes.

    One spelling more than there are other plain texts escapes them all. `complete` is False where patterns with
    wildcards are about too.
    """

    def __init__(self, checks: Sequence[Check]) -> None:
        exact = [check for check in checks if not check.ignores_case]
        self.complete = True
        self._known: dict[str, list[str]] = {}
        if len(exact) < len(checks):
            for text in dict.fromkeys(text for check in exact for text in check.texts):
                self._known.setdefault(written(text).lower(), []).append(written(text))
                self.complete = self.complete and "*" not in text and "?" not in text

    def products(self, check: Check, fields: int, budget: Budget) -> list[Product]:
        """Products that together match the ARNs (of six fields) or texts (of one) that the condition lists."""
        if check.family == "Arn" and fields == 1:  # only texts that are no ARNs
            return [("*",)] if ("*",) * FIELDS in check.arns else []
        if check.family == "Arn":
            return list(check.arns)
        texts = check.texts
        if check.ignores_case:
            texts = tuple(plain(spelling) for text in check.written_values for spelling in self._of(text, budget))
        if fields == 1:
            return [(text,) for text in texts]
        return [arn for text in texts for arn in split_at_colons(text, fields, budget)]

    def _of(self, text: str, budget: Budget) -> Iterator[str]:
        known = self._known.get(text.lower(), [])
        yield from known
        cases = [dict.fromkeys((char.lower(), char.upper())) for char in text[:_MOST_LETTERS]]
        budget.spend(len(text) * (len(known) + 1))
        for spelling in islice(product(*cases), len(known) + 1):
            yield "".join(spelling) + text[_MOST_LETTERS:]


def _sets(checks: Sequence[Check], texts: Iterable[str], budget: Budget) -> tuple[list[Values], bool]:
    """Two values or more: as many as there are conditions on several values, for each can be shown by one value.

    Values on which all these conditions agree are alike, but for there being two of them.
    """
    asked = [check for check in checks if check.quantified and check.family != "Null"]
    alike: dict[tuple[bool, ...], list[str]] = {}
    for text in filter(None, texts):
        budget.spend(1 + len(asked))
        alike.setdefault(tuple(check.agrees(text) for check in asked), []).append(text)
    pool = [text for same in alike.values() for text in same[:2]]
    different = len(set(zip(*alike, strict=True)))
    sizes = range(2, min(max(2, different), len(pool)) + 1)
    found = list(islice((some for size in sizes for some in combinations(pool, size)), _MOST_SETS))
    budget.spend(len(found))
    return found, len(found) < _MOST_SETS
