"""Several processes give what one gives, and a process that dies loses nothing."""

import json
import os
import sys

import pytest

from iamlint import check
from iamlint.config import Settings
from iamlint.engine import analysis
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.engine.workers import WorkerDied, processes, results
from iamlint.finding import Report
from iamlint.load import load_text

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="processes are shared by forks")


def policy(number: int) -> dict[str, object]:
    """Something to find in each: a star, an action that nobody lists, a pattern that another one covers."""
    actions = ["s3:*", f"s3:GetObjct{number % 7}", "s3:Get*"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": f"arn:aws:s3:::bucket-{number}/*"}
    return {"Version": "2012-10-17", "Statement": [statement, {"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def account(users: int) -> dict[str, object]:
    def user(number: int) -> dict[str, object]:
        name = f"user-{number}"
        return {
            "UserName": name,
            "UserId": f"AIDA{number:012}",
            "Arn": f"arn:aws:iam::111122223333:user/{name}",
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": policy(number)}],
        }

    return {"UserDetailList": [user(number) for number in range(users)], "IsTruncated": False}


@pytest.mark.parametrize("shape", ["files", "account"])
def test_the_report_is_the_same(tmp_path, monkeypatch, shape):
    monkeypatch.setattr(analysis, "_ENOUGH", 0)
    monkeypatch.chdir(tmp_path)
    if shape == "files":
        for number in range(150):
            (tmp_path / f"p{number:03}.json").write_text(json.dumps(policy(number)), encoding="utf-8")
    else:
        (tmp_path / "details.json").write_text(json.dumps(account(150)), encoding="utf-8")
    one, two = (check(["."], isolated=True, jobs=jobs) for jobs in (1, 2))
    assert len(one.findings) > 300
    assert two == one
    assert [f.fingerprint for f in two.findings] == [f.fingerprint for f in one.findings]


def test_results_come_in_order():
    met = []
    found = list(
        results(lambda index: index * index, range(50), 2, lambda: met.append("died"), lambda: met.append("here"))
    )
    assert found == [index * index for index in range(50)]
    assert met == ["here"]


def test_more_may_be_given_while_results_are_taken():
    given, found = [1, 2], []
    for result in results(lambda number: number * 10, given, 2, lambda: None, lambda: None):
        found.append(result)
        if len(given) < 30:
            given += [result, result + 1]
    assert found == [number * 10 for number in given]
    assert len(found) == 30


def test_what_work_raises_is_raised():
    def work(index: int) -> int:
        if index == 3:
            raise ValueError("of index 3")
        return index

    with pytest.raises(ValueError, match="of index 3"):
        list(results(work, range(5), 2, lambda: None, lambda: None))


def test_work_of_a_process_that_dies_is_done_again(tmp_path):
    mark = tmp_path / "died"

    def work(index: int) -> int:
        if index == 7 and not mark.exists():
            mark.touch()
            os._exit(1)
        return index

    deaths = []
    assert list(results(work, range(20), 2, lambda: deaths.append(1), lambda: None)) == list(range(20))
    assert deaths == [1]


def test_work_that_always_kills_its_process_is_given_up():
    def work(index: int) -> int:
        if index == 7:
            os._exit(1)
        return index

    with pytest.raises(WorkerDied):
        list(results(work, range(20), 2, lambda: None, lambda: None))


def test_what_was_not_checked_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(analysis, "_ENOUGH", 0)
    monkeypatch.setattr(analysis, "_sent", lambda outcome: os._exit(1))
    for number in range(2):
        (tmp_path / f"p{number}.json").write_text(json.dumps(policy(number)), encoding="utf-8")
    report = check([tmp_path], isolated=True, jobs=2)
    assert sorted(os.path.basename(error.path) for error in report.errors) == ["p0.json", "p1.json"]
    assert all("not checked to its end" in error.message for error in report.errors)
    assert any("done again" in note for note in report.notes)


def test_auto_is_what_the_machine_has():
    assert processes(3) == 3
    assert processes(None) >= 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_first_findings_of_each_rule_get_a_rewrite(tmp_path, monkeypatch, jobs):
    def report_of(jobs: int) -> Report:
        settings = Settings(root=str(tmp_path))
        run = Run(settings, rules, rewrites=True, jobs=jobs)
        run.add(load_text("details.json", json.dumps(account(12)), settings))
        return run.report()

    rules = load_rules(Settings(root=str(tmp_path)))
    every = report_of(1).findings
    monkeypatch.setattr(analysis, "_ENOUGH", 0)
    monkeypatch.setattr(analysis, "MOST_IN_EXPORTS", 3)
    report = report_of(jobs)
    assert [finding._replace(rewrite=None) for finding in report.findings] == [f._replace(rewrite=None) for f in every]
    shown: dict[str, int] = {}
    for whole, finding in zip(every, report.findings, strict=True):
        if whole.rewrite is not None:
            shown[finding.rule] = shown.get(finding.rule, 0) + 1
            assert finding.rewrite == (whole.rewrite if shown[finding.rule] <= 3 else None)
    assert max(shown.values()) > 3
    note = next(note for note in report.notes if "the first 3 findings of each rule" in note)
    assert all(rule in note for rule, count in shown.items() if count > 3)
