"""The worked examples of the documentation do what is written under them."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.support import ROOT

BLOCK = re.compile(r"^```(?P<language>\w+)(?: (?P<name>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(page):
    return list(BLOCK.finditer((ROOT / "docs" / page).read_text(encoding="utf-8")))


def _write_files(blocks, folder):
    """Every block that has a file's name beside its language."""
    for block in blocks:
        if block["name"]:
            path = folder / block["name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")


def _sessions(blocks):
    """Each command after a `$`, with the output that is written under it."""
    for block in blocks:
        if block["language"] == "console":
            yield from re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block["text"], re.MULTILINE)


def _run(command, folder, path=()):
    program, *arguments = shlex.split(command)
    assert program == "iamlint"
    return subprocess.run(
        [sys.executable, "-m", "iamlint", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, path), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )


def _follow(page, folder, path=()):
    blocks = _blocks(page)
    _write_files(blocks, folder)
    sessions = list(_sessions(blocks))
    assert sessions
    for command, output in sessions:
        done = _run(command, folder, path)
        assert done.stderr == ""
        assert done.stdout == output, command


def test_organisation_rules(tmp_path):
    _follow("organisation-rules.md", tmp_path)


def test_forbidden_access(tmp_path):
    _follow("forbidden-access.md", tmp_path)


@pytest.fixture
def installed(tmp_path):
    """The package of the example, built and installed into a folder."""
    _write_files(_blocks("plugins.md"), tmp_path)
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--target", target, tmp_path / "acme-iam-rules"], check=True)
    return target


def test_plugins(installed, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    _follow("plugins.md", project, path=[installed])


def test_the_workflow_for_code_scanning(tmp_path):
    """Its commands run as they stand, and the file that it uploads is there though the check fails."""
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed; pre-commit brings it")
    workflow = yaml.safe_load((ROOT / "docs/examples/code-scanning.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert job["permissions"]["security-events"] == "write"
    (upload,) = (step for step in job["steps"] if "upload-sarif" in step.get("uses", ""))
    assert upload["if"] == "always()"
    (tmp_path / "policy.json").write_text('{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}')
    (command,) = (step["run"] for step in job["steps"] if step.get("run", "").startswith("iamlint"))
    done = _run(command, tmp_path)
    assert done.returncode == 1, done.stderr
    assert "::" in done.stdout
    results = json.loads((tmp_path / upload["with"]["sarif_file"]).read_text(encoding="utf-8"))["runs"][0]["results"]
    assert "wildcard-action" in {result["ruleId"] for result in results}


def test_the_hooks_page_names_the_hooks():
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed; pre-commit brings it")
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    page = (ROOT / "docs/pre-commit.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == {hook["id"] for hook in hooks}


def test_exceptions(tmp_path):
    _follow("exceptions.md", tmp_path)
