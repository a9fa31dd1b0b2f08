"""Values that certain condition keys are compared with, where a value is a plain text: no pattern and no variable."""

from collections.abc import Iterator, Set

from iamlint.analyse.conditions import parse_operator
from iamlint.model import Condition, Item, Statement
from iamlint.rule.families.names import has_wildcard


def plain_values(statement: Statement, keys: Set[str]) -> Iterator[tuple[Condition, Item, str]]:
    """Condition, value, and the value's text, for each value that `keys` (in lower case) are compared with as strings.

    The text is in lower case where the operator ignores case. Left out are values with a variable or a wildcard, even
    where an operator takes the wildcard for plain text: another rule says so.
    """
    for condition in statement.conditions:
        operator = parse_operator(condition.operator) if condition.key.lower() in keys else None
        if operator is None or operator.family != "String":
            continue
        ignores_case = operator.name.endswith("IgnoreCase")
        for item in condition.values:
            if not has_wildcard(item.text) and "${" not in item.text:
                yield condition, item, item.text.lower() if ignores_case else item.text


def is_identifier(text: str, prefix: str) -> bool:
    """True iff `text` is `prefix` and 8 or 17 letters or digits behind it: `vpc-1a2b3c4d`."""
    rest = text[len(prefix) :]
    return len(text) < _LONG and text.startswith(prefix) and len(rest) in (8, 17) and rest.isascii() and rest.isalnum()


_LONG = 64
