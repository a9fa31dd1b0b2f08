"""Broad policies that groups and roles hold: what takes their place, and by which commands."""

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.aws.sensitive import MFA_ENROLMENT
from iamlint.usage.table import Row
from tests import oracle
from tests.lockdown.applier import Snapshot, commands
from tests.lockdown.made import ADMINISTRATOR, EVERYTHING, NEW, document, lay, run, user
from tests.lockdown.test_usage import row, write
from tests.test_account.made import arn, policy

MFA = "aws:MultiFactorAuthPresent"
BROAD = [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}]
CAP = document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"})
BOUNDARY = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("cap", "policy")}


def group(name: str) -> dict[str, Any]:
    entity = {"GroupName": name, "GroupId": "AGPA" + name.upper(), "Arn": arn(name, "group"), "Path": "/"}
    return {**entity, "CreateDate": NEW, "GroupPolicyList": [], "AttachedManagedPolicies": list(BROAD)}


def role(name: str, **members: Any) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    entity = {"RoleName": name, "RoleId": "AROA" + name.upper(), "Arn": arn(name, "role"), "Path": "/"}
    rest = {"RolePolicyList": [], "AttachedManagedPolicies": list(BROAD), "InstanceProfileList": [], **members}
    return {**entity, "CreateDate": NEW, "AssumeRolePolicyDocument": document(trust), **rest}


def result_of(
    tmp_path: Path,
    users: list[dict[str, Any]],
    groups: list[dict[str, Any]] = [],  # noqa: B006 - only read
    roles: list[dict[str, Any]] = [],  # noqa: B006 - only read
    rows: list[Row] = [],  # noqa: B006 - only read
    config: str = "",
) -> tuple[Path, Path]:
    """The snapshot and the output."""
    policies = [policy("AdministratorAccess", document(EVERYTHING)) | {"Arn": ADMINISTRATOR}, policy("cap", CAP)]
    snapshot = lay(tmp_path / "in", users, [], GroupDetailList=groups, RoleDetailList=roles, Policies=policies)
    arguments: list[str | Path] = [snapshot, "--out", tmp_path / "out"]
    if rows:
        (tmp_path / "work").mkdir()
        write(rows, str(tmp_path / "usage.jsonl"), str(tmp_path / "work"))
        arguments += ["--usage", tmp_path / "usage.jsonl"]
    result = run(*arguments, config=config, folder=tmp_path)
    assert result.exit_code == 0, result.output
    return snapshot, tmp_path / "out"


def about(out: Path, kind: str) -> list[tuple[list[str], list[list[str]]]]:
    """The commands about groups or roles."""
    return [each for each in commands((out / "commands.sh").read_text()) if each[0][2].endswith(f"-{kind}-policy")]


def report(out: Path) -> str:
    return (out / "report.txt").read_text()


def replaced(snapshot: Path, out: Path, kind: str, name: str) -> dict[str, Any]:
    """The document that stands in the place of the broad policy once the commands are carried out, and all undone."""
    state = Snapshot(snapshot, out)
    for words, _ in commands((out / "commands.sh").read_text()):
        if words[2] == "create-policy":
            state.run(words)
    before = state.state()
    todo = about(out, kind)
    assert [words[2] for words, _ in todo] == [f"attach-{kind}-policy", f"detach-{kind}-policy"]
    for words, _ in todo:
        state.run(words)
    (entry,) = state._entity(kind.capitalize(), name)["AttachedManagedPolicies"]
    found: dict[str, Any] = state.policy(entry["PolicyArn"])["PolicyVersionList"][0]["Document"]
    for _, undo in reversed(todo):
        for words in undo:
            state.run(words)
    assert json.loads(state.state()) == json.loads(before)
    return found


@pytest.mark.parametrize("kind", ["group", "role"])
def test_what_a_boundary_caps_already_is_replaced(tmp_path: Path, kind: str) -> None:
    """Without evidence: a policy within the boundary that all who are meant have grants them the same."""
    users = [user(name, PermissionsBoundary=BOUNDARY, GroupList=["ops"]) for name in ("ann", "bob")]
    groups, roles = ([group("ops")], []) if kind == "group" else ([], [role("ops", PermissionsBoundary=BOUNDARY)])
    snapshot, out = result_of(tmp_path, users, groups, roles)
    found = replaced(snapshot, out, kind, "ops")
    assert oracle.new_access([CAP], [found]) is False
    assert oracle.new_access([found], [CAP]) is False


def test_a_group_whose_members_have_not_all_the_boundary_is_left_to_people(tmp_path: Path) -> None:
    users = [user("ann", PermissionsBoundary=BOUNDARY, GroupList=["ops"]), user("bob", GroupList=["ops"])]
    _, out = result_of(tmp_path, users, [group("ops")])
    assert about(out, "group") == []
    assert "group ops (2 members): replace AdministratorAccess by what is used" in report(out)
    assert "needs --usage) [by hand]" in report(out)


def seen(name: str, kind: str = "user") -> Row:
    resources = ("arn:aws:ec2:eu-west-1:111122223333:instance/i-1",)
    return row(name, "ec2:StopInstances", principal=arn(name, kind), resources=resources)


def test_a_role_gets_what_it_was_seen_to_use(tmp_path: Path) -> None:
    narrow = [{"PolicyName": "own", "PolicyArn": arn("own", "policy")}]
    roles = [role("ops", AttachedManagedPolicies=narrow)]
    # A policy of which the trail logs everything: nothing is left to people.
    wide = document({"Effect": "Allow", "Action": ["organizations:*", "ec2:*"], "Resource": "*"})
    policies = [policy("own", wide)]
    snapshot = lay(tmp_path / "in", [user("ann")], [], RoleDetailList=roles, Policies=policies)
    (tmp_path / "work").mkdir()
    write([seen("ops", "role")], str(tmp_path / "usage.jsonl"), str(tmp_path / "work"))
    arguments = (snapshot, "--out", tmp_path / "out", "--usage", tmp_path / "usage.jsonl")
    assert run(*arguments, config="", folder=tmp_path).exit_code == 0
    out = tmp_path / "out"
    found = replaced(snapshot, out, "role", "ops")
    used = {"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": seen("ops").resources[0]}
    assert oracle.new_access([wide], [found]) is False
    assert oracle.new_access([found], [document(used)]) is False
    assert oracle.new_access([found], [wide]) is True


def test_a_member_of_whom_nothing_was_seen_keeps_the_command_away(tmp_path: Path) -> None:
    users = [user("ann", GroupList=["ops"]), user("bob", GroupList=["ops"])]
    _, out = result_of(tmp_path, users, [group("ops")], rows=[seen("ann")])
    assert about(out, "group") == []
    assert "what bob need: they were not seen" in report(out)


def test_who_administers_is_left_alone(tmp_path: Path) -> None:
    """A group of administrators only, and a role that the configuration names; a group without members."""
    config = '[environment]\nadministrators = ["ann", "arn:aws:iam::*:role/break-*"]\n'
    users, groups = [user("ann", GroupList=["top"])], [group("top"), group("empty")]
    _, out = result_of(tmp_path, users, groups, [role("break-glass"), role("ann")], config=config)
    text = report(out)
    assert "group top" not in text
    assert "group empty" not in text
    assert "role break-glass" not in text
    assert "role ann: replace AdministratorAccess" in text  # a user's name is no role's


def test_hostile_names_get_no_commands(tmp_path: Path) -> None:
    name = "ops'; touch /tmp/pwned #\u001b[2J"
    users = [user("ann", PermissionsBoundary=BOUNDARY, GroupList=[name])]
    _, out = result_of(tmp_path, users, [group(name)], [role(name, PermissionsBoundary=BOUNDARY)])
    assert about(out, "group") == about(out, "role") == []
    for each in ("report.txt", "report.md", "commands.sh", "plan.csv"):
        assert "\x1b" not in (out / each).read_text()


def test_statements_that_do_not_do_what_they_should_are_told(tmp_path: Path) -> None:
    """Of the account's own policies and of users, with how many hold them; sound ones are not among them."""
    flawed = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {MFA: "false"}}}
    sound = {**flawed, "NotAction": list(MFA_ENROLMENT), "Condition": {"BoolIfExists": {MFA: "false"}}}
    del sound["Action"]
    old = {"PolicyName": "old-mfa", "PolicyArn": arn("old-mfa", "policy")}
    policies = [policy("old-mfa", document(flawed)), policy("new-mfa", document(sound))]
    users = [
        user("ann", AttachedManagedPolicies=[old]),
        user("bob", AttachedManagedPolicies=[old]),
        user("cat", flawed),
    ]
    snapshot, out = lay(tmp_path / "in", users, [], Policies=policies), tmp_path / "out"
    assert run(snapshot, "--out", out, config="", folder=tmp_path).exit_code == 0
    section = report(out).partition("Statements on MFA and networks")[2].partition("Summary\n")[0]
    rows = [line.split() for line in section.splitlines() if "mfa-deny-misses-long-lived-keys" in line]
    assert [row[:2] for row in rows] == [["old-mfa", "2"], ["own", "of"]]
    assert "new-mfa" not in section
    assert "| old-mfa | 2 |" in (out / "report.md").read_text()
