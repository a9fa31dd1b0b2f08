"""`iamlint evaluate SNAPSHOT`: what an exported account tells of a request, and what it does not."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from iamlint.cli import main
from tests.test_account.made import ALLOW, ID, arn, details, policy, user

BUCKET = "arn:aws:s3:::b"
SCP = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}


def document(**statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"} | statement]}


def attached(*names: str, account: str = ID) -> list[dict[str, str]]:
    return [{"PolicyName": name, "PolicyArn": arn(name, "policy", account=account)} for name in names]


def role(name: str, path: str = "/", **members: Any) -> dict[str, Any]:
    return {"RoleName": name, "RoleId": "AROA" + name.upper(), "Arn": arn(name, "role", path), "Path": path, **members}


def inline(statement: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"PolicyName": "own", "PolicyDocument": statement}]


TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"AWS": ID}, "Action": "sts:AssumeRole"},
}


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    own = document(Action="s3:Get*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    tagged = document(Action="s3:Put*", Resource="arn:aws:s3:::b/${aws:PrincipalTag/team}/${aws:userid}/*")
    text = details(
        user("eve", GroupList=["devs"], UserPolicyList=inline(own), Tags=[{"Key": "Team", "Value": "red"}]),
        user("bob", AttachedManagedPolicies=attached("read", "gone"), GroupList=[]),
        user(
            "lim",
            AttachedManagedPolicies=attached("read"),
            PermissionsBoundary={"PermissionsBoundaryArn": arn("gone", "policy")},
        ),
        user("\u202eliam", UserPolicyList=inline(document(Action="*", Sid="\x1b[31m"))),
        groups=[{"GroupName": "devs", "Arn": arn("devs", "group"), "GroupPolicyList": inline(tagged)}],
        roles=[
            role(
                "app",
                "/team/",
                RolePolicyList=inline(
                    document(Action="s3:*", Condition={"ArnEquals": {"aws:PrincipalArn": arn("app", "role", "/team/")}})
                ),
            ),
            role("jump", AssumeRolePolicyDocument=TRUST, RolePolicyList=[]),
        ],
        policies=[policy("read", ALLOW), policy("cap", document(Action="s3:List*"))],
    )
    path = tmp_path / "gaad.json"
    path.write_text(text)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


def ask(snapshot: Path, principal: str, action: str, resource: str = BUCKET + "/k", *more: object) -> dict[str, Any]:
    arguments = ["--principal", principal, "--action", action, "--resource", resource, "--output-format", "json"]
    result = run(snapshot, *arguments, *more)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_policies_of_the_principal_its_groups_and_the_keys_that_follow(snapshot: Path) -> None:
    found = ask(snapshot, "eve", "s3:PutObject", f"{BUCKET}/red/AIDAEVE/k")
    assert found["decision"] == "Allowed"
    assert found["statement"]["policy"] == "inline policy own of group devs"
    assert (found["statement"]["path"], found["statement"]["pointer"]) == (str(snapshot), "/Statement/0")
    assert found["keys_not_given"] == []
    assert ask(snapshot, "eve", "s3:PutObject", f"{BUCKET}/blue/AIDAEVE/k")["decision"] == "ImplicitlyDenied"


def test_keys_of_the_request_that_are_not_given_are_named(snapshot: Path) -> None:
    found = ask(snapshot, "eve", "s3:GetObject")
    assert (found["decision"], found["keys_not_given"]) == ("ImplicitlyDenied", ["aws:MultiFactorAuthPresent"])
    given = ask(snapshot, arn("eve"), "s3:GetObject", BUCKET + "/k", "--context", "aws:multifactorauthpresent=true")
    assert (given["decision"], given["keys_not_given"]) == ("Allowed", [])


def test_a_session_has_the_policies_and_the_path_of_its_role(snapshot: Path) -> None:
    session = f"arn:aws:sts::{ID}:assumed-role/app/night"
    found = ask(snapshot, session, "s3:GetObject")
    assert found["decision"] == "Allowed"
    assert "a session policy" in found["assumed"][-1]
    assert found["request"]["context"]["aws:userid"] == "AROAAPP:night"
    assert ask(snapshot, "app", "s3:GetObject")["decision"] == "Allowed"


def test_the_trust_policy_of_a_role_is_the_policy_on_it(snapshot: Path) -> None:
    jump = arn("jump", "role")
    found = ask(snapshot, "eve", "sts:AssumeRole", jump)
    assert [blocker["step"] for blocker in found["blockers"]] == ["identity"]
    foreign = ask(snapshot, arn("x", account="444455556666"), "sts:AssumeRole", jump)
    assert [blocker["step"] for blocker in foreign["blockers"]] == ["resource", "identity"]
    assert foreign["decision"] == "ImplicitlyDenied"


def test_documents_that_the_export_lacks(snapshot: Path) -> None:
    granted = ask(snapshot, "bob", "s3:GetObject")
    assert granted["decision"] == "Allowed"
    assert granted["assumed"][-1].endswith(f"without a document in the export: policy {arn('gone', 'policy')}")
    assert ask(snapshot, "bob", "s3:PutObject")["decision"] == "CannotTell"
    bounded = ask(snapshot, "lim", "s3:GetObject")
    assert (bounded["decision"], bounded["blockers"][0]["step"]) == ("CannotTell", "boundary")
    assert ask(snapshot, "lim", "s3:PutObject")["decision"] == "ImplicitlyDenied"


def test_policies_of_other_sources(snapshot: Path, tmp_path: Path) -> None:
    full, scp = tmp_path / "full.json", tmp_path / "scp.json"
    full.write_text(json.dumps(document(Action="*")))
    scp.write_text(json.dumps(SCP))
    denied = ask(snapshot, "bob", "s3:GetObject", BUCKET, "--scp", full, "--scp", scp)
    assert denied["decision"] == "ExplicitlyDenied"
    assert denied["statement"]["path"] == str(scp)
    assert denied["reason"] == "the statement of the service control policies of level 2 of 2 denies"
    home = ask(snapshot, "bob", "s3:GetObject", BUCKET, "--scp", scp, "--management-account", ID)
    assert home["decision"] == "Allowed"
    limited = ask(snapshot, "bob", "s3:GetObject", BUCKET, "--session-policy", scp, "--rcp", full)
    assert limited["decision"] == "ExplicitlyDenied"
    public = tmp_path / "public.json"
    public.write_text(json.dumps(document(Action="s3:PutObject", Principal="*")))
    assert ask(snapshot, "anonymous", "s3:PutObject", BUCKET, "--resource-policy", public)["decision"] == "Allowed"


def test_a_pattern_lists_what_is_allowed(snapshot: Path) -> None:
    result = run(snapshot, "--principal", "bob", "--action", "s3:*Object", "--resource", BUCKET + "/k")
    lines = result.stdout.splitlines()
    assert lines[0] == f"{arn('bob')} may s3:GetObject {BUCKET}/k"
    assert sum(" may s3:" in line for line in lines) == 1
    assert any("cannot be told" in line for line in lines)
    listed = json.loads(run(snapshot, "--principal", "app", "--action", "s3:*", "--output-format", "json").stdout)
    assert {"action": "s3:ListAllMyBuckets", "resource": "*"} in listed["allowed"]
    on_bucket = json.loads(
        run(
            *(snapshot, "--principal", "app", "--action", "s3:*", "--output-format", "json", "--resource", BUCKET)
        ).stdout
    )
    names = {entry["action"] for entry in on_bucket["allowed"]}
    assert {"s3:ListBucket", "s3:ListAllMyBuckets"} <= names
    assert "s3:GetObject" not in names
    eve = json.loads(run(snapshot, "--principal", "eve", "--action", "s3:G*", "--output-format", "json").stdout)
    assert (eve["allowed"], eve["keys_not_given"]) == ([], ["aws:MultiFactorAuthPresent"])


def test_text(snapshot: Path) -> None:
    result = run(snapshot, "--principal", "eve", "--action", "s3:GetObject", "--resource", BUCKET + "/k")
    assert result.stdout.splitlines() == [
        f"ImplicitlyDenied: {arn('eve')} s3:GetObject {BUCKET}/k",
        "  no statement of the identity policies allows the request",
        "  assumed: no policy on the resource allows the request",
        "  assumed: the request does not hold aws:MultiFactorAuthPresent (--context KEY=VALUE)",
    ]
    hostile = run(snapshot, "--principal", "\u202eliam", "--action", "iam:GetUser")
    assert hostile.stdout.startswith("Allowed: ")
    assert "\u202e" not in hostile.stdout
    assert "\x1b" not in hostile.stdout
    assert "gaad.json:1)" in hostile.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--principal", "ev", "--action", "s3:GetObject"], "did you mean eve?"),
        (["--principal", arn("nobody"), "--action", "s3:GetObject"], "have no"),
        (["--principal", "eve", "--action", "s3"], "service:Name"),
        (["--principal", "eve", "--action", "nosuch:*"], "lists no action"),
        (["--principal", "eve", "--action", "s3:GetObject", "--context", "x"], "key=value"),
        (["--principal", "eve", "--action", "s3:GetObject", "--scp", "missing.json"], "missing.json"),
        (["--principal", "a:b", "--action", "s3:GetObject"], "neither an ARN"),
        (["--principal", "eve"], "--action"),
        (["--jsonl", "-", "--principal", "eve"], "stands alone"),
    ],
)
def test_what_cannot_be_asked(snapshot: Path, arguments: list[str], message: str) -> None:
    result = run(snapshot, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_without_an_account(tmp_path: Path) -> None:
    result = run(tmp_path, "--principal", "eve", "--action", "s3:GetObject")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no export of an account" in result.stderr
