"""Trails with known truth: a generator's, and real logs with facts that were counted from them."""

import json
import subprocess
import sys
from collections import defaultdict

import pytest

from tests.support import corpus

pytest.importorskip("duckdb", reason="the extra `usage` is not installed")

from iamlint.usage.run import collect, rows_of


def calls(rows):
    return [row for row in rows if row.nth == 0]


def by_key(rows):
    found = defaultdict(list)
    for row in rows:
        if row.access_key.startswith("AKIA"):
            found[row.access_key].append(row)
    return found


def generated(folder, seed, events="4000"):
    command = [sys.executable, corpus("bench/gen_snapshot.py"), folder, "--users", "100", "--trail-events", events]
    subprocess.run([*command, "--seed", seed], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return json.loads((folder / "truth.json").read_text())["trail"]


@pytest.mark.parametrize("seed", ["1", "2", "3", "11"])
def test_what_the_keys_did(tmp_path, seed):
    truth = generated(tmp_path, seed)
    rows = rows_of([str(tmp_path / "cloudtrail")])
    assert sum(row.calls for row in calls(rows)) == truth["events"]
    found = by_key(rows)
    assert found.keys() == truth["keys"].keys()
    for key, want in truth["keys"].items():
        own = calls(found[key])
        assert {row.principal.rpartition("/")[2] for row in own} == {want["user"]}
        assert sum(row.calls for row in own) == want["events"]
        assert sum(row.calls for row in own if row.denied) == want["denied"]
        assert min(row.first_seen for row in own) == want["first"]
        assert max(row.last_seen for row in own) == want["last"]
        assert {row.source_address for row in own} == set(want["ips"])
        assert {row.vpc_endpoint for row in own} - {""} == set(want["vpce"])
        # The generator lists the first agent only; GitHub's workflows have another one.
        agents = {row.agent for row in own}
        assert set(want["user_agents"]) <= agents
        assert len(agents) == 1 or want["workload"] == "github-actions"
        assert {row.action.lower() for row in found[key]} == {action.lower() for action in want["actions"]}


def test_several_processes_find_the_same(tmp_path):
    generated(tmp_path, "5")
    trail = str(tmp_path / "cloudtrail")
    for name, jobs in (("one", 1), ("two", 2)):
        collect([trail], str(tmp_path / f"{name}.jsonl"), jobs=jobs)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_a_trail_delivered_twice_counts_once(tmp_path):
    truth = generated(tmp_path, "6", "500")
    trail = str(tmp_path / "cloudtrail")
    rows = rows_of([trail, trail])
    assert sum(row.calls for row in calls(rows)) == truth["events"]


def test_real_logs():
    folder = corpus("corpora/cloudtrail")
    want = json.loads((folder / "expected.json").read_text())
    rows = rows_of(sorted(str(path) for path in folder.glob("*CloudTrail*.json")))
    own = calls(rows)
    assert sum(row.calls for row in own) == want["records"]
    assert sum(row.calls for row in own if row.denied) == want["denied"]
    types = defaultdict(int)
    sources = defaultdict(int)
    for row in own:
        types[row.principal_type or "(none)"] += row.calls
        sources[row.event.partition(":")[0] + ".amazonaws.com"] += row.calls
    assert types == want["userIdentity_types"]
    assert sources == want["event_sources"]
    assert not [row for row in own if row.status == "unmapped"]
    found = by_key(rows)
    assert found.keys() == want["long_lived_keys"].keys()
    for key, told in want["long_lived_keys"].items():
        each = calls(found[key])
        assert sum(row.calls for row in each) == told["events"]
        assert min(row.first_seen for row in each) == told["first"]
        assert max(row.last_seen for row in each) == told["last"]
        assert {row.source_address for row in each if not row.via} == set(told["ips"])
        assert {row.vpc_endpoint for row in each} - {""} == set(told["vpce"])
        assert {row.agent_family for row in each if not row.via} == set(told["agents"])
        assert {row.principal.rpartition("/")[2] for row in each} == {told["user"]}


def test_real_logs_are_read_whole():
    folder = corpus("corpora/cloudtrail")
    summary = collect([str(folder)])
    assert not summary.damaged
    assert {one.path.rpartition("/")[2] for one in summary.foreign} == {
        "LICENSE.invictus",
        "README.md",
        "expected.json",
    }
