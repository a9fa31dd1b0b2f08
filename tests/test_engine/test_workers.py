"""Several processes give what one gives, and a process that dies loses nothing."""

import json
import os
import sys

import pytest

from iamlint import check
from iamlint.engine import analysis
from iamlint.engine.workers import WorkerDied, processes, results

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
    found = list(results(lambda index: index * index, 50, 2, lambda: met.append("died"), lambda: met.append("here")))
    assert found == [index * index for index in range(50)]
    assert met == ["here"]


def test_what_work_raises_is_raised():
    def work(index: int) -> int:
        if index == 3:
            raise ValueError("of index 3")
        return index

    with pytest.raises(ValueError, match="of index 3"):
        list(results(work, 5, 2, lambda: None, lambda: None))


def test_work_of_a_process_that_dies_is_done_again(tmp_path):
    mark = tmp_path / "died"

    def work(index: int) -> int:
        if index == 7 and not mark.exists():
            mark.touch()
            os._exit(1)
        return index

    deaths = []
    assert list(results(work, 20, 2, lambda: deaths.append(1), lambda: None)) == list(range(20))
    assert deaths == [1]


def test_work_that_always_kills_its_process_is_given_up():
    def work(index: int) -> int:
        if index == 7:
            os._exit(1)
        return index

    with pytest.raises(WorkerDied):
        list(results(work, 20, 2, lambda: None, lambda: None))


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
