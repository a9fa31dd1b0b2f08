"""`rules` and `rule`."""

import json

from click.testing import CliRunner

from iamlint.cli import main


def run(*arguments):
    return CliRunner().invoke(main, arguments)


def test_rules_lists_all_or_those_named():
    everything = run("rules").output.splitlines()
    assert len(everything) > 50
    some = run("rules", "wildcard-action", "invalid-action").output.splitlines()
    assert [line.split()[0] for line in some] == ["wildcard-action", "invalid-action"]
    assert [entry["id"] for entry in json.loads(run("rules", "--output-format", "json").output)] == [
        line.split()[0] for line in everything
    ]


def test_the_laws_are_checked_of_those_named():
    result = run("rules", "wildcard-action", "--check")
    assert (result.exit_code, result.output) == (0, "all keep the laws\n")


def test_unknown_ids_are_told():
    for arguments in (("rule", "wildcard-acton"), ("rules", "wildcard-acton")):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "did you mean wildcard-action?" in result.output


def test_a_wrong_configuration_is_told(tmp_path, monkeypatch):
    (tmp_path / "iamlint.toml").write_text("plugin = []")
    monkeypatch.chdir(tmp_path)
    for arguments in (("rules",), ("rule", "wildcard-action")):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "did you mean `plugins`?" in result.output
