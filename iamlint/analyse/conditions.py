"""Condition operators, as the AWS IAM User Guide has them in "IAM JSON policy elements: Condition operators".

A block holds iff every key under every operator does. The values of one key are alternatives; under a negated
operator none may match. What an operator says of a request without the key:

    positive                 no        negated                   yes
    …IfExists                yes       Null true / false         yes / no
    ForAllValues:…           yes       ForAnyValue:…             no

A value that is not of the operator's type, on either side, matches nothing: positive operators fail, negated
ones hold. So does a variable without a value ("IAM policy elements: Variables and tags": there is no equal or
like value).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iamlint.analyse.resources import completed, is_everything, segments_match
from iamlint.analyse.variables import Context, plain_for, resolve, resolve_pattern
from iamlint.analyse.wildcards import matches
from iamlint.model import Condition, Statement
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from decimal import Decimal

_LONGEST = 100  # No number, date or address is longer.


class Operator(NamedTuple):
    """An operator, taken apart.

    `name` is the canonical one without prefix and suffix (`StringLike`), `quantifier` is `""`, `ForAllValues`
    or `ForAnyValue`, `family` is `String`, `Numeric`, `Date`, `Bool`, `Binary`, `IpAddress`, `Arn` or `Null`.
    """

    name: str
    family: str
    negated: bool
    quantifier: str
    if_exists: bool

    @property
    def holds_without_key(self) -> bool:
        """True iff a request without the key meets the condition (`Null` decides by its values)."""
        if self.if_exists or self.quantifier == "ForAllValues":
            return True
        return self.negated and not self.quantifier


_FAMILIES: Final = {
    "String": (
        "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike"
    ),
    "Numeric": (
        "NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals "
        "NumericGreaterThan NumericGreaterThanEquals"
    ),
    "Date": ("DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals"),
    "Bool": "Bool",
    "Binary": "BinaryEquals",
    "IpAddress": "IpAddress NotIpAddress",
    "Arn": "ArnEquals ArnLike ArnNotEquals ArnNotLike",
    "Null": "Null",
}

QUANTIFIERS: Final = ("ForAllValues", "ForAnyValue")
OPERATOR_NAMES: Final = tuple(name for names in _FAMILIES.values() for name in names.split())
"""Every operator without prefix and suffix; `Null` takes no `IfExists`."""

_BY_LOWER: Final = {
    name.lower(): (name, family, "Not" in name) for family, names in _FAMILIES.items() for name in names.split()
}


@lru_cache(maxsize=256)
def _parse(text: str) -> Operator | None:
    lowered = text.lower()
    quantifier = next((q for q in QUANTIFIERS if lowered.startswith(q.lower() + ":")), "")
    base = lowered[len(quantifier) + 1 :] if quantifier else lowered
    stem = base.removesuffix("ifexists")
    known = _BY_LOWER.get(stem)
    if known is None or (stem != base and known[0] == "Null"):
        return None
    return Operator(*known, quantifier, stem != base)


def parse_operator(text: str) -> Operator | None:
    """The operator that `text` names, in any case; None where IAM knows none of that name."""
    return _parse(text) if len(text) <= _LONGEST else None


def number(text: str) -> "Decimal | None":
    """The number that `text` is; None where it is none, or longer than any that is meant."""
    from decimal import Decimal, InvalidOperation

    if len(text) > _LONGEST or text.strip("0123456789+-.eE") or not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def seconds(text: str) -> "Decimal | None":
    """Seconds since 1970 of a date in ISO 8601 (UTC where it says no zone) or of a number of seconds."""
    value = number(text)
    if value is not None or len(text) > _LONGEST or text[4:5] != "-":
        return value
    from datetime import UTC, datetime, timedelta
    from decimal import Decimal

    if text[10:11] not in ("", "T") or not text[5:7].isdecimal():
        return None
    try:
        moment = datetime.fromisoformat(f"{text}-01" if len(text) == len("2025-01") else text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return Decimal(since).scaleb(-6)


def compared(value: "Decimal | None", wanted: "Decimal | None", name: str) -> bool:
    """Whether the operator `name`, of numbers or dates, holds of two values; None is none, which nothing holds of."""
    if value is None or wanted is None:
        return False
    if name.endswith("LessThan"):
        return value < wanted
    if name.endswith("LessThanEquals"):
        return value <= wanted
    if name.endswith("GreaterThan"):
        return value > wanted
    if name.endswith("GreaterThanEquals"):
        return value >= wanted
    return value == wanted


def _numeric(value: str, wanted: str, name: str, variables: Context | None) -> bool:
    return compared(number(value), number(wanted), name)


def _date(value: str, wanted: str, name: str, variables: Context | None) -> bool:
    return compared(seconds(value), seconds(wanted), name)


def _string(value: str, wanted: str, name: str, variables: Context | None) -> bool:
    if name.endswith("Like"):
        pattern = resolve_pattern(wanted, variables)
        return pattern is not None and matches(pattern, plain_for(pattern, value))
    text = resolve(wanted, variables)
    if text is None:
        return False
    return text.lower() == value.lower() if name.endswith("IgnoreCase") else text == value


def _bool(value: str, wanted: str, name: str, variables: Context | None) -> bool:
    text = resolve(wanted, variables)
    return text is not None and text.lower() == value.lower() and value.lower() in ("true", "false")


def _binary(value: str, wanted: str, name: str, variables: Context | None) -> bool:
    from base64 import b64decode

    try:
        return b64decode(value, validate=True) == b64decode(wanted, validate=True)
    except ValueError:
        return False


def _address(value: str, wanted: str, name: str, variables: Context | None) -> bool:
    from ipaddress import ip_address, ip_network

    if len(value) > _LONGEST or len(wanted) > _LONGEST:
        return False
    try:
        return ip_address(value) in ip_network(wanted, strict=False)
    except ValueError:
        return False


def _arn(value: str, wanted: str, name: str, variables: Context | None) -> bool:
    """`ArnEquals` is `ArnLike`; a pattern that ends early in a `*` leaves the missing fields open."""
    pattern = resolve_pattern(wanted, variables)
    if pattern is None:
        return False
    value = plain_for(pattern, value)
    if is_everything(pattern):
        return True
    return segments_match(completed(pattern) if pattern.endswith("*") else pattern, value)


_MATCHERS: Final[dict[str, Callable[[str, str, str, Context | None], bool]]] = {
    "String": _string,
    "Numeric": _numeric,
    "Date": _date,
    "Bool": _bool,
    "Binary": _binary,
    "IpAddress": _address,
    "Arn": _arn,
}


def _null_holds(operator: Operator, wanted: list[str], present: bool) -> bool:
    """Whether `Null` holds; a set prefix makes it look at the values there are, none of which is null."""
    if not present and operator.quantifier:
        return operator.quantifier == "ForAllValues"
    return ("false" if present else "true") in wanted


def condition_holds(condition: Condition, context: Context, variables: Context | None) -> bool:
    """True iff the condition holds for a request with this context; never under an unknown operator.

    `variables` is `context` where the policy's version knows variables, else None.
    """
    operator = parse_operator(condition.operator)
    if operator is None:
        return False
    values = context.values(condition.key)
    if operator.quantifier or operator.name == "Null":
        # An empty string counts as no value here: "Set operators for multivalued context keys".
        values = tuple(value for value in values if value)
    if operator.name == "Null":
        return _null_holds(operator, [item.text.lower() for item in condition.values], bool(values))
    if not values:
        return operator.holds_without_key
    match = _MATCHERS[operator.family]

    def agrees(value: str) -> bool:
        found = any(match(value, item.text, operator.name, variables) for item in condition.values)
        return found is not operator.negated

    if operator.quantifier == "ForAllValues":
        return all(map(agrees, values))
    if operator.quantifier == "ForAnyValue":
        return any(map(agrees, values))
    # Several values need a set operator ("Multivalued context keys"); taken as one value they equal nothing.
    return agrees(values[0]) if len(values) == 1 else operator.negated


def conditions_hold(statement: Statement, context: Context) -> bool:
    """True iff every condition of the statement holds for a request with this context."""
    variables = context if statement.policy.has_variables else None
    return all(condition_holds(condition, context, variables) for condition in statement.conditions)
