"""Small worlds for the laws of `compare`: policies over few names, and requests that tell most of them apart."""

import random
from typing import Any

from hypothesis import strategies as st

from iamlint.analyse import Request
from iamlint.analyse.decide.replay import as_request
from iamlint.model import Policy

USER, OWNER, NUMBER, FLAG, TAGS = "k:user", "k:owner", "k:number", "k:flag", "k:tags"
CALLER, ADDRESS = "k:arn", "k:ip"

ACTIONS = [
    "*",
    "s3:*",
    "s3:Get*",
    "s3:*Object",
    "s3:GetObject",
    "S3:PUTOBJECT",
    "s3:?et*",
    "s3:Get??*",
    "s?:*",
    "ec2:*",
]
RESOURCES = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:*",
    "arn:*:s3:::b/*a",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::b/a*",
    "arn:aws:s3:::b/?",
    "arn:aws:s3:::b/*/x",
    "arn:aws:s3:::b/${*}",
    "arn:aws:s3:::b/${k:user}",
    "arn:aws:s3:::b/${k:user}/*",
    "arn:aws:s3:::b/*/${k:user}/*",
    "arn:aws:s3:::b/${k:user}${k:owner}",
    "arn:aws:s3:::b/${k:owner, 'a'}",
]
_STRINGS = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIfExists",
    "StringNotLikeIfExists",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "Null",
]
_SETS = [
    "ForAllValues:StringEquals",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotLike",
    "ForAllValues:StringNotEquals",
    "ForAnyValue:StringNotEquals",
    "StringEquals",
    "StringNotEquals",
    "Null",
]
_NUMBERS = ["NumericLessThan", "NumericGreaterThan", "NumericEquals", "NumericNotEquals", "NumericLessThanIfExists"]
CONDITIONS: dict[str, tuple[list[str], list[str]]] = {
    USER: (_STRINGS, ["a", "b", "a/x", "a*", "*", "a?", "?*", "${k:owner}"]),
    OWNER: (_STRINGS, ["a", "ab", "A", "*b", "${k:user}", "${k:user}*", "b/${k:user}"]),
    NUMBER: (_NUMBERS, ["1", "2", "3"]),
    FLAG: (["Bool", "BoolIfExists", "Null"], ["true", "false"]),
    TAGS: (_SETS, ["a", "b", "c", "a*", "*", "${k:user}"]),
    CALLER: (
        ["ArnLike", "ArnNotLike", "StringLike", "ArnEqualsIfExists", "StringNotEquals"],
        ["arn:aws:iam::1:role/*", "arn:aws:iam::*:role/x", "arn:*:iam::1:*", "*"],
    ),
    ADDRESS: (
        ["IpAddress", "NotIpAddress", "IpAddressIfExists"],
        ["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "0.0.0.0/0", "::/0"],
    ),
}
VALUES: dict[str, list[tuple[str, ...]]] = {
    USER: [(), ("a",), ("b",), ("A",), ("a/x",), ("ab",), ("q",)],
    OWNER: [(), ("a",), ("ab",), ("AB",), ("q",), ("xqb",), ("b/a",), ("b/q",)],
    NUMBER: [(), ("0",), ("1",), ("1.5",), ("2",), ("3",), ("9",)],
    FLAG: [(), ("true",), ("false",)],
    TAGS: [(), ("a",), ("b",), ("ab",), ("q",), ("a", "b"), ("a", "q"), ("a", "b", "c"), ("q", "r")],
    CALLER: [
        (),
        ("arn:aws:iam::1:role/x",),
        ("arn:aws:iam::2:role/x",),
        ("arn:aws:iam::1:user/x",),
        ("arn:aws:iam:r:1:role/y",),
        ("text",),
    ],
    ADDRESS: [(), ("10.1.1.1",), ("10.200.1.1",), ("11.1.1.1",), ("2001:db8::1",)],
}
ASKED_ACTIONS = ["s3:getobject", "s3:putobject", "s3:getx", "s3:get", "ec2:x", "s3:list", "sx:set"]
ASKED_RESOURCES = [
    "*",
    "arn:aws:s3:::b/",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::b/b",
    "arn:aws:s3:::b/ab",
    "arn:aws:s3:::b/a/x",
    "arn:aws:s3:::b/b/a/x",
    "arn:aws:s3:::b/a/a/a",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/qq",
    "arn:cn:s3:::b/aa",
    "arn:aws:s3:r::b/a",
    "arn:aws:sqs:r:1:q",
]


@st.composite
def conditions(draw: st.DrawFn, most: int = 3) -> dict[str, dict[str, list[str]]]:
    """A condition block."""
    block: dict[str, dict[str, list[str]]] = {}
    for _ in range(draw(st.integers(0, most))):
        key = draw(st.sampled_from(list(CONDITIONS)))
        operators, values = CONDITIONS[key]
        operator = draw(st.sampled_from(operators))
        wanted = ["true", "false"] if operator == "Null" else values
        block.setdefault(operator, {})[key] = draw(st.lists(st.sampled_from(wanted), min_size=1, max_size=2))
    return block


@st.composite
def statements(draw: st.DrawFn, effects: tuple[str, ...] = ("Allow", "Allow", "Deny")) -> dict[str, Any]:
    """A statement."""
    action = draw(st.sampled_from(["Action", "Action", "Action", "NotAction"]))
    resource = draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"]))
    statement: dict[str, Any] = {
        "Effect": draw(st.sampled_from(effects)),
        action: draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2)),
        resource: draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)),
    }
    if block := draw(conditions()):
        statement["Condition"] = block
    return statement


def policy(*entries: dict[str, Any], kind: str = "identity") -> Policy:
    """A policy of these statements."""
    return Policy({"Version": "2012-10-17", "Statement": list(entries)}, kind)


def requests(source: random.Random, count: int) -> list[Request]:
    """So many requests of the world."""
    return [
        as_request(
            source.choice(ASKED_ACTIONS),
            source.choice(ASKED_RESOURCES),
            None,
            {key: source.choice(values) for key, values in VALUES.items()},
        )
        for _ in range(count)
    ]
