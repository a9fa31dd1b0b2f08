"""Requests without TLS that the policy of a bucket lets through.

Source: Amazon S3 User Guide, "Examples of Amazon S3 bucket policies", section "Managing access based on HTTP or HTTPS
requests".
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from iamlint.analyse.conditions import parse_operator
from iamlint.model import Policy, Statement
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.analyse.request import Request

_MOST_ALLOWS: Final = 20
_MOST_RESOURCES: Final = 400
_MOST_WORK: Final = 20_000
"""Steps of about a microsecond for one statement; beyond that nothing is said of it."""
_DENY: Final = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


class PlainHttp(NamedTuple):
    """A request without TLS that a statement allows, and the buckets that the policy is for."""

    statement: Statement
    request: "Request"
    buckets: tuple[str, ...]


def plain_http(policy: Policy) -> PlainHttp | None:
    """The first such request; None where there is none, nobody can tell, or the policy is not a bucket's.

    What services do in their own name is not looked at: they call with TLS.
    """
    if policy.resource_type not in (None, "AWS::S3::Bucket"):
        return None
    buckets = _buckets(policy)
    if not buckets:
        return None
    denies = [statement.value for statement in policy.statements if statement.denies]
    allows = [statement for statement in policy.statements if statement.allows and _is_for_callers(statement)]
    for statement in allows[:_MOST_ALLOWS]:
        request = None if _asks_for_tls(statement) else _plain(policy, statement.value, denies)
        if request is not None:
            return PlainHttp(statement, request, buckets)
    return None


def _plain(policy: Policy, allow: Mapping[str, object], denies: list[dict[str, object]]) -> "Request | None":
    from iamlint.analyse.decide.compare import compare

    # With the version of the policy language that knows variables: which one it is makes no difference to TLS.
    now, then = ({"Version": "2012-10-17", "Statement": [allow, *denies, *more]} for more in ((), (_DENY,)))
    return compare(Policy(then, policy.kind), Policy(now, policy.kind), budget=_MOST_WORK).witness


def _is_for_callers(statement: Statement) -> bool:
    return any(principal.type in ("AWS", "*", "CanonicalUser") for principal in statement.principals)


def _asks_for_tls(statement: Statement) -> bool:
    """True iff a condition plainly asks for TLS: the common case, told without a search."""
    for condition in statement.conditions:
        if condition.key.lower() == "aws:securetransport":
            operator = parse_operator(condition.operator)
            texts = [value.text.lower() for value in condition.values]
            if operator is not None and operator.name == "Bool" and not operator.if_exists and texts == ["true"]:
                return True
    return False


def _buckets(policy: Policy) -> tuple[str, ...]:
    """The ARNs of the buckets that the resources belong to; () where another service's are among them, or too many."""
    found: dict[str, None] = {}
    for statement in policy.statements:
        for item in (*statement.resources, *statement.not_resources)[:_MOST_RESOURCES]:
            fields = item.text.split(":", 5)
            if len(fields) < 6 or fields[0] != "arn" or fields[2:5] != ["s3", "", ""]:
                return ()
            found[":".join(fields[:5]) + ":" + fields[5].partition("/")[0]] = None
    return tuple(found) if len(found) <= 5 else ()
