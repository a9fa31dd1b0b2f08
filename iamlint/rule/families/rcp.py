"""Conditions of resource control policies: for callers of the organization, or for services that act for it.

An RCP binds both, so a statement for the ones must say that the others are not meant. Source: "Resource control
policies (RCPs)" (AWS Organizations User Guide), whose examples say so by `aws:PrincipalIsAWSService`, with `Bool` or
`BoolIfExists`.
"""

from collections.abc import Iterator

from iamlint.analyse.conditions import parse_operator
from iamlint.aws.key_groups import IS_SERVICE
from iamlint.model import Condition, Statement


def compared_keys(statement: Statement, keys: frozenset[str]) -> Iterator[Condition]:
    """The conditions that compare one of `keys`, which are in lower case and without tag keys.

    `Null` compares nothing: it asks whether a key is there.
    """
    for condition in statement.conditions:
        if condition.key.lower().partition("/")[0] in keys:
            operator = parse_operator(condition.operator)
            if operator is not None and operator.family != "Null":
                yield condition


def is_for_services(statement: Statement, value: str) -> bool:
    """True iff a condition wants `aws:PrincipalIsAWSService` to be `value`: `true` or `false`."""
    return any(
        condition.key.lower() == IS_SERVICE
        and condition.operator.lower() in ("bool", "boolifexists")
        and [item.text.lower() for item in condition.values] == [value]
        for condition in statement.conditions
    )
