"""The normal form and the shortest form: they mean the same by z3, and are their own normal and shortest form."""

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.minimise import compacted, normalised, unreadable
from iamlint.config import settings_for
from iamlint.engine.formatting import NotFormatted, reformatted
from iamlint.load import load_text
from iamlint.model import Policy
from iamlint.rewrite.prove import prove
from tests import oracle
from tests.oracle import pairs

SETTINGS = settings_for()


def same(before, after):
    return prove(before, after, 20_000).verdict == "equivalent"


def large(rng, named):
    """A policy with much that is said twice."""
    made = pairs.document(rng, named)
    for _ in range(rng.randint(1, 3)):
        other = pairs.pair(rng, named)[rng.randint(0, 1)]["Statement"]
        made["Statement"] += other
    twin = dict(rng.choice(made["Statement"]))
    twin["Action" if "Action" in twin else "NotAction"] = ["s3:GetObject", "s3:PutObjectAcl"]
    made["Statement"].append(twin)
    return made


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("start", range(0, 24, 12))
def test_both_mean_the_same_by_z3(start, named):
    kind = "resource" if named else "identity"
    clear = shorter = 0
    for seed in range(start, start + 12):
        document = large(Random(seed), named)
        policy = Policy(document, kind)
        made = [normalised(policy), compacted(policy, same)]
        assert json.dumps(normalised(Policy(made[0], kind))) == json.dumps(made[0])
        shorter += len(json.dumps(made[1])) < len(json.dumps(document))
        for new in made:
            for old, other in ((document, new), (new, document)):
                found = oracle.decide([old], [other], milliseconds=2000)
                assert not found.new_access, (document, new, found)
                clear += found.new_access is False
    assert clear >= 40
    assert shorter >= 9


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_a_document_does_not_matter(seed, rng):
    document = large(Random(seed), False)
    shuffled = json.loads(json.dumps(document))
    for statement in shuffled["Statement"]:
        for element in ("Action", "NotAction", "Resource", "NotResource"):
            if isinstance(statement.get(element), list):
                rng.shuffle(statement[element])
    shuffled["Statement"] = [
        dict(rng.sample(list(s.items()), len(s))) for s in rng.sample(shuffled["Statement"], len(shuffled["Statement"]))
    ]
    assert json.dumps(normalised(Policy(document, "identity"))) == json.dumps(normalised(Policy(shuffled, "identity")))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4), st.just("${aws:username}")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
ELEMENTS = st.sampled_from(["Sid", "Effect", "Action", "NotAction", "Resource", "Principal", "Condition", "x"])
VALUES = st.one_of(JSON, st.sampled_from(["Allow", "Deny", "*", "s3:GetObject", ["s3:Get*", "s3:GetObject"], "S3:*"]))
STATEMENTS = st.dictionaries(ELEMENTS, VALUES, max_size=6)


@given(st.one_of(st.lists(st.one_of(STATEMENTS, STATEMENTS, JSON), max_size=4), STATEMENTS), st.booleans())
def test_whatever_stands_there_is_kept_or_refused(statements, compact):
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    loaded = load_text("a.json", text, SETTINGS, named_alone=True)
    try:
        made = reformatted(text, loaded.documents, compact)
    except NotFormatted:
        return
    after = load_text("a.json", made, SETTINGS, named_alone=True)
    assert reformatted(made, after.documents, compact) == made
    before, now = json.loads(text), json.loads(made)
    assert (before == now) or unreadable(Policy(now, "identity")) is None


def test_what_is_not_understood_stays():
    odd = {"Effect": "Allow", "Action": ["s3:GetObject", 7], "Resource": ["*", "*"]}
    alike = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    made = normalised(Policy({"Version": "2012-10-17", "Statement": [odd, alike, alike]}, "identity"))
    assert made["Statement"] == [alike, odd]


def test_an_entry_that_matches_nothing_is_not_hidden():
    statement = {"Effect": "Allow", "Action": ["*", "s3GetObject"], "Resource": "*"}
    made = normalised(Policy({"Version": "2012-10-17", "Statement": [statement]}, "identity"))
    assert "s3GetObject" in made["Statement"][0]["Action"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"StringNotEquals": {"aws:username": "a"}}, {"StringNotEquals": {"aws:username": "b"}}),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}, {"ForAllValues:StringEquals": {"aws:TagKeys": "b"}}),
        ({"Null": {"aws:TagKeys": "true"}}, {"Null": {"aws:TagKeys": "false"}}),
    ],
)
def test_values_of_which_each_must_hold_are_not_joined(one, other):
    statements = [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition} for condition in (one, other)
    ]
    policy = Policy({"Version": "2012-10-17", "Statement": statements}, "identity")
    assert len(normalised(policy)["Statement"]) == 2


def test_alternatives_are_joined():
    statements = [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": name}}}
        for name in "ab"
    ]
    made = normalised(Policy({"Version": "2012-10-17", "Statement": statements}, "identity"))
    assert [s["Condition"] for s in made["Statement"]] == [{"StringEquals": {"aws:username": ["a", "b"]}}]
