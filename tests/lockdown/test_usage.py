"""`--usage`: Denies are replayed over what was observed before they are proposed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import oracle
from tests.lockdown.applier import commands
from tests.lockdown.made import ADMINISTRATOR, CONFIG, DEPLOY, READ, document, key, lay, run, user
from tests.test_account.made import ID, arn

pytest.importorskip("duckdb", reason="DuckDB is not installed (pip install -e .[usage])")
from iamlint.usage.table import Row, write

NETWORKS = CONFIG + '[[environment.networks]]\nname = "office"\ncidr = "203.0.113.0/24"\n'
INSIDE, OUTSIDE = "203.0.113.9", "198.51.100.7"


def row(name: str, action: str, address: str = INSIDE, **other: Any) -> Row:
    values: dict[str, Any] = {
        "account": ID,
        "principal": arn(name, path="/svc/"),
        "principal_type": "IAMUser",
        "access_key": "AKIADEPLOYAAAAAAAAAA",
        "event": action,
        "action": action,
        "nth": 0,
        "status": "mapped",
        "resources": (),
        "region": "eu-west-1",
        "source_address": address,
        "vpc_endpoint": "",
        "via": "",
        "mfa": None,
        "agent_family": "Boto3",
        "agent": "Boto3/1",
        "denied": False,
        "calls": 3,
        "first_seen": "2026-10-01T00:00:00Z",
        "last_seen": "2026-10-30T00:00:00Z",
        **other,
    }
    return Row(**values)


def out_of(tmp_path: Path, rows: list[Row], config: str = NETWORKS, name: str = "svc-deploy") -> Path:
    keys = [key(name, "AKIADEPLOYAAAAAAAAAA")]
    snapshot = lay(tmp_path / "in", [user(name, DEPLOY, path="/svc/")], keys)
    (tmp_path / "work").mkdir()
    write(rows, str(tmp_path / "usage.jsonl"), str(tmp_path / "work"))
    arguments = (snapshot, "--out", tmp_path / "out", "--usage", tmp_path / "usage.jsonl")
    result = run(*arguments, config=config, folder=tmp_path)
    assert result.exit_code == 0, result.output
    return tmp_path / "out"


def denied(out: Path) -> set[str]:
    (path,) = (out / "policies").glob("iamlint-deny-sensitive-*")
    return set(json.loads(path.read_text())["Statement"][0]["Action"])


def attached(out: Path) -> str:
    words = [words for words, _ in commands((out / "commands.sh").read_text()) if words[2] == "attach-user-policy"]
    return str(words)


def test_a_machine_keeps_the_sensitive_actions_that_it_was_seen_to_use(tmp_path: Path) -> None:
    rows = [row("svc-deploy", "ec2:TerminateInstances"), row("svc-deploy", "ec2:DeleteVolume", denied=True)]
    found = denied(out_of(tmp_path, rows))
    assert "ec2:TerminateInstances" not in found
    assert {"ec2:DeleteVolume", "s3:DeleteBucket"} <= found


@pytest.mark.parametrize(
    ("other", "is_proposed"),
    [
        ({}, True),
        ({"address": OUTSIDE}, False),
        ({"address": OUTSIDE, "via": "cloudformation.amazonaws.com"}, True),
        ({"address": "cloudformation.amazonaws.com"}, True),
        ({"address": "10.0.0.7", "vpc_endpoint": "vpce-1"}, True),
        ({"address": OUTSIDE, "denied": True}, True),
        ({"address": "2001:db8::1"}, False),
    ],
)
def test_a_deny_outside_the_networks_waits_for_its_replay(
    tmp_path: Path, other: dict[str, Any], is_proposed: bool
) -> None:
    out = out_of(tmp_path, [row("svc-deploy", "s3:GetObject", **other)])
    assert ("iamlint-deny-outside-networks" in attached(out)) is is_proposed
    told = "would have denied none" if is_proposed else "would have denied 3: s3:GetObject from"
    assert told in (out / "report.txt").read_text()


def test_who_was_not_seen_gets_no_deny_outside_the_networks(tmp_path: Path) -> None:
    assert "outside" not in attached(out_of(tmp_path, [row("other", "s3:GetObject")]))


def test_what_a_person_loses_without_mfa_is_told(tmp_path: Path) -> None:
    config = '[environment]\npersons = ["ann"]\n'
    rows = [
        row("ann", "ec2:DescribeInstances"),
        row("ann", "sts:GetSessionToken"),
        row("ann", "s3:GetObject", mfa=True),
    ]
    out = out_of(tmp_path, rows, config, "ann")
    assert "it would have denied 3: ec2:DescribeInstances" in (out / "report.txt").read_text()


def test_where_keys_were_seen(tmp_path: Path) -> None:
    out = out_of(tmp_path, [row("svc-deploy", "s3:GetObject")])
    assert f"# used for s3 from {INSIDE}" in (out / "register.toml").read_text()
    assert "Boto3" in (out / "report.txt").read_text().partition("Where keys were used")[2]


def test_a_boundary_waits_for_its_replay(tmp_path: Path) -> None:
    """Who was seen to give rights gets no boundary by a command: that would stop the work."""
    out = out_of(tmp_path, [row("svc-deploy", "iam:PutUserPolicy")], CONFIG)
    assert "put-user-permissions-boundary" not in (out / "commands.sh").read_text()
    assert "not by a command, of the calls observed" in (out / "report.txt").read_text()


def test_a_boundary_is_set_where_it_would_have_denied_nothing(tmp_path: Path) -> None:
    out = out_of(tmp_path, [row("svc-deploy", "ec2:TerminateInstances")], CONFIG)
    assert "put-user-permissions-boundary" in (out / "commands.sh").read_text()


def test_a_key_is_given_up_for_a_role(tmp_path: Path) -> None:
    """The workload with its reason, the trust of the role, and policies within what the key had."""
    agent = "aws-sdk-go/1.44 (go1.19; linux; amd64) exec-env/AWS_Lambda_go1.x"
    seen = {"agent": agent, "agent_family": "aws-sdk-go", "resources": ("arn:aws:s3:::reports/a",)}
    out = out_of(tmp_path, [row("svc-deploy", "s3:GetObject", **seen)])
    trust = json.loads((out / "migration" / "AKIADEPLOYAAAAAAAAAA-trust.json").read_text())
    assert trust["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
    given = json.loads((out / "migration" / "AKIADEPLOYAAAAAAAAAA-policy-1.json").read_text())
    assert oracle.new_access([document(DEPLOY)], [given]) is False
    only = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}
    assert oracle.new_access([document(only)], [given]) is False
    assert "execution-role" in (out / "report.txt").read_text()


def test_a_broad_policy_becomes_what_was_seen(tmp_path: Path) -> None:
    """The file is there for people to complete; no command takes away what a trail is silent about."""
    attached = [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}]
    entity = user("svc-deploy", path="/svc/", AttachedManagedPolicies=attached)
    snapshot = lay(tmp_path / "in", [entity], [key("svc-deploy", "AKIADEPLOYAAAAAAAAAA")])
    (tmp_path / "work").mkdir()
    rows = [row("svc-deploy", "s3:GetObject", resources=("arn:aws:s3:::reports/a",))]
    write(rows, str(tmp_path / "usage.jsonl"), str(tmp_path / "work"))
    out = tmp_path / "out"
    arguments = (snapshot, "--out", out, "--usage", tmp_path / "usage.jsonl")
    assert run(*arguments, config="", folder=tmp_path).exit_code == 0
    (path,) = (out / "policies").glob("iamlint-used-*")
    only = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}
    assert oracle.new_access([document(only)], [json.loads(path.read_text())]) is False
    assert "the trail does not tell" in (out / "report.txt").read_text()
    script = (out / "commands.sh").read_text()
    assert "iamlint-used" not in script
    assert "detach-user-policy --user-name=svc-deploy --policy-arn=arn:aws:iam::aws" not in script


def test_what_is_no_table_is_an_error(tmp_path: Path) -> None:
    snapshot = lay(tmp_path / "in", [user("a", READ)], [])
    (tmp_path / "usage.jsonl").write_text(json.dumps(document()))
    for name in ("usage.jsonl", "nowhere.jsonl", "usage.txt"):
        result = run(snapshot, "--verify", "--usage", tmp_path / name, config=CONFIG, folder=tmp_path)
        assert result.exit_code == 2, result.output
        assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("agents", "kind"),
    [
        (["Mozilla/5.0 (Macintosh)"], "person (seen in use: a browser)"),
        (["aws-sdk-go/1 exec-env/AWS_Lambda_go1.x"], "machine (seen in use: its SDK says that it runs in Lambda)"),
        (["Mozilla/5.0", "aws-sdk-go/1 exec-env/AWS_Lambda_go1.x"], "unknown ("),
        (["Boto3/1"], "unknown ("),
    ],
)
def test_user_agents_tell_who_is_a_person_where_nothing_else_does(tmp_path: Path, agents: list[str], kind: str) -> None:
    keys, rows = [key("kim", "AKIADEPLOYAAAAAAAAAA")], [row("kim", "s3:GetObject", agent=agent) for agent in agents]
    snapshot = lay(tmp_path / "in", [user("kim", DEPLOY)], keys)
    (tmp_path / "work").mkdir()
    write([each._replace(principal=arn("kim")) for each in rows], str(tmp_path / "u.jsonl"), str(tmp_path / "work"))
    arguments = (snapshot, "--out", tmp_path / "out", "--usage", tmp_path / "u.jsonl")
    assert run(*arguments, config="", folder=tmp_path).exit_code == 0
    assert kind in (tmp_path / "out" / "report.txt").read_text()
