"""The baseline: known findings are counted, gone ones are removed, new ones stay."""

import json

import pytest
from click.testing import CliRunner

from iamlint import check_text
from iamlint.cli import main

STATEMENT = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.json").write_text(policy(STATEMENT))
    return tmp_path


def check(*arguments, status=None):
    select = ("--select", "wildcard-action", "--output-format", "json")
    result = CliRunner().invoke(main, ["check", *arguments, "--baseline", "known.json", *select])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert status is None or result.exit_code == status, result.output
    return json.loads(result.stdout) if result.exit_code < 2 else result.output


def entries(project):
    return json.loads((project / "known.json").read_text())["findings"]


@pytest.fixture
def known(project):
    check("--update-baseline", status=0)
    return project


def test_is_written_where_there_is_none(project):
    assert "no such baseline" in check(status=2)
    document = check("--update-baseline", status=0)
    assert [entry["exception"] for entry in document["suppressed"]] == ["baseline"] * 2
    text = (project / "known.json").read_text()
    assert [line.count("fingerprint") for line in text.splitlines()] == [0, 1, 1, 0]
    assert [(e["path"], e["count"]) for e in entries(project)] == [("a/p.json", 1), ("b/p.json", 1)]


def test_a_second_copy_is_new(known):
    (known / "a/p.json").write_text(policy(STATEMENT, STATEMENT))
    document = check(status=1)
    assert [(f["path"], f["pointer"]) for f in document["findings"]] == [("a/p.json", "/Statement/1/Action")]


def test_other_lines_do_not_matter(known):
    (known / "a/p.json").write_text("\n\n" + policy({**STATEMENT, "Action": "s3:GetObject"}, STATEMENT))
    check(status=0)


def test_moving_a_file_keeps_what_is_known(known):
    (known / "c").mkdir()
    (known / "a/p.json").rename(known / "c/p.json")
    check(status=0)
    check("--update-baseline", status=0)
    assert [e["path"] for e in entries(known)] == ["b/p.json", "c/p.json"]


def test_a_copy_of_a_file_is_new(known):
    (known / "c.json").write_text(policy(STATEMENT))
    assert [f["path"] for f in check(status=1)["findings"]] == ["c.json"]


def test_update_only_removes(known):
    (known / "a/p.json").write_text(policy({**STATEMENT, "Action": "s3:GetObject"}))
    (known / "c.json").write_text(policy({**STATEMENT, "Sid": "New"}))
    document = check(status=1)
    assert any("1 of the 2 findings" in note for note in document["notes"])
    check("--update-baseline", status=1)
    assert [e["path"] for e in entries(known)] == ["b/p.json"]
    check("--add-to-baseline", status=0)
    assert [e["path"] for e in entries(known)] == ["b/p.json", "c.json"]


def test_a_part_of_the_files_removes_nothing_else(known):
    (known / "b/p.json").unlink()
    check("a", "--update-baseline", status=0)
    assert len(entries(known)) == 2
    check("--update-baseline", "--ignore", "wildcard-action", status=0)
    assert len(entries(known)) == 2
    check("--update-baseline", status=0)
    assert [e["path"] for e in entries(known)] == ["a/p.json"]


def test_a_file_that_cannot_be_read_removes_nothing(known):
    (known / "a/p.json").write_text(policy(STATEMENT)[:-3])
    check("--update-baseline")
    assert "a/p.json" in [e["path"] for e in entries(known)]


def test_where_it_is_run_from_does_not_matter(known, monkeypatch):
    (known / "iamlint.toml").write_text("")
    monkeypatch.chdir(known / "a")
    result = CliRunner().invoke(main, ["check", "p.json", "--baseline", "../known.json", "--select", "wildcard-action"])
    assert (result.exit_code, result.output) == (0, "note: 1 of") or result.exit_code == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "known.json:1: the baseline is not JSON"),
        ("[]", "no baseline of version 1"),
        ('{"version": 2, "findings": []}', "no baseline of version 1"),
        ('{"version": 1, "findings": [{"path": "a"}]}', "entry 1"),
        ('{"version": 1, "findings": [{"path": "a", "rule": "b", "fingerprint": "c", "count": -1}]}', "entry 1"),
    ],
)
def test_what_is_no_baseline_is_told(project, text, words):
    (project / "known.json").write_text(text)
    assert words in check(status=2)


def test_options_that_need_each_other(project):
    for arguments in (["--update-baseline"], ["--add-to-baseline"], ["--reason", "r"]):
        assert CliRunner().invoke(main, ["check", *arguments]).exit_code == 2


def test_a_statement_without_a_list_around_it_has_a_fingerprint():
    text = '{"Version":"2012-10-17","Statement":{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"}}'
    found = check_text(text).findings
    assert found
    assert [finding.fingerprint for finding in found] == [f.fingerprint for f in check_text(f" {text}").findings]
