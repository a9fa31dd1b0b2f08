"""Policies narrowed by what was seen, replays, origins and consumers, on a generator's trails and small tables."""

import json

import pytest

from iamlint.analyse import compare, evaluate
from iamlint.config import Environment, Network
from iamlint.model import Policy
from iamlint.usage.consumers import anywhere, consumers, trust_for
from iamlint.usage.evidence import LOGGED_APART, is_use, kept, not_logged, requests
from iamlint.usage.narrowing import narrowed_by
from iamlint.usage.networks import origins, undocumented
from iamlint.usage.replay import replay
from iamlint.usage.table import Row, Table
from tests.usage.test_trails import generated

USER = "arn:aws:iam::111122223333:user/apps/reader"
OFFICE = (Network("office", "203.0.113.0/26", None), Network("vpn", "198.51.100.0/27", None))


def row(action="s3:GetObject", *resources, **changes):
    made = Row(
        account="111122223333", principal=USER, principal_type="IAMUser", access_key="AKIA" + "A" * 16, event=action,
        action=action, nth=0, status="mapped", resources=resources, region="eu-west-1", source_address="203.0.113.7",
        vpc_endpoint="", via="", mfa=None, agent_family="Boto3", agent="Boto3/1.34", denied=False, calls=3,
        first_seen="2026-05-01T00:00:00Z", last_seen="2026-05-02T00:00:00Z",
    )  # fmt: skip
    return made._replace(**changes)


def policy(*statements, kind="identity"):
    return Policy({"Version": "2012-10-17", "Statement": list(statements)}, kind)


def allow(actions, resources="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


DENY_OUTSIDE = policy(
    {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {
            "NotIpAddress": {"aws:SourceIp": [one.cidr for one in OFFICE]},
            "Bool": {"aws:ViaAWSService": "false"},
        },
    }
)


@pytest.fixture(scope="module")
def trail(tmp_path_factory):
    pytest.importorskip("duckdb", reason="the extra `usage` is not installed")
    from iamlint.usage.run import rows_of

    found = []
    for seed in ("1", "2"):
        folder = tmp_path_factory.mktemp(f"seed{seed}")
        truth = generated(folder, seed)
        found.append((truth, Table(rows_of([str(folder / "cloudtrail")])), folder))
    return found


def test_workloads(trail):
    for truth, table, _ in trail:
        found = {one.key: one for one in consumers(table)}
        assert found.keys() == truth["keys"].keys()
        for key, want in truth["keys"].items():
            workload = "person" if want["workload"] == "laptop" else want["workload"]
            assert (found[key].workload, found[key].target) == (workload, want["migrate_to"]), found[key]
            assert found[key].guess.reasons
            assert (found[key].calls, found[key].denied) == (want["events"], want["denied"])


def test_an_ip_deny_is_replayed(trail):
    for truth, table, _ in trail:
        found = replay(table, DENY_OUTSIDE)
        broken = {one.row.access_key for one in found.refused if one.row.access_key.startswith("AKIA")}
        # A key of which every call from elsewhere was refused anyway loses nothing.
        outside = {
            each.access_key
            for each in table.rows
            if is_use(each) and each.access_key in truth["keys_seen_outside_office"]
            and not any(each.source_address in one.addresses for one in origins([each], OFFICE).named)
        }  # fmt: skip
        assert broken == outside
        assert found.denied == sum(one.row.calls for one in found.refused) > 0
        assert not found.undecided


def test_undocumented_addresses(trail):
    for truth, table, _ in trail:
        used = {key for one in undocumented(table.rows, OFFICE) for key in one.keys}
        endpoints = {key for key, want in truth["keys"].items() if want["vpce"]}
        assert used <= set(truth["keys_seen_outside_office"])
        assert set(truth["keys_seen_outside_office"]) - endpoints - used <= {
            key for key, want in truth["keys"].items() if want["denied"]
        }
        assert not used & endpoints


BROAD = [
    policy(allow("*")),
    policy(allow(["s3:*", "ec2:*", "dynamodb:*", "sqs:*"])),
    policy({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}),
    policy(allow(["s3:Get*", "ec2:Describe*"], "*"), {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}),
    policy(allow("*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})),
]


@pytest.mark.parametrize("number", range(len(BROAD)))
def test_narrowed_policies_keep_what_was_used(trail, number):
    """By `evaluate` each observed call; within the original by `compare`, and by the other encoding for z3."""
    from tests import oracle

    before = BROAD[number]
    _, table, _ = trail[0]
    users = [name for name in table.principals() if ":user/" in name][:12]
    for user in users:
        found = narrowed_by(table, before, [user])
        assert found.narrowed.proven, found.narrowed.reason
        after = found.narrowed.policy
        for each in requests(filter(is_use, table.of(user))):
            if evaluate(each, [before]).allowed:
                assert after is not None
                assert evaluate(each, [after]).allowed, each
        if after is not None:
            assert compare(before, after).verdict == "no-new-access"
            if user in users[:2]:
                assert oracle.new_access([before.value], [after.value]) is not True


def test_what_is_not_logged_is_kept():
    table = Table([row("ec2:DescribeInstances")])
    before = policy(allow(["s3:*", "ec2:*", "kms:Decrypt", "rds:*"]))
    found = narrowed_by(table, before, [USER])
    after = found.narrowed.policy
    asked = {"s3:GetObject": True, "kms:Decrypt": True, "ec2:DescribeInstances": True, "ec2:RunInstances": False}
    for action, want in {**asked, "rds:DeleteDBInstance": False}.items():
        (request,) = requests([row(action)])
        assert evaluate(request, [after]).allowed is want, action
    assert "s3:GetObject*" in found.kept
    assert "rds-data:*" not in found.kept


def test_what_is_logged_of_others_is_not_kept():
    other = "arn:aws:iam::111122223333:user/other"
    table = Table([row("ec2:DescribeInstances"), row("s3:GetObject", principal=other)])
    assert "objects in S3" not in not_logged(table)
    after = narrowed_by(table, policy(allow(["s3:*", "ec2:*"])), [USER]).narrowed.policy
    (request,) = requests([row("s3:GetObject")])
    assert not evaluate(request, [after]).allowed


def test_that_a_bucket_is_listed_does_not_tell_that_objects_are_logged():
    assert "objects in S3" in not_logged(Table([row("s3:ListBucket")]))
    assert set(not_logged(Table([]))) == set(LOGGED_APART)


def test_people_keep_their_own_credentials():
    table = Table([row("ec2:DescribeInstances")])
    assert "iam:EnableMFADevice" in kept(table)
    assert "iam:EnableMFADevice" not in kept(table, never=())
    after = narrowed_by(table, policy(allow("iam:*")), [USER], never=["iam:CreateAccessKey"]).narrowed.policy
    (request,) = requests([row("iam:CreateAccessKey")])
    assert evaluate(request, [after]).allowed
    (request,) = requests([row("iam:EnableMFADevice")])
    assert not evaluate(request, [after]).allowed


def test_denied_calls_are_no_use():
    table = Table([row("rds:DeleteDBInstance", denied=True), row("rds:DescribeDBInstances", denied=None)])
    after = narrowed_by(table, policy(allow("rds:*")), [USER]).narrowed.policy
    allowed = {action: evaluate(next(requests([row(action)])), [after]).allowed
               for action in ("rds:DeleteDBInstance", "rds:DescribeDBInstances")}  # fmt: skip
    assert allowed == {"rds:DeleteDBInstance": False, "rds:DescribeDBInstances": True}


def test_resources_are_generalised():
    objects = [f"arn:aws:s3:::reports/2026/{number}.csv" for number in range(50)]
    table = Table([row("s3:GetObject", one) for one in objects])
    after = narrowed_by(table, policy(allow("s3:GetObject")), [USER]).narrowed.policy
    assert json.dumps(after.value).count("arn:aws:s3:::") == 1
    assert '"arn:aws:s3:::reports/*"' in json.dumps(after.value)


def test_replay_of_a_boundary():
    boundary = policy(allow("s3:*", "arn:aws:s3:::reports/*"), kind="boundary")
    rows = [row("s3:GetObject", "arn:aws:s3:::reports/a"), row("s3:GetObject", "arn:aws:s3:::other/a", calls=7)]
    found = replay(
        Table([*rows, row("ec2:RunInstances", calls=5), row("s3:GetObject", calls=2)]), (), boundary=boundary
    )
    assert (found.calls, found.denied, found.undecided) == (17, 12, 2)
    assert {one.row.action for one in found.refused} == {"s3:GetObject", "ec2:RunInstances"}
    assert found.open[0].row.resources == ()


def test_replay_of_a_deny_without_mfa():
    deny = policy(
        {"Effect": "Deny", "Action": "*", "Resource": "*",
         "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}
    )  # fmt: skip
    table = Table([row(), row(mfa=True, calls=1), row(mfa=False, calls=2), row(denied=True, calls=100)])
    found = replay(table, deny)
    assert (found.calls, found.denied) == (6, 5)


def test_calls_through_endpoints_and_services_have_no_source_ip():
    rows = [
        row(vpc_endpoint="vpce-1", source_address="10.0.0.4"),
        row(source_address="cloudformation.amazonaws.com", via="cloudformation.amazonaws.com", calls=10),
    ]
    found = replay(Table(rows), DENY_OUTSIDE)
    assert [one.row.vpc_endpoint for one in found.refused] == ["vpce-1"]


def test_origins():
    addresses = ["203.0.113.7", "192.0.2.16", "192.0.2.17", "192.0.2.18", "192.0.2.20", "8.8.8.8", "2001:db8::1", "x"]
    found = origins([row(source_address=one) for one in addresses], OFFICE)
    assert [(one.name, one.cidr, one.calls) for one in found.named] == [("office", "203.0.113.0/26", 3)]
    assert [one.cidr for one in found.other] == ["8.8.8.8/32", "192.0.2.16/29", "2001:db8::1/128"]


def test_a_trust_policy_names_who_it_is_for():
    github = row(agent="aws-sdk-js/3.6 configure-aws-credentials-for-github-actions")
    (one,) = consumers(Table([github]))
    assert trust_for(one, Environment()).needs
    trust = trust_for(one, Environment(repositories=("acme/shop:ref:refs/heads/main",)))
    (statement,) = trust.document["Statement"]
    issuer = "token.actions.githubusercontent.com"
    assert statement["Condition"]["StringEquals"] == {
        f"{issuer}:aud": "sts.amazonaws.com",
        f"{issuer}:sub": "repo:acme/shop:ref:refs/heads/main",
    }
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{issuer}"}


@pytest.mark.parametrize(
    "agent", ["Boto3/1 exec-env/AWS_Lambda_python3.11", "Boto3/1 exec-env/AWS_ECS_FARGATE", "a amzn2"]
)
def test_proposed_trust_is_clean(agent):
    from iamlint.api import check_text

    (one,) = consumers(Table([row(agent=agent)]))
    anchor = anywhere("arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/12345678-1234-1234-1234-123456789012")
    for document in (trust_for(one, Environment()).document, anchor):
        found = check_text(json.dumps(document), policy_kind="trust").findings
        assert not [each for each in found if each.severity.name.lower() != "suggestion"], found
