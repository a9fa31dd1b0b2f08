"""Chains as findings: text, code flows of SARIF, and an account of the shape that cloudsplaining publishes.

The account is written anew after that of cloudsplaining's tests. cloudsplaining flags policies, whoever holds them:
`AWSLambdaFullAccess` on somebody in an account without a role that trusts Lambda, and managed policies that nobody
holds. What comes of that in the account is nothing, so nothing is said of it; see docs/escalation.md.
"""

import json

import iamlint
from tests.test_escalation.made import (
    ADMINISTRATOR,
    allow,
    arn,
    details,
    found,
    group,
    holder,
    policy,
    role,
    told,
)

RULES = ["privilege-escalation", "running-role-takeover"]
LAMBDA = allow("iam:PassRole", "lambda:*", "iam:ListRoles")


def check(tmp_path, text, *options):
    (tmp_path / "gaad.json").write_text(text)
    return iamlint.check([tmp_path], isolated=True, rules=RULES)


def example():
    ec2_iam = allow("iam:PassRole", "ec2:AssociateIamInstanceProfile", "iam:AddRoleToInstanceProfile")
    users = [
        holder("obama", AttachedManagedPolicies=ADMINISTRATOR, GroupList=["admin"]),
        holder("lots", allow("s3:GetObject"), GroupList=["admin"]),
        holder("biden", allow("s3:GetObject"), LAMBDA, GroupList=["biden"]),
    ]
    roles = [
        role("MyRole", {"Service": "ssm.amazonaws.com"}, ec2_iam),
        role("MyOtherRole", {"Service": "ssm.amazonaws.com"}, ec2_iam),
        role("OverprivilegedEC2", None, allow("secretsmanager:GetSecretValue", "iam:CreateAccessKey"), used=False),
    ]
    groups = [group("admin", AttachedManagedPolicies=ADMINISTRATOR), group("biden", allow("rds:*"))]
    policies = [policy("IAMFullAccess", {"Version": "2012-10-17", "Statement": allow("iam:*")})]
    return users, {"roles": roles, "groups": groups, "policies": policies}


def test_what_comes_of_the_policies_in_the_account():
    users, lists = example()
    result = found(*users, **lists)
    assert set(result.administrators) == {arn("obama"), arn("lots")}
    assert {who: told(chain) for who, chain in result.chains.items()} == {
        arn("OverprivilegedEC2", "role"): [("iam:CreateAccessKey", "user/obama")]
    }
    # With a role that Lambda may have, what cloudsplaining says of `biden` comes true.
    lists["roles"].append(role("fn", {"Service": "lambda.amazonaws.com"}, allow("*")))
    assert arn("biden") in found(*users, **lists).chains


def test_the_steps_are_told_in_order(tmp_path):
    hop = allow("sts:AssumeRole", on=arn("second", "role"))
    roles = [
        role("first", {"AWS": arn("ann")}, hop),
        role("second", {"AWS": arn("first", "role")}, AttachedManagedPolicies=ADMINISTRATOR),
    ]
    report = check(tmp_path, details(holder("ann"), roles=roles))
    finding = next(f for f in report.findings if f.subject.id == arn("ann"))
    assert "in 2 steps: assumes the role `role/first`; then assumes the role `role/second`" in finding.message
    assert [step["on"] for step in finding.arguments["steps"]] == [arn("first", "role"), arn("second", "role")]
    numbers = [related.message.partition(":")[0] for related in finding.related]
    assert numbers == sorted(numbers)
    assert {"step 1", "step 2"} == set(numbers)


def test_sarif_has_a_code_flow(tmp_path):
    from click.testing import CliRunner

    from iamlint.cli import main

    (tmp_path / "gaad.json").write_text(details(holder("ann", allow("iam:PutUserPolicy"))))
    arguments = ["check", str(tmp_path), "--isolated", "--select", RULES[0], "--output-format", "sarif", "--exit-zero"]
    (result,) = json.loads(CliRunner().invoke(main, arguments).stdout)["runs"][0]["results"]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    texts = [location["location"]["message"]["text"] for location in flow["locations"]]
    assert texts[0].startswith("step 1: ")
    assert texts[-1].startswith("`ann` can become administrator")


def test_levels_tell_what_stands_in_the_way(tmp_path):
    bob = holder("bob", AttachedManagedPolicies=ADMINISTRATOR)
    keys = [{"UserName": "bob", "AccessKeyId": f"AKIAIOSFODNN7EXAMPL{n}", "Status": "Active"} for n in (1, 2)]
    (tmp_path / "keys.json").write_text(json.dumps({"AccessKeyMetadata": keys}))
    report = check(tmp_path, details(holder("ann", allow("iam:CreateAccessKey")), bob))
    (finding,) = report.findings
    assert (finding.rule, finding.level) == ("privilege-escalation", "limited")
    assert "needs one of the two access keys of the user to be deleted" in finding.message


def test_what_no_export_tells_of_is_another_rule(tmp_path):
    top = role("top", {"Service": "lambda.amazonaws.com"}, AttachedManagedPolicies=ADMINISTRATOR)
    report = check(tmp_path, details(holder("ann", allow("lambda:UpdateFunctionCode")), roles=[top]))
    assert [f.rule for f in report.findings] == ["running-role-takeover"]


def test_an_unknown_policy_is_not_checked(tmp_path):
    gone = [{"PolicyName": "gone", "PolicyArn": arn("gone", "policy")}]
    report = check(tmp_path, details(holder("ann", AttachedManagedPolicies=gone)))
    assert {(entry.rule, entry.subject.id) for entry in report.not_checked} == {(rule, arn("ann")) for rule in RULES}


def test_hostile_names_stay_names(tmp_path):
    name = "a\x1b[31m`$(id)`\u202e\n](http://x)"
    report = check(tmp_path, details(holder(name, allow("iam:PutUserPolicy"))))
    for finding in report.findings:
        assert "\x1b" not in finding.message
        assert "\n" not in finding.message
        assert "\u202e" not in finding.message
