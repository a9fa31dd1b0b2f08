"""Rules on meaning against small worlds in which every request can be tried."""

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.conditions import condition_holds
from iamlint.analyse.evaluation import Request, evaluate
from iamlint.analyse.variables import Context as Values
from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.finding import Finding
from iamlint.load import load_text
from iamlint.model import Condition, Policy
from iamlint.rule.families.blocks import contradictions, tautologies
from iamlint.rule.families.meaning import allows_everything, covered_statements, dead_allows, idle_denies
from tests.support import corpus

USER = "arn:aws:iam::111122223333:user/ann"
EVERYTHING: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ACTIONS = ("s3:getx", "s3:gety", "ec2:getx")
RESOURCES = ("arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:eu-west-1::a:b")
REGIONS = (None, "eu-west-1", "us-east-1")
PATTERNS = st.sampled_from((*ACTIONS, "s3:*", "s3:Get*", "*:getx", "*", "S3:gety"))
PLACES = st.sampled_from((*RESOURCES, "*", "arn:aws:s3:::*", "arn:aws:s3:*:a", "arn:aws:s3:::?"))
BLOCKS = st.sampled_from(
    (
        {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
        {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
        {"StringLikeIfExists": {"aws:requestedregion": "eu-*"}},
        {"Null": {"aws:RequestedRegion": "true"}},
        {"StringLike": {"aws:RequestedRegion": ["us-*", "eu-*"]}},
    )
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": draw(st.sampled_from(("Allow", "Allow", "Deny")))}
    found[draw(st.sampled_from(("Action", "Action", "Action", "NotAction")))] = draw(
        st.lists(PATTERNS, min_size=1, max_size=2)
    )
    found[draw(st.sampled_from(("Resource", "Resource", "Resource", "NotResource")))] = draw(
        st.lists(PLACES, min_size=1, max_size=2)
    )
    if draw(st.integers(0, 2)) == 0:
        found["Condition"] = draw(BLOCKS)
    return found


def of(*entries: object) -> Policy:
    return Policy({"Version": "2012-10-17", "Statement": list(entries)}, "identity")


def without(policy: Policy, path: tuple[Any, ...]) -> list[object]:
    return [statement.value for statement in policy.statements if statement.path != path]


def answers(entries: Sequence[object]) -> list[bool]:
    """What a policy of these statements says of every request."""
    policies = [of(*entries)]
    requests = itertools.product(ACTIONS, RESOURCES, REGIONS)
    contexts = ((a, r, {} if region is None else {"aws:RequestedRegion": region}) for a, r, region in requests)
    return [evaluate(Request(USER, a, r, None, c), policies).allowed for a, r, c in contexts]


POLICIES = st.lists(statements(), min_size=2, max_size=4).map(lambda entries: of(*entries))


@given(POLICIES)
def test_statements_that_are_covered_can_be_left_out_all_at_once(policy: Policy) -> None:
    found = [statement.path for statement, _ in covered_statements(policy)]
    kept = [statement.value for statement in policy.statements if statement.path not in found]
    assert answers(kept) == answers(without(policy, ()))
    assert answers([*kept, EVERYTHING]) == answers([*without(policy, ()), EVERYTHING])


@given(POLICIES)
def test_whoever_covers_a_statement_does_so_alone(policy: Policy) -> None:
    for statement, by in covered_statements(policy):
        allowing = [{**each.value, "Effect": "Allow"} for each in (*by, statement)]
        assert answers(allowing[:-1]) == answers(allowing)
    for statement, by in dead_allows(policy):
        assert not any(answers([statement.value, *(deny.value for deny in by)]))


@given(POLICIES)
def test_what_has_no_effect_can_be_left_out(policy: Policy) -> None:
    for found in (dead_allows(policy), idle_denies(policy)):
        for statement, _ in found:
            assert answers(without(policy, statement.path)) == answers(without(policy, ()))


PLAIN = st.fixed_dictionaries(
    {
        "Effect": st.just("Allow"),
        "Action": st.lists(st.sampled_from(ACTIONS), min_size=1, unique=True),
        "Resource": st.lists(st.sampled_from(RESOURCES), min_size=1, unique=True),
    }
)


@given(st.lists(PLAIN, min_size=2, max_size=4))
def test_nothing_is_missed_among_plain_names(entries: list[dict[str, Any]]) -> None:
    """A statement is covered iff the others name each of its pairs; equal ones count as one."""
    pairs = [set(itertools.product(entry["Action"], entry["Resource"])) for entry in entries]
    different = [own for n, own in enumerate(pairs) if own not in pairs[:n]]
    covered = [own for own in different if own <= set().union(*(other for other in different if other != own))]
    assert bool(list(covered_statements(of(*entries)))) == bool(covered)
    denied = [{**entry, "Effect": "Deny"} for entry in entries[1:]]
    dead = bool(list(dead_allows(of(entries[0], *denied))))
    assert dead == (pairs[0] <= set().union(*pairs[1:]))
    idle = {statement.path[1] for statement, _ in idle_denies(of(entries[0], *denied))}
    assert idle == {n for n in range(1, len(pairs)) if pairs[n].isdisjoint(pairs[0])}


OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "StringLikeIfExists"),
    *("ForAllValues:StringLike", "ForAnyValue:StringLike", "ForAnyValue:StringNotLike", "ForAllValues:StringEquals"),
    *("Null", "ArnLike", "ArnNotLike", "NumericLessThan", "NumericGreaterThan", "NumericEquals"),
)
TEXTS = ("a", "ab", "b", "", "1", "2", "arn:aws:s3:::a")
TRIED = [(), *((text,) for text in TEXTS), ("a", "b"), ("a", "ab"), ("1", "b"), ("b", "arn:aws:s3:::a")]


def contexts(conditions: list[Condition]) -> list[Values]:
    """The key has several values only where an operator asks for several."""
    several = any(c.operator.startswith("For") for c in conditions)
    return [Values({"s3:prefix": v} if v else {}) for v in TRIED if several or len(v) < 2]


@given(
    st.dictionaries(
        st.sampled_from(OPERATORS),
        st.lists(st.sampled_from(("a", "a*", "*", "?", "b", "1", "2", "arn:aws:s3:::*")), min_size=1, max_size=2),
        min_size=1,
        max_size=3,
    )
)
def test_conditions_that_never_hold_or_always(block: dict[str, list[str]]) -> None:
    values = {op: ["true" if "a" in given[0] else "false"] if op == "Null" else given for op, given in block.items()}
    condition = {operator: {"s3:prefix": given} for operator, given in values.items()}
    (statement,) = of({**EVERYTHING, "Condition": condition}).statements
    for conditions in contradictions(statement):
        assert not any(all(condition_holds(c, context, None) for c in conditions) for context in contexts(conditions))
        for left in itertools.combinations(conditions, len(conditions) - 1):
            if left:
                rest = {c.operator: {c.key: [item.text for item in c.values]} for c in left}
                (other,) = of({**EVERYTHING, "Condition": rest}).statements
                assert not list(contradictions(other)), "no more conditions than it takes"
    for always in tautologies(statement):
        assert all(condition_holds(always, context, None) for context in contexts([always]))


@pytest.mark.parametrize(
    ("entries", "is_open"),
    [
        ((EVERYTHING,), True),
        (({**EVERYTHING, "Action": "*:*"},), True),
        (({**EVERYTHING, "Resource": ["arn:aws:s3:::a", "**"]},), True),
        (({**EVERYTHING, "Resource": "arn:*"},), False),
        (({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, {**EVERYTHING, "Action": "IAM:*"}), True),
        (({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, {**EVERYTHING, "Action": "iam:G*"}), False),
        (({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::a"}, EVERYTHING), True),
        ((EVERYTHING, {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}), False),
        (({**EVERYTHING, "Condition": {"Bool": {"aws:SecureTransport": "true"}}},), False),
        (
            tuple({**EVERYTHING, "Condition": {"Null": {"aws:TokenIssueTime": value}}} for value in ("true", "false")),
            True,
        ),
    ],
)
def test_policies_that_allow_everything(entries: tuple[object, ...], is_open: bool) -> None:
    assert allows_everything(of(*entries)) is is_open


# What is forbidden


RULES = {"forbidden-access": load_rules()["forbidden-access"]}


def forbidden(document: object, *tables: Mapping[str, object], kind: str = "identity") -> tuple[Finding, ...]:
    settings = settings_for(forbidden_access=tables)
    run = Run(settings, RULES)
    run.add(load_text("policy.json", json.dumps(document), settings, kind=kind, named_alone=True))
    report = run.report()
    assert report.errors == ()
    return report.findings


@given(
    POLICIES,
    st.sampled_from((*ACTIONS, "s3:*")),
    PLACES.filter(lambda text: text == "*" or text.count(":") > 4),
    st.sampled_from((None, "eu-west-1")),
)
def test_access_is_forbidden_iff_a_request_shows_it(
    policy: Policy, action: str, place: str, region: str | None
) -> None:
    table: dict[str, object] = {"name": "x", "actions": action, "resources": place}
    if region:
        table["conditions"] = {"StringEquals": {"aws:RequestedRegion": region}}
    found = forbidden(policy.value, table)
    for finding in found:
        assert finding.level == "full"
        shown: dict[str, Any] = dict(finding.witness or {})
        assert evaluate(Request(**shown, resource_account="111122223333"), [policy]).allowed
        wanted = {**EVERYTHING, "Action": action, "Resource": place, "Condition": table.get("conditions", {})}
        assert evaluate(Request(**shown, resource_account="111122223333"), [of(wanted)]).allowed
    fitting = {**EVERYTHING, "Action": action, "Resource": place}
    both = zip(answers(without(policy, ())), answers([fitting]), strict=True)
    regions = [each == region or region is None for _, _, each in itertools.product(ACTIONS, RESOURCES, REGIONS)]
    # Every request here says its region, or has none, which AWS documents as never the case.
    present = [each is not None for _, _, each in itertools.product(ACTIONS, RESOURCES, REGIONS)]
    if any(a and b and c and d for (a, b), c, d in zip(both, regions, present, strict=True)):
        assert found


def account(policies: Sequence[object], boundary: object, tags: object = ()) -> dict[str, object]:
    arn = "arn:aws:iam::111122223333:policy/limit"
    return {
        "UserDetailList": [
            {
                "UserName": "ann",
                "Arn": USER,
                "GroupList": [],
                "AttachedManagedPolicies": [],
                "Tags": tags,
                "UserPolicyList": [
                    {"PolicyName": str(n), "PolicyDocument": {"Version": "2012-10-17", "Statement": entry}}
                    for n, entry in enumerate(policies)
                ],
                "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn},
            }
        ],
        "Policies": [
            {
                "PolicyName": "limit",
                "Arn": arn,
                "DefaultVersionId": "v1",
                "PolicyVersionList": [
                    {
                        "VersionId": "v1",
                        "IsDefaultVersion": True,
                        "Document": {"Version": "2012-10-17", "Statement": boundary},
                    }
                ],
            }
        ],
    }


DELETES = {"name": "buckets stay", "actions": "s3:DeleteBucket"}
TEAM = {"StringEquals": {"aws:PrincipalTag/team": "storage"}}


@pytest.mark.parametrize(
    ("policies", "boundary", "tags", "reported"),
    [
        ([EVERYTHING], EVERYTHING, [], True),
        ([EVERYTHING], {**EVERYTHING, "Action": "s3:Get*"}, [], False),
        (
            [{**EVERYTHING, "Action": "s3:*"}],
            {"Effect": "Allow", "NotAction": "s3:Delete*", "Resource": "*"},
            [],
            False,
        ),
        ([EVERYTHING, {**EVERYTHING, "Effect": "Deny", "Action": "s3:*Bucket"}], EVERYTHING, [], False),
        ([EVERYTHING], [EVERYTHING, {**EVERYTHING, "Effect": "Deny", "Action": "s3:*Bucket"}], [], False),
        ([{**EVERYTHING, "Condition": TEAM}], EVERYTHING, [{"Key": "team", "Value": "storage"}], True),
        ([{**EVERYTHING, "Condition": TEAM}], EVERYTHING, [{"Key": "team", "Value": "web"}], False),
        ([{**EVERYTHING, "Condition": {"StringEquals": {"aws:username": "bob"}}}], EVERYTHING, [], False),
        (
            [{**EVERYTHING, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}}}],
            EVERYTHING,
            [],
            True,
        ),
        (
            [{**EVERYTHING, "Resource": "arn:aws:s3:::${aws:username}"}],
            {**EVERYTHING, "Resource": "arn:aws:s3:::bob"},
            [],
            False,
        ),
        (
            [{**EVERYTHING, "Resource": "arn:aws:s3:::${aws:username}"}],
            {**EVERYTHING, "Resource": "arn:aws:s3:::ann"},
            [],
            True,
        ),
    ],
)
def test_a_user_with_all_that_applies(
    policies: Sequence[object], boundary: object, tags: object, reported: bool
) -> None:
    found = forbidden(account(policies, boundary, tags), DELETES)
    assert bool(found) is reported
    assert all(finding.subject is not None and finding.subject.id == USER for finding in found)


@pytest.mark.parametrize(
    ("table", "reported"),
    [
        ({"principals": USER}, True),
        ({"principals": "arn:aws:iam::*:role/*"}, False),
        ({"principals": ["111122223333"]}, True),
        ({"principals": ["444455556666"]}, False),
        ({"except-principals": "arn:aws:iam::*:user/a*"}, False),
        ({"except-principals": "444455556666"}, True),
        ({"conditions": {"StringLike": {"aws:username": "b*"}}}, False),
        ({"conditions": {"Bool": {"aws:MultiFactorAuthPresent": False}}}, True),
    ],
)
def test_whom_a_table_is_about(table: dict[str, object], reported: bool) -> None:
    assert bool(forbidden(account([EVERYTHING], EVERYTHING), {**DELETES, **table})) is reported


def test_a_policy_that_is_for_its_own_resource_may_be_meant() -> None:
    statement = {**EVERYTHING, "Principal": {"AWS": "111122223333"}, "Action": "kms:*"}
    document = {"Version": "2012-10-17", "Statement": statement}
    key = {"name": "x", "actions": "kms:Decrypt", "resources": "arn:aws:kms:*:*:key/a"}
    (finding,) = forbidden(document, key, kind="resource")
    assert finding.level == "limited"
    (finding,) = forbidden(document, {"name": "x", "actions": "kms:Decrypt"}, kind="resource")
    assert finding.level == "full"


def test_managed_policies_are_nearly_silent() -> None:
    """Each hit was looked at: all of these statements can be left out."""
    import gzip

    path = corpus("corpora/managed-policies/managed-policies.visible.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        policies = [Policy(json.loads(line)["document"], "identity") for line in file]
    assert sum(len(list(covered_statements(policy))) for policy in policies) < 0.04 * len(policies)
    assert not any(list(dead_allows(policy)) for policy in policies)
    assert not any(list(found(s)) for p in policies for s in p.statements for found in (contradictions, tautologies))
