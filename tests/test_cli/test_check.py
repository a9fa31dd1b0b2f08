"""Whole outputs of `check`, and its exit status."""

import json
import os
import shutil

import pytest
from click.testing import CliRunner

from iamlint.cli import main
from iamlint.engine.facts import dates
from tests.support import ROOT


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A working directory with the shipped fixtures."""
    shutil.copytree(ROOT / "fixtures", tmp_path / "fixtures")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, input=None):
    result = CliRunner().invoke(main, ["check", *arguments], input=input)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}\n'
CLEAN = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/k"}]}'
)


@pytest.mark.parametrize("format_", ["text", "concise", "json", "json-lines", "github", "markdown"])
def test_fixtures_as_a_whole(project, snapshot, format_):
    result = run("fixtures", "--exit-zero", "--output-format", format_)
    assert result.exit_code == 0
    text = result.output
    for key, value in dates(None).items():  # a newer list changes nothing else
        text = text.replace(value, f"<{key}>").replace(value.replace("-", "\\-"), f"<{key}>")
    assert text == snapshot


def test_hostile_text_stays_harmless(project):
    result = run("fixtures/hostile/terminal-escapes.json", "--output-format", "text")
    assert "\x1b" not in result.output
    assert "\x07" not in result.output
    assert "\u202e" not in result.output


def test_clean_says_nothing(project):
    (project / "clean.json").write_text(CLEAN)
    result = run("clean.json")
    assert (result.exit_code, result.output) == (0, "")


def test_exit_status(project):
    (project / "policy.json").write_text(POLICY)
    assert run("policy.json").exit_code == 1
    assert run("policy.json", "--exit-zero").exit_code == 0
    assert run("policy.json", "--fail-on", "error").exit_code == 0
    assert run("policy.json", "--select", "missing-version").exit_code == 0
    assert run("policy.json", "--ignore", "all").exit_code == 0
    assert run("nowhere.json").exit_code == 2
    assert run("policy.json", "--select", "wildcard-acton").exit_code == 2


def test_format_never_changes_the_status(project):
    (project / "policy.json").write_text(POLICY)
    for format_ in ("text", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "markdown"):
        assert run("policy.json", "--output-format", format_).exit_code == 1


def test_unknown_rule_names_the_nearest(project):
    result = run("--select", "wildcard-acton")
    assert "did you mean wildcard-action?" in result.output


def test_standard_input(project):
    result = run("-", "--stdin-filename", "some/policy.json", input=POLICY)
    assert result.exit_code == 1
    assert "some/policy.json:1:" in result.output


def test_one_bad_file_does_not_hide_the_others(project):
    folder = project / "mixed"
    folder.mkdir()
    (folder / "a.json").write_text(POLICY)
    (folder / "b.json").write_text(POLICY[:60])
    (folder / "c.json").write_bytes(b"\xff\xfe\x00")
    (folder / "d.json").write_text(POLICY)
    (folder / "e.json").symlink_to("nowhere")
    document = json.loads(run("mixed", "--output-format", "json").output)
    paths = {finding["path"] for finding in document["findings"]}
    assert {"mixed/a.json", "mixed/d.json"} <= paths
    assert {"mixed/c.json", "mixed/e.json"} <= {entry["path"] for entry in document["skipped"]}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file_is_an_error(project):
    path = project / "secret.json"
    path.write_text(POLICY)
    path.chmod(0)
    result = run("secret.json", "fixtures/policies/clean")
    assert result.exit_code == 2
    assert "secret.json" in result.output


def test_several_reports(project):
    (project / "policy.json").write_text(POLICY)
    result = run("policy.json", "--report", "json=out.json", "--report", "sarif=out.sarif", "--output-file", "out.txt")
    assert result.output == ""
    assert json.loads((project / "out.json").read_text())["findings"]
    assert json.loads((project / "out.sarif").read_text())["version"] == "2.1.0"
    assert "wildcard-action" in (project / "out.txt").read_text()
    assert run("policy.json", "--report", "json").exit_code == 2


def test_a_rule_that_crashes_is_told(project, monkeypatch):
    from iamlint.engine.registry import load_rules

    rule = type(load_rules()["wildcard-action"].whole())

    def crash(self, statement, ctx):
        raise ZeroDivisionError("by design")

    monkeypatch.setattr(rule, "check", crash)
    (project / "policy.json").write_text(POLICY)
    result = run("policy.json", "--output-format", "json")
    document = json.loads(result.output)
    assert result.exit_code == 2
    assert [(e["kind"], e["rule"]) for e in document["errors"]] == [("internal", "wildcard-action")]
    assert "Traceback" not in result.output
