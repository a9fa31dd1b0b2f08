"""What a principal may do after boundary and organisation: questions with a witness, and one policy that says it."""

import pytest

from iamlint.analyse import compare, evaluate
from iamlint.analyse.effective import of
from iamlint.model import Policy
from iamlint.model.fact import Unknown
from tests.test_account.test_organization import EVERYWHERE, NO_IAM, TREE, account, targets
from tests.test_account.test_organization import policy as scp
from tests.test_escalation.made import (
    allow,
    arn,
    attached,
    bounded,
    deny,
    details,
    document,
    group,
    holder,
    policy,
    user,
)

MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
OFFICE = ["203.0.113.0/24"]
OUTSIDE = {"NotIpAddress": {"aws:SourceIp": OFFICE}, "Bool": {"aws:ViaAWSService": "false"}}


def effective(ann, *users, files=None, **lists):
    made = account({**(files or {}), "gaad.json": details(ann, *users, **lists)})
    return of(made.users[0], made)


def test_identity_and_boundary_both_have_to_allow():
    ann = holder("ann", allow("s3:*", "iam:*"), **bounded("cap"))
    found = effective(ann, policies=[policy("cap", document(allow("s3:Get*", "ec2:*")))])
    assert found.can(["s3:GetObject"]).verdict == "yes"
    assert found.can(["s3:PutObject"]).verdict == "no"
    assert found.can(["ec2:*", "iam:*"]).verdict == "no"
    witness = found.can(["s3:*"]).witness
    assert all(evaluate(witness, layer, (), scps=(), rcps=(), session=()).allowed for layer in found.layers)


def test_groups_and_organisation_count():
    files = {**TREE, **EVERYWHERE, "policies/p-no.json": scp("p-no", NO_IAM), "targets/p-no.json": targets("r-ab12")}
    ann = holder("ann", GroupList=["devs"])
    found = effective(ann, groups=[group("devs", allow("*"))], files=files)
    assert found.can(["s3:*"]).verdict == "yes"
    assert found.can(["iam:*"]).verdict == "no"
    assert found.unknown == ()
    assert effective(ann, groups=[group("devs", allow("*"))]).unknown == ("service control policies",)


@pytest.mark.parametrize(
    ("statement", "without"),
    [
        (deny("iam:*", **MFA), "no"),
        (deny("iam:*", Bool={"aws:MultiFactorAuthPresent": "false"}), "yes"),  # misses long-lived keys
        (deny("iam:*", Null={"aws:MultiFactorAuthAge": "true"}), "no"),
        (deny("s3:*", **MFA), "yes"),
    ],
)
def test_can_she_without_mfa(statement, without):
    found = effective(holder("ann", allow("*"), statement))
    assert found.can_without_mfa(["iam:*"]).verdict == without
    assert found.can(["iam:*"]).verdict == "yes"


@pytest.mark.parametrize(
    ("statement", "outside"),
    [
        (deny("*", **OUTSIDE), "no"),
        (deny("*", NotIpAddress={"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}), "yes"),
        (deny("iam:*", **OUTSIDE), "yes"),
    ],
)
def test_can_she_from_outside(statement, outside):
    found = effective(holder("ann", allow("*"), statement))
    assert found.can_from_outside(["s3:*"], OFFICE).verdict == outside


def test_who_she_is_counts():
    own = allow("iam:CreateAccessKey", on="arn:aws:iam::*:user/${aws:username}")
    found = effective(holder("ann", own))
    assert found.can(["iam:CreateAccessKey"], [arn("ann")]).verdict == "yes"
    assert found.can(["iam:CreateAccessKey"], [arn("bob")]).verdict == "no"
    tagged = allow("s3:*", StringEquals={"aws:PrincipalTag/team": "red"})
    assert effective(holder("ann", tagged, Tags=[{"Key": "team", "Value": "red"}])).can(["s3:*"]).verdict == "yes"
    assert effective(holder("ann", tagged, Tags=[{"Key": "team", "Value": "blue"}])).can(["s3:*"]).verdict == "no"


def test_principals_with_equal_policies_share_the_answer():
    shared = policy("shared", document(allow("s3:*")))
    made = account(
        {
            "gaad.json": details(
                *(holder(name, AttachedManagedPolicies=attached("shared")) for name in ("ann", "bob")),
                policies=[shared],
            )
        }
    )
    one, two = (of(user, made).can(["s3:*"]) for user in made.users)
    assert one is two


def test_what_is_not_known_is_unknown():
    assert isinstance(effective(holder("ann", AttachedManagedPolicies=attached("gone"))), Unknown)
    assert isinstance(effective(holder("ann", allow("*"), **bounded("gone"))), Unknown)


@pytest.mark.parametrize(
    ("identity", "cap"),
    [
        ([allow("s3:*", "iam:*")], [allow("s3:Get*", "ec2:*")]),
        ([allow("*")], [allow("s3:*"), deny("s3:Delete*")]),
        ([allow("s3:GetObject", on="arn:aws:s3:::b/*")], [allow("s3:*", on="arn:aws:s3:::*")]),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], [allow("s3:*", "ec2:Describe*")]),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], [{**allow("*"), "NotAction": "sts:*"}]),
        ([allow("s3:*", **MFA)], [allow("s3:*", StringEquals={"aws:RequestedRegion": "eu-west-1"})]),
        ([allow("s3:*"), deny("s3:Put*", **MFA)], [allow("*")]),
        ([allow("s3:*")], [allow("ec2:*")]),
    ],
)
def test_one_policy_says_it(identity, cap):
    cap = [{key: value for key, value in s.items() if key != "Action" or "NotAction" not in s} for s in cap]
    ann = holder("ann", *identity, **bounded("cap"))
    found = effective(ann, policies=[policy("cap", document(*cap))])
    made = found.policy
    assert made is not None
    (own,), (limit,) = found.layers
    both = {"old_boundary": [limit]}
    assert compare([own], [made], **both).verdict == "no-new-access"
    assert compare([made], [own], new_boundary=[limit]).verdict == "no-new-access"


def test_what_one_policy_cannot_say_is_not_said():
    ann = holder("ann", allow("s3:*Object"), **bounded("cap"))
    assert effective(ann, policies=[policy("cap", document(allow("s3:Get*")))]).policy is None
    old = {**document(allow("s3:*", on="arn:aws:s3:::${aws:username}")), "Version": "2008-10-17"}
    ann = user("ann", UserPolicyList=[{"PolicyName": "own", "PolicyDocument": old}])
    assert effective(ann).policy is None


def test_without_limits_it_is_the_policies_in_normal_form():
    found = effective(holder("ann", allow("s3:Get*", "s3:GetObject"), allow("s3:Put*")))
    assert isinstance(found.policy, Policy)
    assert found.policy.value["Statement"] in ([allow("s3:Get*", "s3:Put*")], allow("s3:Get*", "s3:Put*"))
