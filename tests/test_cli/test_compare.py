"""`iamlint compare`: pairs, folders, exports, commits; formats and exit status."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from iamlint import Policy, compare
from iamlint.cli import main
from iamlint.load.git import Commit, GitError
from tests.support import ROOT

READ: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
WRITE: dict[str, Any] = {**READ, "Action": "s3:PutObject"}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2), "utf-8")


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["compare", *arguments], input=given)


def test_two_files(folder: Path) -> None:
    write(folder / "old.json", document(READ))
    write(folder / "new.json", document(READ, WRITE))
    result = run("old.json", "new.json")
    assert result.exit_code == 1
    assert result.stdout == ("new.json grants what it did not:\n  s3:PutObject on arn:aws:s3:::b/example\nnew access\n")
    back = run("new.json", "old.json")
    assert back.exit_code == 0
    assert back.stdout.endswith("no new access: the new policy grants nothing that the old one does not\n")
    assert run("old.json", "old.json").exit_code == 0


def test_json_of_a_pair(folder: Path) -> None:
    write(folder / "old.json", document(READ))
    write(folder / "new.json", document({**READ, "Condition": {"Null": {"aws:username": "true"}}, "Resource": "*"}))
    result = run("old.json", "new.json", "--output-format", "json")
    answer = json.loads(result.stdout)
    assert list(answer) == ["verdict", "witness", "reason", "assumes"]
    assert answer["verdict"] == "new-access"
    witness = answer["witness"]
    assert (witness["action"], witness["context"]) == ("s3:GetObject", {"aws:username": []})
    asked = {"id": "x", "request": witness, "identity_policies": [document(READ)], "boundary": None}
    told = CliRunner().invoke(main, ["evaluate", "--jsonl", "-"], input=json.dumps(asked))
    assert json.loads(told.stdout)["decision"] == "ImplicitlyDenied"


def test_what_is_assumed_is_said_and_can_be_changed(folder: Path) -> None:
    mfa = [{**READ, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": value}}} for value in ("true", "false")]
    write(folder / "old.json", document(*mfa))
    write(folder / "new.json", document(READ))
    assert run("old.json", "new.json").exit_code == 1
    result = run("old.json", "new.json", "--assume", "temporary-credentials")
    assert result.exit_code == 0
    assert "  assumed: a key under `Bool` is `true`, `false` or absent\n" in result.stdout
    assert "  assumed: requests are signed with temporary credentials\n" in result.stdout
    assert run("old.json", "new.json", "--assume-nothing", "--assume", "temporary-credentials").exit_code == 1


def test_known_actions(folder: Path) -> None:
    write(folder / "old.json", document({**READ, "Action": "s3:GetObject*"}))
    write(folder / "new.json", document({**READ, "Action": "s3:GetObjec?*"}))
    assert run("old.json", "new.json").exit_code == 1
    assert run("old.json", "new.json", "--known-actions").exit_code == 0


def test_cannot_tell(folder: Path) -> None:
    write(folder / "old.json", document(READ))
    write(folder / "new.json", document({**READ, "Principal": "*"}))
    result = run("old.json", "new.json")
    assert result.exit_code == 2
    assert "cannot tell whether it grants more: one of the two names principals" in result.stdout


def test_folders_are_matched_by_path(folder: Path) -> None:
    for side, files in {
        "old": {"same.json": [READ], "a/more.json": [READ], "gone.json": [READ]},
        "new": {"same.json": [READ], "a/more.json": [READ, WRITE], "b/fresh.json": [WRITE]},
    }.items():
        for name, statements in files.items():
            write(folder / side / name, document(*statements))
    result = run("old", "new", "--output-format", "json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    told = {change["name"]: (change["status"], change["verdict"]) for change in answer["changes"]}
    assert told == {
        "new/a/more.json": ("changed", "new-access"),
        "new/b/fresh.json": ("added", "new-access"),
        "old/gone.json": ("removed", "no-new-access"),
    }
    lost = next(change["lost"] for change in answer["changes"] if change["status"] == "removed")
    assert lost["witness"]["action"] == "s3:GetObject"
    table = run("old", "new", "--output-format", "markdown").stdout
    assert table.count("| gains |") == 2
    assert table.count("| loses |") == 1
    assert run("old", "old").stdout == "no new access: nothing was changed\n"


def test_sarif_points_at_the_statement(folder: Path) -> None:
    write(folder / "old.json", document(READ))
    write(folder / "new.json", document(READ, WRITE))
    log = json.loads(run("old.json", "new.json", "--output-format", "sarif").stdout)
    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == "new-access"
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "new.json"
    assert location["region"]["startLine"] == 9
    assert "s3:PutObject" in result["message"]["text"]
    back = json.loads(run("new.json", "old.json", "--output-format", "sarif").stdout)
    assert back["runs"][0]["results"] == []


def test_principals_of_an_account(folder: Path) -> None:
    details = json.loads((ROOT / "fixtures/accounts/shop/account-authorization-details.json").read_text("utf-8"))
    write(folder / "old" / "details.json", details)
    for user in details["UserDetailList"]:
        if user["UserName"] == "ci-deployer":
            user["UserPolicyList"] = [{"PolicyName": "p", "PolicyDocument": document({**WRITE, "Action": "ec2:*"})}]
    role = details["RoleDetailList"][0]
    role["AssumeRolePolicyDocument"] = document(
        {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}
    )
    write(folder / "new" / "details.json", details)
    result = run("old", "new")
    assert result.exit_code == 1
    assert "user arn:aws:iam::111122223333:user/ci-deployer grants what it did not:\n  ec2:" in result.stdout
    assert (
        f"trust policy of role {role['Arn']} no longer grants:\n  sts:AssumeRole on {role['Arn']} by" in result.stdout
    )


def test_many_pairs_on_lines() -> None:
    principal = {**READ, "Principal": "*"}
    lines: list[dict[str, Any]] = [
        {"id": "wider", "old": document(READ), "new": document(READ, WRITE), "policy_type": "IDENTITY_POLICY"},
        {"id": "same", "old": [document(READ), document(WRITE)], "new": document(WRITE, READ)},
        {"id": "public", "old": document(), "new": document(principal), "policy_type": "RESOURCE_POLICY"},
        {"id": "attached", "old": document(READ), "new": document(READ), "policy_type": "RESOURCE_POLICY"},
        {"id": "scp", "old": document(READ), "new": document(READ), "policy_type": "scp"},
    ]
    result = run("--jsonl", "-", given="\n".join(map(json.dumps, lines)))
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [line["id"] for line in lines]
    assert list(answers[0]) == ["id", "verdict", "witness", "reason", "assumes"]
    verdicts = ["new-access", "no-new-access", "new-access", "no-new-access", "no-new-access"]
    assert [answer["verdict"] for answer in answers] == verdicts


def test_broken_lines_are_named() -> None:
    good = json.dumps({"id": "a", "old": document(), "new": document()})
    lines = ["{", "[]", '{"id": 1}', '{"id": "x", "old": 1, "new": {}}', good + " 1", good, good.replace('"a"', "[]")]
    lines.append(json.dumps({"id": "\x1b[31m", "old": {}, "new": {}, "policy_type": "?"}))
    result = run("--jsonl", "-", given="\n".join(lines))
    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a"]
    assert [line.split(":")[1] for line in result.stderr.splitlines()] == ["1", "2", "3", "4", "5", "7", "8"]
    assert "\x1b" not in result.output


@pytest.mark.parametrize(
    "arguments",
    [("a.json",), ("a.json", "b.json", "c.json"), ("--jsonl", "-", "a.json"), ("nowhere.json", "nowhere.json")],
)
def test_wrong_usage(folder: Path, arguments: tuple[str, ...]) -> None:
    assert run(*arguments, given="").exit_code == 2


def test_files_that_cannot_be_read(folder: Path) -> None:
    write(folder / "good.json", document(READ))
    (folder / "broken.json").write_text('{"Version": "2012-10-17", "Statement": [', "utf-8")
    (folder / "other.json").write_text('{"name": "x"}', "utf-8")
    for name in ("broken.json", "other.json", "missing.json"):
        result = run("good.json", name)
        assert result.exit_code == 2
        assert name in result.stderr


def git(*arguments: str) -> None:
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_AUTHOR_DATE": "2026-01-01T00:00:00"}
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, env={**os.environ, **plain})


@pytest.fixture
def repository(folder: Path) -> Path:
    git("init", ".")
    write(folder / "policies/a.json", document(READ))
    write(folder / "policies/gone.json", document(READ))
    write(folder / "policies/same.json", document(READ))
    git("add", "-A")
    git("commit", "-m", "one")
    write(folder / "policies/a.json", document(READ, WRITE))
    write(folder / "policies/new.json", document(READ))
    (folder / "policies/gone.json").unlink()
    return folder


def test_against_a_commit(repository: Path) -> None:
    result = run("--git", "HEAD", "--output-format", "json")
    assert result.exit_code == 1
    assert {change["name"]: change["status"] for change in json.loads(result.stdout)["changes"]} == {
        "policies/a.json": "changed",
        "policies/gone.json": "removed",
        "policies/new.json": "added",
    }
    assert run("--git", "main", "policies/gone.json", "policies/same.json").exit_code == 0
    assert run("--git", "main", "policies/a.json").exit_code == 1


@pytest.mark.parametrize("base", ["-h", "--output=x", "nowhere", "", "HEAD\nHEAD", "HEAD@{0}", "x" * 1000])
def test_names_that_are_no_commit(repository: Path, base: str) -> None:
    result = run(f"--git={base}")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: --git: ")
    with pytest.raises(GitError), Commit(str(repository), base):
        pass


def test_nothing_of_the_repository_runs(repository: Path) -> None:
    """Neither what its configuration names nor what its attributes ask for."""
    trap = repository / "trap.sh"
    trap.write_text("#!/bin/sh\ntouch sprung\n", "utf-8")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "diff.trap.textconv", "filter.trap.smudge"):
        git("config", key, str(trap))
    (repository / ".gitattributes").write_text("*.json diff=trap filter=trap\n", "utf-8")
    (repository / ".git/hooks/post-checkout").write_text("#!/bin/sh\ntouch sprung\n", "utf-8")
    (repository / ".git/hooks/post-checkout").chmod(0o755)
    assert run("--git", "HEAD").exit_code == 1
    assert not (repository / "sprung").exists()


def test_outside_of_a_repository(folder: Path) -> None:
    result = run("--git", "HEAD")
    assert result.exit_code == 2
    assert "in no git repository" in result.stderr


def test_the_python_door() -> None:
    found = compare(Policy(document(READ), "identity"), Policy(document(WRITE), "identity"))
    assert found.verdict == "new-access"
    assert found.witness is not None
    assert found.witness.action == "s3:putobject"
