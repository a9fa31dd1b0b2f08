"""Names out of hell stay text: in commands, comments, Markdown, CSV, TOML and file names."""

import csv
import io
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.lockdown.cells import csv_cell, markdown, plain
from iamlint.lockdown.commands import Command, Phase, aws, script
from tests.lockdown.applier import commands
from tests.lockdown.made import EVERYTHING, document, key, lay, run, user
from tests.test_account.made import ID

NAMES = [
    "$(touch${IFS}PWNED)",
    "$(touch PWNED)",
    "`touch PWNED`",
    "a\ntouch PWNED\n",
    "'; touch PWNED; '",
    '"; touch PWNED; "',
    "=cmd|' /C calc'!A0",
    "a|b|c",
    "-rf",
    "--user-name=other",
    "file:///etc/passwd",
    "../../up",
    "<script>alert(1)</script>",
    "[x](http://evil.example)",
    "@everyone",
    "a\x1b[31mred\x07",
    "‮evil",
    "#comment",
    "a\r\nb",
    "",
    "\ue000",
]


def snapshot(folder: Path) -> Path:
    """Each name as a user's with a key, a policy's, a path, an owner tag."""
    users: list[dict[str, Any]] = []
    keys = []
    policies = []
    for number, name in enumerate(NAMES):
        policy_arn = f"arn:aws:iam::{ID}:policy/{name}"
        full = document(EVERYTHING)
        version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": full}
        policies.append(
            {"PolicyName": name, "Arn": policy_arn, "DefaultVersionId": "v1", "PolicyVersionList": [version]}
        )
        entity = user(name, path=f"/{name}/", AttachedManagedPolicies=[{"PolicyName": name, "PolicyArn": policy_arn}])
        entity["Arn"] = f"arn:aws:iam::{ID}:user/{name}"
        entity["Tags"] = [{"Key": "owner", "Value": name}]
        # A good name that holds what a bad one is attached to.
        entity["PermissionsBoundary"] = {"PermissionsBoundaryArn": policy_arn, "PermissionsBoundaryType": "Policy"}
        users.append(entity)
        users.append(user(f"good{number}", AttachedManagedPolicies=entity["AttachedManagedPolicies"]))
        users[-1]["PermissionsBoundary"] = entity["PermissionsBoundary"]
        keys += [key(name, f"AKIAHOSTILE{number:09d}"), key(f"good{number}", f"AKIAGOOD{number:012d}")]
    return lay(folder, users, keys, Policies=policies)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    config = '[environment]\nadministrators = ["good0"]\n'
    result = run(snapshot(folder / "in"), "--out", folder / "out", config=config, folder=folder)
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    assert "‮" not in result.output
    return folder / "out"


def test_the_script_runs_aws_and_nothing_else(out: Path, tmp_path: Path) -> None:
    """A shell runs it with an `aws` that notes its words: no other program starts, no file appears."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    fake = bin_ / "aws"
    fake.write_text(f'#!/bin/sh\nfor word in "$@"; do printf "%s\\0" "$word" >> {tmp_path}/log; done\n')
    fake.chmod(0o755)
    shutil.copytree(out, tmp_path / "work")
    shell = shutil.which("sh")
    assert shell is not None
    subprocess.run([shell, "commands.sh"], cwd=tmp_path / "work", env={"PATH": str(bin_)}, check=True)
    assert sorted(os.listdir(tmp_path / "work")) == sorted(os.listdir(out))
    ran = (tmp_path / "log").read_bytes().decode().split("\0")[:-1]
    wanted = [word for words, _ in commands((out / "commands.sh").read_text()) for word in words[1:]]
    assert ran == wanted
    # What could be the name of a policy is in the commands, in quotes.
    assert "'--permissions-boundary=" in (out / "commands.sh").read_text()
    undone = [word for _, undo in commands((out / "commands.sh").read_text()) for words in undo for word in words]
    assert any(word.endswith("policy/$(touch${IFS}PWNED)") for word in undone)


def test_the_undos_are_as_safe(out: Path) -> None:
    """Every line of a comment begins with `#`, and every undo is one command of plain words."""
    text = (out / "commands.sh").read_text()
    for line in text.splitlines():
        assert line.startswith(("#", "aws iam ", "set -eu")) or not line, line
    for _, undo in commands(text):
        for words in undo:
            assert words[:2] == ["aws", "iam"]
            assert all(word.startswith("--") and "=" in word for word in words[3:])
            assert not any("=file:" in word for word in words)
    assert not os.access(out / "commands.sh", os.X_OK)


def test_files_have_plain_names(out: Path) -> None:
    for where, folders, files in os.walk(out):
        assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in (*folders, *files)), where


def test_markdown_tables_keep_their_columns(out: Path) -> None:
    text = (out / "report.md").read_text()
    assert "<script>" not in text
    assert "](http" not in text.replace("\\]", "").replace("\\(", "")
    assert "\x1b" not in text
    for line in text.splitlines():
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", line)) in (4, 5), line


def test_csv_has_no_formulas(out: Path) -> None:
    rows = list(csv.reader(io.StringIO((out / "plan.csv").read_text())))
    assert {len(row) for row in rows} == {7}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_register_is_what_it_says(out: Path) -> None:
    table = tomllib.loads((out / "register.toml").read_text())["keys"]
    assert set(table["AKIAGOOD000000000000"]) == {"user", "purpose", "where-used", "owner", "review-date"}
    assert all(id_.startswith("AKIA") for id_ in table)


@given(st.text())
def test_cells(text: str) -> None:
    """Of any text: one line, no formula, no cell border, no markup that opens."""
    assert len(plain(text).splitlines()) <= 1
    assert len(markdown(text).splitlines()) <= 1
    assert not re.search(r"(?<!\\)(?:\\\\)*[|`*\[\]<]", markdown(text))
    (cell,) = next(csv.reader([csv_cell(text)]))
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))


@given(st.text(min_size=1), st.text())
def test_words_come_out_of_a_shell_as_they_went_in(value: str, why: str) -> None:
    words = aws("attach-user-policy", user_name=value)
    if not value.isprintable():
        with pytest.raises(ValueError, match="no command"):
            script("1", [Command(Phase.DENY, words, (), why)])
        return
    text = script("1", [Command(Phase.DENY, words, (words,), why)])
    assert commands(text) == [(list(words), [list(words)])]
