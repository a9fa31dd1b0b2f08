"""What a check of one small file may load beside click: whatever else comes in costs every hook of everybody."""

import json
import os
import subprocess
import sys

import pytest

from tests.support import ROOT

LOADED = """
import sys
import click
before = set(sys.modules)
from iamlint.cli import main
sys.argv = ["iamlint", "check", "--isolated", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(*sorted(set(sys.modules) - before), file=sys.stderr)
"""
STANDARD = {"_bisect", "_blake2", "_json", "array", "atexit", "bisect", "gc"} | {
    f"json{part}" for part in ("", ".decoder", ".encoder", ".scanner")
}
KNOWN_BEFORE = {
    "": "aws cli config engine finding lazy load record report rules syntax",
    "aws.": "installed",
    "cli.": "asked check checking chosen output parameters",
    "engine.": "facts kept run workers",
    "engine.kept.": "digest entries folder results stamp store",
    "load.": "files repository",
    "report.": "excerpt text wording",
    "syntax.": "encoding lines printing problem",
}
"""For a file whose results are kept: neither rules, nor facts, nor what reads JSON with its places."""
LOOKED_AT = {
    "": "analyse memo model rule",
    "analyse.": "actions arns conditions resources variables wildcards work",
    "aws.": "api_names arns catalogue glob history partitions",
    "engine.": "analysis calls dispatch index locate registry select",
    "load.": "document read recognise",
    "model.": "cached fact policy spot",
    "rule.": "base context document families",
    "rule.families.": "arns condition_keys drafts limits names pairs scopable spelling",
    "syntax.": "change embedded near parsing seek tree",
}
"""For one that is looked at, in addition."""
RULES = {
    "action_resource_mismatch",
    "invalid_action",
    "invalid_service_in_action",
    "retired_action",
    "wildcard_resource",
}
"""Rules that such a file calls for; the rest of the folder stays closed."""


def names(rooms):
    return {"iamlint"} | {f"iamlint.{room}{name}" for room, listed in rooms.items() for name in listed.split()}


def policy(action, resource="*"):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


CLEAN = policy("s3:GetObject", "arn:aws:s3:::example-bucket/*")
MISSPELT = policy("ec2:DescribeInstnaces")


def loaded(folder, text, *arguments):
    (folder / "p.json").write_text(text)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", LOADED, "p.json", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    return set(done.stderr.splitlines()[-1].split())


@pytest.fixture(autouse=True, scope="module")
def index_of_rules(tmp_path_factory):
    """A first run writes the index of the rules."""
    loaded(tmp_path_factory.mktemp("first"), CLEAN)


@pytest.mark.parametrize("text", [CLEAN, MISSPELT], ids=["clean", "misspelt"])
def test_a_file_that_is_looked_at(tmp_path, text):
    found = loaded(tmp_path, text)
    allowed = names(KNOWN_BEFORE) | names(LOOKED_AT) | {f"iamlint.rules.{rule}" for rule in RULES}
    assert found <= STANDARD | allowed
    assert "iamlint.rules.action_resource_mismatch" in found


@pytest.mark.parametrize("text", [CLEAN, MISSPELT], ids=["clean", "misspelt"])
def test_a_file_whose_results_are_kept(tmp_path, text):
    work = tmp_path / "work"
    work.mkdir()
    loaded(work, text, "--cache-dir", str(tmp_path / "kept"))
    found = loaded(work, text, "--cache-dir", str(tmp_path / "kept"))
    assert found <= STANDARD | names(KNOWN_BEFORE)
    assert "iamlint.engine.kept" in found
    if text == CLEAN:
        assert "json" not in found


def test_everything_of_a_broad_policy(tmp_path):
    found = loaded(tmp_path, policy("*"))
    assert {name for name in found if not name.startswith("iamlint")} <= STANDARD
    assert len([name for name in found if name.startswith("iamlint.rules.")]) <= 10
