"""Repairs of names, types and conditions: what is proven of them holds for requests, and one run settles them."""

import json
import random
from collections import Counter
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.analyse.conditions import parse_operator
from iamlint.analyse.decide.replay import PRINCIPAL, allows
from iamlint.analyse.request import Request
from iamlint.aws.catalogue import catalogue
from iamlint.config import settings_for
from iamlint.engine.fix import Accepted, fixed
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.finding import Severity
from iamlint.load import load_text
from iamlint.model import Item, Policy
from iamlint.rewrite.difference import Difference
from iamlint.rewrite.prove import prove
from iamlint.rule.families.meant import meant_base64, meant_boolean, meant_date, meant_network, meant_number
from iamlint.rule.families.names import NamedAction
from iamlint.rule.families.spelling import meant_action
from iamlint.rule.families.values import is_address, is_base64, is_boolean, is_date, is_number
from iamlint.syntax.change import changed

RULES = {name: rule for name, rule in load_rules().items() if not name.startswith(("wildcard-", "missing-mfa"))}
SETTINGS = settings_for()


def words(text):
    return st.sampled_from(text.split())


OPERATORS = words(
    "StringEquals StringLike stringlike StringNotLike StringNotEquals StringEqualsIfExists StringLikeIfExists "
    "StringsEqual ArnLike ForAllValues:StringEquals ForAllValues:StringLike ForAnyValue:StringLike "
    "ForAnyValue:StringNotEquals Bool BoolIfExists Null NullIfExists ForAllValues:Null IpAddress NotIpAddress "
    "NumericLessThan NumericGreaterThanIfExists"
)
KEYS = words(
    "aws:username AWS:UserName username aws:TagKeys aws:SourceIp aws:SourcIp aws:MultiFactorAuthPresent "
    "aws:SecureTransport aws:MultiFactorAuthAge aws:PrincipalTag/t aws:SourceArn"
)
VALUES = st.sampled_from(
    [
        *("*", "a*", "a", "true", "false", "yes", "5", "203.0.113.7/24", "203.0.113.*", "arn:aws:s3:::*", True, 5),
        *(["a", "b"], ["*"], [], ["true", "true"], ["5", "9"], ["5", 6], ["10.0.0.0/8", "203.0.113.0/24"]),
    ]
)
CONDITIONS = st.dictionaries(OPERATORS, st.dictionaries(KEYS, VALUES, min_size=1, max_size=2), max_size=3)
ACTIONS = st.sampled_from(
    [
        *("*", "s3:GetObject", "s3:GetObjct", "s3:ListBuckets", "s3.PutObject", "s3:Get*", "s33:GetObject"),
        *(["s3:GetObject", "s3:GetObjct"], ["deepracer:*", "s3:PutObject"], []),
    ]
)
RESOURCES = st.sampled_from(
    [
        *("*", "arn:aws:s3:::b/*", "arn:aws:S3:::b/*", "aws:s3:::b", "arn:aws:s3::b", "arn:aws:s3:::b/${aws:username}"),
        *(["*", None], ["arn:aw:s3:::b", "arn:aws:s3:::b"]),
    ]
)
EFFECTS = st.sampled_from(["Allow", "Allow", "Deny", "allow", ["Allow"]])
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny", "allow", ["Allow"]]),
        "Action": ACTIONS,
        "Resource": RESOURCES,
    },
    optional={"Sid": st.sampled_from(["A", "a b", "a-b", ""]), "Condition": CONDITIONS},
)
DOCUMENTS = st.fixed_dictionaries(
    {"Statement": st.lists(STATEMENTS, min_size=1, max_size=3)},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17", "2012-10-18"])},
)
HELD = {
    "aws:username": [(), ("a",), ("b",), ("a*",)],
    "aws:tagkeys": [(), ("a",), ("a", "b"), ("c", "a")],
    "aws:sourceip": [(), ("203.0.113.9",), ("10.1.2.3",), ("198.51.100.1",)],
    "aws:multifactorauthpresent": [(), ("true",), ("false",)],
    "aws:securetransport": [("true",), ("false",)],
    "aws:multifactorauthage": [(), ("4",), ("7",), ("20",)],
    "aws:principaltag/t": [(), ("a",), ("5",), ("true",)],
    "aws:sourcearn": [(), ("arn:aws:s3:::b",), ("arn:aws:sns:eu-west-1:111122223333:t",)],
    "aws:sourcip": [(), ("203.0.113.9",)],
}
ASKED = ["s3:GetObject", "s3:PutObject", "s3:ListAllMyBuckets", "s3:GetObjct", "s3:ListBuckets", "s33:GetObject"]
EVERYTHING = Policy({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, "identity")


def run_on(text):
    run = Run(SETTINGS, RULES, rewrites=True)
    run.add(load_text("a.json", text, SETTINGS, named_alone=True))
    report = run.report()
    assert not report.errors
    return report


def requests(policies, rng):
    """Some that keep to what proofs assume: values of the type of their operators, several only where asked for."""
    families = {}
    for policy in policies:
        for statement in policy.statements:
            for condition in statement.conditions:
                operator = parse_operator(condition.operator)
                if operator is not None:
                    told = families.setdefault(condition.key.lower(), set())
                    told |= {operator.family, *(["several"] if operator.quantifier else [])}
    fits = {"Bool": is_boolean, "Numeric": is_number, "Date": is_date, "IpAddress": is_address, "Binary": is_base64}
    pools = {
        key: [
            values
            for values in held
            if (len(values) < 2 or "several" in families.get(key, ()))
            and all(fits[f](v) for f in families.get(key, ()) if f in fits for v in values)
        ]
        or [()]
        for key, held in HELD.items()
    }
    for _ in range(25):
        context = {key: rng.choice(pool) for key, pool in pools.items()}
        keys = {key: values[0] if len(values) == 1 else values for key, values in context.items() if values}
        resource = rng.choice(["arn:aws:s3:::b/a", "arn:aws:s3:::b", "arn:aws:S3:::b/k", "*"])
        yield Request(PRINCIPAL, rng.choice(ASKED), resource, "111122223333", keys)


@settings(max_examples=60)
@given(DOCUMENTS, st.integers(0, 1000))
def test_verdicts_hold_for_requests(document, seed):
    before = Policy(document, "identity")
    rng = random.Random(seed)
    for finding in run_on(json.dumps(document)).findings:
        if finding.rewrite is None or finding.rewrite.proof.verdict not in ("equivalent", "narrower", "wider"):
            continue
        after = Policy(changed(document, finding.rewrite.made[1]), "identity")
        for request in requests((before, after), rng):
            for company in ((), (EVERYTHING,)):
                was, is_ = (allows((policy, *company), request) for policy in (before, after))
                told = finding.rule, finding.rewrite.title, request
                assert finding.rewrite.proof.verdict == "wider" or not is_ or was, told
                assert finding.rewrite.proof.verdict == "narrower" or not was or is_, told


@settings(max_examples=60)
@given(DOCUMENTS, st.booleans(), st.integers(0, 100))
def test_one_run_settles_all(document, everything, seed):
    """In whatever order findings come, and without an error that was not there before."""
    text = json.dumps(document, indent=2)
    accepted = Accepted(everything, frozenset(RULES) if everything else frozenset())
    report = run_on(text)
    done = fixed("a.json", text, report, accepted, lambda _, changed: run_on(changed))
    again = fixed("a.json", done.text, run_on(done.text), accepted, lambda _, changed: run_on(changed))
    assert again.text == done.text
    shuffled = list(report.findings)
    random.Random(seed).shuffle(shuffled)
    report = report._replace(findings=tuple(shuffled))
    assert fixed("a.json", text, report, accepted, lambda _, changed: run_on(changed)).text == done.text
    errors = [Counter(f.rule for f in r.findings if f.severity is Severity.ERROR) for r in (report, done.report)]
    assert not errors[1] - errors[0]


@settings(max_examples=60)
@given(DOCUMENTS)
def test_what_differs_decides_as_the_whole_does(document):
    before = Policy(document, "identity")
    for finding in run_on(json.dumps(document)).findings:
        if finding.rewrite is not None and finding.rewrite.proof.reason != "it takes more work than is allowed":
            after = Policy(changed(document, finding.rewrite.made[1]), "identity")
            change = Difference
            with mock.patch.object(change, "apart", return_value=()), mock.patch.object(change, "covered", False):
                whole = prove(before, after).verdict
            assert whole in (prove(before, after).verdict, "unproven"), finding.rule


def test_a_deny_counts_beside_whatever_is_attached():
    """A policy that only denies allows nothing by itself: changes of it are told by what others may allow."""

    def deny(action):
        return Policy({"Statement": {"Effect": "Deny", "Action": action, "Resource": "*"}}, "identity")

    assert prove(deny("s3:*"), deny("s3:Get*")).verdict == "wider"
    assert prove(deny("s3:Get*"), deny("s3:*")).verdict == "narrower"
    assert prove(deny("s3:Get*"), deny("sqs:*")).verdict == "incomparable"
    assert prove(deny("s3:Get*"), deny("S3:get*")).verdict == "equivalent"


TEXTS = st.text("0123456789./:-*, aeflnorstuyz=_+\n", max_size=20)


@given(TEXTS)
def test_what_is_meant_is_of_the_right_form_or_nothing_known(text):
    """A value that is right already is not changed in meaning."""
    if is_boolean(text):
        assert meant_boolean(text) == text.lower()
    if is_number(text):
        assert float(meant_number(text)) == float(text)
    if is_base64(text):
        assert meant_base64(text) == text
    if is_address(text):
        from ipaddress import ip_network

        assert ip_network(meant_network(text), strict=False) == ip_network(text, strict=False)
    date = meant_date(text)
    assert date is None or date[4] == date[7] == "-"


def test_values_that_are_evidently_meant():
    assert meant_network("203.0.113.*") == "203.0.113.0/24"
    assert meant_network("10.*.*.*") == meant_network("10.*") == "10.0.0.0/8"
    assert meant_network("*.*.*.*") is None
    assert meant_network("10.1.0.0/255.255.0.0") == "10.1.0.0/16"
    assert meant_date("2026/4/1") == "2026-04-01"
    assert meant_date("2026-04-01 10:00:00") == "2026-04-01T10:00:00"
    assert meant_date("01.04.2026") is None
    assert meant_number("1,000,000") == "1000000"
    assert meant_boolean("ture") == "true"
    assert meant_base64("_-A") == "/+A="


def named(qualified):
    prefix, _, name = qualified.partition(":")
    return NamedAction(Item(qualified, (), qualified), prefix, name)


def test_new_actions_are_not_taken_for_slips_of_older_ones():
    """What AWS came to list after a day would have been left alone on that day, but for a plural here and there."""
    now, then = catalogue(), catalogue("2025-01-01")
    new = [
        name
        for service in sorted(now.services())
        if then.is_service(service)
        for name in now.names(f"{service}:*")
        if then.action_status(*name.split(":")) == "unknown"
    ]
    taken = [name for name in new if meant_action(named(name), then)]
    assert len(new) > 1000
    assert len(taken) < len(new) / 1000


def test_one_wrong_letter_is_put_right_and_never_wrongly():
    known, rng = catalogue(), random.Random(3)
    right = asked = 0
    for service in ("dynamodb", "iam", "lambda", "s3", "sqs"):
        for name in known.names(f"{service}:*"):
            place = rng.randrange(len(service) + 2, len(name))
            wrong = name[:place] + name[place + 1 :]
            if known.action_status(*wrong.split(":")) == "unknown":
                asked += 1
                found = meant_action(named(wrong), known)
                assert found in (None, name)
                right += found == name
    assert right > 0.8 * asked
