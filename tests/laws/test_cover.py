"""That one policy says no more than another, piece by piece: never said where z3 knows a request against it."""

from random import Random

import pytest

from iamlint.analyse.minimise import compacted, normalised
from iamlint.model import Policy
from iamlint.rewrite import prove
from iamlint.rewrite.cover import says_no_more
from tests import oracle
from tests.oracle import pairs

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements, kind="identity"):
    return Policy({"Version": "2012-10-17", "Statement": list(statements)}, kind)


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize("named", [False, True])
def test_it_is_never_wrong_by_z3(named):
    kind = "resource" if named else "identity"
    everything = {"Version": "2012-10-17", "Statement": [EVERYTHING | ({"Principal": "*"} if named else {})]}
    said = 0
    for seed in range(300):
        old, new = pairs.pair(Random(seed), named)
        if not says_no_more(Policy(new, kind), Policy(old, kind)):
            continue
        said += 1
        for beside in ([], [everything]):
            found = oracle.decide([old, *beside], [new, *beside], milliseconds=2000)
            assert not found.new_access, (old, new, found)
    assert said >= 40


@pytest.mark.parametrize("named", [False, True])
def test_it_knows_the_normal_form_and_the_shortest(named):
    kind = "resource" if named else "identity"
    for seed in range(150):
        document = pairs.document(Random(seed), named)
        document["Statement"] += pairs.document(Random(seed + 1), named)["Statement"]
        before = Policy(document, kind)
        for value in (normalised(before), compacted(before)):
            after = Policy(value, kind)
            assert says_no_more(after, before)
            assert says_no_more(before, after)


WITH_KEY = {"Condition": {"StringEquals": {"aws:username": ["a", "b"]}}}
BOTH = [allow("s3:Get*", "arn:aws:s3:::a"), allow(["s3:Put*", "s3:Get*"], "arn:aws:s3:::b")]


@pytest.mark.parametrize(
    ("new", "old", "said"),
    [
        ([allow(["s3:GetObject", "s3:Put*"])], [allow("s3:Get*"), allow("s3:Put*")], True),
        ([allow("s3:Get*", ["arn:aws:s3:::a", "arn:aws:s3:::b"])], BOTH, True),
        ([allow(["s3:Get*", "s3:Put*"], ["arn:aws:s3:::a", "arn:aws:s3:::b"])], BOTH, False),
        ([allow("s3:*", **WITH_KEY)], [allow("s3:*")], True),
        ([allow("s3:*")], [allow("s3:*", **WITH_KEY)], False),
        (
            [allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}})],
            [allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
            True,
        ),
        ([allow("s3:Get*"), {**allow("s3:*"), "Effect": "Deny"}], [allow("s3:*")], True),
        ([allow("s3:*")], [allow("s3:*"), {**allow("s3:Put*"), "Effect": "Deny"}], False),
        ([allow("s3:*")], [allow(["s3:*", 7])], False),
        ([allow(["s3:*", 7])], [allow(["s3:*", 7]), allow("s3:Get*")], True),
    ],
)
def test_examples(new, old, said):
    assert says_no_more(policy(*new), policy(*old)) is said


def test_a_proof_falls_back_on_it_and_on_nothing_else(monkeypatch):
    first, second = "arn:aws:s3:::a", "arn:aws:s3:::b"
    before = policy(allow("s3:Get*", [first]), allow("s3:Get*", [second]))
    after = policy(allow("s3:Get*", [first, second]))
    assert prove.prove(before, after, 1).verdict == "equivalent"
    assert prove.prove(before, policy(allow("s3:*")), 1).verdict == "unproven"
    monkeypatch.setattr(prove, "says_no_more", lambda new, old: False)
    assert prove.prove(before, after, 1).verdict == "unproven"


def test_other_kinds_and_versions_are_not_compared():
    assert not says_no_more(policy(allow("s3:*")), policy(allow("s3:*"), kind="scp"))
    old = Policy({"Version": "2008-10-17", "Statement": [allow("s3:*")]}, "identity")
    assert not says_no_more(policy(allow("s3:*")), old)


def test_what_is_hostile_ends():
    many = [allow([f"s3:{'?' * (n % 9)}*{n}" for n in range(300)], [f"arn:aws:s3:::*{n}*" for n in range(300)])]
    assert says_no_more(policy(*many), policy(allow("s3:?*"))) in (True, False)
