"""Who is let in, against a second opinion: policyuniverse's `is_internet_accessible` and `whos_allowed`.

The two differ by design. `differs` names each reason, so that a difference without one fails the tests.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policyuniverse.policy import Policy as TheirPolicy

from iamlint.analyse import parse_operator
from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_text
from iamlint.model import Condition, Policy, Statement
from tests.support import corpus

RULES = {id_: rule for id_, rule in load_rules().items() if id_ in ("public-principal", "trusts-any-principal")}
THEIR_KEYS = {
    *("aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount"),
    *("aws:sourcearn", "aws:sourceip", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid"),
    *("kms:calleraccount", "saml:aud"),
}


def levels(policy: object, kind: str) -> set[str]:
    """The levels of our findings."""
    settings = settings_for()
    run = Run(settings, RULES)
    run.add(load_text("policy.json", json.dumps(policy), settings, kind=kind, named_alone=True))
    report = run.report()
    assert report.errors == ()
    return {finding.level for finding in report.findings}


def differs(statement: Statement, kind: str) -> Iterator[str]:
    """Why policyuniverse may see this Allow for everyone in another way than we do."""
    if kind == "trust" and not any(
        action.text.lower() in ("sts:assumerole", "sts:*", "*") for action in statement.actions
    ):
        yield "we ask whether the role can be assumed"
    if any(s.denies for s in statement.policy.statements):
        yield "it does not read Deny statements"
    if len(statement.conditions) > 1 or any(len(condition.values) > 1 for condition in statement.conditions):
        yield "one open value among all conditions opens the statement for it, although all conditions must hold"
    for condition in statement.conditions:
        yield from _differs(condition)


def _differs(condition: Condition) -> Iterator[str]:
    operator, key = parse_operator(condition.operator), condition.key.lower()
    text = "".join(item.text for item in condition.values)
    if key not in THEIR_KEYS:
        yield "a key that it does not know"
    if key in ("aws:sourceip", "saml:aud"):
        yield "a network is a limit to us (`limited`) where it takes all but /0 for closed; an audience is none"
    if operator is not None and operator.holds_without_key and not operator.negated:
        yield "IfExists and ForAllValues let requests without the key pass, which it does not regard"
    if "*" in text or "?" in text or "${" in text:
        yield "it reads wildcards in each operator, also in StringEquals, and no variables"
    if operator is None or not condition.values or not text:
        yield "an operator or a value that fits nothing"
    if key == "aws:userid":
        yield "it takes a user id for open unless it ends in its only star"
    if operator is not None and operator.family not in ("String", "Arn"):
        yield "an operator that does not suit the key"
    if "arn" in key and operator is not None and operator.family == "String":
        yield "an ARN that it cannot read counts as closed unless it holds a star"


def compared(policy: dict[str, Any], kind: str) -> str:
    """`same`, or why not; raises AssertionError where there is no reason for a difference."""
    found = levels(policy, kind)
    theirs = TheirPolicy(policy).is_internet_accessible()
    if theirs == ("full" in found):
        return "same"
    open_ = [s for s in Policy(policy, kind).statements if s.allows and any(p.is_everyone for p in s.principals)]
    reasons = [reason for statement in open_ for reason in differs(statement, kind)]
    reasons += ["NotPrincipal is a rule of its own" for s in Policy(policy, kind).statements if "NotPrincipal" in s]
    assert reasons, f"policyuniverse says {theirs}, we say {sorted(found)}: {json.dumps(policy)}"
    return reasons[0]


PRINCIPALS = st.sampled_from(
    (
        "*",
        {"AWS": "*"},
        {"AWS": ["111122223333", "*"]},
        {"AWS": "arn:aws:iam::111122223333:root"},
        {"AWS": "111122223333"},
        {"Service": "s3.amazonaws.com"},
        {"Federated": "cognito-identity.amazonaws.com"},
    )
)
OPERATORS = st.sampled_from(
    (
        *("StringEquals", "StringLike", "StringNotEquals", "StringEqualsIgnoreCase", "stringequals"),
        *("StringEqualsIfExists", "ForAllValues:StringEquals", "ForAnyValue:StringLike"),
        *("ArnLike", "ArnEquals", "ArnNotLike", "IpAddress", "NotIpAddress", "Null", "Bool"),
    )
)
KEYS = st.sampled_from((*sorted(THEIR_KEYS), "aws:PrincipalOrgID", "aws:PrincipalTag/team", "aws:Referer", "s3:prefix"))
VALUES = st.sampled_from(
    (
        *("111122223333", "1*", "*", "", "true", "o-a1b2c3d4e5", "o-*", "o-a1b2c3d4e5/r-ab12/ou-1/*"),
        *("vpc-1", "AROAEXAMPLEID:*", "${aws:ResourceAccount}", "203.0.113.0/24", "0.0.0.0/0", "::/0"),
        *("arn:aws:iam::111122223333:role/a", "arn:aws:iam::*:role/a", "arn:aws:s3:::uploads", "arn:aws:s3:::*"),
    )
)
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(("Allow", "Allow", "Allow", "Deny")),
        "Principal": PRINCIPALS,
        "Action": st.just("sqs:SendMessage"),
        "Resource": st.just("*"),
    },
    optional={
        "Condition": st.dictionaries(
            OPERATORS, st.dictionaries(KEYS, VALUES | st.lists(VALUES, max_size=2), max_size=2), max_size=2
        )
    },
)


@given(st.lists(STATEMENTS, min_size=1, max_size=2))
def test_generated_statements(statements: list[dict[str, Any]]) -> None:
    compared({"Version": "2012-10-17", "Statement": statements}, "resource")


PINS = (
    ("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    ("StringEquals", "aws:PrincipalAccount", "111122223333"),
    ("StringLike", "aws:SourceAccount", ["111122223333", "444455556666"]),
    ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:111122223333:news"),
    ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/reader"),
    ("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d"),
    ("StringLike", "aws:userid", "AROAEXAMPLEID:*"),
    ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/ou-1/*"),
)
LOOSE = (
    ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    ("ForAllValues:StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    ("StringNotEquals", "aws:PrincipalAccount", "111122223333"),
    ("StringLike", "aws:PrincipalOrgID", "o-*"),
    ("StringLike", "aws:SourceAccount", ["111122223333", "*"]),
    ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:news"),
    ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*"),
    ("StringLike", "aws:PrincipalArn", "arn:*:111122223333:*"),
    ("StringEquals", "aws:PrincipalOrgID", "${aws:PrincipalOrgID}"),
    ("StringEquals", "aws:PrincipalTag/team", "web"),
    ("StringLike", "aws:Referer", "https://example.com/*"),
    ("Null", "aws:PrincipalOrgID", "false"),
    ("IpAddress", "aws:SourceIp", "0.0.0.0/1"),
    ("Bool", "aws:SecureTransport", "true"),
)
NARROW = (
    ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32"]),
    ("Bool", "aws:PrincipalIsAWSService", "true"),
    ("StringEquals", "aws:PrincipalServiceName", "logs.amazonaws.com"),
    ("StringEquals", "sts:ExternalId", "8d1f0c7e"),
)


def allow(*conditions: tuple[str, str, object]) -> dict[str, Any]:
    block: dict[str, dict[str, object]] = {}
    for operator, key, value in conditions:
        block.setdefault(operator, {})[key] = value
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}
    return {**statement, "Condition": block} if block else statement


def of(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize("condition", PINS)
def test_fixed_circles_are_silent_whatever_stands_beside_them(condition: tuple[str, str, object]) -> None:
    assert levels(of(allow(condition)), "resource") == set()
    for other in (*LOOSE, *NARROW):
        if other[:2] != condition[:2]:
            assert levels(of(allow(condition, other)), "resource") == set(), other


@pytest.mark.parametrize("condition", PINS[:4])
def test_policyuniverse_sees_these_circles_too(condition: tuple[str, str, object]) -> None:
    policy = TheirPolicy(of(allow(condition)))
    assert not policy.is_internet_accessible()
    assert {entry.category for entry in policy.whos_allowed()} > {"principal"}


@pytest.mark.parametrize("condition", LOOSE)
def test_what_strangers_can_meet_is_no_limit(condition: tuple[str, str, object]) -> None:
    assert levels(of(allow(condition)), "resource") == {"full"}


@pytest.mark.parametrize("condition", NARROW)
def test_what_strangers_may_meet_is_limited(condition: tuple[str, str, object]) -> None:
    assert levels(of(allow(condition)), "resource") == {"limited"}


def deny(**changes: object) -> dict[str, Any]:
    block = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    everything = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::a*",
        "Condition": block,
    }
    return {**everything, **changes}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"limited"}),
        ({"Condition": {}}, set()),
        ({"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}, {"limited"}),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, {"limited"}),
        ({"Action": "s3:Put*"}, {"full"}),
        ({"Resource": "arn:aws:s3:::b/*"}, {"full"}),
        ({"Principal": {"AWS": "111122223333"}}, {"full"}),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}, {"full"}),
        ({"Condition": {"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}, {"full"}),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, {"full"}),
        (
            {
                "Condition": {
                    "StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                    "Bool": {"aws:SecureTransport": "false"},
                }
            },
            {"full"},
        ),
        (
            {
                "Condition": {
                    "StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                }
            },
            {"limited"},
        ),
    ],
)
def test_a_deny_beside_it_counts_if_it_keeps_strangers_out(changes: dict[str, object], expected: set[str]) -> None:
    assert levels(of(allow(), deny(**changes)), "resource") == expected


def test_generated_policies(tmp_path: Path) -> None:
    generator = corpus("bench/gen_policies.py")
    subprocess.run([sys.executable, generator, tmp_path, "--n", "400", "--seed", "5"], check=True, capture_output=True)
    answers = []
    for line in (tmp_path / "manifest.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["kind"] in ("resource", "trust"):
            answers.append(compared(json.loads((tmp_path / entry["file"]).read_text("utf-8")), entry["kind"]))
    assert len(answers) > 100
    assert answers.count("same") > 0.95 * len(answers)


def test_resource_policies_with_known_verdicts() -> None:
    """An anonymous request that a policy allows comes from a policy that we report."""
    checked = 0
    for line in corpus("corpora/evaluate/visible.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        policy = case["resource_policy"]
        if policy is None:
            continue
        compared(policy, "resource")
        if (
            case["request"]["principal"] == "anonymous"
            and case["expect"] == "Allowed"
            and not case["request"]["context"]
        ):
            assert levels(policy, "resource") == {"full"}, case["id"]
            checked += 1
    assert checked


def test_generated_trust_policies(tmp_path: Path) -> None:
    generator = corpus("bench/gen_snapshot.py")
    sizes = [
        "--users",
        "5",
        "--roles",
        "150",
        "--groups",
        "2",
        "--policies",
        "20",
        "--trail-events",
        "10",
        "--seed",
        "3",
    ]
    subprocess.run([sys.executable, generator, tmp_path, *sizes], check=True, capture_output=True)
    public = set(json.loads((tmp_path / "truth.json").read_text("utf-8"))["trust"]["public"])
    roles = json.loads((tmp_path / "gaad.json").read_text("utf-8"))["RoleDetailList"]
    reported = {role["Arn"] for role in roles if levels(role["AssumeRolePolicyDocument"], "trust")}
    assert public
    assert reported == public
