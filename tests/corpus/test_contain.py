"""`compare` over pairs of policies with known verdicts."""

import json
from typing import Any

import pytest

from iamlint.analyse import Comparison, compare
from iamlint.model import Policy, detect_kind
from tests.support import corpus

DEVIATIONS = {
    "quacky-9252f96c8809": """
        The new policy has no `Version`, so that `${aws:username}` is plain text in it (AWS IAM User Guide, "IAM JSON
        policy elements: Version": variables need 2012-10-17). The case takes it for a variable. As it stands a tag with
        just that text gives new access; the answer is that the two readings differ.
    """,
}
"""Cases that are answered otherwise than expected, and why."""


def kind_of(case: dict[str, Any]) -> str:
    """A pair is one of policies on resources iff one of the two names principals."""
    kinds = {detect_kind(case["old"]), detect_kind(case["new"])}
    return "identity" if kinds == {"identity"} else "trust" if "resource" not in kinds else "resource"


@pytest.fixture(scope="module")
def answers() -> list[tuple[dict[str, Any], Comparison]]:
    """Each case with the answer to it."""
    path = corpus("corpora/contain/visible.jsonl")
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [(case, compare(*(Policy(case[side], kind_of(case)) for side in ("old", "new")))) for case in cases]


def test_no_verdict_is_wrong(answers: list[tuple[dict[str, Any], Comparison]]) -> None:
    wrong = [
        (case["id"], case["note"], found)
        for case, found in answers
        if found.verdict != "cannot-tell" and (found.verdict == "new-access") is not case["new_access"]
    ]
    assert wrong == []


def test_nearly_all_are_decided(answers: list[tuple[dict[str, Any], Comparison]]) -> None:
    undecided = {case["id"]: found.reason for case, found in answers if found.verdict == "cannot-tell"}
    assert undecided.keys() <= DEVIATIONS.keys()
    assert len(undecided) <= len(answers) // 100
