"""Verdicts of changes that their texts tell: a condition more, an entry less, a Deny more. z3 has the last word."""

import copy
from random import Random
from unittest import mock

import pytest

from iamlint.model import Policy
from iamlint.rewrite.difference import Difference, difference
from iamlint.rewrite.prove import prove
from tests import oracle
from tests.oracle import pairs

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
KINDS = {False: "identity", True: "resource"}


def tightened(rng, source, named):
    """The document with a condition or a Deny more, or without an entry: of an Allow it grants less, mostly."""
    made = copy.deepcopy(source)
    one = rng.choice(made["Statement"])
    how = rng.randrange(3)
    if how == 0:
        pairs._condition(rng, one.setdefault("Condition", {}))
    elif how == 1:
        made["Statement"].append(pairs.statement(rng, named) | {"Effect": "Deny"})
    else:
        lists = [value for value in one.values() if isinstance(value, list) and len(value) > 1]
        if lists:
            chosen = rng.choice(lists)
            chosen.pop(rng.randrange(len(chosen)))
    return made


@pytest.mark.parametrize("named", [False, True])
def test_what_texts_tell_is_never_wrong_by_z3(named):
    told = 0
    for seed in range(160):
        rng = Random(seed)
        old = pairs.document(rng, named)
        new = tightened(rng, old, named)
        if rng.random() < 0.5:
            old, new = new, old
        if not difference(Policy(old, KINDS[named]), Policy(new, KINDS[named])).covered:
            continue
        told += 1
        everything = {"Version": "2012-10-17", "Statement": [EVERYTHING | ({"Principal": "*"} if named else {})]}
        for beside in ([], [everything]):
            found = oracle.decide([old, *beside], [new, *beside], milliseconds=1500)
            assert not found.new_access, (old, new, found)
    assert told >= 50


@pytest.mark.parametrize("named", [False, True])
def test_what_differs_and_what_is_near_decide_as_the_whole_does(named):
    seen = set()
    for seed in range(150):
        rng = Random(seed)
        old = pairs.document(rng, named)
        old["Statement"] += pairs.document(rng, named)["Statement"]
        before, after = Policy(old, KINDS[named]), Policy(tightened(rng, old, named), KINDS[named])
        with mock.patch.object(Difference, "apart", return_value=()), mock.patch.object(Difference, "covered", False):
            whole = prove(before, after).verdict
        assert whole in (prove(before, after).verdict, "unproven"), (old, after.value)
        seen.add(whole)
    assert {"equivalent", "narrower", "wider"} <= seen


def test_a_condition_and_a_deny_more_need_no_assumption():
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    before = Policy({"Version": "2012-10-17", "Statement": [allow]}, "identity")
    for statements in ([allow, deny], [allow | {"Condition": {"Null": {"aws:TagKeys": "false"}}}]):
        proof = prove(before, Policy({"Version": "2012-10-17", "Statement": statements}, "identity"))
        assert (proof.verdict, proof.assumes) == ("narrower", ())


def test_one_condition_in_place_of_another_is_no_part():
    def policy(value):
        statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:Secure": value}}}
        return Policy({"Version": "2012-10-17", "Statement": [statement]}, "identity")

    assert not difference(policy("true"), policy("false")).covered
    assert not difference(policy(True), policy(1)).covered
    assert prove(policy("true"), policy("false")).verdict == "incomparable"
