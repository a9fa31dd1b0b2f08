"""SARIF as Microsoft's SARIF Multitool judges it, with its rules for GitHub.

`npm install @microsoft/sarif-multitool` brings the program; `SARIF_MULTITOOL` names it where it is not on the path.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from iamlint.cli import main
from tests.support import ROOT, corpus
from tests.test_report.made import everything, written

PROGRAM = os.environ.get("SARIF_MULTITOOL") or shutil.which("Sarif.Multitool") or shutil.which("sarif-multitool")

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="the SARIF Multitool is not installed (npm @microsoft/sarif-multitool, or SARIF_MULTITOOL)"
)


def judged(path: Path) -> list[tuple[str, str]]:
    """Level and rule of each of its findings, without notes; those are advice on style."""
    answer = path.with_suffix(".judged")
    options = ["--rule-kind", "Sarif;Gh", "--level", "Error;Warning", "--log", "ForceOverwrite", "--quiet"]
    subprocess.run(
        [str(PROGRAM), "validate", str(path), "--output", str(answer), *options],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        check=False,
        capture_output=True,
    )
    run = json.loads(answer.read_text("utf-8-sig"))["runs"][0]
    assert run["invocations"][0]["executionSuccessful"]
    return sorted({(result.get("level", "warning"), result["ruleId"]) for result in run["results"]})


# Its only warning: there is no `informationUri`, since the project has no page of its own.
ACCEPTED = [("warning", "SARIF2005")]


def test_everything_that_a_report_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "made.sarif"
    path.write_text(written("sarif", everything(), sarif_suppressed=True, sarif_category="nightly"), "utf-8")
    assert judged(path) == ACCEPTED


def test_fixtures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    path = tmp_path / "fixtures.sarif"
    CliRunner().invoke(main, ["check", "fixtures", "--preview", "--report", f"sarif={path}"])
    assert judged(path) == ACCEPTED


def test_all_managed_policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    with gzip.open(
        corpus("corpora/managed-policies/managed-policies.visible.jsonl.gz"), "rt", encoding="utf-8"
    ) as file:
        for line in file:
            entry = json.loads(line)
            (tmp_path / f"{entry['name']} ä#%.json").write_text(json.dumps(entry["document"], indent=2), "utf-8")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "managed.sarif"
    CliRunner().invoke(main, ["check", ".", "--preview", "--report", f"sarif={path}"])
    assert judged(path) == ACCEPTED


def test_it_does_find_faults(tmp_path: Path) -> None:
    broken = json.loads(written("sarif", everything()))
    broken["runs"][0]["results"][0]["locations"] = []
    path = tmp_path / "broken.sarif"
    path.write_text(json.dumps(broken), "utf-8")
    assert ("error", "GH1015") in judged(path)
