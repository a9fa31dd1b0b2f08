"""Packages that bring rules: what is loaded, what is refused, what is never run."""

import os
import subprocess
import sys
import textwrap

import pytest

from iamlint import check
from iamlint.config import ConfigError, load_config
from iamlint.engine.registry import load_rules
from tests.support import ROOT

RULE = textwrap.dedent('''
    from iamlint.rule import Bad, Good, Severity, StatementRule

    class Ours(StatementRule):
        """A statement has a Sid.

        ## Why it matters
        It is an example.

        ## What to do instead
        Leave it out.

        ## References
        - https://acme.example/
        """

        severity = Severity.WARNING
        elements = frozenset(("Sid",))
        good = [Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}')]
        bad = [Bad('{"Sid":«"A"»,"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}')]

        def check(self, statement, ctx):
            yield self.finding(statement.at("Sid"), "there is a Sid")
''')
POLICY = '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'


def install(folder, package, files, name="acme-rules", group="iamlint.rules"):
    """A package with its metadata, as an installer would lay it out."""
    for path, text in files.items():
        (folder / package / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / package / path).write_text(text)
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\nany = {package}\n")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of installed packages; the working directory is another one."""
    site = tmp_path / "site"
    project = tmp_path / "project"
    site.mkdir()
    project.mkdir()
    monkeypatch.chdir(project)
    monkeypatch.syspath_prepend(str(site))
    (project / "iamlint.toml").write_text('preview = false\nplugins = ["Acme.Rules"]\n')
    (project / "policy.json").write_text(POLICY)
    return site


def loaded():
    return load_rules(load_config("."))


def test_a_package_of_rule_files(site):
    files = {"__init__.py": "", "has_a_sid.py": RULE, "has_another_sid.py": RULE, "_shared.py": "raise SystemExit"}
    install(site, "acme_one", files)
    rules = loaded()
    assert {"has-a-sid", "has-another-sid", "wildcard-action"} <= set(rules)
    assert list(rules) == sorted(rules)
    assert [f.rule for f in check(["policy.json"], rules=["has-a-sid"]).findings] == ["has-a-sid"]


def test_a_module_that_is_a_rule_file(site):
    install(site, "acme_two", {"__init__.py": ""}, name="other")
    (site / "has_sid.py").write_text(RULE)
    (site / "other-1.0.dist-info" / "entry_points.txt").write_text("[iamlint.rules]\nany = has_sid\n")
    (site.parent / "project" / "iamlint.toml").write_text('plugins = ["other"]\n')
    assert "has-sid" in loaded()


def test_without_plugins_nothing_is_looked_up(site):
    install(site, "acme_three", {"__init__.py": "raise SystemExit"})
    (site.parent / "project" / "iamlint.toml").write_text("")
    assert set(loaded()) == set(load_rules())


@pytest.mark.parametrize(
    ("package", "files", "words"),
    [
        ("acme_a", {"__init__.py": "1 / 0"}, "cannot be loaded: ZeroDivisionError: division by zero"),
        ("acme_b", {"__init__.py": "import sys; sys.exit(0)"}, "cannot be loaded: SystemExit"),
        ("acme_c", {"__init__.py": "import absent_module_of_acme"}, "No module named"),
        ("acme_d", {"__init__.py": "", "empty.py": ""}, "exactly one rule class"),
        ("acme_e", {"__init__.py": "", "wildcard_action.py": RULE}, "has a rule wildcard-action; two rules"),
        ("acme_f", {"__init__.py": "", "odd.py": RULE.replace("## Why it matters", "")}, "lacks the section"),
        (
            "acme_g",
            {"__init__.py": "print('\\x1b[31m'); raise ValueError('a\\nb\\x1b')"},
            "ValueError: a\\u000ab\\u001b",
        ),
    ],
)
def test_what_is_wrong_with_a_plugin_is_one_error(site, package, files, words):
    install(site, package, files)
    with pytest.raises(ConfigError) as error:
        loaded()
    message = str(error.value)
    assert "iamlint.toml:2: the plugin Acme.Rules" in message
    assert words in message
    assert "\n" not in message


def test_a_plugin_must_be_installed_and_have_rules(site):
    with pytest.raises(ConfigError, match="is not installed"):
        loaded()
    install(site, "acme_h", {"__init__.py": ""}, group="others")
    with pytest.raises(ConfigError, match="no entry point of the group"):
        loaded()


def _run(folder, *arguments, path=()):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, path), str(ROOT)])}
    return subprocess.run(
        [sys.executable, "-m", "iamlint", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_exit_status(site):
    done = _run(site.parent / "project", "check", ".", path=[site])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert _run(site.parent / "project", "rules", path=[site]).returncode == 2


def test_nothing_in_the_working_directory_is_run(site):
    """A branch may bring a configuration, a package and its metadata."""
    project = site.parent / "project"
    trap = "open('trapped', 'w').close()\n"
    install(project, "acme_trap", {"__init__.py": trap, "has_a_sid.py": trap})
    done = _run(project, "check", ".", path=["", "."])
    assert done.returncode == 2
    assert "is not installed" in done.stderr
    install(site, "acme_trap", {"__init__.py": "", "has_a_sid.py": RULE})
    done = _run(project, "check", ".", "--select", "has-a-sid", path=["", ".", site])
    assert done.returncode == 1, done.stderr
    assert "has-a-sid" in done.stdout
    assert not (project / "trapped").exists()
