"""Roles, keys of administrators and boundaries of a made-up account, of which the generator tells what is wrong."""

import json

import pytest

import iamlint
from tests.corpus.test_snapshot import generate

RULES = [
    "role-unused",
    "cross-account-trust-without-external-id",
    "access-key-of-administrator",
    "policy-attached-nowhere",
    "group-of-administrators",
]


def found(folder, rules=RULES):
    report = iamlint.check([folder], isolated=True, rules=rules)
    assert not report.errors
    subjects = {rule: [] for rule in rules}
    for finding in report.findings:
        subjects[finding.rule].append(finding.subject.id)
    return subjects, report


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_the_lists_come_out(tmp_path, seed):
    truth = generate(tmp_path, "--seed", seed)
    subjects, report = found(tmp_path)
    assert not report.not_checked
    # Roles of the planted chains were never used either, which the generator does not count.
    unused = [arn for arn in subjects["role-unused"] if ":role/chain-" not in arn]
    assert sorted(unused) == sorted(truth["roles_unused_180d"])
    wanted = truth["trust"]["cross_account_without_external_id"]
    assert sorted(subjects["cross-account-trust-without-external-id"]) == sorted(wanted)
    details = json.loads((tmp_path / "gaad.json").read_text())
    own = [policy for policy in details["Policies"] if ":aws:policy/" not in policy["Arn"]]
    uses = ("AttachmentCount", "PermissionsBoundaryUsageCount")
    idle = [policy["Arn"] for policy in own if not any(policy[count] for count in uses)]
    assert sorted(subjects["policy-attached-nowhere"]) == sorted(idle)


def test_keys_of_administrators(tmp_path):
    truth = generate(tmp_path, "--seed", "4")
    subjects, _ = found(tmp_path)
    owners = {key["AccessKeyId"]: key["UserName"] for key in access_keys(tmp_path)}
    open_ = {user for user, facts in truth["users"]["admin"].items() if not is_capped(facts["boundary"])}
    becoming = {e["principal"].rpartition("/")[2] for e in truth["escalations"] if e["blocked_by"] is None}
    active = set(truth["keys"]["active"])
    wanted = {key for key, owner in owners.items() if key in active and owner in open_ | becoming}
    assert set(subjects["access-key-of-administrator"]) == wanted


def is_capped(boundary):
    return boundary is not None and boundary.endswith("boundary-standard")


def access_keys(folder):
    text = (folder / "access-keys.json").read_text()
    decoder, at = json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        value, at = decoder.raw_decode(text, at + len(text[at:]) - len(text[at:].lstrip()))
        yield from value["AccessKeyMetadata"]


@pytest.mark.parametrize("absent", ["credential-report.csv", "access-keys.json", "gaad.json"])
def test_what_is_absent_is_not_checked_and_never_wrong(tmp_path, absent):
    truth = generate(tmp_path, "--seed", "5")
    (tmp_path / absent).unlink()
    subjects, report = found(tmp_path)
    unanswered = {entry.rule for entry in report.not_checked}
    for rule, wanted in (
        ("role-unused", truth["roles_unused_180d"]),
        ("cross-account-trust-without-external-id", truth["trust"]["cross_account_without_external_id"]),
    ):
        told = {arn for arn in subjects[rule] if ":role/chain-" not in arn}
        assert told <= set(wanted)
        assert told == set(wanted) or rule in unanswered
    if absent == "gaad.json":
        assert set(RULES) <= unanswered
