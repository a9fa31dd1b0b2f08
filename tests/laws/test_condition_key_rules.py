"""What rules about condition keys share agrees with what `conditions_hold` says of concrete requests."""

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse import OPERATOR_NAMES, QUANTIFIERS, parse_operator
from iamlint.analyse.conditions import conditions_hold, seconds
from iamlint.analyse.variables import Context as Values
from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.model import Policy, Statement
from iamlint.rule import (
    Context,
    Rule,
    condition_key,
    date_of_number,
    has_plain_wildcard,
    is_base64,
    key_fault,
    key_uses,
    lone_wildcards,
    misfit,
    unguarded_keys,
    unsupplied_keys,
)

CTX = Context(settings_for(), "2026-10-27")
OPERATORS = [
    operator
    for quantifier in ("", *(f"{quantifier}:" for quantifier in QUANTIFIERS))
    for name in OPERATOR_NAMES
    for suffix in ("", "IfExists")
    if parse_operator(operator := f"{quantifier}{name}{suffix}")
]
STAR = [operator for operator in OPERATORS if "Like" in operator or "ArnEquals" in operator or "ArnNot" in operator]
KEYS = (
    st.sampled_from(("aws:SourceIp", "aws:ResourceTag", "ec2:ResourceTag/a", "s3:prefx", "aws:arn", "idp.io:x", "a:b"))
    | st.from_regex(r"(aws|s3|kms|nosuch|idp\.io)?:?[a-z]{0,6}(/[a-z:]{0,4})?", fullmatch=True)
    | st.text(max_size=20)
)


def statement(condition: object, action: object = "s3:GetObject") -> Statement:
    value = {"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition}
    return Policy({"Version": "2012-10-17", "Statement": value}, "identity").statements[0]


@pytest.mark.parametrize("operator", STAR)
def test_a_lone_wildcard_says_what_it_says_of_requests(operator: str) -> None:
    key, value = "aws:TagKeys", "arn:aws:iam::111122223333:role/x"
    subject = statement({operator: {key: "*"}})
    outcome = (conditions_hold(subject, Values({key: [value]})), conditions_hold(subject, Values({})))
    cells = [(with_key, without) for with_key in (True, False) for without in (True, False)]
    found = [cell for cell in cells if list(lone_wildcards(subject, with_key=cell[0], without_key=cell[1]))]
    assert found == [outcome]


@given(st.sampled_from(OPERATORS), st.lists(st.sampled_from(("*", "a*", "**", "")), max_size=2))
def test_no_other_value_is_a_lone_wildcard(operator: str, values: list[str]) -> None:
    subject = statement({operator: {"aws:username": values}})
    found = [
        condition
        for with_key in (True, False)
        for without in (True, False)
        for condition in lone_wildcards(subject, with_key=with_key, without_key=without)
    ]
    assert bool(found) is (values == ["*"] and operator in STAR)


@given(KEYS)
def test_a_key_that_aws_lists_has_no_fault(name: str) -> None:
    if condition_key(name, CTX) is not None:
        assert key_fault(name, CTX) is None
    if name.isascii():
        assert key_fault(name, CTX) == key_fault(name.upper(), CTX) == key_fault(name.swapcase(), CTX)


@given(KEYS.filter(lambda name: "/" not in name))
def test_a_key_lacks_a_tag_iff_one_would_mend_it(name: str) -> None:
    if key_fault(name, CTX) == "tag":
        assert key_fault(f"{name}/team", CTX) is None
        assert key_fault(f"{name}/", CTX) == "tag"


@given(KEYS, st.sampled_from(OPERATORS))
def test_null_fits_every_key_and_some_operator_does(name: str, operator: str) -> None:
    for use in key_uses(statement({operator: {name: "x"}}), CTX):
        fitting = misfit(use)
        assert not fitting or use.operator.family not in ("Null", *fitting)
        better = (operator for operator in OPERATORS if (known := parse_operator(operator)) and known.family in fitting)
        assert not any(map(misfit, key_uses(statement({operator: {name: "x"} for operator in better}), CTX)))
    assert not any(map(misfit, key_uses(statement({"Null": {name: "true"}}), CTX)))


@given(
    st.dictionaries(
        st.sampled_from([operator for operator in OPERATORS if "String" in operator or operator == "Null"]),
        st.sampled_from(("true", "false", "o-a/*")),
        max_size=3,
    )
)
def test_a_guard_is_what_fails_without_the_key(others: dict[str, str]) -> None:
    key = "aws:PrincipalOrgPaths"
    block = {operator: {key: value} for operator, value in others.items()}
    subject = statement({**block, "ForAllValues:StringLike": {key: "o-a1b2c3d4e5/*"}})
    reported = any(condition.operator == "ForAllValues:StringLike" for condition, _ in unguarded_keys(subject, CTX))
    assert reported is conditions_hold(subject, Values({}))


@given(st.lists(st.sampled_from(("s3:GetObject", "s3:ListBucket", "s3:Put*", "ec2:Describe*", "s3:NoSuch", "s3:*"))))
def test_more_actions_supply_more_keys(actions: list[str]) -> None:
    def unsupplied(chosen: list[str]) -> set[str]:
        keys = {"s3:prefix": "x", "kms:ViaService": "x", "ec2:Region": "x", "aws:TagKeys": "x"}
        return {c.key for c, _ in unsupplied_keys(statement({"StringEquals": keys}, chosen), CTX)}

    if "s3:NoSuch" in actions:
        assert not unsupplied(actions)
    elif actions:
        assert unsupplied(actions) == set.intersection(*(unsupplied([action]) for action in actions))
        assert "aws:TagKeys" not in unsupplied(actions)
    if not {"s3:ListBucket", "s3:*", "s3:NoSuch"} & {*actions} and actions:
        assert "s3:prefix" in unsupplied(actions)


RULE: Rule = load_rules()["redundant-condition-value-num"].whole()


@given(
    st.sampled_from([operator for operator in OPERATORS if "Than" in operator and "Numeric" in operator]),
    st.lists(st.integers(-3, 9) | st.sampled_from((0.5, 2.5)), min_size=2, max_size=4),
    st.integers(-4, 10),
)
def test_one_bound_decides(operator: str, bounds: list[float], value: int) -> None:
    """The condition with the advised number alone holds for the same requests."""
    key = "s3:max-keys"
    (hit,) = RULE.check(statement({operator: {key: bounds}}), CTX)  # type: ignore[attr-defined]
    alone = hit.message.rpartition("`")[0].rpartition("`")[2]
    for values in (Values({key: str(value)}), Values({})):
        held = [conditions_hold(statement({operator: {key: wanted}}), values) for wanted in (bounds, alone)]
        assert held[0] is held[1]


@given(st.binary(max_size=20))
def test_encoded_bytes_are_base64(data: bytes) -> None:
    text = b64encode(data).decode()
    assert is_base64(text)
    if text.endswith("="):
        assert not is_base64(text.rstrip("="))
    assert not is_base64(f"{text}!")


@given(st.text("ab*?${}, '", max_size=12))
def test_a_plain_wildcard_stands_outside_of_variables(text: str) -> None:
    assert has_plain_wildcard(f"{text}*") or "${" in text
    assert not has_plain_wildcard("${" + text.replace("}", "") + "}")
    if "${" not in text:
        assert has_plain_wildcard(text) is ("*" in text or "?" in text)


@given(st.text(max_size=10) | st.floats().map(str) | st.integers().map(str))
def test_a_number_of_seconds_is_that_time_or_none(text: str) -> None:
    time = date_of_number(text)
    found = None if time is None else seconds(time)
    assert time is None or (found is not None and abs(float(found) - float(text)) < 1e-3)


def test_times_of_seconds() -> None:
    assert date_of_number("0") == "1970-01-01"
    assert date_of_number("1700000000") == "2023-11-14T22:13:20Z"
    assert date_of_number("1700000000000") is None


@given(st.dictionaries(KEYS, st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), st.lists)))
def test_any_condition_can_be_read(keys: dict[str, object]) -> None:
    subject = statement(json.loads(json.dumps(dict.fromkeys(("StringLike", "ForAllValues:Bool", "x"), keys))))
    list(unguarded_keys(subject, CTX))
    list(unsupplied_keys(subject, CTX))
    assert all(use.key for use in key_uses(subject, CTX))
