"""Results that are kept come back byte by byte, in every format, without any rule being asked."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.engine.analysis import Analysis
from iamlint.report import FORMATS
from tests.kept.running import check, entries
from tests.support import ROOT

LOUD = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*", "s3:GetObjcet"], "Resource": "*"},
        {"Sid": "A", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:TokenIssueTime": True}}},
        {"Effect": "Deny", "NotAction": "iam:*", "Resource": "\u001b[31m\ud800", "Condition": {"Bool": {"aws:x": 1}}},
    ],
}
QUIET = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-bucket/*"}],
}


def no_analysis(*arguments: object) -> None:
    raise AssertionError("a rule was asked")


@pytest.fixture
def scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scanned"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("more", [(), ("--statistics",), ("--rewrites",), ("--min-severity", "error")])
def test_every_format(scanned, tmp_path, monkeypatch, format_, more):
    (scanned / "loud.json").write_text(json.dumps(LOUD, indent=1))
    (scanned / "quiet.json").write_text(json.dumps(QUIET))
    (scanned / "wide.json").write_bytes(json.dumps(LOUD).encode("utf-16"))
    arguments = ["--output-format", format_, *more]
    plain, first = check(*arguments), check(*arguments, cache=tmp_path / "kept")
    assert len(entries(tmp_path / "kept")) == 3
    monkeypatch.setattr(Analysis, "outcomes", no_analysis)
    again = check(*arguments, cache=tmp_path / "kept")
    assert (plain.output, plain.exit_code) == (first.output, first.exit_code) == (again.output, again.exit_code)


def test_the_fixtures(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "fixtures", tmp_path / "fixtures")
    monkeypatch.chdir(tmp_path)
    arguments = ["fixtures", "--output-format", "json"]
    plain, first = check(*arguments).output, check(*arguments, cache=tmp_path / "kept").output
    assert entries(tmp_path / "kept")
    assert plain == first == check(*arguments, cache=tmp_path / "kept").output


def test_one_changed_file_is_all_that_is_looked_at(scanned, tmp_path, monkeypatch):
    for number in range(5):
        (scanned / f"{number}.json").write_text(json.dumps(LOUD))
    check(cache=tmp_path / "kept")
    (scanned / "3.json").write_text(json.dumps(LOUD).replace("s3:GetObjcet", "s3:PutObjcet"))
    looked_at = []
    outcomes = Analysis.outcomes

    def counted(self, tasks, *arguments, **named):
        looked_at.extend(task.path for task in tasks)
        return outcomes(self, tasks, *arguments, **named)

    monkeypatch.setattr(Analysis, "outcomes", counted)
    again = check("--output-format", "json", "--no-rewrites", cache=tmp_path / "kept").output
    assert looked_at == ["3.json"]
    assert again == check("--output-format", "json", "--no-rewrites").output


def test_exceptions_and_baseline_meet_kept_findings(scanned, tmp_path):
    (scanned / "loud.json").write_text(json.dumps(LOUD))
    (scanned / "iamlint.toml").write_text(
        '[[exceptions]]\nrule = "invalid-action"\npath = "loud.json"\nreason = "known"\n'
        '[[exceptions]]\nrule = "wildcard-action"\npath = "gone.json"\nreason = "none"\n'
    )
    check("--baseline", tmp_path / "base", "--update-baseline", "--select", "invalid-action", "--no-exceptions")
    for arguments in (["--show-suppressed"], ["--output-format", "json"], ["--baseline", tmp_path / "base"]):
        plain = check(*arguments).output
        assert plain == check(*arguments, cache=tmp_path / "kept").output
        assert plain == check(*arguments, cache=tmp_path / "kept").output


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["*", "s3:Get*", "Allow", "Deny"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
STATEMENTS = st.dictionaries(
    st.sampled_from(["Sid", "Effect", "Action", "NotAction", "Resource", "Principal", "Condition", "Odd"]),
    VALUES,
    max_size=5,
)


@settings(max_examples=40)
@given(st.lists(STATEMENTS, max_size=3), st.booleans())
def test_any_document(tmp_path_factory, statements, rewrites):
    folder = tmp_path_factory.mktemp("any")
    (folder / "p").mkdir()
    path = folder / "p" / "p.json"
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))
    arguments = [path, "--isolated", "--output-format", "json", "--rewrites" if rewrites else "--no-rewrites"]
    plain = check(*arguments).output
    assert plain == check(*arguments, cache=folder / "kept").output
    assert plain == check(*arguments, cache=folder / "kept").output
