"""Exports of a made-up account, of which the generator tells what is wrong: each list of it, exactly."""

import json
import subprocess
import sys

import pytest

import iamlint
from tests.support import corpus

RULES = [
    "user-without-mfa",
    "user-without-boundary",
    "boundary-caps-nothing",
    "more-than-one-active-key",
    "access-key-too-old",
    "access-key-unused",
    "inactive-access-key",
    "console-password-unused",
]


def generate(folder, *options):
    """A snapshot of 200 users, and what is true of it."""
    command = [sys.executable, corpus("bench/gen_snapshot.py"), folder, "--users", "200", "--trail-events", "100"]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    truth = json.loads((folder / "truth.json").read_text())
    (folder / "truth.json").unlink()
    return truth


def wanted(truth):
    users, keys = truth["users"], truth["keys"]
    return {
        "user-without-mfa": {*users["no_mfa_with_password"], *users["no_mfa_with_active_key"]},
        "user-without-boundary": set(users["no_boundary"]),
        "boundary-caps-nothing": set(users["boundary_allows_everything"]),
        "more-than-one-active-key": set(users["two_active_keys"]),
        "access-key-too-old": set(keys["active_over_90d"]),
        "access-key-unused": set(keys["active_unused_180d"]),
        "inactive-access-key": set(keys["inactive"]),
        "console-password-unused": set(users["password_unused_180d"]),
    }


def found(folder, rules=RULES):
    """Who is reported, by rule: names of users, ids of keys."""
    report = iamlint.check([folder], isolated=True, rules=rules)
    assert not report.errors
    subjects = {rule: [] for rule in rules}
    for finding in report.findings:
        subjects[finding.rule].append(finding.subject.id.rpartition("/")[2])
    assert all(len(set(entries)) == len(entries) for entries in subjects.values())
    return {rule: set(entries) for rule, entries in subjects.items()}, report


@pytest.mark.parametrize("seed", ["1", "2", "3"])
@pytest.mark.parametrize(
    "options", [(), ("--pages", "3"), ("--encoded",), ("--report", "guide"), ("--compact",)], ids=" ".join
)
def test_the_lists_come_out(tmp_path, seed, options):
    truth = generate(tmp_path, "--seed", seed, *options)
    subjects, report = found(tmp_path)
    assert subjects == wanted(truth)
    assert not report.not_checked


def test_levels_tell_people_from_machines(tmp_path):
    truth = generate(tmp_path, "--seed", "4")
    _, report = found(tmp_path, ["user-without-mfa"])
    full = {f.subject.id.rpartition("/")[2] for f in report.findings if f.level == "full"}
    assert full == set(truth["users"]["no_mfa_with_password"])


@pytest.mark.parametrize(
    "absent",
    [
        "credential-report.csv",
        "access-keys.json",
        "access-key-last-used.jsonl",
        "mfa-devices.json",
        "account-summary.json",
        "gaad.json",
    ],
)
def test_what_is_absent_is_not_checked_and_never_wrong(tmp_path, absent):
    truth = generate(tmp_path, "--seed", "5")
    whole, _ = found(tmp_path)
    (tmp_path / absent).unlink()
    subjects, report = found(tmp_path)
    unanswered = {entry.rule for entry in report.not_checked}
    by_key = {"access-key-too-old", "access-key-unused", "inactive-access-key"}
    for rule, want in wanted(truth).items():
        if absent == "access-keys.json" and rule in by_key:
            # Keys have no ids then; as many are reported, or it is said that they could not all be.
            assert len(subjects[rule]) <= len(want)
            assert len(subjects[rule]) == len(want) or rule in unanswered
            continue
        assert subjects[rule] <= want
        assert subjects[rule] == want or rule in unanswered, rule
    assert whole == wanted(truth)
