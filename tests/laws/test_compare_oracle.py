"""`compare` against a second encoding of the same question, for z3 (`tests.oracle`), with no code in common.

Both may say that they cannot tell; where both tell, they must say the same.
"""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from itertools import product
from random import Random
from typing import Any

import pytest

from iamlint.analyse import Request, compare, evaluate
from iamlint.model import Policy
from tests import oracle
from tests.oracle import pairs
from tests.oracle.classes import ANYTHING, classes
from tests.oracle.terms import MARK, STAR, glob, matches
from tests.support import corpus

Document = dict[str, Any]
VERDICTS = {False: "no-new-access", True: "new-access"}
HOME = "111122223333"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FULL = Policy({"Statement": EVERYTHING}, "identity")
ACCOUNT = Policy({"Statement": EVERYTHING | {"Principal": {"AWS": HOME}}}, "resource")


def both(old: Sequence[Document], new: Sequence[Document], kind: str, **how: Any) -> str:
    """What both say; fails where they differ."""
    theirs = oracle.decide(old, new, milliseconds=3000, **how)
    ours = compare([Policy(each, kind) for each in old], [Policy(each, kind) for each in new], **how)
    if theirs.new_access is None or ours.verdict == "cannot-tell":
        return "unclear"
    assert ours.verdict == VERDICTS[theirs.new_access], (old, new, ours, theirs)
    if theirs.witness is not None:
        assert not is_allowed(theirs.witness, old, kind), (old, theirs)
        assert is_allowed(theirs.witness, new, kind), (new, theirs)
    return ours.verdict


def is_allowed(witness: dict[str, Any], documents: Sequence[Document], kind: str) -> bool:
    """Whether `evaluate` allows the request that z3 found, with nothing else in its way."""
    policies = [Policy(each, kind) for each in documents]
    nothing: dict[str, Any] = {"boundary": (), "scps": (), "rcps": (), "session": ()}
    action, resource, context = (witness[part] for part in ("action", "resource", "context"))
    if kind == "identity":
        # A policy on the resource hands on to the account, so that keys and roles need no exception.
        request = Request(f"arn:aws:iam::{HOME}:role/app", action, resource, HOME, context)
        return evaluate(request, policies, resource_policy=ACCOUNT, **nothing).allowed
    # In another account the policy on the resource must allow, whomever it names and how.
    request = Request(witness["principal"], action, resource, "999999999999", context)
    return evaluate(request, [FULL], resource_policy=policies, **nothing).allowed


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_random_pairs(start: int) -> None:
    said = Counter(
        both([old], [new], "identity") for old, new in map(pairs.pair, map(Random, range(start, start + 50)))
    )
    assert said["unclear"] <= 2
    assert min(said["new-access"], said["no-new-access"]) >= 10


@pytest.mark.parametrize("start", range(0, 100, 50))
def test_random_pairs_of_policies_on_resources(start: int) -> None:
    found = [pairs.pair(Random(seed), named=True) for seed in range(start, start + 50)]
    said = Counter(both([old], [new], "resource") for old, new in found)
    assert said["unclear"] <= 2
    assert min(said["new-access"], said["no-new-access"]) >= 10


def test_random_pairs_where_wildcards_go_on_at_the_colon() -> None:
    """Variables in a text without fields are hard for z3, so they are left out."""
    found = [pair for pair in map(pairs.pair, map(Random, range(120))) if "${" not in json.dumps(pair)]
    said = Counter(both([old], [new], "identity", across_colons=True) for old, new in found)
    assert said["unclear"] <= 2
    assert min(said["new-access"], said["no-new-access"]) >= 10


def test_several_policies_are_one() -> None:
    """Statements may stand in one policy or in several."""
    for seed in range(40):
        old, new = pairs.pair(Random(seed))
        apart = [{**new, "Statement": [statement]} for statement in new["Statement"]]
        assert both([old], apart, "identity") in (both([old], [new], "identity"), "unclear")
        assert both([new], apart, "identity") == "no-new-access"
        assert both(apart, [new], "identity") == "no-new-access"


@pytest.mark.parametrize("named", [False, True])
def test_what_is_told_without_a_look_into_conditions_is_so(named: bool) -> None:
    """The oracle itself: the short way says "no new access" only where the long one does, and often enough."""
    said = 0
    for seed in range(150):
        rng = Random(seed)
        old = pairs.document(rng, named)
        new = pairs.without_one(rng, old) or pairs.document(rng, named)
        for less, more in ((old, new), (new, old)):
            if oracle.decide([less], [more], opaque=True).new_access is False:
                said += 1
                assert oracle.new_access([less], [more]) is not True, (less, more)
    assert said > 40


def test_parts_taken_from_managed_policies() -> None:
    """Without one statement, action, resource or condition of a real policy, asked both ways."""
    path = corpus("corpora/managed-policies/managed-policies.visible.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        documents = [json.loads(line)["document"] for line in lines if len(line) < 8000]
    said: Counter[tuple[str, str]] = Counter()
    for seed in range(60):
        rng = Random(seed)
        whole = rng.choice(documents)
        less = next(filter(None, (pairs.without_one(rng, whole) for _ in range(60))), None)
        if less is not None:
            said[both([whole], [less], "identity"), both([less], [whole], "identity")] += 1
    assert sum(said.values()) > 50
    assert not any("unclear" in verdicts for verdicts in said)
    # One way or the other, taking something away tells the two apart, unless the rest covers it.
    assert said["no-new-access", "new-access"] > 30
    assert said["new-access", "no-new-access"] > 3


def test_published_verdicts() -> None:
    """The oracle itself, on pairs whose verdicts others have published."""
    path = corpus("corpora/contain/visible.jsonl")
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    said: Counter[bool | None] = Counter()
    for case in cases:
        found = oracle.new_access([case["old"]], [case["new"]])
        # A policy without Version holds no variables ("Version"), which one source of these pairs overlooks.
        versions = [case[side].get("Version") for side in ("old", "new") if "${" in json.dumps(case[side])]
        if found is not None and found is not case["new_access"]:
            assert None in versions, case["id"]
            found = None
        said[found] += 1
    assert said[None] <= len(cases) // 50


def test_no_class_of_texts_is_missed() -> None:
    """Every short text is of a class that the oracle found, and each class has a text of its own."""
    patterns = [glob(pattern) for pattern in ("a*", "*b", "?", "a?b", "*ab*", "b", "**", "", "a*b*a")]
    tokens = [[None if p is STAR else ANYTHING if p is MARK else frozenset(p) for p in _letters(g)] for g in patterns]
    found = dict(classes(tokens))

    def met(text: str) -> frozenset[int]:
        return frozenset(number for number, pattern in enumerate(patterns) if matches(pattern, text))

    for size in range(6):
        for letters in product("abc", repeat=size):
            assert met("".join(letters)) in found
    assert all(met(text) == numbers for numbers, text in found.items())


def _letters(pattern: Sequence[Any]) -> list[Any]:
    return [piece for part in pattern for piece in (part if isinstance(part, str) else (part,))]
