"""The hooks as pre-commit runs them: installed from a repository, offline, without a home."""

import itertools
import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from iamlint.cli import main
from tests.support import ROOT

BAD = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}\n'
FILES = {
    "good.json": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", '
    '"Resource": "arn:aws:s3:::examples/*"}]}\n',
    "bad.json": BAD,
    "other/bad.json": BAD.replace("*", "s3:*", 1),
    "broken.json": BAD.replace("}]", "]"),
    "excluded/bad.json": BAD,
    "tsconfig.json": '{\n  // for the editor\n  "compilerOptions": {"strict": true,},\n}\n',
    "package.json": '{"name": "unrelated", "scripts": {"Statement": "echo"}}\n',
    "iamlint.toml": 'extend-exclude = ["excluded/"]\n',
}
UNRELATED = ("good.json", "tsconfig.json", "package.json", "excluded/bad.json")
WRONG = {"bad.json", "broken.json", "other/bad.json"}
ARGUMENTS = ("--force-exclude", "--output-format=concise")


def _git(folder, *arguments):
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def _commit(folder):
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message=all")


@pytest.fixture
def project(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "project"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository as pre-commit would clone it; skips where a tool is missing."""
    pytest.importorskip("pre_commit", reason="pre-commit is not installed; it is in the extra `test`")
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path_factory.mktemp("hooks") / "iamlint"
    folder.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder)
    for name in ("iamlint", "rules"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    _commit(folder)
    return folder


def _pre_commit(project, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=project,
        env={**os.environ, "PIP_NO_COMPILE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _told(done):
    return {line.partition(":")[0] for line in done.stdout.splitlines() if ".json:" in line}


def test_try_repo(repository, project):
    """The command that the documentation gives to whoever wants a look first."""
    _commit(project)
    done = _pre_commit(project, "try-repo", str(repository), "iamlint", "--all-files", "--verbose")
    assert done.returncode == 1, done.stdout + done.stderr
    assert _told(done) == WRONG


def test_hooks_run_without_network_and_without_a_home(repository, project):
    """One test, since the environment takes long to build; only that takes the network."""
    _commit(project)
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, check=True, capture_output=True, text=True)
    hooks = "[{id: iamlint}, {id: iamlint-all}, {id: iamlint-fix}]"
    config = f"repos: [{{repo: '{repository}', rev: {revision.stdout.strip()}, hooks: {hooks}}}]\n"
    (project / ".pre-commit-config.yaml").write_text(config)
    _git(project, "add", "--all")
    store = {"PRE_COMMIT_HOME": str(repository.parent / "store")}
    built = _pre_commit(project, "install-hooks", **store)
    assert built.returncode == 0, built.stdout + built.stderr

    blocker = project.parent / "file"
    blocker.touch()
    homeless = {name: str(blocker / "below") for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    proxies = (f"{kind}_proxy" for kind in ("http", "https", "all"))
    offline = {spelt: "http://127.0.0.1:9" for name in proxies for spelt in (name, name.upper())}

    def run(*arguments):
        return _pre_commit(project, "run", *arguments, **store, **homeless, **offline)

    done = run("iamlint", "--all-files")
    assert done.returncode == 1, done.stderr
    assert _told(done) == WRONG
    assert "bad.json:1:" in done.stdout
    assert "wildcard-action" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr

    for names in [UNRELATED, *((name,) for name in UNRELATED)]:
        silent = run("iamlint", "--verbose", "--files", *names)
        assert silent.returncode == 0, silent.stdout
        told = [line for line in silent.stdout.splitlines() if not line.startswith(("- hook id", "- duration"))]
        assert len(told) == 1, silent.stdout
        assert told[0].endswith("Passed")

    whole = run("iamlint-all", "--hook-stage", "manual", "--files", "good.json")
    assert whole.returncode == 1, whole.stderr
    assert _told(whole) == WRONG

    (project / "surplus.json").write_text(FILES["good.json"].replace('"s3:GetObject"', '["s3:GetObject", "s3:Get*"]'))
    _git(project, "add", "--all")  # pre-commit sees changes of what git knows
    fixing = run("iamlint-fix", "--files", "surplus.json")
    assert fixing.returncode == 1, fixing.stdout
    assert "files were modified by this hook" in fixing.stdout
    assert (project / "surplus.json").read_text() == FILES["good.json"].replace('"s3:GetObject"', '["s3:Get*"]')
    assert run("iamlint-fix", "--files", "surplus.json").returncode == 0


def _checked(*names):
    result = CliRunner().invoke(main, ["check", *ARGUMENTS, *names])
    return result.exit_code, sorted(result.output.splitlines())


def test_order_and_splitting_of_the_list_change_nothing(project, monkeypatch):
    monkeypatch.chdir(project)
    names = [name for name in FILES if name.endswith(".json")]
    whole = _checked(*names)
    assert whole[0] == 1
    for order in itertools.islice(itertools.permutations(names), 0, None, 500):
        assert _checked(*order) == whole
    for size in (1, 2, 3):
        parts = [_checked(*names[start : start + size]) for start in range(0, len(names), size)]
        assert max(status for status, _ in parts) == whole[0]
        assert sorted(line for _, lines in parts for line in lines) == whole[1]


def test_the_arguments_are_those_of_the_manifest():
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed; pre-commit brings it")
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    for id_ in ("iamlint", "iamlint-system"):
        assert [*hooks[id_]["entry"].split(), *hooks[id_]["args"]] == ["iamlint", "check", *ARGUMENTS]
    for hook in hooks.values():
        _, command, *words = hook["entry"].split()
        options = {option for parameter in main.get_command(None, command).params for option in parameter.opts}
        assert {word.partition("=")[0] for word in (*words, *hook.get("args", ()))} <= options


def test_the_format_hook_leaves_what_is_no_policy_alone(project, monkeypatch):
    monkeypatch.chdir(project)
    done = CliRunner().invoke(main, ["format", "--force-exclude", "--check", *UNRELATED])
    assert done.stdout == "would reformat good.json\n"
    done = CliRunner().invoke(main, ["format", "--force-exclude", *UNRELATED, "broken.json"])
    assert done.exit_code == 2
    assert "broken.json: not formatted" in done.stderr
    assert {name for name in FILES if (project / name).read_text() != FILES[name]} == {"good.json"}
