"""Random pairs of policies, small enough for z3 and so alike that one often contains the other."""

import copy
from random import Random
from typing import Any

Statement = dict[str, Any]
Document = dict[str, Any]

_ACTIONS = [
    "*", "s3:*", "s3:Get*", "s3:GetObject", "S3:getobject", "s3:Get?bject", "s3:*Object", "s3:Put*", "s3:PutObject",
    "ec2:Describe*", "ec2:*", "ec2:Describe??*", "*:Get*", "iam:PassRole", "s3:G*t*ct",
]  # fmt: skip
_RESOURCES = [
    "*", "arn:aws:s3:::*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::b/?*", "arn:aws:s3:::b/a/*",
    "arn:aws:s3:::b/*/x", "arn:aws:s3:::b/a*x", "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/team, 'a'}/*", "arn:aws:s3:::b/a${*}", "arn:*:s3:::b/*", "arn:aws:ec2:*:1:*",
    "arn:aws:ec2:eu-*:1:instance/*", "arn:aws:ec2:eu-west-1:*:instance/i-?", "arn:aws:s3:*", "arn:aws:s3:::?",
]  # fmt: skip
_TEXTS = ["a", "A", "ab", "a*", "*", "?", "*b", "a?c", "*b*", "${aws:username}", "a${aws:username}*", "x"]
_ARNS = [
    "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/*", "arn:aws:iam::*:role/a", "arn:*:iam::1:*", "*",
    "arn:aws:iam::1:role/${aws:username}", "arn:aws:iam::2:role/a*",
]  # fmt: skip
_NETWORKS = ["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.0.1", "0.0.0.0/0", "2001:db8::/32", "::/0", "11.0.0.0/8"]
_DATES = ["2026-01-01T00:00:00Z", "2026-01-01", "2026-06-01T02:00:00+02:00", "1767225600", "2027-01-01T00:00:00Z"]
_BY_FAMILY: list[tuple[list[str], list[str], list[str]]] = [
    (["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists",
      "StringNotLikeIfExists"], ["s3:prefix", "aws:RequestTag/t", "aws:username"], _TEXTS),
    (["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"], ["s3:prefix", "AWS:requesttag/T"], ["a", "A", "ab", "x"]),
    (["ArnLike", "ArnNotLike", "ArnEqualsIfExists", "ArnNotEquals"], ["aws:SourceArn"], _ARNS),
    (["NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericEquals", "NumericNotEquals",
      "NumericGreaterThanEqualsIfExists"], ["s3:max-keys"], ["1", "2", "2.5", "10"]),
    (["DateLessThan", "DateGreaterThanEquals", "DateEquals", "DateNotEqualsIfExists"], ["aws:CurrentTime"], _DATES),
    (["Bool", "BoolIfExists"], ["aws:SecureTransport", "aws:MultiFactorAuthPresent"], ["true", "false"]),
    (["IpAddress", "NotIpAddress", "IpAddressIfExists", "NotIpAddressIfExists"], ["aws:SourceIp"], _NETWORKS),
    (["Null"], ["s3:prefix", "aws:TagKeys", "aws:SourceIp", "aws:username"], ["true", "false"]),
    (["ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringNotLike", "ForAnyValue:StringLike",
      "ForAnyValue:StringNotEquals", "ForAllValues:StringLikeIfExists"], ["aws:TagKeys"], ["a", "b", "a*", "*", "ab"]),
]  # fmt: skip
_PRINCIPALS: list[Any] = [
    "*", {"AWS": "*"}, {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:root"},
    {"AWS": "arn:aws:iam::111122223333:role/a"}, {"AWS": ["arn:aws:iam::111122223333:user/a", "444455556666"]},
    {"AWS": "arn:aws:iam::444455556666:role/team/b"}, {"Service": "lambda.amazonaws.com"},
    {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]},
    {"AWS": "arn:aws:sts::111122223333:assumed-role/a/s"},
    {"Federated": "arn:aws:iam::111122223333:saml-provider/idp"},
]  # fmt: skip


def _some(rng: Random, values: list[str], most: int = 2) -> Any:
    chosen = rng.sample(values, rng.randint(1, most))
    return chosen[0] if len(chosen) == 1 and rng.random() < 0.5 else chosen


def _condition(rng: Random, block: dict[str, Any]) -> None:
    operators, keys, values = rng.choice(_BY_FAMILY)
    block.setdefault(rng.choice(operators), {})[rng.choice(keys)] = _some(rng, values)


def statement(rng: Random, named: bool = False) -> Statement:
    """A statement; `named`: of a policy on a resource."""
    made: Statement = {
        "Effect": "Deny" if rng.random() < 0.3 else "Allow",
        "NotAction" if rng.random() < 0.15 else "Action": _some(rng, _ACTIONS),
        "NotResource" if rng.random() < 0.12 else "Resource": _some(rng, _RESOURCES),
    }
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        _condition(rng, made.setdefault("Condition", {}))
    if named:
        made["Principal"] = copy.deepcopy(rng.choice(_PRINCIPALS))
    return made


def document(rng: Random, named: bool = False) -> Document:
    """A policy of one to three statements."""
    return {"Version": "2012-10-17", "Statement": [statement(rng, named) for _ in range(rng.randint(1, 3))]}


def _changed(rng: Random, source: Document, named: bool) -> Document:
    made = copy.deepcopy(source)
    statements: list[Statement] = made["Statement"]
    for _ in range(rng.randint(1, 2)):
        one = rng.choice(statements)
        change = rng.randrange(7)
        if change == 0:
            statements.append(statement(rng, named))
        elif change == 1 and len(statements) > 1:
            statements.remove(one)
        elif change == 2:
            element = "Action" if "Action" in one else "NotAction"
            one[element] = _some(rng, _ACTIONS, 3)
        elif change == 3:
            element = "Resource" if "Resource" in one else "NotResource"
            one[element] = _some(rng, _RESOURCES, 3)
        elif change == 4:
            _condition(rng, one.setdefault("Condition", {}))
        elif change == 5:
            one.pop("Condition", None)
        elif named:
            one["Principal"] = copy.deepcopy(rng.choice(_PRINCIPALS))
    return made


def pair(rng: Random, named: bool = False) -> tuple[Document, Document]:
    """Two policies, mostly with much in common."""
    old = document(rng, named)
    new = _changed(rng, old, named) if rng.random() < 0.7 else document(rng, named)
    return (old, new) if rng.random() < 0.5 else (new, old)


def without_one(rng: Random, source: Document) -> Document | None:
    """`source` without one statement, or one action, resource or condition of a statement; None where none is left."""
    made = copy.deepcopy(source)
    statements = made["Statement"] if isinstance(made["Statement"], list) else [made["Statement"]]
    made["Statement"] = statements
    one = rng.choice(statements)
    element = rng.choice(["Statement", "Action", "NotAction", "Resource", "NotResource", "Condition"])
    if element == "Statement" and len(statements) > 1:
        statements.remove(one)
        return made
    if element == "Condition" and one.get("Condition"):
        operator = rng.choice(sorted(one["Condition"]))
        del one["Condition"][operator][rng.choice(sorted(one["Condition"][operator]))]
        if not one["Condition"][operator]:
            del one["Condition"][operator]
        return made
    if isinstance(one.get(element), list) and len(one[element]) > 1:
        del one[element][rng.randrange(len(one[element]))]
        return made
    return None
