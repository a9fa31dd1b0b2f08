"""What a policy grants, against `evaluate` where a single request is asked for."""

from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.actions import action_meets
from iamlint.analyse.evaluation import ALLOWED, Request, evaluate
from iamlint.analyse.granted import granted, resource_meets
from iamlint.analyse.resources import segments_match
from iamlint.analyse.work import Budget, TooMuchWork
from iamlint.model import Policy

ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:PassRole", "sqs:SendMessage")
ACTION_PATTERNS = (*ACTIONS, "*", "s3:*", "S3:Get*", "iam:?assRole", "*:PassRole", "sqs:*", "s3:GetObject?")
RESOURCES = ("arn:aws:s3:::a/k", "arn:aws:s3:::b/k", "arn:aws:iam::111122223333:role/app")
RESOURCE_PATTERNS = (
    *RESOURCES,
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::?/*",
    "arn:aws:iam::*:role/*",
    "arn:aws:iam::*",
    "arn:*",
)


def some(values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=3)


statements = st.builds(
    lambda effect, action, actions, resource, resources: {"Effect": effect, action: actions, resource: resources},
    st.sampled_from(("Allow", "Deny")),
    st.sampled_from(("Action", "NotAction")),
    some(ACTION_PATTERNS),
    st.sampled_from(("Resource", "NotResource")),
    some(RESOURCE_PATTERNS),
)
policies = st.lists(statements, min_size=1, max_size=4).map(
    lambda entries: Policy({"Version": "2012-10-17", "Statement": entries}, "identity")
)


def grants(policy, actions, resources):
    return list(granted(policy.statements, actions, resources, Budget()))


@given(policies, st.sampled_from(ACTIONS), st.sampled_from(RESOURCES))
def test_of_one_request_it_says_what_evaluate_says(policy, action, resource):
    request = Request(principal="arn:aws:iam::111122223333:user/u", action=action, resource=resource, context={})
    decision = evaluate(request, identity=[policy], boundary=None)
    assert bool(grants(policy, [action], [resource])) is (decision.decision == ALLOWED)


@given(policies, some(ACTION_PATTERNS), some(RESOURCE_PATTERNS))
def test_what_a_pattern_holds_is_granted_with_it(policy, actions, resources):
    """No request that is allowed escapes a pattern that matches it."""
    for action in ACTIONS:
        for resource in RESOURCES:
            asked = any(action_meets(p, action) for p in actions) and any(
                resource_meets(p, resource) for p in resources
            )
            if asked and grants(policy, [action], [resource]):
                assert grants(policy, actions, resources)


@given(st.sampled_from(RESOURCE_PATTERNS), st.sampled_from(RESOURCES))
def test_patterns_meet_what_they_match(pattern, resource):
    assert resource_meets(pattern, resource) is (pattern == "*" or segments_match(_whole(pattern), resource))


def _whole(pattern):
    return pattern + ":*" * (5 - min(pattern.count(":"), 5))


def test_conditions_and_principals_do_not_make_a_denial_sure():
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}

    def open_(**more):
        return bool(grants(Policy({"Statement": [allow, {**deny, **more}]}, "resource"), ["s3:*"], ["*"]))

    assert not open_()
    assert not open_(Condition={})
    assert not open_(Principal="*")
    assert open_(Condition={"Bool": {"aws:SecureTransport": "false"}})
    assert open_(Principal={"AWS": "arn:aws:iam::111122223333:root"})
    assert open_(NotPrincipal={"AWS": "arn:aws:iam::111122223333:root"})


def test_a_variable_may_be_any_text_but_blocks_nothing_for_sure():
    home = "arn:aws:s3:::home/${aws:username}/*"

    def of(version, effect):
        entries = [{"Effect": effect, "Action": "s3:*", "Resource": home}]
        if effect == "Deny":
            entries.append({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/*"})
        policy = Policy({"Version": version, "Statement": entries}, "identity")
        return bool(grants(policy, ["s3:GetObject"], ["arn:aws:s3:::home/ann/k"]))

    assert of("2012-10-17", "Allow")
    assert not of("2008-10-17", "Allow")
    assert of("2012-10-17", "Deny")


def test_work_is_bounded():
    many = [f"s3:Get{number}*" for number in range(3000)]
    entries = [
        {"Effect": "Allow", "Action": many, "Resource": "*"},
        {"Effect": "Deny", "Action": many[::-1], "Resource": "*"},
    ]
    policy = Policy({"Statement": entries}, "identity")
    try:
        grants(policy, ["*"], ["*"])
    except TooMuchWork:
        return
    raise AssertionError("nine million comparisons were made")
