"""Conditions that a request without the key meets, where nothing else asks for the key."""

from collections.abc import Iterator
from typing import Final

from iamlint.analyse.conditions import parse_operator
from iamlint.model import Condition, Statement
from iamlint.rule.context import Context
from iamlint.rule.families.condition_keys import condition_key, is_single_valued

_PARTS: Final = {
    "aws:tagkeys": "aws:requesttag/",
    "kms:encryptioncontextkeys": "kms:encryptioncontext:",
    "s3:requestobjecttagkeys": "s3:requestobjecttag/",
}
"""Lists of names → how the keys begin of which one for each name is in the request."""
_REQUIRED: Final = frozenset(
    (
        "kms:grantoperations",
        "route53:changeresourcerecordsetsactions",
        "route53:changeresourcerecordsetsnormalizedrecordnames",
        "route53:changeresourcerecordsetsrecordtypes",
    )
)
"""Keys that no request lacks which could have them.

From "CreateGrant" (KMS API Reference) and "ChangeResourceRecordSets" (Route 53 API Reference): required parameters.
"""


def unguarded_keys(statement: Statement, ctx: Context) -> Iterator[tuple[Condition, bool]]:
    """Each positive condition under ForAllValues that the statement does not guard against requests without the key.

    With whether the key tells of the caller, and not of what the request asks for. Keys of a single value are left out.
    """
    guards: set[str] | None = None
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        if operator is None or operator.quantifier != "ForAllValues" or operator.negated or operator.family == "Null":
            continue
        name = condition.key.lower()
        prefix = name.partition(":")[0]
        of_token = "." in prefix or prefix == "saml"
        key = condition_key(condition.key, ctx)
        if name in _REQUIRED or (is_single_valued(key) if key else not of_token):
            continue
        if guards is None:
            guards = set(_guards(statement))
        of_caller = of_token or (prefix == "aws" and name not in _PARTS)
        if operator.if_exists and not of_caller:
            continue  # says that requests without the key are meant
        if name not in guards and _PARTS.get(name) not in guards:
            yield condition, of_caller


def _guards(statement: Statement) -> Iterator[str]:
    """The keys, in lower case, without which the statement applies to no request; of one name in a list, `_PARTS`."""
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        if operator is None:
            continue
        if operator.family == "Null":
            asks = not operator.quantifier and {item.text.lower() for item in condition.values} == {"false"}
        else:
            asks = not operator.holds_without_key
        if asks:
            name = condition.key.lower()
            yield name
            yield from (part for part in _PARTS.values() if name.startswith(part))
