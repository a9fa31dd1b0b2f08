"""Who can become administrator of a made-up account: each that the generator planted, and nobody else."""

import pytest

import iamlint
from tests.corpus.test_snapshot import generate

RULE = "privilege-escalation"
EXPORTS = [
    "credential-report.csv",
    "access-keys.json",
    "access-key-last-used.jsonl",
    "mfa-devices.json",
    "account-summary.json",
    "password-policy.json",
    "organizations",
    "service-last-accessed.jsonl",
]


def planted(truth):
    return {entry["principal"] for entry in truth["escalations"] if entry["blocked_by"] is None}


def reported(folder, truth):
    """Users who are reported, but for those whom the generator gives every right or all but IAM's."""
    report = iamlint.check([folder], isolated=True, rules=[RULE])
    assert not report.errors
    others = {*truth["users"]["admin"], *truth["users"]["power_user"]}
    subjects = [f.subject.id for f in report.findings if f.subject.kind == "user"]
    assert len(set(subjects)) == len(subjects)
    return {id_ for id_ in subjects if id_.rpartition("/")[2] not in others}, report


@pytest.mark.parametrize("seed", ["1", "11", "16", "18", "20", "34", "35"])
def test_the_planted_ones_come_out(tmp_path, seed):
    truth = generate(tmp_path, "--seed", seed)
    subjects, report = reported(tmp_path, truth)
    assert subjects == planted(truth)
    assert not report.not_checked


@pytest.mark.parametrize("options", [("--pages", "3"), ("--encoded", "--compact")], ids=" ".join)
def test_in_other_shapes_as_well(tmp_path, options):
    truth = generate(tmp_path, "--seed", "6", *options)
    assert reported(tmp_path, truth)[0] == planted(truth)


@pytest.mark.parametrize("absent", EXPORTS)
def test_an_absent_export_makes_nobody_wrong(tmp_path, absent):
    truth = generate(tmp_path, "--seed", "7")
    path = tmp_path / absent
    if path.is_dir():
        import shutil

        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    assert reported(tmp_path, truth)[0] == planted(truth)


def test_the_details_themselves_are_needed(tmp_path):
    truth = generate(tmp_path, "--seed", "7")
    (tmp_path / "gaad.json").unlink()
    subjects, report = reported(tmp_path, truth)
    assert subjects == set()
    assert {(entry.rule, entry.needs) for entry in report.not_checked} == {(RULE, "account-authorization-details")}
