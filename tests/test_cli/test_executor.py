"""`--executor`: a Dask cluster of two worker processes reports what one process does, and a death loses nothing."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from click.testing import CliRunner

from iamlint.cli import main
from tests.support import ROOT

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="Dask is not installed: pip install 'iamlint[dask]'"
)
SECONDS = 60
"""For the cluster to start; it takes two."""


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder):
        self._folder = folder
        self._environment = os.environ | {"PYTHONPATH": str(ROOT)}
        self._file = folder / "scheduler.json"
        self.workers = {}
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(self._file)]
        self._scheduler = self._start("dask_scheduler", *options)
        wait_until(lambda: self._file.exists() and self._file.read_text().endswith("}"))
        self.address = json.loads(self._file.read_text())["address"].removeprefix("tcp://")

    def add(self, name):
        options = ["--no-nanny", "--no-dashboard", "--nthreads", "1", "--name", name]
        place = ["--scheduler-file", str(self._file), "--local-directory", str(self._folder)]
        self.workers[name] = self._start("dask_worker", *options, *place)

    def _start(self, program, *options):
        command = [sys.executable, "-m", f"distributed.cli.{program}", *options]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, cwd=self._folder, env=self._environment, **quiet)

    def close(self):
        for process in (*self.workers.values(), self._scheduler):
            process.kill()
            process.wait()


def wait_until(what):
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end, "the cluster did not come so far"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.add("first")
        made.add("second")
        yield made
    finally:
        made.close()


@pytest.fixture
def client(cluster):
    from distributed import Client

    with Client(cluster.address, set_as_default=False) as made:
        wait_until(lambda: len(made.nthreads()) == sum(w.poll() is None for w in cluster.workers.values()))
        yield made


def policy(number):
    actions = ["s3:*", f"s3:GetObjct{number % 7}", "s3:Get*", "iam:PassRole"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": f"arn:aws:s3:::bucket-{number}/*"}
    return {"Version": "2012-10-17", "Statement": [statement, {"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def account(id_, other):
    """An account whose role trusts another one."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{other}:root"}, "Action": "sts:AssumeRole"}
    user = {
        "UserName": "ann",
        "UserId": "AIDAANN",
        "Arn": f"arn:aws:iam::{id_}:user/ann",
        "CreateDate": "2020-01-01T00:00:00Z",
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": policy(3)}],
    }
    role = {
        "RoleName": "visitor",
        "RoleId": "AROAVISITOR",
        "Arn": f"arn:aws:iam::{id_}:role/visitor",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "AttachedManagedPolicies": [],
    }
    details = {"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [role], "Policies": []}
    return details | {"IsTruncated": False}


def written(folder, files):
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value, indent=1), encoding="utf-8")


def organisation(folder):
    """Exports of three accounts, what binds them, and other files."""
    ids = ("111122223333", "444455556666", "777788889999")
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}]}
    arn = "arn:aws:organizations::999900001111:policy/o-abcdefghij/service_control_policy/p-00000001"
    summary = {"Id": "p-00000001", "Arn": arn, "Name": "n", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": False}
    written(
        folder,
        {
            **{f"a{n}/details.json": account(id_, ids[n - 1]) for n, id_ in enumerate(ids)},
            "a1/password-policy.json": {"PasswordPolicy": {"MinimumPasswordLength": 8, "RequireSymbols": False}},
            "a1/notes.json": {"a": 1},
            "a2/notes.csv": "a,b\n1,2\n",
            "organization/policies/p-00000001.json": {
                "Policy": {"PolicySummary": summary, "Content": json.dumps(nothing)}
            },
            "organization/targets/p-00000001.json": {"Targets": [{"TargetId": "r-ab12", "Type": "ROOT"}]},
            **{f"organization/parents/{id_}.json": {"Parents": [{"Id": "r-ab12", "Type": "ROOT"}]} for id_ in ids},
            "other/broken.json": '{"Statement": [{"Effect": "Allow", "Action": ',
            "other/settings.json": {"b": 2},
            **{f"other/p{number:03}.json": policy(number) for number in range(70)},
        },
    )
    (folder / "other" / "link.json").symlink_to(folder / "nowhere")


def run(*arguments):
    result = CliRunner().invoke(main, ["check", "--isolated", "--no-cache", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def both(cluster, *arguments):
    """What one process reports, and what the cluster does."""
    as_json = ("--output-format", "json", *arguments)
    spread = run("--executor", f"dask://{cluster.address}", *as_json)
    alone = run("--jobs", "1", *as_json)
    assert spread.exit_code == alone.exit_code
    return json.loads(alone.stdout), json.loads(spread.stdout)


@needs_dask
@pytest.mark.parametrize(
    "paths", [["."], ["other", "a1", "a2"], ["other/p000.json"], ["other/p000.json", "a0", "gone"]]
)
def test_the_report_is_the_same(cluster, client, tmp_path, monkeypatch, paths):
    organisation(tmp_path)
    monkeypatch.chdir(tmp_path)
    alone, spread = both(cluster, *paths)
    assert alone["findings"]
    assert spread == alone


@needs_dask
def test_exports_of_one_account_are_looked_at_together(cluster, client, tmp_path, monkeypatch):
    first, second = account("111122223333", "444455556666"), account("111122223333", "444455556666")
    del first["RoleDetailList"], second["UserDetailList"]
    written(tmp_path, {"one/users.json": first, "two/roles.json": second})
    monkeypatch.chdir(tmp_path)
    alone, spread = both(cluster, ".")
    assert alone["summary"]["accounts"] == 1
    assert spread == alone


@needs_dask
def test_a_worker_that_dies_loses_nothing(cluster, client, tmp_path, monkeypatch):
    written(tmp_path, {f"p{number:03}.json": policy(number) for number in range(400)})
    monkeypatch.chdir(tmp_path)
    cluster.add("victim")
    wait_until(lambda: len(client.nthreads()) == 3)
    killer = killed_at_work(cluster, client, "victim")
    alone, spread = both(cluster, "--select", "invalid-action,redundant-action", ".")
    killer.join()
    assert "victim" not in cluster.workers, "it died with work in its hands"
    notes = spread.pop("notes")
    assert notes == ["a worker of the cluster went away: what it had not done was handed to others"]
    assert alone.pop("notes") == []
    assert spread == alone


def killed_at_work(cluster, client, name):
    """A thread that kills a worker once it has something to do."""
    address = next(at for at, told in client.scheduler_info()["workers"].items() if told["name"] == name)

    def kill():
        wait_until(lambda: client.processing().get(address))
        cluster.workers.pop(name).send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    return killer


@needs_dask
def test_without_workers_what_is_not_done_is_told(tmp_path, monkeypatch):
    from distributed import Client

    from iamlint.engine import cluster as waits

    monkeypatch.setattr(waits, "_WITHOUT", 1)
    monkeypatch.setattr(waits, "_LOOK", 0.2)
    monkeypatch.chdir(tmp_path)
    written(tmp_path, {f"in/p{number:03}.json": policy(number) for number in range(700)})
    lone = Cluster(tmp_path)
    try:
        refused = run("--executor", f"dask://{lone.address}", "in")
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert refused.stderr == f"Error: --executor: the cluster at {lone.address} has no workers\n"
        lone.add("only")
        with Client(lone.address, set_as_default=False) as client:
            wait_until(client.nthreads)
            killer = killed_at_work(lone, client, "only")
            result = run("--executor", f"dask://{lone.address}", "--output-format", "json", "--no-rewrites", "in")
            killer.join()
    finally:
        lone.close()
    report = json.loads(result.stdout)
    told = [error["path"] for error in report["errors"]]
    assert told
    assert told[-1] == "in/p699.json"
    assert len(told) + report["summary"]["files"] == 700
    assert {error["message"] for error in report["errors"]} == {"not checked: the cluster has had no workers for 1 s"}


@needs_dask
def test_what_is_no_cluster_is_one_message(tmp_path, monkeypatch):
    from iamlint.engine import cluster as waits

    monkeypatch.setattr(waits, "_SECONDS", 1)
    result = run("--executor", "dask://127.0.0.1:9", str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: --executor: no Dask cluster answers at 127.0.0.1:9: ")
    assert result.stderr.count("\n") == 1


@needs_dask
def test_workers_of_another_version_are_refused(cluster, client, tmp_path, monkeypatch):
    from iamlint.engine import spread

    monkeypatch.setattr(spread, "versions", lambda: ("0.0.1", "2020-01-01"))
    written(tmp_path, {"p.json": policy(1)})
    result = run("--executor", f"dask://{cluster.address}", str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "here is iamlint 0.0.1 with those of 2020-01-01" in result.stderr


@pytest.mark.parametrize(
    "named", ["127.0.0.1:8786", "http://h:1", "dask://h", "dask://h/x:1", "dask://:1", "dask://h:x"]
)
def test_what_names_no_cluster(named, tmp_path):
    result = run("--executor", named, str(tmp_path))
    assert result.exit_code == 2
    assert "a cluster is named as dask://HOST:PORT" in result.stderr


@pytest.mark.parametrize("other", ["--fix", "--diff", "--force-exclude", "-"])
def test_what_it_does_not_go_with(other):
    assert run("--executor", "dask://h:1", other).exit_code == 2


def test_no_configuration_names_a_cluster(tmp_path):
    path = tmp_path / "iamlint.toml"
    path.write_text('executor = "dask://h:1"\n')
    result = CliRunner().invoke(main, ["check", "--config", str(path), str(tmp_path)])
    assert result.exit_code == 2
    assert "executor" in result.stderr


def test_without_dask_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = run("--executor", "dask://127.0.0.1:9", str(tmp_path))
    assert result.exit_code == 2
    assert "pip install 'iamlint[dask]'" in result.stderr
