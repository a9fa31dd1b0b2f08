"""What concerns a policy, a Sid or an ARN as a whole."""

from collections.abc import Iterator

from iamlint.finding import Hit
from iamlint.model import Policy
from iamlint.rule.base import Rule, Where, quote

_ARN_FIELDS = 6


def repeated_sids(rule: Rule, policy: Policy) -> Iterator[Hit]:
    """A hit for each Sid that several statements have; all of them are marked."""
    places: dict[str, list[Where]] = {}
    for statement in policy.statements:
        if statement.sid is not None:
            places.setdefault(statement.sid, []).append(statement.at("Sid"))
    for sid, where in places.items():
        if len(where) > 1:
            yield rule.finding(where, f"{len(where)} statements have the Sid {quote(sid)}; give each its own")


def missing_fields(arn: str) -> int:
    """How many of its six fields `arn` lacks; 0 for a text that does not start with `arn:`.

    The colons of a policy variable separate nothing, and a `*` at the end stands for all that is missing.
    """
    if not arn.startswith("arn:") or arn.endswith("*"):
        return 0
    return max(0, _ARN_FIELDS - 1 - (arn.count(":") if "${" not in arn else _colons_outside_variables(arn)))


def _colons_outside_variables(text: str) -> int:
    from iamlint.analyse.variables import variable_parts

    return sum(plain.count(":") for plain, inside in variable_parts(text) if inside is None)
