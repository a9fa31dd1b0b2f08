"""`narrow`: within the original, all that was observed still allowed, and as tight as what was observed."""

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse import Request, Style, compare, evaluate, is_empty, narrow
from iamlint.analyse.decide.replay import allows
from iamlint.analyse.narrowing.door import size_of
from iamlint.analyse.narrowing.resources import EXACT, INSIDE, TYPE, pattern
from iamlint.analyse.resources import resource_matches
from iamlint.analyse.variables import Context
from iamlint.model import Policy
from tests import oracle
from tests.oracle import pairs

ANN = "arn:aws:iam::111122223333:user/ann"
OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "All", "Effect": "Allow", "Action": ["s3:*", "sqs:*", "ec2:Describe*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::111122223333:user/${aws:username}"},
        {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret/*"},
        {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
    ],
}


def identity(document):
    return Policy(document, "identity")


def of(action, resource="*", **context):
    return Request(ANN, action, resource, None, context)


def statements(found):
    return [s for s in found.policy.value["Statement"] if s["Effect"] == "Allow"]


def test_what_was_seen_is_named_and_the_rest_is_gone():
    observed = [
        of("s3:getobject", "arn:aws:s3:::b/2026/01"),
        of("s3:ListBucket", "arn:aws:s3:::b"),
        of("iam:CreateAccessKey", ANN),
        of("ec2:DescribeInstances"),
        of("iam:CreateUser", "arn:aws:iam::111122223333:user/bob"),
    ]
    document = {**OPEN, "Statement": [OPEN["Statement"][0], OPEN["Statement"][1], OPEN["Statement"][3]]}
    found = narrow(identity(document), observed)
    assert (found.proven, found.level, found.reason) == (True, "inside", None)
    assert found.elsewhere == (observed[-1],)
    assert [(s["Action"], s["Resource"]) for s in statements(found)] == [
        ("ec2:DescribeInstances", "*"),
        ("s3:GetObject", "arn:aws:s3:::b/*"),
        ("s3:ListBucket", "arn:aws:s3:::b"),
        ("iam:CreateAccessKey", "arn:aws:iam::111122223333:user/${aws:username}"),
    ]
    assert [s.get("Sid") for s in statements(found)] == ["All", "All2", "All3", None]
    assert found.policy.value["Statement"][-1] == document["Statement"][-1]
    assert found.size == size_of(found.policy.value)


def test_nothing_observed_leaves_the_denials_or_nothing():
    assert [s["Effect"] for s in narrow(identity(OPEN)).policy.value["Statement"]] == ["Deny"]
    found = narrow(identity({**OPEN, "Statement": OPEN["Statement"][:2]}))
    assert (found.policy, found.proven, found.size) == (None, True, 0)


def test_what_is_kept_is_not_removed_on_silence():
    found = narrow(identity({**OPEN, "Statement": OPEN["Statement"][:2]}), keep=["sqs:*", "s3:Get*", "iam:Get*"])
    assert [(s["Action"], s["Resource"]) for s in statements(found)] == [
        (["s3:Get*", "sqs:*"], "*"),
        ("iam:Get*", "arn:aws:iam::111122223333:user/${aws:username}"),
    ]
    whole = narrow(identity({**OPEN, "Statement": OPEN["Statement"][2]}), keep=["sqs:*"])
    assert statements(whole) == [OPEN["Statement"][2]]
    assert narrow(identity({**OPEN, "Statement": OPEN["Statement"][2]}), keep=["iam:*"]).policy is None


def test_a_resource_that_was_not_recorded_is_not_guessed():
    document = {"Version": "2012-10-17", "Statement": {**OPEN["Statement"][0], "Resource": ["arn:aws:s3:::b/*", "x"]}}
    (one,) = statements(narrow(identity(document), [of("s3:GetObject"), of("s3:GetObject", "arn:aws:s3:::b/k")]))
    assert (one["Action"], one["Resource"]) == ("s3:GetObject", ["arn:aws:s3:::b/*", "x"])


def test_conditions_that_were_not_recorded_may_have_held():
    condition = {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"s3:prefix": "a"}}
    document = {"Version": "2012-10-17", "Statement": [{**OPEN["Statement"][0], "Condition": condition}]}
    (one,) = statements(narrow(identity(document), [of("s3:ListBucket", "arn:aws:s3:::b")]))
    assert one["Condition"] == condition
    found = narrow(identity(document), [of("s3:ListBucket", "arn:aws:s3:::b", **{"s3:prefix": "b"})])
    assert (found.policy, len(found.elsewhere)) == (None, 1)


def test_many_of_a_type_become_their_type_in_one_region_and_account():
    queues = [of("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:111122223333:q{n}") for n in range(20)]
    (one,) = statements(narrow(identity({**OPEN, "Statement": OPEN["Statement"][:1]}), queues))
    assert one["Resource"] == "arn:aws:sqs:eu-west-1:111122223333:*"
    found = narrow(identity({**OPEN, "Statement": OPEN["Statement"][:1]}), queues, style=Style(most_resources=50))
    assert len(statements(found)[0]["Resource"]) == 20


def test_the_quota_decides_how_wide_it_gets():
    actions = ["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueUrl", "PurgeQueue", "ListQueueTags"]
    requests = [
        of(f"sqs:{action}", f"arn:aws:sqs:eu-west-1:111122223333:{action}{n}") for n in range(9) for action in actions
    ]
    policy = identity({**OPEN, "Statement": OPEN["Statement"][:1]})
    levels = []
    for quota in (None, 4000, 350, 230, 130, 20):
        found = narrow(policy, requests, quota=quota)
        levels.append(found.level)
        assert found.proven is (found.level != "original")
        if found.proven:
            assert found.size <= (quota or 6144)
            assert compare(policy, found.policy).verdict == "no-new-access"
    assert levels == ["inside", "inside", "type", "resources", "entries", "original"]
    assert "does not fit into 20 characters" in found.reason


def test_policies_on_resources_and_trust():
    resource = Policy(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": ANN}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
                {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:*", "Resource": "*"},
            ],
        },
        "resource",
    )
    (one,) = statements(narrow(resource, [of("s3:GetObject", "arn:aws:s3:::b/a")]))
    assert (one["Principal"], one["Action"], one["Resource"]) == ({"AWS": ANN}, "s3:GetObject", "arn:aws:s3:::b/*")
    trust = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    found = narrow(
        Policy({"Version": "2012-10-17", "Statement": trust}, "trust"),
        [of("sts:AssumeRole", "arn:aws:iam::111122223333:role/r")],
    )
    assert found.proven
    assert statements(found) == [{**trust, "Action": "sts:AssumeRole"}]


def test_statements_that_are_not_understood_stay():
    odd = {"Effect": "Allow", "Action": ["s3:*", 7], "Resource": "*"}
    found = narrow(identity({"Version": "2012-10-17", "Statement": [odd, OPEN["Statement"][0]]}))
    assert found.policy.value["Statement"] == [odd]


@pytest.mark.parametrize("request_", [of("s3:*"), of("s3"), Request("nobody at all", "s3:GetObject")])
def test_no_request(request_):
    with pytest.raises(ValueError, match=r"action|principal"):
        narrow(identity(OPEN), [request_])


TAILS = st.text(st.sampled_from("ab*?$}{/:'\u4e00 "), min_size=1, max_size=12)


@given(TAILS, st.sampled_from(["s3:GetObject", "sqs:SendMessage", "logs:PutLogEvents", "dynamodb:GetItem", "x:Y"]))
def test_a_pattern_for_an_arn_matches_it(tail, action):
    arn = f"arn:aws:{action.partition(':')[0]}:eu-west-1:111122223333:{tail}"
    for how in (EXACT, INSIDE, TYPE):
        made = pattern(arn, action, how, True)
        assert resource_matches(made, arn, Context({}))
        if how == EXACT:
            assert not resource_matches(made, arn + "x", Context({}))
            assert not resource_matches(made, arn.replace("*", "x").replace("?", "y") + "z", Context({}))


@pytest.mark.parametrize(
    ("arn", "action", "inside", "type_"),
    [
        ("arn:aws:s3:::b/a/b", "s3:GetObject", "arn:aws:s3:::b/*", "arn:aws:s3:::*/*"),
        (
            "arn:aws:logs:eu-west-1:1:log-group:/aws/x:log-stream:s",
            "logs:PutLogEvents",
            "arn:aws:logs:eu-west-1:1:log-group:/aws/x:log-stream:*",
            "arn:aws:logs:eu-west-1:1:log-group:*:log-stream:*",
        ),
        (
            "arn:aws:dynamodb:eu-west-1:1:table/t/index/i",
            "dynamodb:Query",
            "arn:aws:dynamodb:eu-west-1:1:table/t/index/*",
            "arn:aws:dynamodb:eu-west-1:1:table/*/index/*",
        ),
        ("arn:aws:iam::1:role/path/r", "iam:GetRole", "arn:aws:iam::1:role/path/r", "arn:aws:iam::1:role/*"),
    ],
)
def test_what_is_left_open(arn, action, inside, type_):
    assert [pattern(arn, action, how, True) for how in (INSIDE, TYPE)] == [inside, type_]


ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "ec2:DescribeInstances", "iam:PassRole", "sqs:GetQueueUrl"]
ARNS = ["*", "arn:aws:s3:::b", "arn:aws:s3:::b/a/x", "arn:aws:s3:::b/ann", "arn:aws:ec2:eu-west-1:1:instance/i-1"]
KEYS = {"s3:prefix": ["a", "ab"], "aws:SecureTransport": ["true", "false"], "aws:SourceIp": ["10.1.1.1"]}


def requests(rng):
    for _ in range(rng.randint(0, 8)):
        context = {key: rng.choice(values) for key, values in KEYS.items() if rng.random() < 0.4}
        yield of(rng.choice(ACTIONS), rng.choice(ARNS), **context)


@given(st.integers(0, 100_000), st.sampled_from([None, 900, 400]), st.booleans())
def test_random_policies(seed, quota, exact):
    rng = Random(seed)
    document = pairs.document(rng)
    document["Statement"] += pairs.document(rng)["Statement"]
    before, observed = identity(document), list(requests(rng))
    found = narrow(before, observed, quota=quota, style=Style(exact=exact), keep=rng.sample(["s3:Put*", "ec2:*"], 1))
    if not found.proven:
        assert found.reason
        assert found.policy is before
        return
    assert found.size <= (quota or 6144)
    if found.policy is None:
        assert not any(allows([before], one) for one in observed)
        return
    for across in (False, True):
        assert compare(before, found.policy, across_colons=across).verdict != "new-access"
        for one in observed:
            assert not allows([before], one, across) or allows([found.policy], one, across)
    for one in observed:
        assert evaluate(one, [before]).decision == evaluate(one, [found.policy]).decision


def test_random_policies_by_z3():
    clear = 0
    for seed in range(25):
        rng = Random(seed)
        document = pairs.document(rng)
        found = narrow(identity(document), list(requests(rng)), keep=["s3:Get*"])
        if found.proven and found.policy is not None:
            theirs = oracle.decide([document], [found.policy.value], milliseconds=2000)
            assert not theirs.new_access, (document, found.policy.value, theirs)
            clear += theirs.new_access is False
    assert clear >= 15


def test_it_is_tight():
    """Nothing but what was observed, where each thing has a name of its own."""
    found = narrow(identity({**OPEN, "Statement": OPEN["Statement"][:1]}), [of("s3:ListBucket", "arn:aws:s3:::b")])
    only = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b"}
    assert compare(identity({"Version": "2012-10-17", "Statement": only}), found.policy).verdict == "no-new-access"
    assert is_empty(found.policy).verdict == "no"
    assert json.loads(json.dumps(found.policy.value)) == found.policy.value
