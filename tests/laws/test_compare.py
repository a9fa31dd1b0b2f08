"""`compare` against the plain evaluator in small worlds, and the laws that it keeps in all."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse import Comparison, compare, equivalent, grants, intersect, is_empty, public
from iamlint.analyse.decide.replay import allows, as_request
from iamlint.model import Policy
from tests.laws.worlds import conditions, policy, requests, statements

MANY = st.lists(statements(), max_size=3)
RANDOM = st.randoms(use_true_random=False)


def grants_nothing_new(old: Policy, new: Policy) -> None:
    found = compare(old, new)
    assert found.verdict in ("no-new-access", "cannot-tell"), found


@given(MANY, MANY, st.booleans(), RANDOM)
def test_no_request_of_a_small_world_contradicts_a_proof(
    one: list[Any], two: list[Any], related: bool, source: random.Random
) -> None:
    old, new = policy(*one), policy(*(one[1:] + two if related else two))
    found = compare(old, new)
    if found.verdict == "no-new-access":
        for request in requests(source, 150):
            assert allows([old], request) or not allows([new], request), request
    if found.witness is not None:
        assert allows([new], found.witness)
        assert not allows([old], found.witness)


@given(MANY, MANY, RANDOM)
def test_what_small_worlds_say_of_the_other_questions(one: list[Any], two: list[Any], source: random.Random) -> None:
    first, second = policy(*one), policy(*two)
    asked = requests(source, 60)
    if is_empty(first).verdict == "yes":
        assert not any(allows([first], request) for request in asked)
    both = intersect(first, second)
    if both.verdict == "no":
        assert not any(allows([first], request) and allows([second], request) for request in asked)
    if both.witness is not None:
        assert allows([first], both.witness)
        assert allows([second], both.witness)


@given(MANY)
def test_reflexive(entries: list[Any]) -> None:
    assert compare(policy(*entries), policy(*entries)).verdict == "no-new-access"
    assert compare(policy(*entries), policy(*reversed(entries))).verdict == "no-new-access"


@given(MANY, MANY, MANY)
def test_transitive(one: list[Any], two: list[Any], three: list[Any]) -> None:
    first, second, third = policy(*one), policy(*one[:1], *two), policy(*two, *three)
    if compare(first, second).verdict == compare(second, third).verdict == "no-new-access":
        grants_nothing_new(first, third)


@given(MANY, st.lists(statements(("Allow",)), max_size=3))
def test_a_union_covers_its_parts(one: list[Any], two: list[Any]) -> None:
    grants_nothing_new(policy(*one, *two), policy(*one))


@given(MANY, statements(("Deny",)))
def test_a_further_deny_never_grants(entries: list[Any], deny: dict[str, Any]) -> None:
    grants_nothing_new(policy(*entries), policy(*entries, deny))


@given(MANY, statements(("Allow",)), conditions(1))
def test_a_further_condition_on_an_allow_never_grants(
    entries: list[Any], allow: dict[str, Any], more: dict[str, Any]
) -> None:
    """Under operators that the statement has not used, as two equal keys would be one."""
    tight = {**allow, "Condition": {**more, **allow.get("Condition", {})}}
    grants_nothing_new(policy(*entries, allow), policy(*entries, tight))


def _split(entry: dict[str, Any], element: str) -> list[dict[str, Any]]:
    return [{**entry, element: [value]} for value in entry[element]] if element in entry else [entry]


@given(MANY, RANDOM)
def test_other_spellings_are_equivalent(entries: list[Any], source: random.Random) -> None:
    """Statements divided by action and by resource, in another order, in one document or several."""
    parts = [part for entry in entries for half in _split(entry, "Action") for part in _split(half, "Resource")]
    source.shuffle(parts)
    whole, apart = policy(*entries), [policy(part) for part in parts]
    assert equivalent(whole, policy(*parts)).verdict in ("yes", "cannot-tell")
    assert equivalent(whole, apart).verdict in ("yes", "cannot-tell")


@given(MANY, statements(("Allow",)))
def test_grants_agrees_with_compare(entries: list[Any], asked: dict[str, Any]) -> None:
    """Something is granted iff less is left once it is denied to all."""
    actions, resources = asked.get("Action", ["*"]), asked.get("Resource", ["*"])
    answer = grants(policy(*entries), actions, resources)
    denied = policy(*entries, {"Effect": "Deny", "Action": actions, "Resource": resources})
    lost = compare(denied, policy(*entries))
    if "cannot-tell" not in (answer.verdict, lost.verdict):
        assert (answer.verdict == "yes") == (lost.verdict == "new-access")


def allow(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **more}


def deny(**more: Any) -> dict[str, Any]:
    return allow(Effect="Deny", **more)


def verdict(old: dict[str, Any] | list[Any], new: dict[str, Any] | list[Any], **options: Any) -> Comparison:
    entries = [side if isinstance(side, list) else [side] for side in (old, new)]
    return compare(policy(*entries[0]), policy(*entries[1]), **options)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["s3:Get*", "s3:Put*"], ["s3:?et*"], True),
        (["s3:*"], ["s3:Get*", "S3:PUT*"], False),
        (["s3:a", "s3:a?*"], ["s3:a*"], False),  # only together
        (["s3:?*"], ["s3:*"], True),
        (["*:Get*"], ["s3:*Get*"], True),
        (["s3:*a*", "s3:*b*"], ["s3:*a*b*"], False),
    ],
)
def test_actions(old: list[str], new: list[str], expected: bool) -> None:
    assert (verdict(allow(Action=old), allow(Action=new)).verdict == "new-access") is expected


HOME = "arn:aws:s3:::b/home/${aws:username}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (allow(Resource="arn:aws:s3:::b/home/*"), allow(Resource=HOME), False),
        (allow(Resource=HOME), allow(Resource="arn:aws:s3:::b/home/*"), True),
        (allow(Resource=HOME), allow(Resource=HOME.replace("username", "USERNAME")), False),
        (allow(Resource=[HOME, HOME + "/*"]), allow(Resource=HOME), False),
        (
            [allow(), deny(Resource="arn:aws:s3:::b/home/alice")],
            allow(Resource=HOME, Condition={"StringNotEquals": {"aws:username": "alice"}}),
            False,
        ),
        (
            [allow(), deny(Resource="arn:aws:s3:::b/home/alice")],
            allow(Resource=HOME, Condition={"StringNotEquals": {"aws:username": "bob"}}),
            True,
        ),
        (
            allow(Condition={"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}),
            allow(Condition={"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}),
            False,
        ),
        (
            allow(Condition={"StringEquals": {"aws:ResourceTag/owner": "eve"}}),
            allow(
                Condition={
                    "StringEquals": {"aws:ResourceTag/owner": "${aws:username}"},
                    "StringLike": {"aws:username": "eve"},
                }
            ),
            False,
        ),
        (allow(Resource="arn:aws:s3:::b/${*}"), allow(Resource="arn:aws:s3:::b/*"), True),
        (allow(Resource="arn:aws:s3:::b/?"), allow(Resource="arn:aws:s3:::b/${*}"), False),
        # A Deny with a variable that has no value does not deny.
        ([allow(), deny(Resource=HOME)], [allow(), deny(Resource="arn:aws:s3:::b/home/*")], False),
        ([allow(), deny(Resource="arn:aws:s3:::b/home/*")], [allow(), deny(Resource=HOME)], True),
    ],
)
def test_variables(old: Any, new: Any, expected: bool) -> None:
    assert (verdict(old, new).verdict == "new-access") is expected


@pytest.mark.parametrize(
    ("old", "new", "narrow", "wide"),
    [
        ("arn:aws:ecs:*:111122223333:x", "arn:aws:ecs:*:*:111122223333:x", True, False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a:b", False, False),
        ("arn:aws:sqs", "arn:aws:sqs:*:*:*", False, False),
    ],
)
def test_both_readings_of_colons(old: str, new: str, narrow: bool, wide: bool) -> None:
    for across, expected in ((False, narrow), (True, wide)):
        found = verdict(allow(Resource=old), allow(Resource=new), across_colons=across)
        assert (found.verdict == "new-access") is expected


def test_assumptions_are_named_and_can_be_dropped() -> None:
    both = [allow(Condition={"Bool": {"k:flag": value}}) for value in ("true", "false")]
    old = [*both, allow(Condition={"Null": {"k:flag": "true"}})]
    found = verdict(old, allow())
    assert found.verdict == "no-new-access"
    assert "bool-is-true-or-false" in found.assumes
    assert verdict(old, allow(), assume=()).verdict == "new-access"
    mfa = allow(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    relaxed = allow(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})
    assert verdict(mfa, relaxed).verdict == "new-access"
    assert verdict(mfa, relaxed, assume=(*found.assumes, "temporary-credentials")).verdict == "no-new-access"
    assert verdict(relaxed, allow(), assume=("long-term-credentials",)).verdict == "no-new-access"


def test_known_actions_are_those_of_the_lists() -> None:
    names = ["s3:GetBucketAcl", "s3:GetBucketCORS"]
    assert verdict(allow(Action=names), allow(Action="s3:GetBucket?*")).verdict == "new-access"
    assert verdict(allow(Action=names), allow(Action="s3:GetBucketC*"), known_actions=True).verdict == "no-new-access"
    assert verdict(allow(Action=names), allow(Action="s3:GetBucketC*")).verdict == "new-access"
    assert verdict(allow(Action=names), allow(Action="s3:*"), known_actions=True).verdict == "new-access"


def test_without_a_version_both_readings_have_to_agree() -> None:
    old = Policy({"Statement": allow(Resource=HOME)}, "identity")
    found = compare(old, policy(allow(Resource=HOME)))
    assert found.verdict == "cannot-tell"
    assert found.reason is not None
    assert "new-access" in found.reason
    assert compare(old, policy(allow())).verdict == "new-access"
    explicit = Policy({"Version": "2008-10-17", "Statement": allow(Resource=HOME)}, "identity")
    assert compare(explicit, policy(allow(Resource=HOME))).verdict == "new-access"


ACCOUNT, ROLE = "111122223333", "arn:aws:iam::111122223333:role/app"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"Principal": {"AWS": ACCOUNT}}, {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, False),
        ({"Principal": {"AWS": ACCOUNT}}, {"Principal": {"AWS": ROLE}}, False),
        ({"Principal": {"AWS": ROLE}}, {"Principal": {"AWS": ACCOUNT}}, True),
        ({"Principal": {"AWS": ROLE}}, {"Principal": {"AWS": ROLE.replace("iam", "sts") + "/s"}}, False),
        ({"Principal": "*"}, {"Principal": {"Service": "ec2.amazonaws.com"}}, False),
        ({"Principal": {"AWS": ROLE}}, {"Principal": {"CanonicalUser": "79a59df900b949e5"}}, True),
        ({"Principal": {"CanonicalUser": "79a5"}}, {"Principal": {"CanonicalUser": ["79a5"]}}, False),
        (
            {"Principal": {"AWS": ROLE}},
            {"Principal": "*", "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}}},
            False,
        ),
        (
            {"Principal": "*", "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}}},
            {"Principal": {"AWS": ROLE}},
            False,
        ),
        (
            {"Principal": {"AWS": ACCOUNT}},
            {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}},
            False,
        ),
        ({"NotPrincipal": {"AWS": ROLE}}, {"Principal": {"AWS": ROLE}}, True),
    ],
)
def test_principals(old: dict[str, Any], new: dict[str, Any], expected: bool) -> None:
    sides = [policy(allow(**side), kind="resource") for side in (old, new)]
    assert (compare(*sides).verdict == "new-access") is expected


def test_kinds_that_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        compare(policy(allow()), policy(allow(Principal="*"), kind="resource"))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow(Principal="*"), "yes"),
        (allow(Principal={"AWS": ACCOUNT}), "no"),
        (allow(NotPrincipal={"AWS": ACCOUNT}), "yes"),
        (allow(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), "no"),
        (allow(Principal="*", Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}}), "yes"),
        (allow(Principal="*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), "no"),
        (allow(Principal="*", Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}), "yes"),
        (allow(Principal="*", Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:*"}}), "no"),
        (allow(Principal="*", Condition={"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}), "yes"),
        (allow(Principal="*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}), "no"),
    ],
)
def test_public(statement: dict[str, Any], expected: str) -> None:
    assert public(policy(statement, kind="resource")).verdict == expected


def test_public_minds_what_is_denied() -> None:
    fence = deny(Principal="*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})
    assert public(policy(allow(Principal="*"), fence, kind="resource")).verdict == "no"
    assert public(policy(allow())).verdict == "no"


def test_hostile_policies_end_in_time() -> None:
    """Bounded work, whatever is asked."""
    stars = "arn:aws:s3:::" + "*a*b" * 200
    others = "arn:aws:s3:::" + "*b*a" * 200
    hard: list[tuple[Any, Any]] = [
        ([allow(), deny(Resource=stars)], allow(Resource=others)),
        (allow(NotResource=[f"*{i}*" for i in range(60)]), allow(Resource="*x*")),
        (
            [allow(Condition={"StringNotLike": {f"k:{i % 5}": f"*{i}*"}}) for i in range(60)],
            [allow(Condition={"StringLike": {f"k:{i}": "*"}}) for i in range(5)],
        ),
        (allow(Resource=["arn:aws:s3:::" + "${k:a}*" * 40]), allow(Resource=["arn:aws:s3:::" + "*${k:b}" * 40])),
        (
            allow(Condition={"IpAddress": {"aws:SourceIp": [f"10.{i // 256}.{i % 256}.0/24" for i in range(20_000)]}}),
            allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        ),
        (
            allow(Condition={"ForAllValues:StringLike": {"k:a": [f"*{i}*" for i in range(200)]}}),
            allow(Condition={"ForAnyValue:StringLike": {"k:a": [f"{i}*" for i in range(200)]}}),
        ),
        (allow(Action=["s3:" + "?" * 500]), allow(Action=["s3:" + "*?" * 500])),
    ]
    for old, new in hard:
        assert verdict(old, new, budget=100_000).verdict in ("no-new-access", "new-access", "cannot-tell")


def test_malformed_policies_are_survived() -> None:
    broken: list[object] = [
        None,
        [],
        {"Statement": 7},
        {"Statement": [7, {}, {"Effect": "Allow", "Action": {}}]},
        {"Statement": {"Effect": "Allow", "Action": ["s3", "a:b:c", ""], "Resource": ["", "x", "${", "arn:${a}"]}},
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Nonsense": {"k": "v"}}}},
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"k": []}}}},
    ]
    for value in broken:
        assert compare(policy(), Policy(value, "identity")).verdict == "no-new-access"
    odd = Policy({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "\ufdd0"}}, "identity")
    assert compare(policy(), odd).verdict == "cannot-tell"


def test_a_key_that_has_to_be_absent_is_told_to_the_evaluator() -> None:
    """The evaluator derives `aws:username` from the principal; a witness without it says so."""
    old = allow(Condition={"Null": {"aws:username": "false"}})
    found = verdict(old, allow())
    assert found.witness is not None
    assert found.witness.context["aws:username"] == ()
    request = as_request(found.witness.action, found.witness.resource, None, {"aws:username": ()})
    assert allows([policy(allow())], request)
    assert not allows([policy(old)], request)
