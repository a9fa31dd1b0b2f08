"""Values in conditions that are not of their operator's type, and lists of values without an entry.

Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from collections.abc import Callable, Iterator
from functools import partial

from iamlint.analyse.conditions import OPERATOR_NAMES, QUANTIFIERS, Operator, parse_operator
from iamlint.analyse.variables import variable_parts
from iamlint.finding import Draft, Hit
from iamlint.model import Condition, Item, Statement
from iamlint.rule.base import Rule, quote
from iamlint.syntax import Path, nearest

_LONGEST = 100  # No number, date or address is longer.


def misfits(
    rule: Rule,
    statement: Statement,
    families: tuple[str, ...],
    fits: Callable[[str], bool],
    wanted: str,
    meant: Callable[[str], str | None],
) -> Iterator[Hit]:
    """A hit for each value under an operator of `families` that does not fit; values with a variable are not judged.

    `wanted` says what the values should be, `meant` what a value is evidently meant as; it is only asked for a rewrite.
    """
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        if operator is None or operator.family not in families:
            continue
        for item in condition.values:
            if "${" not in item.text and not fits(item.text):
                message = f"{quote(condition.operator)} cannot compare with {quote(item)}; write {wanted}"
                yield rule.finding(item, message, rewrite=partial(_written, item, meant, fits))


def _written(item: Item, meant: Callable[[str], str | None], fits: Callable[[str], bool]) -> Draft | None:
    from iamlint.rule.families.drafts import written

    text = meant(item.text) if len(item.text) <= _LONGEST else None
    return written(item.path, text) if text is not None and fits(text) else None


def is_boolean(text: str) -> bool:
    """True iff `text` is `true` or `false`, in any case."""
    return text.lower() in ("true", "false")


def is_number(text: str) -> bool:
    """True iff `text` is a decimal number, with or without sign, fraction and exponent."""
    if not text or len(text) > _LONGEST or text.strip("0123456789+-.eE"):
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_date(text: str) -> bool:
    """True iff `text` is a date in one of the ISO 8601 forms that W3C's note on dates lists, or a number of seconds.

    Forms without a zone are taken as well.
    """
    if is_number(text):
        return True
    if len(text) > _LONGEST or text[4:5] != "-" or text[10:11] not in ("", "T") or not text[5:7].isdecimal():
        return False
    from datetime import datetime

    try:
        datetime.fromisoformat(f"{text}-01" if len(text) == len("2025-01") else text)
    except ValueError:
        return False
    return True


def is_address(text: str) -> bool:
    """True iff `text` is an IPv4 or IPv6 address or a range in CIDR notation."""
    if len(text) > _LONGEST or "%" in text:
        return False
    from ipaddress import ip_network

    _, slash, mask = text.partition("/")
    if slash and not (mask.isascii() and mask.isdecimal()):
        return False
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def is_base64(text: str) -> bool:
    """True iff `text` is bytes in base64 as RFC 4648 has it, with padding."""
    from base64 import b64decode

    try:
        b64decode(text, validate=True)
    except ValueError:
        return False
    return True


def date_of_number(seconds: str) -> str | None:
    """The time (ISO, UTC) that many seconds after the start of 1970, a day where it is midnight.

    None where no year of four digits has it.
    """
    from datetime import UTC, datetime

    try:
        moment = datetime.fromtimestamp(float(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat().replace("+00:00", "Z").removesuffix("T00:00:00Z")


def has_plain_wildcard(text: str) -> bool:
    """True iff `text` holds a `*` or `?` outside of `${…}`, where `${*}` is the plain character."""
    return any("*" in plain or "?" in plain for plain, _ in variable_parts(text))


def empty_values(statement: Statement) -> Iterator[tuple[Condition, Operator]]:
    """Each condition whose value is a list without an entry, with its operator."""
    for condition in statement.conditions:
        operator = None if condition.values else parse_operator(condition.operator)
        if operator and _value(statement, condition) == []:
            yield condition, operator


def without_values(statement: Statement, condition: Condition, operator: Operator) -> Draft | None:
    """What a comparison with nothing comes to: to none at all, or to asking whether the key is there."""
    from iamlint.rule.families.drafts import condition_out, dead_statement_out, under

    if operator.family == "Null":
        return None
    with_key, without_key = operator.negated, operator.holds_without_key
    if with_key and without_key:
        return Draft("take it out", condition_out(statement, condition))
    if not with_key and not without_key:
        return dead_statement_out(statement)
    return under(statement, condition, "Null", "true" if without_key else "false")


def _value(statement: Statement, condition: Condition) -> object:
    block = statement.value.get("Condition")
    keys = block.get(condition.operator) if isinstance(block, dict) else None
    return keys.get(condition.key) if isinstance(keys, dict) else None


def operators(statement: Statement) -> Iterator[tuple[str, Path]]:
    """Each operator of the condition block as written, with the path to it."""
    block = statement.value.get("Condition")
    if isinstance(block, dict):
        for operator in block:
            yield operator, statement.at("Condition", operator)


def without_if_exists(operator: str) -> str | None:
    """`operator` without its suffix IfExists; None where it has none."""
    lowered = operator.lower()
    return operator[: -len("IfExists")] if lowered.endswith("ifexists") and lowered != "ifexists" else None


def is_null_if_exists(operator: str) -> bool:
    """True iff `operator` is `Null` with IfExists, which IAM refuses."""
    base = parse_operator(without_if_exists(operator) or "")
    return base is not None and base.name == "Null"


def nearest_operator(text: str) -> str | None:
    """The operator that somebody may have meant by `text`, prefix and suffix kept; None if none is near."""
    if len(text) > _LONGEST:
        return None
    prefix, colon, rest = text.rpartition(":")
    quantifier = nearest(prefix, QUANTIFIERS) if colon else ""
    base = without_if_exists(rest)
    operator = nearest(base or rest, OPERATOR_NAMES)
    if operator is None or quantifier is None:
        return None
    return f"{quantifier}{colon}{operator}{'IfExists' if base and operator != 'Null' else ''}"
