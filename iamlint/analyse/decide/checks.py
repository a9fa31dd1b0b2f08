"""One condition, made ready to be asked about many values: `check.holds(values)` is `condition_holds`, only faster.

Also what the condition says as patterns, for conditions on text.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from iamlint.analyse.addresses import network
from iamlint.analyse.conditions import Operator, compared, number, parse_operator, seconds
from iamlint.analyse.decide.patterns import canonical
from iamlint.analyse.decide.products import Product, product_matches
from iamlint.analyse.resources import FIELDS, completed, is_everything
from iamlint.analyse.variables import Context, resolve, resolve_pattern
from iamlint.analyse.wildcards import matches
from iamlint.model import Condition

if TYPE_CHECKING:
    from decimal import Decimal

_PLAIN: Final = str.maketrans({"*": "\ufdd0", "?": "\ufdd1"})
_WITH_VARIABLES: Final = ("String", "Arn", "Bool")
_WRITTEN: Final = str.maketrans({"\ufdd0": "*", "\ufdd1": "?"})


def plain(text: str) -> str:
    """`text` as a pattern that matches nothing but it."""
    return text.translate(_PLAIN) if "*" in text or "?" in text else text


def written(text: str) -> str:
    """The text that a pattern without wildcards matches."""
    return text.translate(_WRITTEN) if "\ufdd0" in text or "\ufdd1" in text else text


class Check:
    """A condition whose variables have been replaced.

    `operator` None stands for an operator that IAM does not know: the condition never holds.
    """

    def __init__(self, condition: Condition, variables: Context | None = None) -> None:
        """`variables` is the context that the policy's variables are read from, None where it has none."""
        self.operator: Operator | None = parse_operator(condition.operator)
        self.family = self.operator.family if self.operator else ""
        self._name = self.operator.name if self.operator else ""
        texts = [item.text for item in condition.values]
        self.count = len(texts)
        if variables is None or self.family not in _WITH_VARIABLES:
            self._wanted = texts
        else:
            like = self.family == "Arn" or self._name.endswith("Like")
            found = ((resolve_pattern if like else resolve)(text, variables) for text in texts)
            self._wanted = [text for text in found if text is not None]

    @cached_property
    def _match(self) -> Callable[[str], bool]:
        return _MATCHERS[self.family](self._name, self._wanted)

    def agrees(self, value: str) -> bool:
        """True iff the operator, without its quantifier, holds of this one value."""
        operator = self.operator
        return operator is not None and self._match(value) is not operator.negated

    def holds(self, values: Sequence[str]) -> bool:
        """True iff the condition holds where the key has these values; none where it is absent."""
        operator = self.operator
        if operator is None:
            return False
        if operator.quantifier or self.family == "Null":
            values = [value for value in values if value]
        if self.family == "Null":
            if not values and operator.quantifier:
                return operator.quantifier == "ForAllValues"
            return ("false" if values else "true") in self._truths
        if not values:
            return operator.holds_without_key
        if operator.quantifier == "ForAllValues":
            return all(map(self.agrees, values))
        if operator.quantifier == "ForAnyValue":
            return any(map(self.agrees, values))
        return self.agrees(values[0]) if len(values) == 1 else operator.negated

    @cached_property
    def _truths(self) -> frozenset[str]:
        return frozenset(text.lower() for text in self._wanted)

    @property
    def negated(self) -> bool:
        """True iff the operator is one of those with `Not`."""
        return self.operator is not None and self.operator.negated

    @property
    def quantified(self) -> bool:
        """True iff the operator is for keys with several values."""
        return self.operator is not None and bool(self.operator.quantifier)

    @property
    def ignores_case(self) -> bool:
        """True iff upper and lower case are one to the operator."""
        return self._name.endswith("IgnoreCase")

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Of a condition on strings or ARNs: patterns over the whole value, canonical, one for each of its values."""
        like = self._name.endswith("Like") or self.family == "Arn"
        return tuple(canonical(text) if like else plain(text) for text in self._wanted)

    @cached_property
    def arns(self) -> tuple[Product, ...]:
        """Of a condition on ARNs: the ARNs that its values match, field by field."""
        return tuple(arn for text in self._wanted if (arn := _arn_fields(text)) is not None)

    @cached_property
    def numbers(self) -> "tuple[Decimal, ...]":
        """Of a condition on numbers or dates: its values, dates in seconds."""
        read = seconds if self.family == "Date" else number
        return tuple(value for text in self._wanted if (value := read(text)) is not None)

    @cached_property
    def addresses(self) -> tuple[tuple[int, int, int], ...]:
        """Of a condition on addresses: version, first and last address of each of its networks."""
        return tuple(_networks(self._wanted))

    @property
    def written_values(self) -> tuple[str, ...]:
        """The values as texts, wildcards and all."""
        return tuple(map(written, self._wanted))


def _arn_fields(text: str) -> Product | None:
    """The pattern of an ARN condition, field by field; None where it has too few fields to match anything."""
    if is_everything(text):
        return ("*",) * FIELDS
    fields = (completed(text) if text.endswith("*") else text).split(":", FIELDS - 1)
    return tuple(map(canonical, fields)) if len(fields) == FIELDS else None


def _string(name: str, wanted: Sequence[str]) -> Callable[[str], bool]:
    if name.endswith("IgnoreCase"):
        lowered = frozenset(text.lower() for text in wanted)
        return lambda value: value.lower() in lowered
    if not name.endswith("Like"):
        return frozenset(wanted).__contains__
    texts = frozenset(text for text in wanted if "*" not in text and "?" not in text)
    patterns = [text for text in dict.fromkeys(wanted) if text not in texts]

    def like(value: str) -> bool:
        value = plain(value)
        return value in texts or any(matches(pattern, value) for pattern in patterns)

    return like


def _arn(name: str, wanted: Sequence[str]) -> Callable[[str], bool]:
    if any(map(is_everything, wanted)):
        return lambda value: True
    arns = [arn for text in wanted if (arn := _arn_fields(text)) is not None]

    def like(value: str) -> bool:
        fields = plain(value).split(":", FIELDS - 1)
        return len(fields) == FIELDS and any(product_matches(arn, fields) for arn in arns)

    return like


def _numeric(name: str, wanted: Sequence[str]) -> Callable[[str], bool]:
    return _ordered(name, number, wanted)


def _date(name: str, wanted: Sequence[str]) -> Callable[[str], bool]:
    return _ordered(name, seconds, wanted)


def _ordered(name: str, read: "Callable[[str], Decimal | None]", wanted: Iterable[str]) -> Callable[[str], bool]:
    """The values are alternatives, so of an inequality only the one that is easiest to meet counts."""
    limits = {value for text in wanted if (value := read(text)) is not None}
    if not limits:
        return lambda value: False
    if "Less" in name or "Greater" in name:
        limit = max(limits) if "Less" in name else min(limits)
        return lambda value: compared(read(value), limit, name)
    return lambda value: read(value) in limits


def _bool(name: str, wanted: Sequence[str]) -> Callable[[str], bool]:
    lowered = frozenset(text.lower() for text in wanted) & {"true", "false"}
    return lambda value: value.lower() in lowered


def _binary(name: str, wanted: Sequence[str]) -> Callable[[str], bool]:
    known = {decoded for text in wanted if (decoded := _bytes(text)) is not None}
    return lambda value: _bytes(value) in known


def _bytes(text: str) -> bytes | None:
    from base64 import b64decode

    try:
        return b64decode(text, validate=True)
    except ValueError:
        return None


def _networks(texts: Iterable[str]) -> Iterable[tuple[int, int, int]]:
    from ipaddress import ip_network

    for text in texts:
        if (easy := network(text)) is not None:
            yield easy.version, easy.first, easy.last
        elif len(text) <= _LONGEST_ADDRESS:
            try:
                found = ip_network(text, strict=False)
            except ValueError:
                continue
            yield found.version, int(found.network_address), int(found.broadcast_address)


_LONGEST_ADDRESS: Final = 100


def _address(name: str, wanted: Sequence[str]) -> Callable[[str], bool]:
    from ipaddress import ip_address

    starts: list[tuple[int, int]] = []
    ends: list[int] = []
    for version, first, last in sorted(set(_networks(wanted))):
        if starts and starts[-1][0] == version and first <= ends[-1]:
            ends[-1] = max(ends[-1], last)
        else:
            starts.append((version, first))
            ends.append(last)

    def within(value: str) -> bool:
        if len(value) > _LONGEST_ADDRESS:
            return False
        try:
            address = ip_address(value)
        except ValueError:
            return False
        place = bisect_right(starts, (address.version, int(address))) - 1
        return place >= 0 and starts[place][0] == address.version and int(address) <= ends[place]

    return within


_MATCHERS: Final[dict[str, Callable[[str, Sequence[str]], Callable[[str], bool]]]] = {
    "String": _string,
    "Arn": _arn,
    "Numeric": _numeric,
    "Date": _date,
    "Bool": _bool,
    "Binary": _binary,
    "IpAddress": _address,
}
