"""What stands in the way: resources, conditions, Denies, boundaries, variables; and what does not."""

import pytest

from tests.test_escalation.made import (
    ADMINISTRATOR,
    ID,
    allow,
    arn,
    attached,
    bounded,
    chain,
    deny,
    document,
    found,
    group,
    holder,
    policy,
    role,
    told,
)

PUT = "iam:PutUserPolicy"
ANN = arn("ann")
MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}


def can(*statements, **members):
    return chain(holder("ann", *statements, **members.pop("user", {})), **members) is not None


@pytest.mark.parametrize(
    ("resource", "works"),
    [
        ("*", True),
        (ANN, True),
        (f"arn:aws:iam::{ID}:user/*", True),
        ("arn:aws:iam::*:user/a?n", True),
        ("arn:aws:iam::*:user/${aws:username}", True),
        ("arn:aws:iam::*:user/${aws:PrincipalTag/name}", False),  # she has no such tag
        ("arn:aws:iam::*:user/bob", False),
        ("arn:aws:iam::444455556666:user/*", False),
        (f"arn:aws:iam::{ID}:role/*", False),
    ],
)
def test_the_resource_counts(resource, works):
    assert can(allow(PUT, on=resource)) is works


@pytest.mark.parametrize(
    ("condition", "works"),
    [
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"StringEquals": {"aws:username": "ann"}}, True),
        ({"StringEquals": {"aws:username": "bob"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/team": "iam"}}, False),
        ({"Bool": {"aws:ViaAWSService": "true"}}, False),
        ({"StringEquals": {"iam:PermissionsBoundary": arn("cap", "policy")}}, False),
        ({"StringEquals": {"aws:PrincipalType": "User"}, "Bool": {"aws:SecureTransport": "true"}}, True),
    ],
)
def test_conditions_that_cannot_hold_stop_it_and_others_do_not(condition, works):
    assert can(allow(PUT, **condition)) is works


@pytest.mark.parametrize(
    ("statement", "works"),
    [
        (deny("iam:*"), False),
        (deny(PUT), False),
        (deny("iam:Put*", on=ANN), False),
        (deny(PUT, on=arn("bob")), True),
        (deny("iam:*", **MFA), True),  # she comes with MFA
        (deny("iam:*", StringEquals={"aws:username": "ann"}), False),
        (deny("iam:*", StringNotEquals={"aws:username": "ann"}), True),
        (deny("s3:*"), True),
        ({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, False),
        ({"Effect": "Deny", "Action": "iam:*", "NotResource": arn("bob")}, False),
        ({"Effect": "Deny", "Action": "iam:*", "NotResource": ANN}, True),  # and she can take it off
        ({"Effect": "Deny", "Action": ["iam:Create*", "iam:De*"], "Resource": "*"}, False),
    ],
)
def test_a_deny_counts_where_it_cannot_be_avoided(statement, works):
    assert can(allow(PUT), statement) is works


@pytest.mark.parametrize(
    ("cap", "works"),
    [
        (allow("*"), True),
        (allow("s3:*", PUT), False),  # what she writes does not get through
        (allow("s3:*"), False),
        ({"Effect": "Allow", "NotAction": "organizations:*", "Resource": "*"}, True),
    ],
)
def test_a_boundary_limits_the_step_and_what_comes_of_it(cap, works):
    assert can(allow(PUT), user=bounded("cap"), policies=[policy("cap", document(cap))]) is works


def test_who_may_take_off_the_boundary_is_not_held_by_it():
    cap = policy("cap", document(allow("s3:*", PUT, "iam:DeleteUserPermissionsBoundary")))
    ann = holder("ann", allow(PUT, "iam:DeleteUserPermissionsBoundary"), **bounded("cap"))
    steps = told(chain(ann, policies=[cap]))
    assert [action for action, _ in steps] == ["iam:DeleteUserPermissionsBoundary", PUT]


def test_a_boundary_that_must_be_kept_keeps():
    cap = policy("cap", document(allow("s3:*", "iam:*", "sts:*")))
    keep = {"StringEquals": {"iam:PermissionsBoundary": arn("cap", "policy")}}
    ann = holder("ann", allow("iam:CreateRole", "iam:PutRolePolicy", **keep))
    assert chain(ann, policies=[cap]) is None
    assert chain(holder("ann", allow("iam:CreateRole", "iam:PutRolePolicy"))) is not None


def test_only_a_named_policy_may_be_attached():
    def ann(text):
        return holder("ann", allow("iam:AttachUserPolicy", ArnLike={"iam:PolicyARN": text}))

    assert chain(ann("arn:aws:iam::aws:policy/ReadOnly*")) is None
    assert chain(ann("arn:aws:iam::aws:policy/*")) is not None
    mine = policy("everything", document(allow("*")))
    assert chain(ann(arn("everything", "policy")), policies=[mine]) is not None
    assert chain(ann(arn("everything", "policy"))) is None  # there is no such policy


def test_roles_in_a_row():
    hop = allow("sts:AssumeRole", on=arn("second", "role"))
    first = role("first", {"AWS": ANN}, hop)
    second = role("second", {"AWS": arn("first", "role")}, AttachedManagedPolicies=ADMINISTRATOR)
    ann = holder("ann")
    assert told(chain(ann, roles=[first, second])) == [
        ("sts:AssumeRole", "role/first"),
        ("sts:AssumeRole", "role/second"),
    ]
    assert told(chain(ann, roles=[first, second], of="first", kind="role")) == [("sts:AssumeRole", "role/second")]
    # A role that a trust names needs no Allow for it, but its Denies count.
    stopped = role("first", {"AWS": ANN}, deny("sts:*"))
    assert chain(ann, roles=[stopped, second]) is None


def test_the_shortest_chain_is_told():
    first = role("first", {"AWS": ANN}, allow(PUT))
    top = role("top", {"AWS": [ANN, arn("first", "role")]}, AttachedManagedPolicies=ADMINISTRATOR)
    assert told(chain(holder("ann"), roles=[first, top])) == [("sts:AssumeRole", "role/top")]


def test_trust_in_the_account_needs_an_allow_and_conditions_of_the_trust_count():
    def top(condition=None):
        return role("top", {"AWS": ID}, AttachedManagedPolicies=ADMINISTRATOR, condition=condition)

    ann = holder("ann", allow("sts:AssumeRole", on=arn("top", "role")))
    assert chain(ann, roles=[top()]) is not None
    assert chain(holder("ann"), roles=[top()]) is None
    assert chain(ann, roles=[top({"StringEquals": {"aws:username": "bob"}})]) is None
    assert chain(ann, roles=[top({"Bool": {"aws:MultiFactorAuthPresent": "true"}})]) is not None


def test_a_group_hands_its_rights_on():
    top = group("top", AttachedManagedPolicies=ADMINISTRATOR)
    assert told(chain(holder("ann", allow("iam:AddUserToGroup")), groups=[top])) == [
        ("iam:AddUserToGroup", "group/top")
    ]
    assert chain(holder("ann", allow("iam:AddUserToGroup", on=arn("other", "group"))), groups=[top]) is None
    editors = group("editors", allow(PUT))
    assert [action for action, _ in told(chain(holder("ann", allow("iam:AddUserToGroup")), groups=[editors]))] == [
        "iam:AddUserToGroup",
        PUT,
    ]


def test_an_older_version_counts_if_it_is_stronger():
    def versions(old):
        return policy(
            "held",
            PolicyVersionList=[
                {
                    "VersionId": "v2",
                    "IsDefaultVersion": True,
                    "Document": document(allow("iam:SetDefaultPolicyVersion")),
                },
                {"VersionId": "v1", "IsDefaultVersion": False, "Document": document(old)},
            ],
        )

    ann = holder("ann", AttachedManagedPolicies=attached("held"))
    assert chain(ann, policies=[versions(allow("*"))]) is not None
    assert len(told(chain(ann, policies=[versions(allow(PUT))]))) == 2
    assert chain(ann, policies=[versions(allow("s3:*"))]) is None


@pytest.mark.parametrize("name", ["$(id)", "a b\nc", "|x", "=cmd", "${aws:username}", "*", "a`b"])
def test_names_are_only_names(name):
    ann = holder(name, allow(PUT, on=arn(name)))
    assert set(found(ann).chains) <= {arn(name)}


def test_an_administrator_is_no_finding_and_neither_is_nobody():
    ann = holder("ann", AttachedManagedPolicies=ADMINISTRATOR)
    result = found(ann, holder("bob"))
    assert set(result.administrators) == {ANN}
    assert result.chains == {}
    assert result.unknown == {}


def test_a_policy_without_a_document_leaves_its_holder_unknown_and_who_becomes_her():
    ann = holder("ann", AttachedManagedPolicies=attached("absent"))
    bob = holder("bob", allow("iam:CreateAccessKey", on=ANN))
    eve = holder("eve", allow("s3:GetObject"))
    result = found(ann, bob, eve)
    assert set(result.unknown) == {ANN, arn("bob")}
    assert result.chains == {}


def test_a_third_access_key_is_no_sure_way():
    keys = {"AccessKeyMetadata": [{"UserName": "bob", "AccessKeyId": f"AKIA{n}", "Status": "Active"} for n in (1, 2)]}
    import json

    bob = holder("bob", AttachedManagedPolicies=ADMINISTRATOR)
    ann = holder("ann", allow("iam:CreateAccessKey"))
    full = found(ann, bob, exports=[json.dumps(keys)]).chains[ANN]
    assert not full.is_sure
    assert full.is_near
    freed = holder("ann", allow("iam:CreateAccessKey", "iam:DeleteAccessKey"))
    assert found(freed, bob, exports=[json.dumps(keys)]).chains[ANN].is_sure
    unknown = found(ann, bob).chains[ANN]
    assert unknown.is_sure
    assert unknown.assumes == ("the user has fewer than two access keys",)


def test_it_stays_near_linear():
    """Two thousand users who may pass a role that leads nowhere, and a chain of three hundred roles."""
    import time

    from iamlint.analyse.escalation import escalations
    from tests.test_escalation.made import account, details

    def build(size):
        users = [holder(f"u{n}", allow("iam:PassRole", "lambda:*", "sts:AssumeRole")) for n in range(size)]
        roles = [role(f"r{n}", {"AWS": arn(f"r{n - 1}", "role") if n else ID}) for n in range(size // 7)]
        roles.append(role("top", {"AWS": arn(f"r{size // 7 - 1}", "role")}, AttachedManagedPolicies=ADMINISTRATOR))
        text = details(*users, roles=roles)
        times = []
        for _ in range(3):
            made = account(text)
            start = time.process_time()
            result = escalations(made)
            times.append(time.process_time() - start)
            assert len(result.chains[arn("u0")].steps) == size // 7 + 1
        return min(times)

    build(20)
    small, large = build(250), build(1000)
    assert large < 12 * small + 0.5
