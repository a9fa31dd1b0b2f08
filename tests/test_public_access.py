"""`grants-public-access`: its witness, the pattern rules beside it, and policyuniverse's judgement."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policyuniverse.policy import Policy as TheirPolicy

from iamlint.analyse import evaluate
from iamlint.analyse.decide.questions import public
from iamlint.analyse.request import Request
from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.finding import Finding
from iamlint.load import load_text
from iamlint.model import Policy
from iamlint.rule import everyone_limit, everyone_named, opening
from tests.support import corpus
from tests.test_rules_public import LOOSE, NARROW, PINS, STATEMENTS, allow, deny, differs, levels, of

RULES = load_rules()
OURS = {id_: RULES[id_] for id_ in ("grants-public-access", "public-principal", "trusts-any-principal")}
EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


def found(policy: object, kind: str = "resource") -> tuple[Finding, ...]:
    settings = settings_for()
    run = Run(settings, OURS)
    run.add(load_text("policy.json", json.dumps(policy), settings, kind=kind, named_alone=True))
    report = run.report()
    assert report.errors == ()
    return report.findings


def shown(finding: Finding) -> Request:
    given: dict[str, Any] = dict(finding.witness or {})
    # A policy on a resource has the last word where the resource is another account's.
    return Request(**given, resource_account="777788889999")


def test_one_finding_with_the_request_of_a_stranger() -> None:
    policy = of(allow())
    (finding,) = found(policy)
    assert finding.rule == "grants-public-access"
    assert [folded.rule for folded in finding.folded] == ["public-principal"]
    assert finding.witness == {
        "principal": "anonymous",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::a/example",
        "context": {},
    }


@given(st.lists(STATEMENTS, min_size=1, max_size=3), st.sampled_from(("resource", "trust")))
def test_the_request_is_allowed(statements: list[dict[str, Any]], kind: str) -> None:
    if kind == "trust":
        statements = [{**entry, "Action": "sts:AssumeRole"} for entry in statements]
    policy = of(*statements)
    for finding in found(policy, kind):
        if finding.witness is not None:
            asked = shown(finding)
            here = evaluate(
                asked, [Policy(EVERYTHING, "identity")], (), scps=(), rcps=(), resource_policy=Policy(policy, kind)
            )
            assert here.allowed, (finding.witness, here)
            assert asked.principal == "anonymous" or ":111122223333:" not in asked.principal


RANKS = (None, "limited", "full")


@given(STATEMENTS)
def test_nothing_is_open_that_patterns_call_closed(statement: dict[str, Any]) -> None:
    """The other way round they may differ, where nobody can meet all conditions: patterns look at one at a time."""
    (entry,) = Policy(of({**statement, "Effect": "Allow"}), "resource").statements
    if everyone_named(entry):
        level, _ = everyone_limit(entry)
        decided = opening(entry)
        if decided is None:  # then the patterns have the word
            return
        assert RANKS.index(decided.level) <= RANKS.index(level)
        if not statement.get("Condition"):
            assert decided.level == level == "full"


@pytest.mark.parametrize("condition", PINS)
def test_circles_are_closed(condition: tuple[str, str, object]) -> None:
    assert found(of(allow(condition))) == ()


@pytest.mark.parametrize(("conditions", "level"), [(LOOSE, "full"), (NARROW, "limited")])
def test_what_strangers_meet(conditions: tuple[tuple[str, str, object], ...], level: str) -> None:
    for condition in conditions:
        (finding,) = found(of(allow(condition)))
        assert (finding.rule, finding.level) == ("grants-public-access", level), condition
        if level == "full":  # without levels a network is a circle, and a secret none
            assert public(Policy(of(allow(condition)), "resource")).verdict == "yes", condition


def test_denials_count_together() -> None:
    """Each of the two leaves strangers a way, both leave none."""
    inside = deny(Resource="arn:aws:s3:::a/b*")
    outside = {**{key: value for key, value in inside.items() if key != "Resource"}, "NotResource": "arn:aws:s3:::a/b*"}
    for half in (inside, outside):
        assert [finding.rule for finding in found(of(allow(), half))] == ["grants-public-access"]
    assert found(of(allow(), inside, outside)) == ()


def _why(policy: dict[str, Any], kind: str) -> Iterator[str]:
    for statement in Policy(policy, kind).statements:
        if statement.allows and any(principal.is_everyone for principal in statement.principals):
            yield from differs(statement, kind)
        if "NotPrincipal" in statement:
            yield "NotPrincipal is a rule of its own"


@given(st.lists(STATEMENTS, min_size=1, max_size=2))
def test_policyuniverse_differs_for_a_reason(statements: list[dict[str, Any]]) -> None:
    policy = of(*statements)
    ours = any(f.rule == "grants-public-access" and f.level == "full" for f in found(policy))
    theirs = TheirPolicy(policy).is_internet_accessible()
    assert ours == theirs or list(_why(policy, "resource")), (ours, theirs, policy)


def test_recorded_policies() -> None:
    """On real policies the two agree but for reasons that are told."""
    checked = 0
    for line in corpus("corpora/evaluate/visible.jsonl").read_text("utf-8").splitlines():
        policy = json.loads(line)["resource_policy"]
        if policy is None:
            continue
        ours = any(f.rule == "grants-public-access" and f.level == "full" for f in found(policy))
        assert ours == TheirPolicy(policy).is_internet_accessible() or list(_why(policy, "resource")), policy
        assert not ours or "full" in levels(policy, "resource")
        checked += 1
    assert checked
