"""`--verify`: the lines, the exit status, what is missing; and the register, the search, what is written and kept."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from iamlint.config import settings_for
from iamlint.lockdown.run import Wanted, worked_out
from iamlint.lockdown.writing import write_all
from tests.lockdown.applier import commands
from tests.lockdown.made import CONFIG, DEPLOY, KEYS, READ, USERS, key, lay, run, user
from tests.lockdown.test_applied import applied, fill_in
from tests.support import corpus
from tests.test_account.made import ID


def verify(folder: Path, *arguments: str | Path, config: str = CONFIG) -> tuple[int, str]:
    result = run(*arguments, "--verify", config=config, folder=folder)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    "absent",
    ["credential-report.csv", "access-keys.json", "access-key-last-used.jsonl", "mfa-devices.json", "gaad.json"],
)
def test_what_is_missing_is_said_and_never_holds(tmp_path: Path, absent: str) -> None:
    """Of an account where all holds: an absent export makes lines `not checked`, or changes nothing."""
    _, after = applied(tmp_path, lay(tmp_path / "before"), CONFIG)
    (after / absent).unlink()
    status, text = verify(tmp_path, after, "--out", tmp_path / "out")
    needed = {
        "credential-report.csv": "needs credential-report",
        "access-keys.json": "needs access-keys",
        "gaad.json": "needs account-authorization-details",
    }
    if absent in needed:
        assert status == 3, text
        assert needed[absent] in text
        assert "aws iam " in text
    else:  # the credential report tells the same
        assert status == 0, text
    assert "does not hold" not in text


def test_nothing_that_fails_is_hidden_by_what_is_missing(tmp_path: Path) -> None:
    snapshot = lay(tmp_path / "in")
    (snapshot / "credential-report.csv").unlink()
    status, text = verify(tmp_path, snapshot)
    assert status == 1
    assert "does not hold" in text


def test_only_details(tmp_path: Path) -> None:
    """The account authorization details alone: boundaries are told, the rest is not checked, with the commands."""
    snapshot = lay(tmp_path / "in")
    for name in os.listdir(snapshot):
        if name != "gaad.json":
            (snapshot / name).unlink()
    status, text = verify(tmp_path, snapshot / "gaad.json")
    assert status == 1
    assert "not checked: needs credential-report" in text
    assert "aws iam get-credential-report" in text
    assert run(snapshot / "gaad.json", "--out", tmp_path / "out", config=CONFIG, folder=tmp_path).exit_code == 0


@pytest.mark.parametrize(
    ("break_", "rule"),
    [
        (lambda s: s["users"].append(user("new", READ, path="/svc/")), "user-without-boundary"),
        (lambda s: s["keys"].append(key("bob", "AKIANEWAAAAAAAAAAAAA")), "more-than-one-active-key"),
        (lambda s: s["keys"].append(key("svc-deploy", "AKIANEWAAAAAAAAAAAAA", "2025-01-01T00:00:00+00:00")), "too-old"),
    ],
)
def test_each_line_fails_for_its_reason(tmp_path: Path, break_, rule: str) -> None:  # type: ignore[no-untyped-def]
    parts = {"users": list(USERS), "keys": list(KEYS)}
    break_(parts)
    status, text = verify(tmp_path, lay(tmp_path / "in", parts["users"], parts["keys"]))
    assert status == 1
    assert any(rule in line and "does not hold" in line for line in text.splitlines())


def test_a_documented_rotation_is_no_second_key(tmp_path: Path) -> None:
    two = [key("bob", "AKIABOBAAAAAAAAAAAAA"), key("bob", "AKIABOBCCCCCCCCCCCCC")]
    snapshot = lay(tmp_path / "in", [user("bob", READ, path="/svc/")], two)
    register = tmp_path / "register.toml"
    for day, status in (("2026-12-01", "holds"), ("2026-01-01", "does not hold: 1")):
        register.write_text(f'[keys.AKIABOBAAAAAAAAAAAAA]\nuser = "bob"\nrotation-until = {day}\n')
        _, text = verify(tmp_path, snapshot, "--register", register)
        (line,) = [line for line in text.splitlines() if line.startswith("  one active key a user")]
        assert line.endswith(status)


def test_reviews_that_are_due(tmp_path: Path) -> None:
    snapshot = lay(tmp_path / "in", [user("bob", READ)], [key("bob", "AKIABOBAAAAAAAAAAAAA")])
    register = tmp_path / "register.toml"
    entry = '[keys.AKIABOBAAAAAAAAAAAAA]\npurpose = "p"\nwhere-used = "w"\nowner = "o"\nreview-date = '
    for day, status in (("2026-11-02", "holds"), ("2026-01-01", "does not hold: 1")):
        register.write_text(entry + day)
        _, text = verify(tmp_path, snapshot, "--register", register)
        (line,) = [line for line in text.splitlines() if "register-review-overdue  " in line]
        assert line.endswith(status)
    register.write_text(entry + '"soon"')
    status_, text = verify(tmp_path, snapshot, "--register", register)
    assert (status_, "soon is no day" in text) == (2, True)


def test_a_rerun_keeps_what_people_wrote(tmp_path: Path) -> None:
    snapshot, out = lay(tmp_path / "in"), tmp_path / "out"
    run(snapshot, "--out", out, config=CONFIG, folder=tmp_path)
    first = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    run(snapshot, "--out", out, config=CONFIG, folder=tmp_path)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == first
    register = out / "register.toml"
    fill_in(register, [])
    mine = "# mine\n" + register.read_text().replace('"known"', "'''known: \"x\"'''  # why", 1)
    register.write_text(mine)
    run(snapshot, "--out", out, config=CONFIG, folder=tmp_path)
    assert register.read_text() == mine
    more = lay(tmp_path / "more", USERS, [*KEYS, key("svc-deploy", "AKIANEWAAAAAAAAAAAAA")])
    run(more, "--out", out, config=CONFIG, folder=tmp_path)
    assert register.read_text().startswith(mine.rstrip("\n"))
    (out / "register.toml").write_text("keys = 3")
    result = run(snapshot, "--out", out, config=CONFIG, folder=tmp_path)
    assert result.exit_code == 2
    assert "`keys` must be a table" in result.output
    assert register.read_text() == "keys = 3"


def test_an_interruption_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    write_all(str(out), {"a.txt": "old", "policies/b.json": "{}"})

    class Poison(dict[str, str]):
        def items(self):  # type: ignore[no-untyped-def]
            yield "a.txt", "new"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_all(str(out), Poison())
    assert (out / "a.txt").read_text() == "old"
    assert sorted(os.listdir(out)) == ["a.txt", "policies"]


def test_several_accounts_have_a_report_each_and_a_summary(tmp_path: Path) -> None:
    snapshot = tmp_path / "in"
    snapshot.mkdir()
    lay(snapshot / "one")
    other = lay(snapshot / "two")
    for path in other.iterdir():
        path.write_text(path.read_text().replace("111122223333", "444455556666").replace("AKIA", "AKIB"))
    out = tmp_path / "out"
    result = run(snapshot, "--out", out, config=CONFIG, folder=tmp_path)
    assert result.exit_code == 0, result.output
    assert {"111122223333", "444455556666", "summary.txt", "summary.md"} == set(os.listdir(out))
    for account in ("111122223333", "444455556666"):
        text = (out / account / "commands.sh").read_text()
        assert commands(text)
        assert ({"111122223333", "444455556666"} - {account}).pop() not in text
        assert (out / account / "register.toml").exists()
    assert verify(tmp_path, snapshot, "--out", out)[0] == 1


def test_where_key_ids_stand(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "deep").mkdir(parents=True)
    (tree / ".git").mkdir()
    id_ = "AKIADEPLOYAAAAAAAAAA"
    (tree / "deep" / "deploy.sh").write_text(f"#!/bin/sh\n\nexport KEY={id_}\n")
    (tree / ".git" / "log").write_text(id_)
    (tree / "image.bin").write_bytes(b"\0" + id_.encode())
    (tree / "longer.txt").write_text(f"X{id_}\n{id_}Q\n")
    # Across the pieces that a file is read in, after many lines.
    (tree / "big.txt").write_text("line\n" * 209_713 + f"{id_} {id_}\n")
    os.symlink("/dev/zero", tree / "endless")
    os.mkfifo(tree / "pipe")
    out = tmp_path / "out"
    result = run(lay(tmp_path / "in"), "--out", out, "--search", tree, config=CONFIG, folder=tmp_path)
    assert result.exit_code == 0, result.output
    text = (out / "report.txt").read_text().partition("Where key ids stand in files")[2]
    assert [line.split()[1] for line in text.splitlines() if id_ in line] == [
        f"{tree}/big.txt:209714",
        f"{tree}/big.txt:209714",
        f"{tree}/deep/deploy.sh:3",
    ]
    assert f"# stands in {tree}/big.txt:209714" in (out / "register.toml").read_text()


def test_networks(tmp_path: Path) -> None:
    """The Deny outside of the networks is written iff there are any, and has no command without evidence."""
    snapshot, out = lay(tmp_path / "in"), tmp_path / "out"
    run(snapshot, "--out", out, config=CONFIG, folder=tmp_path)
    assert "no networks in the configuration" in (out / "report.txt").read_text()
    config = CONFIG + '[[environment.networks]]\nname = "office"\ncidr = "203.0.113.0/24"\n'
    shutil.rmtree(out)
    result = run(snapshot, "--out", out, config=config, folder=tmp_path)
    assert result.exit_code == 0, result.output
    (path,) = (out / "policies").glob("iamlint-deny-outside-networks-*")
    (statement,) = json.loads(path.read_text())["Statement"]
    assert statement["Condition"]["NotIpAddress"] == {"aws:SourceIp": ["203.0.113.0/24"]}
    assert statement["Condition"]["Bool"] == {"aws:ViaAWSService": "false"}
    assert "deny-outside-networks" not in (out / "commands.sh").read_text()
    _, text = verify(tmp_path, snapshot, config=config)
    assert any("missing-source-ip-deny" in line and "does not hold" in line for line in text.splitlines())


def test_a_machine_keeps_what_it_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Deny spares the service that the exports show in use; without evidence none is proposed to a machine."""
    from tests.lockdown import made

    monkeypatch.setitem(made.LAST, "AKIADEPLOYAAAAAAAAAA", "ec2")
    snapshot = lay(tmp_path / "in", [user("svc-deploy", DEPLOY)], [key("svc-deploy", "AKIADEPLOYAAAAAAAAAA")])
    out = tmp_path / "out"
    run(snapshot, "--out", out, config=CONFIG, folder=tmp_path)
    (path,) = (out / "policies").glob("iamlint-deny-sensitive-*")
    assert not [
        action for action in json.loads(path.read_text())["Statement"][0]["Action"] if action.startswith("ec2:")
    ]
    (snapshot / "credential-report.csv").unlink()
    (snapshot / "access-key-last-used.jsonl").unlink()
    shutil.rmtree(out)
    run(snapshot, "--out", out, config=CONFIG, folder=tmp_path)
    assert not list((out / "policies").glob("iamlint-deny-sensitive-*"))
    assert "no export tells what it uses (needs access-key-last-used)" in (out / "report.txt").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--verify"], "nowhere"),
        (["empty", "--verify"], "no export of an account"),
        (["in"], "--out DIR, or --verify"),
        (["in", "--out", "file"], "cannot be written"),
        (["in", "--verify", "--register", "nowhere"], "nowhere"),
        (["in", "--verify", "--search", "nowhere"], "no folder to search"),
        (["broken", "--verify"], "Error"),
    ],
)
def test_errors_are_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    lay(tmp_path / "in")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    lay(tmp_path / "broken")
    (tmp_path / "broken" / "gaad.json").write_text('{"UserDetailList": [')
    result = run(*arguments, config=None)
    assert result.exit_code == 2, result.output
    assert message in result.output
    assert "Traceback" not in result.output
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("seed", [3])
def test_an_absent_export_turns_no_failure_into_a_success(tmp_path: Path, seed: int) -> None:
    """Of generated accounts: what fails with all exports fails or is not checked without one, check by check."""
    snapshot = tmp_path / "in"
    sizes = ["--users", "25", "--roles", "10", "--policies", "20", "--trail-events", "50", "--seed", str(seed)]
    subprocess.run(
        [sys.executable, corpus("bench/gen_snapshot.py"), snapshot, *sizes],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    (snapshot / "truth.json").unlink()

    def checks(*left_out: str) -> dict[str, tuple[str, int]]:
        paths = [str(path) for path in sorted(snapshot.iterdir()) if path.is_file() and path.name not in left_out]
        plans = worked_out(Wanted(paths, verify=True), settings_for()).plans
        return {c.rule: (c.status, len(c.cases)) for plan in plans for line in plan.lines for c in line.checks}

    whole = checks()
    assert {"does not hold"} <= {status for status, _ in whole.values()}
    for path in sorted(snapshot.iterdir()):
        if path.is_file():
            for rule, (status, cases) in checks(path.name).items():
                assert cases <= whole[rule][1], (path.name, rule)
                if status == "holds":
                    assert whole[rule][0] == "holds", (path.name, rule)


@pytest.mark.parametrize(
    ("entity", "environment", "kind"),
    [
        (user("x", path="/people/"), {}, "person"),
        (user("x", path="/svc/ci/"), {}, "machine"),
        (user("ann@example.com"), {}, "person"),
        (user("backup-bot"), {}, "machine"),
        (user("abbot"), {}, "unknown"),
        (user("x", Tags=[{"Key": "user-type", "Value": "Service"}]), {}, "machine"),
        (user("x", Tags=[{"Key": "team", "Value": "service"}]), {}, "unknown"),
        (user("x", path="/svc/"), {"persons": ["x"]}, "person"),
        (user("x", path="/people/"), {"machines": [f"arn:aws:iam::{ID}:user/people/*"]}, "machine"),
        (user("ann", path="/svc/"), {}, "person"),
    ],
)
def test_persons_and_machines(tmp_path: Path, entity: dict, environment: dict, kind: str) -> None:  # type: ignore[type-arg]
    """`ann` has a console password."""
    paths = [str(lay(tmp_path / "in", [entity], []))]
    (plan,) = worked_out(Wanted(paths, verify=True), settings_for(environment)).plans
    (found,) = plan.kinds.values()
    assert found.name == kind
    assert found.reason


def test_a_fault_of_ours_is_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("\x1b[31mx")

    snapshot = lay(tmp_path / "in")
    monkeypatch.setattr("iamlint.cli.locking.worked_out", broken)
    status, text = verify(tmp_path, snapshot)
    assert (status, "internal: ZeroDivisionError" in text, "\x1b" in text) == (2, True, False)


def test_an_account_that_cannot_be_one_gets_no_commands(tmp_path: Path) -> None:
    snapshot = lay(tmp_path / "in")
    for path in snapshot.iterdir():
        path.write_text(path.read_text().replace("111122223333", "$(x)"))
    assert run(snapshot, "--out", tmp_path / "out", config=CONFIG, folder=tmp_path).exit_code == 0
    assert commands((tmp_path / "out" / "commands.sh").read_text()) == []


def test_what_is_accepted_does_not_count_and_is_listed(tmp_path: Path) -> None:
    snapshot = lay(tmp_path / "in", [user("bob", READ, path="/svc/")], [])
    exception = (
        f'[[exceptions]]\nrule = "user-without-boundary"\narn = "arn:aws:iam::{ID}:user/svc/bob"\nreason = "old"\n'
    )
    for config, status in (("", "does not hold: 1"), (exception, "holds")):
        _, text = verify(tmp_path, snapshot, config=config)
        (line,) = [line for line in text.splitlines() if "user-without-boundary  " in line]
        assert line.endswith(status)
    run(snapshot, "--out", tmp_path / "out", config=exception, folder=tmp_path)
    assert "accepted by an exception" in (tmp_path / "out" / "report.txt").read_text()
    assert "put-user-permissions-boundary" not in (tmp_path / "out" / "commands.sh").read_text()


def test_limits_are_those_of_the_configuration(tmp_path: Path) -> None:
    snapshot = lay(
        tmp_path / "in", [user("bob", READ)], [key("bob", "AKIAANNAAAAAAAAAAAAA", "2026-06-01T00:00:00+00:00")]
    )
    for config, status in (("", "does not hold: 1"), ("[rules.access-key-too-old]\nmax-age-days = 365\n", "holds")):
        _, text = verify(tmp_path, snapshot, config=config)
        (line,) = [line for line in text.splitlines() if "access-key-too-old  " in line]
        assert line.endswith(status)
