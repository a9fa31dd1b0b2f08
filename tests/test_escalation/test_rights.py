"""What counts as allowed, held against the plain evaluator: the same wherever nothing is left open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.escalation.entries import entries_of
from iamlint.analyse.escalation.rights import Limits, Rights
from iamlint.analyse.evaluation import evaluate
from iamlint.analyse.principals import caller
from iamlint.analyse.request import Request
from iamlint.model import Policy

ANN = "arn:aws:iam::111122223333:user/ann"
TARGETS = (ANN, "arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:role/app/top")
ACTIONS = ("iam:PutUserPolicy", "iam:CreateAccessKey", "iam:PassRole", "sts:AssumeRole", "iam:UpdateAssumeRolePolicy")

STEP = {"Effect": "Allow", "Action": "iam:AddUserToGroup", "Resource": "arn:aws:iam::111122223333:group/none"}

patterns = st.sampled_from(("*", "iam:*", "iam:Put*", "IAM:*accesskey", "s3:*", "i?m:PassRole", *ACTIONS))
resources = st.sampled_from(
    (
        "*",
        "arn:aws:iam::*:user/*",
        "arn:aws:iam::*:user/${aws:username}",
        "arn:aws:iam::*:role/*/t?p",
        "arn:aws:s3:::b",
        *TARGETS,
    )
)
# Keys that are known of every request of ann.
conditions = st.sampled_from(
    (
        None,
        {"StringEquals": {"aws:username": ["ann", "eve"]}},
        {"StringNotLike": {"aws:username": "a*"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}},
        {"Bool": {"aws:ViaAWSService": "false"}},
        {"Null": {"aws:CalledVia": "true"}},
        {"StringEquals": {"aws:PrincipalTag/team": "red"}},
        {"StringEqualsIfExists": {"aws:PrincipalTag/None": "x"}},
    )
)


@st.composite
def statements(draw):
    statement = {"Effect": draw(st.sampled_from(("Allow", "Allow", "Deny")))}
    listed = draw(st.lists(patterns, min_size=1, max_size=2))
    statement["NotAction" if draw(st.integers(0, 4)) == 0 else "Action"] = listed
    named = draw(st.lists(resources, min_size=1, max_size=2))
    statement["NotResource" if draw(st.integers(0, 4)) == 0 else "Resource"] = named
    condition = draw(conditions)
    return {**statement, "Condition": condition} if condition else statement


def policies(kind):
    return st.lists(statements(), min_size=1, max_size=3).map(
        lambda found: Policy({"Version": "2012-10-17", "Statement": found}, kind)
    )


@given(
    identity=st.lists(policies("identity"), min_size=1, max_size=2),
    boundary=st.none() | policies("boundary"),
    scp=st.none() | policies("scp"),
    action=st.sampled_from(ACTIONS),
    resource=st.sampled_from(TARGETS),
)
def test_may_is_what_the_evaluator_allows(identity, boundary, scp, action, resource):
    limits = Limits(None if boundary is None else entries_of(boundary), () if scp is None else (entries_of(scp),))
    # Whoever holds nothing that could be a step is not looked at.
    identity = [*identity, Policy({"Version": "2012-10-17", "Statement": [STEP]}, "identity")]
    entries = [entry for policy in identity for entry in entries_of(policy)]
    rights = Rights(caller(ANN), entries, limits, {"team": "red"})
    context = {"aws:ViaAWSService": "false", "aws:PrincipalTag/team": "red"}
    decision = evaluate(
        Request(ANN, action, resource, "111122223333", context),
        identity,
        () if boundary is None else [boundary],
        scps=[] if scp is None else [[scp]],
        rcps=(),
        resource_policy=Policy(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                    "Action": "*",
                    "Resource": "*",
                },
            },
            "resource",
        ),
        session=(),
    )
    assert (rights.may(action, resource) is not None) is decision.allowed


@given(
    identity=policies("identity"),
    action=st.sampled_from(ACTIONS),
    resource=st.sampled_from(TARGETS),
    open_=st.sampled_from(
        (
            {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
            {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
            {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
        )
    ),
)
def test_an_open_condition_never_hides_a_grant_and_never_denies(identity, action, resource, open_):
    """With what somebody can meet added to every statement, whatever some Allow gives is given."""
    value = identity.value
    with_open = [{**s, "Condition": {**open_, **s.get("Condition", {})}} for s in value["Statement"]]
    allows_only = [s for s in value["Statement"] if s["Effect"] == "Allow"]
    made = {}
    for name, listed in (("open", with_open), ("allows", allows_only)):
        policy = Policy({"Version": "2012-10-17", "Statement": [*listed, STEP]}, "identity")
        rights = Rights(caller(ANN), entries_of(policy), Limits(), {"team": "red"})
        made[name] = rights.may(action, resource) is not None
    assert made["open"] is made["allows"]


@pytest.mark.parametrize("text", ["${aws:PrincipalTag/x}", "${aws:userid}", "${s3:prefix}"])
def test_a_variable_that_is_not_known_is_read_for_the_attacker(text):
    def may(effect, others):
        statement = {"Effect": effect, "Action": "iam:PutUserPolicy", "Resource": f"arn:aws:iam::*:user/{text}"}
        policy = Policy({"Version": "2012-10-17", "Statement": [statement, *others]}, "identity")
        return Rights(caller(ANN), entries_of(policy), Limits()).may("iam:PutUserPolicy", ANN) is not None

    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    assert may("Allow", [])
    assert may("Deny", [everything])
