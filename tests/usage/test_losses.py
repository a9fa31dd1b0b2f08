"""What a changed policy would refuse of the calls that it allowed: by hand, and against the plain evaluator."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse import evaluate
from iamlint.model import Policy
from iamlint.usage.evidence import requests
from iamlint.usage.losses import Losses, losses
from tests.usage.test_evidence import DENY_OUTSIDE, allow, policy, row

READ = allow("s3:GetObject", "arn:aws:s3:::reports/*")
OBJECT = "arn:aws:s3:::reports/a"
NO_MFA = {
    "Effect": "Deny", "Action": "*", "Resource": "*",
    "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
}  # fmt: skip
OURS = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}
THEIRS = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-2"}}}
RED = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}


@pytest.mark.parametrize(
    ("before", "after", "rows", "want"),
    [
        ([allow("*")], [READ], [row("s3:GetObject", OBJECT)], (3, 0, 0)),
        ([allow("*")], [READ], [row("s3:GetObject", "arn:aws:s3:::other/a")], (3, 3, 0)),
        ([allow("*")], [READ], [row("s3:GetObject", OBJECT, "arn:aws:s3:::other/a")], (3, 3, 0)),
        ([allow("ec2:*")], [READ], [row("s3:GetObject", OBJECT)], (0, 0, 0)),
        ([allow("*")], [allow("*"), NO_MFA], [row("s3:GetObject", OBJECT)], (3, 3, 0)),
        ([allow("*")], [allow("*"), NO_MFA], [row("s3:GetObject", OBJECT, mfa=True)], (3, 0, 0)),
        ([allow("*"), NO_MFA], [READ], [row("s3:GetObject", OBJECT)], (0, 0, 0)),
        # The event does not tell the resource.
        ([allow("*")], [READ], [row("s3:GetObject")], (3, 0, 3)),
        ([READ], [allow("s3:*", READ["Resource"])], [row("s3:GetObject")], (3, 0, 0)),
        ([allow("*")], [allow("s3:List*")], [row("s3:ListAllMyBuckets")], (3, 0, 0)),
        ([allow("*")], [allow("s3:List*", "arn:aws:s3:::*")], [row("s3:ListAllMyBuckets")], (3, 3, 0)),
        # Conditions on what no event tells.
        ([allow("*")], [allow("*", **OURS)], [row("s3:GetObject", OBJECT)], (3, 0, 3)),
        ([allow("*", **OURS)], [allow("s3:*", **OURS)], [row("s3:GetObject", OBJECT)], (3, 0, 0)),
        ([allow("*", **OURS)], [allow("*")], [row("s3:GetObject", OBJECT)], (3, 0, 0)),
        ([allow("*", **OURS), allow("*", **THEIRS)], [allow("*", **OURS)], [row("s3:GetObject", OBJECT)], (3, 0, 3)),
        ([allow("*", **OURS), allow("*")], [allow("*")], [row("s3:GetObject", OBJECT)], (3, 0, 0)),
        ([allow("*")], [allow("*"), {**NO_MFA, **RED}], [row("s3:GetObject", OBJECT)], (3, 0, 3)),
        ([allow("*"), {**NO_MFA, **RED}], [READ, {**NO_MFA, **RED}], [row("s3:GetObject", OBJECT)], (3, 0, 0)),
    ],
)
def test_losses(before, after, rows, want):
    assert losses(policy(*before), policy(*after), rows) == Losses(*want)


def test_calls_by_services_and_through_endpoints():
    deny = [allow("*"), *DENY_OUTSIDE.value["Statement"]]
    rows = [
        row(source_address="cloudformation.amazonaws.com", via="cloudformation.amazonaws.com"),
        row(source_address="10.0.0.4", vpc_endpoint="vpce-1", calls=10),
        row(source_address="8.8.8.8", calls=100),
        row(source_address="elsewhere", calls=1000),
    ]
    assert losses(policy(allow("*")), policy(*deny), rows) == Losses(1113, 110, 1000)


STATEMENTS = st.builds(
    lambda effect, action, resource, condition: {
        "Effect": effect, "Action": action, "Resource": resource, **({"Condition": condition} if condition else {}),
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["*", "s3:*", "s3:GetObject", "ec2:*", "s3:ListAllMyBuckets"]),
    st.sampled_from(["*", "arn:aws:s3:::reports/*", "arn:aws:s3:::reports/a", "arn:aws:s3:::b*"]),
    st.sampled_from(
        [
            None,
            {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
            {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
            {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
        ]
    ),
)  # fmt: skip
ROWS = st.builds(
    lambda action, resource, mfa, address: row(action, resource, mfa=mfa, source_address=address, calls=1),
    st.sampled_from(["s3:GetObject", "s3:PutObject"]),
    st.sampled_from([OBJECT, "arn:aws:s3:::reports/b", "arn:aws:s3:::bucket/x"]),
    st.sampled_from([None, True, False]),
    st.sampled_from(["203.0.113.7", "8.8.8.8"]),
)  # fmt: skip


@given(st.lists(STATEMENTS, min_size=1, max_size=3), st.lists(STATEMENTS, min_size=1, max_size=3), ROWS)
def test_where_all_is_told_it_is_what_the_evaluator_says(before, after, one):
    old, new = policy(*before), policy(*after)
    (request,) = requests([one])
    was, would = evaluate(request, [old]).allowed, evaluate(request, [new]).allowed
    assert losses(old, new, [one]) == Losses(int(was), int(was and not would), 0)


def test_policies_are_not_changed():
    before = Policy({"Version": "2012-10-17", "Statement": allow("*")}, "identity")
    assert losses(before, before, [row()]) == Losses(3, 0, 0)
