"""The normal form: equal for spellings that mean the same, different for what does not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.normal import pin
from iamlint.model import Policy

ACTIONS = ["s3:GetObject", "s3:Put*", "ec2:*", "*", "iam:PassRole"]
RESOURCES = ["*", "arn:aws:s3:::b/*", "arn:aws:s3:::B/*", "arn:aws:s3:::${aws:username}"]
KEYS = {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"], "aws:username": ["ann", "bob"]}


@st.composite
def statements(draw):
    statement = {"Effect": draw(st.sampled_from(["Allow", "Deny"]))}
    statement[draw(st.sampled_from(["Action", "NotAction"]))] = draw(st.lists(st.sampled_from(ACTIONS), min_size=1))
    statement["Resource"] = draw(st.lists(st.sampled_from(RESOURCES), min_size=1))
    if draw(st.booleans()):
        key = draw(st.sampled_from(list(KEYS)))
        statement["Condition"] = {"StringLike": {key: draw(st.lists(st.sampled_from(KEYS[key]), min_size=1))}}
    return statement


def pinned(statement, version="2012-10-17"):
    return pin(Policy({"Version": version, "Statement": [statement]}, "identity"), ("Statement", 0))


def respelt(value, chance):
    """The same statement in another dress."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: respelt(value[key], chance) for key in keys}
    if isinstance(value, list):
        entries = [*value, chance.choice(value)]
        chance.shuffle(entries)
        return entries[0] if len(set(entries)) == 1 and chance.random() < 0.5 else entries
    return value


@given(statements(), st.randoms(use_true_random=False))
def test_dress_does_not_matter(statement, chance):
    other = respelt(statement, chance)
    other["Sid"] = "Renamed"
    for element in ("Action", "NotAction"):
        if isinstance(other.get(element), list):
            other[element] = [action.upper() for action in other[element]]
    assert pinned(other) == pinned(statement)


@given(statements(), statements())
def test_equal_pins_mean_equal_sets(one, other):
    if pinned(one) == pinned(other):
        for element in ("Action", "NotAction", "Resource"):
            assert set(one.get(element, ())) == set(other.get(element, ()))
        assert one["Effect"] == other["Effect"]
        assert ("Condition" in one) == ("Condition" in other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Action": "a:B"}, {"NotAction": "a:B"}),
        ({"Action": "a:B", "Resource": "x"}, {"Action": "a:B", "Resource": "X"}),
        ({"Principal": "*"}, {"NotPrincipal": "*"}),
        ({"Principal": {"AWS": "*"}}, {"Principal": {"Service": "*"}}),
        ({"Condition": {"StringLike": {"a:B": "x"}}}, {"Condition": {"StringLike": {"a:B": "X"}}}),
        ({"Condition": {"StringLike": {"a:B": "x"}}}, {"Condition": {"StringNotLike": {"a:B": "x"}}}),
    ],
)
def test_meaning_matters(one, other):
    assert pinned(one) != pinned(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Principal": "*"}, {"Principal": {"AWS": ["*"]}}),
        ({"Condition": {"Bool": {"a:B": True}}}, {"Condition": {"bool": {"A:b": ["true"]}}}),
    ],
)
def test_two_spellings(one, other):
    assert pinned(one) == pinned(other)


def test_the_version_matters_only_to_variables():
    variable, plain = {"Resource": "arn:aws:s3:::${aws:username}"}, {"Resource": "*"}
    assert pinned(variable, "2008-10-17") != pinned(variable)
    assert pinned(plain, "2008-10-17") == pinned(plain)


def test_a_whole_policy():
    def whole(value):
        return pin(Policy(value, "identity"), ())

    one, other = {"Effect": "Allow", "Action": "*"}, {"Effect": "Deny", "Action": "s3:*"}
    assert whole({"Statement": [one, other]}) == whole({"Statement": [other, one], "Id": "x"})
    assert whole({"Statement": one}) == whole({"Statement": [one]})
    assert whole({"Statement": [one]}) != whole({"Statement": [other]})


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["Action", "Condition", "Principal", "x"]), inner),
)


@given(junk, junk)
def test_any_json_has_a_pin(document, statement):
    assert len(pin(Policy(document, "identity"), ("Statement", 0, "Action"))) == 32
    assert len(pin(Policy({"Statement": [statement]}, "identity"), ("Statement", 0))) == 32
    json.dumps(document)
