"""Action and resource patterns and policy variables: what AWS's documentation says of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.actions import (
    ActionSet,
    action_covers,
    action_matches,
    action_meets,
    statement_matches_action,
)
from iamlint.analyse.resources import resource_matches
from iamlint.analyse.variables import Context, resolve, variable_parts
from iamlint.model import Policy

PATTERNS = st.text("aB:*?", max_size=7)
ACTIONS = st.builds("{}:{}".format, st.text("ab", min_size=1, max_size=3), st.text("aBb", max_size=4))


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("*", "s3:GetObject", True),
        ("*:*", "s3:GetObject", True),
        ("S3:getobject", "s3:GetObject", True),
        ("s3:*Object", "s3:GetObject", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s?:Get*", "s3:GetObject", True),
        ("s3*", "s3:GetObject", False),  # without a colon only `*` is a pattern
        ("s3:Get:*", "s3:GetObject", False),
        ("s*t", "s3:GetObject", False),
        ("s3: GetObject", "s3:GetObject", False),
        ("s3:GetObject,PutObject", "s3:GetObject", False),
        ("", "s3:GetObject", False),
    ],
)
def test_action_patterns(pattern: str, action: str, expected: bool) -> None:
    assert action_matches(pattern, action) is expected


@given(st.lists(PATTERNS, max_size=5), ACTIONS)
def test_a_set_of_patterns_is_any_of_them(patterns: list[str], action: str) -> None:
    assert ActionSet(patterns).matches(action.lower()) == any(action_matches(p, action) for p in patterns)


@given(PATTERNS, PATTERNS, ACTIONS)
def test_covers_and_meets_hold_for_every_action(one: str, two: str, action: str) -> None:
    if action_matches(two, action):
        if action_covers(one, two):
            assert action_matches(one, action)
        if action_matches(one, action):
            assert action_meets(one, two)


def test_every_action_is_the_same_as_every_action_of_every_service() -> None:
    assert action_covers("*:*", "*")
    assert action_covers("*", "*:*")
    assert not action_covers("s3:*", "*")
    assert action_covers("S3:*", "s3:Get*")


def test_a_malformed_pattern_is_no_action_at_all() -> None:
    for malformed in ("s3:Get:*", "s3*", ""):
        assert not action_meets("*", malformed)
        assert action_covers("iam:*", malformed)
        assert not action_covers(malformed, "s3:GetObject")


def test_not_action_is_all_others() -> None:
    policy = Policy({"Statement": [{"Effect": "Deny", "NotAction": ["iam:*", "sts:Get*"]}, {"Effect": "Allow"}]}, "scp")
    guardrail, empty = policy.statements
    assert statement_matches_action(guardrail, "s3:GetObject")
    assert not statement_matches_action(guardrail, "IAM:CreateUser")
    assert not statement_matches_action(empty, "s3:GetObject")


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/k", True),
        ("arn:aws:s3:::B/*", "arn:aws:s3:::b/k", False),
        ("arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1", True),
        ("arn:*:s3:::b", "arn:aws-cn:s3:::b", True),
        ("arn:aws:logs:*:*:log-group:*", "arn:aws:logs:eu-west-1:111122223333:log-group:a:log-stream:b", True),
        ("arn:aws:sqs", "arn:aws:sqs:eu-west-1:111122223333:q", True),
        ("arn:aws:sqs:eu-*", "arn:aws:sqs:eu-west-1:111122223333:q", True),
        ("arn:aws:sqs:us-*", "arn:aws:sqs:eu-west-1:111122223333:q", False),
        ("*", "*", True),
        ("**", "*", True),
        ("arn:aws:s3:::*", "*", False),
        ("?", "*", False),
    ],
)
def test_resource_patterns(pattern: str, arn: str, expected: bool) -> None:
    assert resource_matches(pattern, arn) is expected


def test_the_two_readings_of_a_wildcard_before_the_fifth_colon() -> None:
    pattern, arn = "arn:aws:sqs:*:q", "arn:aws:sqs:eu-west-1:111122223333:q"
    assert resource_matches(pattern, arn) is False
    pattern = "arn:aws:s3:*:111122223333:x"
    arn = "arn:aws:s3:eu-west-1:444455556666:111122223333:x"
    assert resource_matches(pattern, arn) is False
    assert resource_matches(pattern, arn, across_colons=True) is True


SEGMENT = st.text("ab*?", max_size=3)


@given(st.lists(SEGMENT, min_size=1, max_size=7), st.lists(st.text("ab", max_size=3), min_size=6, max_size=8))
def test_the_reading_across_colons_is_the_wider_one(pattern: list[str], arn: list[str]) -> None:
    if resource_matches(":".join(pattern), ":".join(arn)):
        assert resource_matches(":".join(pattern), ":".join(arn), across_colons=True)


HERE = Context({"aws:username": "eve", "AWS:PrincipalTag/Team": "a*b", "aws:TagKeys": ["x", "y"]})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("home/${aws:username}/", "home/eve/"),
        ("${AWS:UserName}", "eve"),
        ("${aws:principaltag/team}", "a*b"),
        ("${aws:PrincipalTag/none, 'all'}", "all"),
        ("${aws:username, 'all'}", "eve"),
        ("${aws:PrincipalTag/none, all}", None),
        ("${aws:PrincipalTag/none}", None),
        ("${aws:TagKeys}", None),
        ("${aws:TagKeys, 'none'}", "none"),
        ("${*}${?}${$}{a}", "*?${a}"),
        ("${aws:username", "${aws:username"),
        ("$aws:username}", "$aws:username}"),
    ],
)
def test_variables(text: str, expected: str | None) -> None:
    assert resolve(text, HERE) == expected
    assert resolve(text, None) == text


def test_a_wildcard_in_a_value_is_no_wildcard() -> None:
    pattern = "arn:aws:s3:::b/${aws:PrincipalTag/Team}/*"
    assert resource_matches(pattern, "arn:aws:s3:::b/a*b/k", HERE) is True
    assert resource_matches(pattern, "arn:aws:s3:::b/axb/k", HERE) is False
    assert resource_matches("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", HERE) is True
    assert resource_matches("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/k", HERE) is False
    assert resource_matches("arn:aws:s3:::b/${?}?", "arn:aws:s3:::b/?x", HERE) is True


def test_variables_belong_into_the_last_field() -> None:
    assert resource_matches("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/eve", HERE) is True
    assert resource_matches("arn:aws:iam::${aws:username}:x", "arn:aws:iam::eve:x", HERE) is None
    assert resource_matches("arn:aws:s3:::b/${aws:userid}", "arn:aws:s3:::b/eve", HERE) is None
    assert resource_matches("arn:aws:s3:::b/${aws:userid}", "arn:aws:s3:::b/${aws:userid}", None) is True


@given(st.text("${}*a", max_size=20))
def test_the_pieces_are_the_text(text: str) -> None:
    pieces = [plain if inside is None else "${" + inside + "}" for plain, inside in variable_parts(text)]
    assert "".join(pieces) == text


def test_hostile_variables() -> None:
    assert resolve("${" * 500_000, HERE) == "${" * 500_000
    assert resolve("${" * 500_000 + "}", HERE) is None
    assert resolve("${*}" * 250_000, HERE) == "*" * 250_000
