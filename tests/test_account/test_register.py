"""The register of access keys as `check` reads it: named by an option or by the configuration."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from iamlint.cli import main

USER = {"UserName": "ann", "Arn": "arn:aws:iam::111122223333:user/ann"}
IDS = ("AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE")
ENTRY = 'purpose = "backup"\nwhere-used = "b7"\nowner = "ops"\nreview-date = 2026-10-31\n'


def laid(folder: Path, *, with_ids: bool = True) -> Path:
    """The exports of one user with two active keys."""
    folder.mkdir()
    (folder / "gaad.json").write_text(json.dumps({"UserDetailList": [USER]}))
    if with_ids:
        keys = [{"UserName": "ann", "AccessKeyId": id_, "Status": "Active", "CreateDate": "2026-09-01"} for id_ in IDS]
        (folder / "keys.json").write_text(json.dumps({"AccessKeyMetadata": keys}))
    else:
        columns = [f"access_key_{number}_{name}" for number in (1, 2) for name in ("active", "last_rotated")]
        head = ",".join(["user", "arn", "mfa_active", *columns])
        row = "ann,arn:aws:iam::111122223333:user/ann,true,true,2026-09-01T00:00:00Z,false,N/A"
        (folder / "report.csv").write_text(f"{head}\n{row}\n")
    return folder


def check(*arguments: str | Path) -> tuple[int, dict[str, list[dict[str, str]]], str]:
    """Status, the JSON of the report, and what was written to standard error."""
    rules = "undocumented-access-key,register-review-overdue,more-than-one-active-key"
    options = ["--select", rules, "--output-format", "json", "--as-of", "2026-11-01", *map(str, arguments)]
    result = CliRunner().invoke(main, ["check", *options])
    return result.exit_code, json.loads(result.stdout) if result.stdout else {}, result.stderr


def rules_of(report: dict[str, list[dict[str, str]]], what: str = "findings") -> list[str]:
    return sorted(entry["rule"] for entry in report[what])


def test_without_a_register_the_rules_are_not_checked(tmp_path: Path) -> None:
    status, report, _ = check(laid(tmp_path / "in"), "--isolated")
    assert status == 1
    assert rules_of(report) == ["more-than-one-active-key"]
    lacks = [entry for entry in report["not_checked"] if entry["needs"] == "register"]
    assert sorted(entry["rule"] for entry in lacks) == ["register-review-overdue", "undocumented-access-key"]
    assert all("iamlint lockdown" in entry["command"] for entry in lacks)


def test_with_a_register(tmp_path: Path) -> None:
    register = tmp_path / "register.toml"
    register.write_text(f"[keys.{IDS[0]}]\n{ENTRY}")
    status, report, _ = check(laid(tmp_path / "in"), "--isolated", "--register", register)
    assert status == 1
    assert rules_of(report) == ["more-than-one-active-key", "register-review-overdue", "undocumented-access-key"]
    assert not report["not_checked"]
    messages = " ".join(entry["message"] for entry in report["findings"])
    assert "due on 2026-10-31" in messages
    assert f"`{IDS[1]}` of `ann` is not in the register" in messages


def test_the_configuration_names_it_relative_to_itself(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "register.toml").write_text(
        f"[keys.{IDS[0]}]\n{ENTRY}rotation-until = 2026-12-01\n[keys.{IDS[1]}]\n{ENTRY}"
    )
    config = tmp_path / "iamlint.toml"
    config.write_text('register = "keys/register.toml"\n')
    _, report, _ = check(laid(tmp_path / "in"), "--config", config)
    assert rules_of(report) == ["register-review-overdue"] * 2  # a rotation is documented


def test_keys_without_ids_are_not_checked(tmp_path: Path) -> None:
    register = tmp_path / "register.toml"
    register.write_text("")
    status, report, _ = check(laid(tmp_path / "in", with_ids=False), "--isolated", "--register", register)
    assert status == 0
    assert rules_of(report) == []
    assert rules_of(report, "not_checked") == ["register-review-overdue", "undocumented-access-key"]
    assert {entry["needs"] for entry in report["not_checked"]} == {"access-keys"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[keys", "not TOML"),
        ("keys = 3\n", "`keys` must be a table"),
        (f"[keys]\n{IDS[0]} = 1\n", "must be a table"),
        (f'[keys.{IDS[0]}]\nreview-date = "\\u001b[2Jsoon"\n', "is no day"),
    ],
)
def test_what_is_no_register_is_one_message(tmp_path: Path, text: str, told: str) -> None:
    register = tmp_path / "register.toml"
    register.write_text(text)
    status, _, error = check(laid(tmp_path / "in"), "--isolated", "--register", register)
    assert (status, error.count("\n")) == (2, 1)
    assert told in error
    assert "\x1b" not in error


def test_a_register_that_is_not_there(tmp_path: Path) -> None:
    config = tmp_path / "iamlint.toml"
    config.write_text('\nregister = "none.toml"\n')
    folder = laid(tmp_path / "in")
    status, _, error = check(folder, "--config", config)
    assert status == 2
    assert "iamlint.toml:2" in error
    assert "none.toml: No such file" in error
    status, _, error = check(folder, "--isolated", "--register", tmp_path / "none.toml")
    assert status == 2
    assert "No such file" in error
