"""`iamlint evaluate --jsonl` over requests with known verdicts."""

import json
from collections import Counter
from typing import Any

import pytest
from click.testing import CliRunner

from iamlint.cli.evaluate import evaluate
from tests.support import corpus


@pytest.fixture(scope="module")
def answers() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each case with the answer to it."""
    path = corpus("corpora/evaluate/visible.jsonl")
    result = CliRunner().invoke(evaluate, ["--jsonl", str(path)])
    assert (result.exit_code, result.stderr) == (0, "")
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [case["id"] for case in cases] == [answer["id"] for answer in lines]
    return list(zip(cases, lines, strict=True))


def is_right(case: dict[str, Any], answer: dict[str, Any]) -> bool:
    if case["expect"] == "Denied":
        return answer["decision"] in ("ImplicitlyDenied", "ExplicitlyDenied")
    return bool(answer["decision"] == case["expect"])


def needs_more(case: dict[str, Any]) -> bool:
    return bool(case["scps"] or case["rcps"] or case["resource_policy"] or case["session"])


def test_sure_cases_of_identity_policies_and_boundary(answers: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    sure = [(case, answer) for case, answer in answers if case["doubt"] is None and not needs_more(case)]
    assert len(sure) > 200
    assert [(case["id"], case["note"], answer) for case, answer in sure if not is_right(case, answer)] == []


def test_what_is_not_evaluated_is_said(answers: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """A Deny of an identity policy or boundary stands whatever else there is; all other answers wait."""
    for case, answer in answers:
        if needs_more(case):
            assert answer["decision"] == "CannotTell" or is_right(case, answer), case["id"]
        else:
            assert answer["decision"] != "CannotTell", case["id"]


def test_doubtful_cases(answers: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """One tool's reading each. Where we differ, and why:

    - `service-behaviour`: that AWS managed policies, reserved roles and `alias/aws/…` cannot be changed is no answer
      of policy evaluation: the services refuse those calls whatever the policies say.
    - `malformed-value`: a value that is not of the operator's type matches nothing, so that the negated operator
      holds ("Condition operators": negated matching is true where there is no match). One tool lets negated
      operators fail too, another takes what is no boolean for false.
    - `short-arn`: an incomplete ARN is completed with `*` ("Resource": `arn:aws:sqs` is `arn:aws:sqs:*:*:*`). One tool
      does so as well, but lets `NotResource` match nothing where a field of such an ARN differs, which is not written
      anywhere.
    """
    right = Counter(
        case["doubt"] for case, answer in answers if case["doubt"] and not needs_more(case) and is_right(case, answer)
    )
    floor = {
        "short-arn": 17,
        "malformed-action": 14,
        "malformed-value": 12,
        "service-behaviour": 10,
        "vendor-null": 9,
        "assume-role-without-trust-policy": 1,
    }
    assert {doubt: count for doubt, count in floor.items() if right[doubt] < count} == {}
