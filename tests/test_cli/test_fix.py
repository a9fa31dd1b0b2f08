"""`--fix` and `--diff` on real files: what is written, what is refused, and that nothing is ever half written."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from iamlint.cli import main

SURPLUS = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:Get*",
        "s3:PutObject"
      ],
      "Resource": "arn:aws:s3:::reports/*"
    }
  ]
}
"""
FIXED = SURPLUS.replace('        "s3:GetObject",\n', "")


def run(*arguments, **options):
    result = CliRunner().invoke(main, ["check", *arguments], **options)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
        lambda text: text.rstrip("\n").encode(),
        lambda text: text.replace("reports", "r\u00e9ports").encode(),
    ],
)
def test_only_what_is_wrong_changes(here, encoded):
    (here / "a.json").write_bytes(encoded(SURPLUS))
    os.chmod(here / "a.json", 0o640)
    result = run("a.json", "--fix")
    assert (here / "a.json").read_bytes() == encoded(FIXED)
    assert (here / "a.json").stat().st_mode & 0o777 == 0o640
    assert result.exit_code == 0
    assert "fixed 1 finding in 1 file (redundant-action 1)" in result.stderr
    assert os.listdir(here) == ["a.json"]
    assert "fixed" not in run("a.json", "--fix").stderr


def test_a_policy_inside_a_string_is_fixed_there(here):
    holder = json.dumps({"name": "x", "Policy": SURPLUS}, indent=1)
    (here / "a.json").write_text(holder)
    run("a.json", "--fix")
    assert (here / "a.json").read_text() == json.dumps({"name": "x", "Policy": FIXED}, indent=1)


def test_the_diff_changes_nothing_and_applies(here):
    (here / "a.json").write_text(SURPLUS)
    result = run("a.json", "--diff")
    assert result.exit_code == 1
    assert (here / "a.json").read_text() == SURPLUS
    assert '-        "s3:GetObject",\n' in result.stdout
    (here / "p").write_text(result.stdout)
    subprocess.run(["git", "apply", "p"], cwd=here, check=True)
    assert (here / "a.json").read_text() == FIXED
    assert run("a.json", "--diff").stdout == ""


def test_the_diff_lists_what_it_cannot_fix(here):
    (here / "a.json").write_text(SURPLUS.replace("reports/*", "*").replace("s3:PutObject", "iam:*"))
    result = run("a.json", "--diff")
    assert "wildcard-service-action" in result.stderr or "broad-managed-policy" in result.stderr
    assert "wildcard" not in result.stdout


def test_standard_input_is_only_shown(here):
    assert run("-", "--fix", input=SURPLUS).exit_code == 2
    assert '-        "s3:GetObject",' in run("-", "--diff", input=SURPLUS).stdout


def test_what_an_exception_covers_is_left_alone(here):
    (here / "a.json").write_text(SURPLUS)
    (here / "iamlint.toml").write_text('[[exceptions]]\nrule = "redundant-action"\npath = "a.json"\nreason = "kept"\n')
    run("a.json", "--fix")
    assert (here / "a.json").read_text() == SURPLUS
    run("a.json", "--fix", "--no-exceptions")
    assert (here / "a.json").read_text() == FIXED


def test_an_export_is_never_written(here):
    user = {"UserName": "ann", "Arn": "arn:aws:iam::111122223333:user/ann", "UserId": "AIDAEXAMPLE", "Path": "/"}
    user["UserPolicyList"] = [{"PolicyName": "p", "PolicyDocument": json.loads(SURPLUS)}]
    text = json.dumps({"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [], "Policies": []})
    (here / "gaad.json").write_text(text)
    run("gaad.json", "--fix")
    assert (here / "gaad.json").read_text() == text
    shown = json.loads(run("gaad.json", "--output-format", "json").stdout)
    (finding,) = [f for f in shown["findings"] if f["rule"] == "redundant-action"]
    assert finding["rewrite"]["proof"]["verdict"] == "equivalent"
    assert "take out what is covered (equivalent; never applied)" in run("gaad.json", "--rewrites").stdout


@pytest.mark.parametrize("how", ["read-only", "hard link", "outside", "link that leads outside"])
def test_what_is_not_meant_to_be_written_is_refused(here, how, tmp_path_factory):
    path = here / "a.json"
    path.write_text(SURPLUS)
    target = path
    if how == "read-only":
        os.chmod(path, 0o444)
    elif how == "hard link":
        os.link(path, here / "b.json")
    else:
        target = tmp_path_factory.mktemp("elsewhere") / "c.json"
        target.write_text(SURPLUS)
        path.unlink()
        if how == "outside":
            path = target
        else:
            path.symlink_to(target)
    result = run(str(path), "--fix")
    assert result.exit_code == 2
    assert "not fixed" in result.stdout + result.stderr
    assert target.read_text() == SURPLUS
    run(str(path), "--fix", "--force")
    assert target.read_text() == FIXED


def test_options_that_go_together(here):
    (here / "a.json").write_text(SURPLUS)
    for wrong in (["--unsafe-fixes"], ["--accept-wider", "redundant-action"], ["--force"], ["--diff", "--force"]):
        assert run("a.json", *wrong).exit_code == 2
    result = run("a.json", "--fix", "--accept-wider", "redundant-acton")
    assert result.exit_code == 2
    assert "redundant-action" in result.stderr


def test_a_killed_run_leaves_whole_files(here):
    """Each of a thousand files is the old text or the new one, whenever the run ends: most often while it writes."""
    paths = [here / f"{number:04}.json" for number in range(1000)]
    for path in paths:
        path.write_text(SURPLUS)
    rng, last, mixed = random.Random(8), paths[-1], 0
    for _ in range(2):
        run_ = subprocess.Popen(
            [sys.executable, "-m", "iamlint", "check", ".", "--fix", "--isolated"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        first = next(path for path in paths if path.read_text() == SURPLUS)
        while run_.poll() is None and first.read_text() == SURPLUS:
            time.sleep(0.01)
        time.sleep(rng.random() / 10)
        run_.send_signal(signal.SIGKILL)
        run_.wait()
        found = {path.read_text() for path in paths}
        assert found <= {SURPLUS, FIXED}
        mixed += len(found) == 2
        if last.read_text() == FIXED:
            break
    assert mixed
