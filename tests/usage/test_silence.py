"""What silence does not tell: trails that leave out reads; and what last-accessed information adds."""

import json

import pytest
from click.testing import CliRunner

from iamlint.analyse import action_covers, compare, evaluate
from iamlint.aws.catalogue import catalogue
from iamlint.model import Policy
from iamlint.usage.evidence import requests
from iamlint.usage.narrowing import narrowed_by
from iamlint.usage.silence import reading, reads_are_silent
from iamlint.usage.table import Table
from tests.usage.test_evidence import USER, allow, policy, row


def allowed(after, *actions):
    return [action for action in actions if evaluate(next(requests([row(action)])), [after]).allowed]


WRITES = Table([row("ec2:RunInstances"), row("rds:StartDBInstance", principal="arn:aws:iam::111122223333:role/x")])


def test_a_trail_without_a_read_by_anybody_tells_nothing_of_reads():
    assert reads_are_silent(WRITES)
    assert not reads_are_silent(Table([*WRITES.rows, row("s3:ListAllMyBuckets", denied=True)]))
    assert not reads_are_silent(Table([]))


@pytest.mark.parametrize("before", [[allow("ec2:*")], [allow(["ec2:*", "rds:Describe*", "rds:Delete*"])]])
def test_then_reads_are_kept_and_writes_are_not(before):
    found = narrowed_by(WRITES, policy(*before), [USER]).narrowed
    assert found.proven
    asked = ("ec2:RunInstances", "ec2:DescribeInstances", "ec2:GetConsoleOutput", "ec2:TerminateInstances")
    assert allowed(found.policy, *asked) == list(asked[:3])
    rds = ("rds:DescribeDBInstances", "rds:DeleteDBInstance")
    assert allowed(found.policy, *rds) == (["rds:DescribeDBInstances"] if len(before[0]["Action"]) == 3 else [])


def test_and_of_everything_nothing_is_taken():
    found = narrowed_by(WRITES, policy(allow("*")), [USER])
    assert not found.narrowed.proven
    assert "only read" in found.narrowed.reason
    assert found.narrowed.policy.value == policy(allow("*")).value


@pytest.mark.parametrize("service", ["ec2", "iam", "s3", "kms", "sts"])
def test_patterns_of_reads_are_for_reads_only(service):
    patterns = reading(policy(allow(f"{service}:*")))
    for action in catalogue().service(service).actions.values():
        is_meant = any(action_covers(pattern, f"{service}:{action.name}") for pattern in patterns)
        assert is_meant is (action.access_level in ("List", "Read")), action.name


DAY = "2026-05-02T00:00:00Z"


def export(*services):
    accessed = {"Arn": USER, "JobStatus": "COMPLETED", "ServicesLastAccessed": list(services)}
    inline = [{"PolicyName": "own", "PolicyDocument": policy(allow(["s3:*", "ec2:*", "sqs:*"])).value}]
    user = {"UserName": "reader", "Path": "/apps/", "Arn": USER, "UserPolicyList": inline}
    return {"gaad.json": {"UserDetailList": [user]}, "accessed.jsonl": accessed}


def rewritten(folder, rows, *services):
    """The user's policy after the rewrite by evidence; None where there is none."""
    pytest.importorskip("duckdb", reason="the extra `usage` is not installed")
    from iamlint.cli.check import check
    from iamlint.usage.table import write

    write(rows, str(folder / "usage.jsonl"), str(folder))
    (folder / "in").mkdir()
    for name, value in export(*services).items():
        (folder / "in" / name).write_text(json.dumps(value))
    done = CliRunner().invoke(
        check,
        [str(folder / "in"), "--isolated", "--usage", str(folder / "usage.jsonl"), "--output-format", "json",
         "--select", "wildcard-service-action"],
    )  # fmt: skip
    for finding in json.loads(done.output)["findings"]:
        title = finding["rewrite"]["title"] if finding["rewrite"] else ""
        if title.startswith(("keep what was used", "leave out the services")):
            (edit,) = finding["rewrite"]["edits"]
            text = edit["text"]
            made = json.loads(text if text.lstrip().startswith("[") else f"[{text}]")
            return title, Policy({"Version": "2012-10-17", "Statement": made}, "identity")
    return None


def service(name, last=None, **actions):
    listed = [{"ActionName": each, **({"LastAccessedTime": at} if at else {})} for each, at in actions.items()]
    return {
        "ServiceNamespace": name,
        **({"LastAuthenticated": last} if last else {}),
        "TrackedActionsLastAccessed": listed,
    }


SEEN = [row("ec2:DescribeInstances")]


def test_what_is_not_logged_goes_where_last_accessed_tells_that_it_is_unused(tmp_path):
    title, after = rewritten(tmp_path, SEEN, service("s3"), service("ec2", DAY))
    assert allowed(after, "s3:GetObject", "sqs:SendMessage", "ec2:DescribeInstances", "ec2:RunInstances") == [
        "sqs:SendMessage", "ec2:DescribeInstances",
    ]  # fmt: skip
    assert title.startswith("keep what was used from 2026-05-01")


def test_a_service_that_was_used_keeps_what_is_not_logged(tmp_path):
    _, after = rewritten(tmp_path, SEEN, service("s3", DAY), service("ec2", DAY), service("sqs"))
    assert allowed(after, "s3:GetObject", "s3:CreateBucket", "sqs:SendMessage") == ["s3:GetObject"]


def test_without_a_trail_of_its_own_unused_services_go(tmp_path):
    other = [row("s3:ListAllMyBuckets", principal="arn:aws:iam::111122223333:role/x")]
    title, after = rewritten(tmp_path, other, service("s3", DAY), service("ec2"))
    assert title.startswith("leave out the services")
    assert allowed(after, "s3:GetObject", "s3:CreateBucket", "sqs:SendMessage", "ec2:RunInstances") == [
        "s3:GetObject", "s3:CreateBucket", "sqs:SendMessage",
    ]  # fmt: skip
    assert compare(policy(allow(["s3:*", "ec2:*", "sqs:*"])), after).verdict == "no-new-access"


def test_nothing_goes_where_nothing_tells(tmp_path):
    other = [row("s3:ListAllMyBuckets", principal="arn:aws:iam::111122223333:role/x")]
    assert rewritten(tmp_path, other, service("s3", DAY), service("ec2", DAY), service("sqs", DAY)) is None
