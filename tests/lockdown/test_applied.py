"""The output applied to the snapshot: the lines hold, keys without MFA reach nothing sensitive, the rest works."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from iamlint.aws.sensitive import MFA_ENROLMENT, sensitive_actions
from tests import oracle
from tests.lockdown.applier import Snapshot, commands
from tests.lockdown.made import CONFIG, EVERYTHING, document, lay, run
from tests.support import corpus
from tests.test_account.made import ID


def fill_in(register: Path, keys: list[str]) -> None:
    """What people write: all that is asked of each key; keys that were made meanwhile, too."""
    text = register.read_text()
    for id_ in keys:
        if id_ not in text:
            text += f'\n[keys.{id_}]\nuser = "x"\npurpose = ""\nwhere-used = ""\nowner = ""\nreview-date = ""\n'
    text = re.sub(r'^(purpose|where-used|owner) = ".*"$', r'\1 = "known"', text, flags=re.M)
    register.write_text(text.replace('review-date = ""', "review-date = 2027-01-01"))


def applied(tmp_path: Path, snapshot: Path, config: str) -> tuple[Snapshot, Path]:
    """The snapshot after all commands, with the register filled in, and where it is written."""
    out = tmp_path / "out"
    result = run(snapshot, "--out", out, config=config, folder=tmp_path)
    assert result.exit_code == 0, result.output
    state = Snapshot(snapshot, out)
    for words, _ in commands((out / "commands.sh").read_text()):
        state.run(words)
    fill_in(out / "register.toml", [key["AccessKeyId"] for key in state.keys])
    state.write(tmp_path / "after")
    return state, tmp_path / "after"


def test_all_lines_hold_afterwards(tmp_path: Path) -> None:
    snapshot = lay(tmp_path / "before")
    before = run(snapshot, "--verify", "--out", tmp_path / "out", config=CONFIG, folder=tmp_path)
    assert before.exit_code == 1
    assert [line for line in before.output.splitlines() if "does not hold" in line]
    _, after = applied(tmp_path, snapshot, CONFIG)
    verified = run(after, "--verify", "--out", tmp_path / "out", config=CONFIG, folder=tmp_path)
    assert verified.exit_code == 0, verified.output
    # A second run has nothing left to propose.
    again = run(after, "--out", tmp_path / "again", config=CONFIG, folder=tmp_path)
    assert again.exit_code == 0
    assert commands((tmp_path / "again" / "commands.sh").read_text()) == []


def documents(state: Snapshot, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The identity policies and the boundary of a user."""

    def of(arn: str) -> dict[str, Any]:
        document: dict[str, Any] = state.policy(arn)["PolicyVersionList"][0]["Document"]
        return document

    user = state.user(name)
    own = [each["PolicyDocument"] for each in user["UserPolicyList"]]
    attached = [of(each["PolicyArn"]) for each in user["AttachedManagedPolicies"]]
    return [*own, *attached], [of(user["PermissionsBoundary"]["PermissionsBoundaryArn"])]


def ask(after: Path, cases: list[tuple[str, str, str, list[str]]]) -> list[str]:
    """What `evaluate` decides of each: user, action, resource, context."""
    import iamlint
    from iamlint.config import Settings
    from iamlint.load import LoadedFile, Loader
    from iamlint.load.account import join
    from iamlint.model.fact import known

    loaded = [e for e in Loader(Settings(root="/")).load([str(after)]) if isinstance(e, LoadedFile)]
    (account,) = join([file.export for file in loaded if file.export is not None]).accounts
    found = []
    for name, action, resource, context in cases:
        (user,) = [user for user in account.users if user.name == name]
        policies = [text.policy for text in known(account.documents(user))]
        boundary = [known(account.document_of(known(user.boundary))).policy]  # type: ignore[arg-type]
        request = iamlint.Request(user.arn, action, resource, ID, dict(entry.split("=") for entry in context))
        nothing: dict[str, Any] = {"scps": (), "rcps": (), "session": (), "resource_policy": ()}
        found.append(iamlint.evaluate(request, policies, boundary, **nothing).decision)
    return found


MFA = ["aws:multifactorauthpresent=true"]


def test_sensitive_requests_need_mfa_and_legitimate_ones_pass(tmp_path: Path) -> None:
    state, after = applied(tmp_path, lay(tmp_path / "before"), CONFIG)
    user, instance = f"arn:aws:iam::{ID}:user/new", f"arn:aws:ec2:eu-west-1:{ID}:instance/i-1"
    asked = [
        ("ann", "iam:CreateUser", user, []),
        ("root-like", "iam:CreateUser", user, []),
        ("svc-deploy", "ec2:TerminateInstances", instance, []),
        ("root-like", "sts:GetSessionToken", "*", []),
        ("root-like", "iam:EnableMFADevice", f"arn:aws:iam::{ID}:user/root-like", []),
        ("root-like", "iam:CreateUser", user, MFA),
        ("ann", "ec2:DescribeInstances", "*", MFA),
        ("svc-deploy", "s3:GetObject", "arn:aws:s3:::reports/a", []),
        ("svc-report", "s3:GetObject", "arn:aws:s3:::reports/a", []),
        ("bob", "s3:GetObject", "arn:aws:s3:::reports/a", []),
    ]
    assert ask(after, asked) == ["ExplicitlyDenied"] * 3 + ["Allowed"] * 7
    # z3: whatever the request, no sensitive action without MFA; all that was granted to the others is still there.
    sensitive = {"Effect": "Allow", "Action": list(sensitive_actions()), "Resource": "*"}
    only_mfa = document(
        {"Effect": "Allow", "NotAction": sensitive["Action"], "Resource": "*"},
        {**sensitive, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
    )
    for name in ("ann", "root-like", "svc-deploy"):
        policies, _ = documents(state, name)
        assert oracle.new_access([only_mfa], policies) is False, name
        assert oracle.new_access([only_mfa], [document(EVERYTHING)]) is True
    for name in ("svc-report", "bob"):
        policies, boundary = documents(state, name)
        assert oracle.new_access(boundary, policies) is False, name


def test_the_deny_leaves_enrolment_open(tmp_path: Path) -> None:
    state, _ = applied(tmp_path, lay(tmp_path / "before"), CONFIG)
    policies, _ = documents(state, "root-like")
    enrolment = document({"Effect": "Allow", "Action": list(MFA_ENROLMENT), "Resource": "*"})
    assert oracle.new_access(policies, [enrolment]) is False


def test_undoing_everything_but_deletions_brings_it_back(tmp_path: Path) -> None:
    snapshot, out = lay(tmp_path / "before"), tmp_path / "out"
    assert run(snapshot, "--out", out, config=CONFIG, folder=tmp_path).exit_code == 0
    state = Snapshot(snapshot, out)
    before = state.state()
    todo = commands((out / "commands.sh").read_text())
    assert {words[2] for words, undo in todo if not undo} == {"delete-access-key"}
    done = []
    for words, undo in todo:
        if undo and words[2] != "create-access-key":  # there is room for a new key only once others are deleted
            state.run(words)
            done.append(undo)
    assert state.state() != before
    for undo in reversed(done):
        for words in undo:
            state.run(words)
    after = json.loads(state.state())
    was = json.loads(before)
    for gaad in (after[0], was[0]):
        gaad["UserDetailList"] = [
            {**user, "AttachedManagedPolicies": sorted(user["AttachedManagedPolicies"], key=str)}
            for user in gaad["UserDetailList"]
        ]
    assert after == was


def test_safe_order(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(lay(tmp_path / "before"), "--out", out, config=CONFIG, folder=tmp_path).exit_code == 0
    verbs = [words[2] for words, _ in commands((out / "commands.sh").read_text())]
    for first, then in (
        ("create-policy", "attach-user-policy"),
        ("create-policy", "put-user-permissions-boundary"),
        ("create-virtual-mfa-device", "enable-mfa-device"),
    ):
        assert max(i for i, v in enumerate(verbs) if v == first) < max(i for i, v in enumerate(verbs) if v == then)
    words = [words for words, _ in commands((out / "commands.sh").read_text())]
    for at, each in enumerate(words):
        if each[2] == "delete-access-key" and "AKIAREPORTBBBBBBBBBB" not in each[-1]:
            assert any(
                w[2] == "update-access-key" and each[-1] in w and "--status=Inactive" in w for w in words[:at]
            ), each


@pytest.mark.parametrize("seed", ["1", "7", "23"])
def test_generated_accounts(tmp_path: Path, seed: str) -> None:
    """All that is wrong and no business of people alone is right afterwards."""
    snapshot = tmp_path / "before"
    sizes = ["--users", "60", "--roles", "30", "--policies", "60", "--trail-events", "50", "--seed", seed]
    subprocess.run(
        [sys.executable, corpus("bench/gen_snapshot.py"), snapshot, *sizes],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    truth = json.loads((snapshot / "truth.json").read_text())
    (snapshot / "truth.json").unlink()
    names = [*truth["users"]["admin"], *truth["users"]["power_user"]]
    config = f"[environment]\nadministrators = {json.dumps(names)}\n"
    _, after = applied(tmp_path, snapshot, config)
    verified = run(after, "--verify", "--out", tmp_path / "out", config=config, folder=tmp_path)
    failing = [line for line in verified.output.splitlines() if "does not hold" in line]
    # Only a machine whose use the exports show in a sensitive service keeps an opening.
    spared = re.findall(r"iamlint-deny-sensitive-but-\S+", (tmp_path / "out" / "report.txt").read_text())
    assert bool(failing) == (verified.exit_code == 1), verified.output
    assert spared or not failing, verified.output
    assert all("missing-mfa-deny" in line or "Users with keys" in line for line in failing)
