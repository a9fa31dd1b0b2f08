"""`iamlint evaluate --jsonl` over requests with known verdicts."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from iamlint.cli.evaluate import evaluate
from tests.support import corpus

Case = dict[str, Any]


@pytest.fixture(scope="module")
def answers() -> list[tuple[Case, dict[str, Any]]]:
    """Each case with the answer to it."""
    path = corpus("corpora/evaluate/visible.jsonl")
    result = CliRunner().invoke(evaluate, ["--jsonl", str(path)])
    assert (result.exit_code, result.stderr) == (0, "")
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [case["id"] for case in cases] == [answer["id"] for answer in lines]
    return list(zip(cases, lines, strict=True))


def is_right(case: Case, answer: dict[str, Any]) -> bool:
    if case["expect"] == "Denied":
        return answer["decision"] in ("ImplicitlyDenied", "ExplicitlyDenied")
    return bool(answer["decision"] == case["expect"])


def test_sure_cases(answers: list[tuple[Case, dict[str, Any]]]) -> None:
    sure = [(case, answer) for case, answer in answers if case["doubt"] is None]
    assert len(sure) > 300
    assert [(case["id"], case["note"], answer) for case, answer in sure if not is_right(case, answer)] == []


def test_nothing_is_left_open_where_all_is_given(answers: list[tuple[Case, dict[str, Any]]]) -> None:
    assert [case["id"] for case, answer in answers if answer["decision"] == "CannotTell"] == []


class Deviation(NamedTuple):
    """Where we answer otherwise than a doubtful case expects: which cases, what we say, and by which page of AWS."""

    doubt: str
    holds: Callable[[Case], bool]
    ours: str
    page: str
    argument: str


def _texts(case: Case) -> str:
    return json.dumps(case["identity_policies"])


def _request(case: Case) -> str:
    return str(case["request"]["resource"])


DEVIATIONS = [
    Deviation(
        "service-behaviour",
        lambda case: any(mark in _request(case) for mark in ("iam::aws:policy/", "role/aws-reserved/", ":alias/aws/")),
        "Allowed",
        "IAM User Guide, Policy evaluation logic",
        "That AWS managed policies, reserved roles and `alias/aws/…` cannot be changed is no step of evaluation: the "
        "services refuse those calls with an error of their own, whatever the policies say.",
    ),
    Deviation(
        "malformed-value",
        lambda case: "Not" in _texts(case),
        "Allowed",
        "IAM User Guide, IAM JSON policy elements: Condition operators",
        "A negated operator is the positive one, negated: what is no number, address or ARN, and a variable without a "
        "value, equals nothing, so that it holds. One tool lets negated operators fail as well.",
    ),
    Deviation(
        "malformed-value",
        lambda case: '"Bool"' in _texts(case),
        "ImplicitlyDenied",
        "IAM User Guide, IAM JSON policy elements: Condition operators",
        "Bool matches the keys' values `true` and `false`; one tool takes every other text for `false`.",
    ),
    Deviation(
        "short-arn",
        lambda case: "NotResource" in _texts(case) or "NotResource" in json.dumps(case["boundary"]),
        "Allowed",
        "IAM User Guide, IAM JSON policy elements: NotResource",
        "It matches every resource except those listed. A short ARN completed with `*` that differs in a field lists "
        "other resources; one tool lets the statement match nothing then, which is written nowhere.",
    ),
    Deviation(
        "short-arn",
        lambda case: bool(case["resource_policy"]),
        "completed",
        "IAM User Guide, IAM JSON policy elements: Resource",
        "An ARN with fewer than six fields is completed with `*` in each that is missing; the page makes no difference "
        "between kinds of policies. One tool completes none in policies on resources.",
    ),
    Deviation(
        "short-arn",
        lambda case: bool(case["scps"] or case["rcps"]),
        "ExplicitlyDenied",
        "Organizations User Guide, SCP syntax and RCP syntax",
        "One tool expects that Organizations refuses to save such a policy, and skips its statement. We answer for the "
        "text as it is given, completed as the page Resource says.",
    ),
]


def test_doubtful_cases(answers: list[tuple[Case, dict[str, Any]]]) -> None:
    """Each deviation is one of those argued above, and each argument is needed."""
    used: set[int] = set()
    for case, answer in answers:
        if case["doubt"] is None or is_right(case, answer):
            continue
        found = [n for n, known in enumerate(DEVIATIONS) if known.doubt == case["doubt"] and known.holds(case)]
        assert found, (case["id"], case["note"], answer)
        ours = DEVIATIONS[found[0]].ours
        listed = "NotResource" in json.dumps(case["resource_policy"])
        expected = ("ImplicitlyDenied" if listed else "Allowed") if ours == "completed" else ours
        assert answer["decision"] == expected, (case["id"], case["note"], answer)
        used.add(found[0])
    assert used == set(range(len(DEVIATIONS)))


def test_most_doubtful_cases_are_answered_as_expected(answers: list[tuple[Case, dict[str, Any]]]) -> None:
    doubtful = [is_right(case, answer) for case, answer in answers if case["doubt"]]
    assert sum(doubtful) * 100 >= 70 * len(doubtful)
