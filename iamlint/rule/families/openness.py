"""Values of conditions that say too little: wildcards and variables where the key should be one certain value.

Source: AWS IAM User Guide, "IAM policy validation check reference" (Overly permissive use of wildcard, of policy
variable) and "AWS global condition context keys" (sensitive keys).
"""

from collections.abc import Iterator
from typing import Final

from iamlint.analyse.conditions import Operator, parse_operator
from iamlint.analyse.variables import variable_parts
from iamlint.model import Condition, Item, Statement
from iamlint.rule.base import PRINCIPAL_KINDS
from iamlint.rule.families.variables import ESCAPES

SENSITIVE_KEYS: Final = frozenset(
    (
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
    )
)
"""Keys whose values AWS wants to be written out."""
FEWEST_BEFORE: Final = 6
"""So many characters must stand right before a wildcard or variable."""
_HOLE: Final = "\0"


def compared(statement: Statement) -> Iterator[tuple[Condition, Operator]]:
    """The conditions that compare strings, with their operators."""
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        if operator is not None and operator.family == "String":
            yield condition, operator


def subjects(statement: Statement) -> Iterator[tuple[Condition, Operator]]:
    """The conditions that let in callers by the subject which an identity provider vouches for.

    Only in policies that name principals: a role's trust policy, even where it is taken for another kind.
    """
    if statement.policy.kind in PRINCIPAL_KINDS:
        for condition, operator in compared(statement):
            issuer, _, name = condition.key.lower().rpartition(":")
            if name == "sub" and "." in issuer and widens(statement, operator):
                yield condition, operator


def widens(statement: Statement, operator: Operator) -> bool:
    """True iff a value that matches more lets the statement allow more, or deny less."""
    return statement.denies if operator.negated else statement.allows


def is_pattern(operator: Operator) -> bool:
    """True iff `*` and `?` are wildcards in the operator's values."""
    return operator.name.endswith("Like")


def masked(item: Item, statement: Statement) -> str:
    """The value with a NUL for each variable, and an `x` for each escape, so that their text does not count."""
    if not statement.policy.has_variables or "${" not in item.text:
        return item.text.replace(_HOLE, "x")
    parts = variable_parts(item.text.replace(_HOLE, "x"))
    return "".join(plain if inside is None else "x" if inside in ESCAPES else _HOLE for plain, inside in parts)


def has_loose(text: str, holes: str) -> bool:
    """True iff too few plain characters stand right before one of `holes` in a `masked` text.

    A run of wildcards counts as one.
    """
    run = 0
    for before, char in zip("x" + text, text, strict=False):
        if char not in "*?\0":
            run += 1
            continue
        if char in holes and run < FEWEST_BEFORE and not (before in "*?" and char in "*?"):
            return True
        run = 0
    return False


def is_loose_user_id(text: str, holes: str) -> bool:
    """True iff one of `holes` stands left of the colon of a `masked` user id, unless it stands there alone.

    `aws:userid` of a role's session is `AROAEXAMPLE:session`; without a colon, all of it is left.
    """
    left, colon, _ = text.partition(":")
    return any(hole in left for hole in holes) and not (colon and left in holes)


WILDCARDS: Final = "*?"
VARIABLES: Final = _HOLE
