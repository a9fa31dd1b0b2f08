"""Condition operators: AWS's tables, and the laws between an operator and its negation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.conditions import OPERATOR_NAMES, QUANTIFIERS, Operator, conditions_hold, parse_operator
from iamlint.analyse.variables import Context
from iamlint.model import Policy, Statement

KEY = "aws:PrincipalTag/k"


def holds(
    operator: str, wanted: object, given_: str | list[str] | None, version: str = "2012-10-17", **more: str
) -> bool:
    """Whether `{operator: {KEY: wanted}}` holds where KEY has the value(s) `given_`, or is absent (None)."""
    statement: Statement = Policy(
        {"Version": version, "Statement": {"Condition": {operator: {KEY: wanted}}}}, "identity"
    ).statements[0]
    values: dict[str, str | list[str]] = {name.replace("_", ":"): value for name, value in more.items()}
    if given_ is not None:
        values[KEY.upper()] = given_
    return conditions_hold(statement, Context(values))


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "A", "a", False),
        ("StringEqualsIgnoreCase", "A", "a", True),
        ("StringNotEqualsIgnoreCase", "A", "a", False),
        ("StringLike", "a*", "ab", True),
        ("StringLike", "A*", "ab", False),
        ("StringNotLike", ["x*", "a*"], "ab", False),
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", 10, "10", True),
        ("NumericLessThan", "10", "9.99", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericGreaterThanEquals", "-1", "0", True),
        ("NumericLessThan", "1e999999999", "5", True),
        ("NumericEquals", "NaN", "NaN", False),
        ("NumericNotEquals", "10", "ten", True),
        ("NumericEquals", "1" * 100_000, "1" * 100_000, False),
        ("NumericLessThan", "1e99999999999999999999", "5", False),
        ("DateEquals", "2025-01-31", "2025-01-31T00:00:00Z", True),
        ("DateEquals", "2025-01-31T01:00:00+01:00", "1738281600", True),
        ("DateEquals", "2025-01", "1735689600.0", True),
        ("DateLessThan", "2025-01-31", "2025-01-30T23:59:59.999Z", True),
        ("DateGreaterThan", "2025-01-31", "1e999999999", True),
        ("DateEquals", "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00+23:59", True),
        ("DateEquals", "yesterday", "yesterday", False),
        ("Bool", "true", "TRUE", True),
        ("Bool", True, "true", True),
        ("Bool", "false", "no", False),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
        ("BinaryEquals", "no base 64!", "no base 64!", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.7", True),
        ("IpAddress", "203.0.113.7", "203.0.113.7", True),
        ("IpAddress", ["2001:db8::/32", "203.0.113.0/24"], "2001:DB8::1", True),
        ("IpAddress", "0.0.0.0/0", "::1", False),
        ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True),
        ("IpAddress", "203.0.113.0/99", "203.0.113.7", False),
        ("ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a/b", True),
        ("ArnEquals", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a", True),
        ("ArnLike", "arn:aws:ssm:*:store/abc:x", "arn:aws:ssm:eu-west-1:111122223333:store/abc:x", False),
        ("StringLike", "arn:aws:ssm:*:store/abc:x", "arn:aws:ssm:eu-west-1:111122223333:store/abc:x", True),
        ("ArnLike", "*", "arn:aws:iam::111122223333:role/a", True),
        ("ArnNotLike", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:user/a", True),
        ("StringEqualz", "a", "a", False),
        ("StringEquals", [], "a", False),
    ],
)
def test_values(operator: str, wanted: object, value: str, expected: bool) -> None:
    assert holds(operator, wanted, value) is expected


@pytest.mark.parametrize(
    ("operator", "wanted", "absent"),
    [
        ("StringEquals", "a", False),
        ("Bool", "false", False),
        ("IpAddress", "0.0.0.0/0", False),
        ("StringNotEquals", "a", True),
        ("ArnNotLike", "arn:aws:iam::*:*", True),
        ("NotIpAddress", "0.0.0.0/0", True),
        ("StringEqualsIfExists", "a", True),
        ("BoolIfExists", "false", True),
        ("StringNotEqualsIfExists", "a", True),
        ("Null", "true", True),
        ("Null", "false", False),
        ("ForAllValues:StringEquals", "a", True),
        ("ForAllValues:StringNotEquals", "a", True),
        ("ForAnyValue:StringEquals", "a", False),
        ("ForAnyValue:StringNotEquals", "a", False),
        ("ForAnyValue:StringEqualsIfExists", "a", True),
        ("NullIfExists", "true", False),
    ],
)
def test_a_key_that_is_absent(operator: str, wanted: str, absent: bool) -> None:
    assert holds(operator, wanted, None) is absent
    if operator != "Null":
        assert holds(operator, wanted, []) is absent


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "x"], False),
        ("ForAnyValue:StringEquals", ["a", "x"], True),
        ("ForAnyValue:StringEquals", ["x", "y"], False),
        ("ForAllValues:StringNotEquals", ["x", "y"], True),
        ("ForAllValues:StringNotEquals", ["a", "x"], False),
        ("ForAnyValue:StringNotEquals", ["a", "x"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], False),
        ("StringEquals", ["a", "b"], False),  # several values need a set operator
        ("StringNotEquals", ["a", "b"], True),
    ],
)
def test_several_values(operator: str, values: list[str], expected: bool) -> None:
    assert holds(operator, ["a", "b"], values) is expected


def test_null_under_a_set_operator_is_nearly_constant() -> None:
    assert holds("ForAllValues:Null", "false", None)
    assert holds("ForAllValues:Null", "false", "a")
    assert not holds("ForAnyValue:Null", "true", None)
    assert not holds("ForAnyValue:Null", "true", "a")


def test_variables_in_values() -> None:
    assert holds("StringEquals", "team-${aws:username}", "team-eve", aws_username="eve")
    assert not holds("StringEquals", "team-${aws:username}", "team-eve", version="2008-10-17", aws_username="eve")
    assert holds("StringLike", "${aws:username}*", "e*ve", aws_username="e*")
    assert not holds("StringLike", "${aws:username}*", "eve", aws_username="e*")
    assert not holds("StringEquals", "${aws:userid}", "eve")
    assert holds("StringNotEquals", "${aws:userid}", "eve")
    assert not holds("NumericEquals", "${aws:epoch}", "1", aws_epoch="1")


NAMES = st.sampled_from([name for name in OPERATOR_NAMES if name != "Null"])
VALUES = st.sampled_from(
    ["a", "A", "10", "9", "2025-01-31", "true", "false", "QQ==", "203.0.113.7", "arn:aws:iam::1:role/a"]
)
WANTED = st.lists(VALUES | st.sampled_from(["*", "203.0.113.0/24", "arn:*:iam::*:role/*", "${aws:x}"]), max_size=3)
PREFIXES = st.sampled_from(["", *(f"{quantifier}:" for quantifier in QUANTIFIERS)])


def negated(name: str) -> str | None:
    for one, other in (("Equals", "NotEquals"), ("Like", "NotLike")):
        candidate = name.replace(one, other)
        if "Not" not in name and candidate != name and candidate in OPERATOR_NAMES:
            return candidate
    return "NotIpAddress" if name == "IpAddress" else None


@given(NAMES, WANTED, VALUES)
def test_a_negated_operator_says_the_opposite(name: str, wanted: list[str], value: str) -> None:
    opposite = negated(name)
    if opposite is not None:
        assert holds(name, wanted, value) is not holds(opposite, wanted, value)
        assert holds(name, wanted, None) is not holds(opposite, wanted, None)


@given(NAMES, WANTED, st.lists(VALUES, min_size=1, max_size=3))
def test_set_operators_are_dual(name: str, wanted: list[str], values: list[str]) -> None:
    opposite = negated(name)
    if opposite is not None:
        assert holds(f"ForAllValues:{name}", wanted, values) is not holds(f"ForAnyValue:{opposite}", wanted, values)


@given(PREFIXES, NAMES, st.sampled_from(["", "IfExists"]), WANTED, st.none() | st.lists(VALUES, max_size=2))
def test_case_of_operators_and_keys_does_not_matter(
    prefix: str, name: str, suffix: str, wanted: list[str], values: list[str] | None
) -> None:
    operator = prefix + name + suffix
    assert holds(operator.swapcase(), wanted, values) is holds(operator, wanted, values)


@given(PREFIXES, NAMES, WANTED, VALUES)
def test_if_exists_only_matters_where_the_key_is_absent(prefix: str, name: str, wanted: list[str], value: str) -> None:
    assert holds(f"{prefix}{name}IfExists", wanted, value) is holds(prefix + name, wanted, value)
    assert holds(f"{prefix}{name}IfExists", wanted, None)


@given(NAMES, WANTED, VALUES)
def test_more_values_are_more_alternatives(name: str, wanted: list[str], value: str) -> None:
    singly = [holds(name, [one], value) for one in wanted]
    expected = all(singly) if "Not" in name else any(singly)
    assert holds(name, wanted, value) is expected


def test_parse_operator() -> None:
    assert parse_operator("forallvalues:stringlikeifexists") == Operator(
        "StringLike", "String", False, "ForAllValues", True
    )
    assert parse_operator("NotIpAddress") == Operator("NotIpAddress", "IpAddress", True, "", False)
    for wrong in ("", "IfExists", "StringEqualz", "ForAllValues:", "NullIfExists", "ForAnyValue:ForAllValues:Bool"):
        assert parse_operator(wrong) is None
    assert parse_operator("StringEquals" * 100_000) is None


@given(NAMES, st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_survived(name: str, wanted: str, value: str) -> None:
    holds(name, wanted, value)
