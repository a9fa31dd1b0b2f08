"""Configuration through `check`: what it changes, and how mistakes are told."""

import json

import pytest
from click.testing import CliRunner

from iamlint.cli import main

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def _run(config, *arguments, name="iamlint.toml", files=None):
        if config is not None:
            (tmp_path / name).write_text(config)
        for path, text in (files or {"policy.json": POLICY}).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        result = CliRunner().invoke(main, ["check", *(arguments or (".",))])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return _run


@pytest.mark.parametrize(
    ("config", "line", "words"),
    [
        ("[environment]\nacounts = []\n", 2, "did you mean `accounts`?"),
        ("\nselct = ['all']\n", 2, "did you mean `select`?"),
        ("# a\nfail-on = 'eror'\n", 2, "did you mean error?"),
        ("select = 'all'\n", 1, "list of strings"),
        ("x = [\n", 1, "not TOML"),
        ("[environment]\n\n[[environment.networks]]\nname = 'office'\ncidr = '203.0.113.7/24'\n", 5, "host bits"),
        ("[environment]\naccounts = ['12']\n", 2, "12 digits"),
        ("[environment]\npartition = 'AWS'\n", 2, "no partition"),
        ("[environment]\nregions = ['eu-west-1', 'Ireland']\n", 2, "no Region"),
        ("[environment]\nrepositories = ['acme']\n", 2, "OWNER/NAME"),
        ("[environment]\nrepositories = ['acme/*']\n", 2, "OWNER/NAME"),
        ("[policy-kinds]\n'scps/**' = 'spc'\n", 2, "did you mean scp?"),
        ("[[sources]]\nname = 'a'\n", 1, "selector"),
        ("preview = 1\n", 1, "true or false"),
        ("note = 1 # select\n", 1, "unknown key `note`"),
        ("select = [\n 'all',\n 'wildcard-acton',\n]\n", 3, "did you mean wildcard-action?"),
        ("[rules]\nwildcard-acton = {}\n", 2, "did you mean wildcard-action?"),
        ("[rules.wildcard-action]\nx = 1\n", 2, "no option x"),
        ("sources = [\n { selector = '$.a' },\n { selector = '$.b', knd = 'scp' },\n]\n", 3, "did you mean `kind`?"),
        ('include = [""" \\\nselct = 1\n"""]\nselct = 1\n', 4, "did you mean `select`?"),
    ],
)
def test_mistakes_have_a_line(run, config, line, words):
    result = run(config)
    assert result.exit_code == 2
    assert f"iamlint.toml:{line}: " in result.output
    assert words in result.output


@pytest.mark.parametrize("config", ["select = ['wildcard-acton']", "ignore = ['wildcard-acton']"])
def test_unknown_rules_are_told(run, config):
    result = run(config)
    assert result.exit_code == 2
    assert "did you mean wildcard-action?" in result.output


def test_pyproject_counts_only_with_its_table(run):
    assert run("[tool.other]\nx = 'iamlint'\n", name="pyproject.toml").exit_code == 1
    assert run("[tool.iamlint]\nignore = ['all']\n", name="pyproject.toml").exit_code == 0
    result = run("[tool.iamlint]\n\nignor = []\n", name="pyproject.toml")
    assert "pyproject.toml:3: " in result.output


def test_isolated_uses_none(run):
    assert run("ignore = ['all']").exit_code == 0
    assert run(None, ".", "--isolated").exit_code == 1


def test_nested_configurations_are_named_and_not_used(run):
    result = run(None, files={"inner/policy.json": POLICY, "inner/iamlint.toml": "ignore = ['all']"})
    assert result.exit_code == 1
    assert "inner/iamlint.toml" in result.output


def test_policy_kinds(run):
    files = {"scps/guard.json": POLICY, "other.json": POLICY}
    result = run("[policy-kinds]\n'scps/**' = 'scp'\n", ".", "--output-format", "json", files=files)
    findings = json.loads(result.output)["findings"]
    assert {f["path"] for f in findings if f["rule"] == "wildcard-action"} == {"other.json"}


def test_sources_find_policies_in_other_json(run):
    document = json.dumps({"stacks": [{"rules": json.loads(POLICY)}, {"rules": POLICY}]}, indent=1)
    config = "[[sources]]\nname = 'stacks'\nselector = '$.stacks[*].rules'\n"
    result = run(config, "stacks.json", "--output-format", "json", files={"stacks.json": document})
    found = [f for f in json.loads(result.output)["findings"] if f["rule"] == "wildcard-action"]
    assert [f["document_pointer"] for f in found] == ["/stacks/0/rules", "/stacks/1/rules"]
    lines = document.splitlines()
    for finding in found:
        assert lines[finding["line"] - 1][finding["column"] - 1 : finding["end_column"] - 1].strip('\\"') == "*"


def test_a_wrong_selector_is_told(run):
    result = run("[[sources]]\nselector = '$.['\n", "a.json", files={"a.json": '{"a": 1}'})
    assert result.exit_code == 2
    assert "iamlint.toml:2: " in result.output
