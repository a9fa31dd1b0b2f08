"""The wheel, installed outside the checkout, has every rule of the folder."""

import os
import subprocess
import sys
import venv

import pytest

from tests.support import ROOT


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("install")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "iamlint", "rules"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(source)], check=True)
    venv.create(folder / "venv", with_pip=True)
    pip = [folder / "venv/bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, str(source)], check=True, cwd=folder)
    return folder / "venv/bin"


def _run(programs, *arguments, cwd):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        [programs / "iamlint", *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_wheel_has_every_rule(programs, tmp_path):
    answer = _run(programs, "rules", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    installed = {line.split()[0].replace("-", "_") for line in answer.stdout.splitlines()}
    assert installed == {path.stem for path in (ROOT / "rules").glob("*.py")} - {"__init__"}


def test_wheel_checks(programs, tmp_path):
    (tmp_path / "policy.json").write_text('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*"}]}')
    answer = _run(programs, "check", "policy.json", cwd=tmp_path)
    assert answer.returncode == 1
    assert "policy.json:1:" in answer.stdout
    assert "missing-resource" in answer.stdout
    assert answer.stderr == ""


def test_wheel_holds_what_it_needs_and_no_more(programs, tmp_path):
    code = "import iamlint, pathlib; print(*sorted(p.name for p in pathlib.Path(iamlint.__file__).parent.iterdir()))"
    answer = subprocess.run([programs / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "py.typed" in answer.stdout
    assert "tests" not in answer.stdout
    assert sys.version_info >= (3, 11)
