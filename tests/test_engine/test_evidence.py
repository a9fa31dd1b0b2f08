"""Rewrites by evidence of use: what is proposed, and what of it may be applied."""

import json

import pytest

from iamlint.analyse import Request
from iamlint.analyse.decide.replay import allows
from iamlint.config import settings_for
from iamlint.engine.fix import Accepted, fixed
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.finding import Draft
from iamlint.load import load_text
from iamlint.model import Policy
from iamlint.syntax.change import Put

WHO = "arn:aws:iam::111122223333:user/ann"
OBJECT = "arn:aws:s3:::reports/a"
READ = Request(WHO, "s3:GetObject", OBJECT, "111122223333", {"aws:MultiFactorAuthPresent": ["true"]})
SETTINGS = settings_for()


class Observed:
    """Evidence of some requests; it proposes `used` as the one statement."""

    def __init__(self, used, *requests):
        self.used, self.requests = used, requests

    def meet(self, account):
        """Of no account there is anything to be known."""

    def sightings(self, principal):
        return ()

    def about(self, document):
        return None

    def narrower(self, document):
        return None if self.used is None else Draft("what was used", (Put(("Statement",), [self.used]),))

    def denied(self, document, after):
        before = Policy(document.value, document.kind)
        return sum(allows((before,), each, False) and not allows((after,), each, False) for each in self.requests)


def text_of(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def report(text, evidence, *rules):
    run = Run(SETTINGS, {name: load_rules(SETTINGS)[name] for name in rules}, rewrites=True, evidence=evidence)
    run.add(load_text("p.json", text, SETTINGS, kind="identity", named_alone=True))
    return run.report()


def after(text, evidence, accepted, *rules):
    def check(_, changed):
        return report(changed, evidence, *rules)

    return fixed("p.json", text, check("", text), accepted, check, evidence).text


ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
USED = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECT}
BROAD = "broad-managed-policy"


def test_what_was_used_stands_in_place_of_what_is_broad():
    evidence = Observed(USED, READ)
    [finding] = report(text_of(ALL), evidence, BROAD).findings
    assert (finding.rewrite.proof.verdict, finding.rewrite.denied, finding.rewrite.safe) == ("narrower", 0, False)
    assert after(text_of(ALL), evidence, Accepted(), BROAD) == text_of(ALL)
    assert json.loads(after(text_of(ALL), evidence, Accepted(used=True), BROAD))["Statement"] == [USED]


def test_nothing_is_applied_by_evidence_that_denies_what_was_observed():
    other = USED | {"Resource": "arn:aws:s3:::other/a"}
    evidence = Observed(other, READ)
    [finding] = report(text_of(ALL), evidence, BROAD).findings
    assert finding.rewrite.denied == 1
    assert after(text_of(ALL), evidence, Accepted(used=True), BROAD) == text_of(ALL)


def test_what_evidence_proposes_is_not_trusted():
    evidence = Observed(ALL, READ)
    text = text_of({"Effect": "Allow", "Action": "iam:*", "Resource": "*"})
    [finding] = report(text, evidence, BROAD).findings
    assert finding.rewrite.proof.verdict == "wider"
    assert after(text, evidence, Accepted(narrower=True, used=True), BROAD) == text


@pytest.mark.parametrize(("context", "applied"), [({"aws:MultiFactorAuthPresent": ["true"]}, True), ({}, False)])
def test_a_new_denial_is_applied_where_it_denies_nothing_that_was_observed(context, applied):
    text = text_of(ALL)
    evidence = Observed(None, READ._replace(context=context))
    made = after(text, evidence, Accepted(used=True), "missing-mfa-deny")
    assert (made != text) is applied
    assert after(text, evidence, Accepted(narrower=True), "missing-mfa-deny") == text


def test_rewrites_that_each_deny_nothing_are_replayed_together():
    """One read twice allowed: either statement may go, not both."""

    class Either(Observed):
        def narrower(self, document):
            statements = document.value["Statement"]
            return Draft("one of them", (Put(("Statement", len(statements) - 1, "Resource"), "arn:aws:s3:::x/*"),))

    first = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    second = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    evidence = Either(None, READ)
    rules = ("wildcard-service-action", "not-action-in-allow", BROAD)
    made = after(text_of(first, second), evidence, Accepted(used=True), *rules)
    policy = Policy(json.loads(made), "identity")
    assert made != text_of(first, second)
    assert allows((policy,), READ, False)
