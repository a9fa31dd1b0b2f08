"""`evaluate`: the tables of AWS's documentation, and the laws that every policy keeps."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse import (
    ALLOWED,
    CANNOT_TELL,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    Decision,
    Request,
    evaluate,
)
from iamlint.model import Policy

USER = "arn:aws:iam::111122223333:user/team/eve"
ROLE = "arn:aws:iam::111122223333:role/app"

LONG_LIVED_KEY: dict[str, str] = {}
SESSION = {"aws:MultiFactorAuthPresent": "false"}
SESSION_WITH_MFA = {"aws:MultiFactorAuthPresent": "true"}


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    return Policy({"Version": version, "Statement": list(statements)}, "identity")


def allow(action: str = "*", resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str = "*", resource: str = "*", **more: Any) -> dict[str, Any]:
    return allow(action, resource, **more) | {"Effect": "Deny"}


def ask(*statements: dict[str, Any], principal: str = USER, **more: Any) -> Decision:
    request = Request(principal, more.pop("action", "s3:GetObject"), **more)
    return evaluate(request, identity=[policy(*statements)])


@pytest.mark.parametrize(
    ("effect", "condition", "key", "session", "mfa"),
    [
        ("Deny", {"Bool": {"aws:MultiFactorAuthPresent": "false"}}, True, False, True),
        ("Deny", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, False, False, True),
        ("Allow", {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False, False, True),
        ("Allow", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True, False, True),
        ("Allow", {"Null": {"aws:MultiFactorAuthPresent": "false"}}, False, True, True),
        ("Deny", {"Null": {"aws:MultiFactorAuthPresent": "true"}}, False, True, True),
    ],
)
def test_what_mfa_conditions_let_through(
    effect: str, condition: dict[str, Any], key: bool, session: bool, mfa: bool
) -> None:
    """`aws:MultiFactorAuthPresent` is absent from requests with a long-lived key, `false` in sessions without MFA."""
    statements = [allow(Condition=condition)] if effect == "Allow" else [allow(), deny(Condition=condition)]
    answers = [ask(*statements, context=context).allowed for context in (LONG_LIVED_KEY, SESSION, SESSION_WITH_MFA)]
    assert answers == [key, session, mfa]


def test_the_answer_names_its_statement() -> None:
    document = policy(allow("s3:List*"), allow("s3:Get*", Sid="Read"), deny("s3:GetObject", "arn:aws:s3:::secret/*"))
    granted = evaluate(Request(USER, "s3:GetObject", "arn:aws:s3:::b/k"), [document])
    assert (granted.decision, granted.statement) == (ALLOWED, document.statements[1])
    assert granted.reason == "statement 2 ('Read') of the identity policies allows"
    assert granted.blockers == ()
    refused = evaluate(Request(USER, "s3:GetObject", "arn:aws:s3:::secret/k"), [document])
    assert (refused.decision, refused.statement) == (EXPLICITLY_DENIED, document.statements[2])
    assert refused.reason == "statement 3 of the identity policies denies"
    nothing = evaluate(Request(USER, "s3:PutObject", "arn:aws:s3:::b/k"), [document], boundary=[policy()])
    assert (nothing.decision, nothing.statement) == (IMPLICITLY_DENIED, None)
    assert [blocker.step for blocker in nothing.blockers] == ["identity", "boundary"]
    limited = evaluate(Request(USER, "s3:GetObject"), [policy(allow())], boundary=[policy(allow(), deny())])
    assert limited.decision == EXPLICITLY_DENIED
    assert limited.reason == "statement 2 of the permissions boundary denies"


@pytest.mark.parametrize(
    ("resource", "resource_account", "action", "expected"),
    [
        ("arn:aws:s3:::b/k", None, "s3:GetObject", ALLOWED),
        ("arn:aws:s3:::b/k", "111122223333", "s3:GetObject", ALLOWED),
        ("arn:aws:s3:::b/k", "444455556666", "s3:GetObject", CANNOT_TELL),
        ("arn:aws:sqs:eu-west-1:444455556666:q", None, "sqs:SendMessage", CANNOT_TELL),
        ("arn:aws:kms:eu-west-1:111122223333:key/1", None, "kms:Decrypt", CANNOT_TELL),
        ("arn:aws:kms:eu-west-1:111122223333:alias/a", None, "kms:CreateAlias", ALLOWED),
        ("*", None, "kms:ListKeys", ALLOWED),
        (ROLE, None, "sts:AssumeRole", CANNOT_TELL),
        (ROLE, None, "iam:PassRole", ALLOWED),
    ],
)
def test_where_a_policy_on_the_resource_must_allow_too(
    resource: str, resource_account: str | None, action: str, expected: str
) -> None:
    request = Request(USER, action, resource, resource_account)
    assert evaluate(request, [policy(allow())]).decision == expected
    alone = evaluate(request, [policy(allow())], resource_policy=())
    assert alone.decision == (ALLOWED if expected == ALLOWED else IMPLICITLY_DENIED)
    assert [blocker.step for blocker in alone.blockers] == ([] if expected == ALLOWED else ["resource"])
    denied = evaluate(request, [policy(deny())])
    assert (denied.decision, denied.assumed) == (EXPLICITLY_DENIED, ())


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (USER, ALLOWED),
        (ROLE, ALLOWED),
        ("arn:aws:sts::111122223333:assumed-role/app/session", ALLOWED),
        ("arn:aws:sts::111122223333:federated-user/eve", ALLOWED),
        ("anonymous", CANNOT_TELL),
        ("lambda.amazonaws.com", CANNOT_TELL),
        ("arn:aws:iam::111122223333:saml-provider/idp", CANNOT_TELL),
    ],
)
def test_who_has_identity_policies(principal: str, expected: str) -> None:
    assert ask(allow(), principal=principal).decision == expected


def test_the_root_user_is_bound_by_no_identity_policy() -> None:
    root = Request("arn:aws:iam::111122223333:root", "s3:GetObject", "arn:aws:s3:::b/k")
    assert evaluate(root, [policy(deny())], boundary=[policy(deny())]).allowed


def test_get_caller_identity_needs_no_permission() -> None:
    assert ask(deny(), action="sts:GetCallerIdentity").allowed


@pytest.mark.parametrize(
    ("principal", "key", "value"),
    [
        (USER, "aws:username", "eve"),
        (USER, "aws:PrincipalArn", USER),
        (USER, "aws:PrincipalType", "User"),
        (USER, "aws:PrincipalAccount", "111122223333"),
        (USER, "aws:PrincipalIsAWSService", "false"),
        ("arn:aws:sts::111122223333:assumed-role/app/session", "aws:PrincipalArn", ROLE),
        ("arn:aws:sts::111122223333:assumed-role/app/session", "aws:PrincipalType", "AssumedRole"),
    ],
)
def test_keys_that_follow_from_the_principal(principal: str, key: str, value: str) -> None:
    statement = allow(Condition={"StringEquals": {key: value}})
    assert ask(statement, principal=principal).allowed
    assert not ask(statement, principal=principal, context={key.lower(): "another"}).allowed


def test_a_variable_without_a_value_disarms_the_statement() -> None:
    home = "arn:aws:s3:::b/${aws:PrincipalTag/home}/*"
    assert not ask(allow(resource=home), resource="arn:aws:s3:::b/x/k").allowed
    assert ask(allow(), deny(resource=home), resource="arn:aws:s3:::b/x/k").allowed
    others = {"Effect": "Deny", "Action": "*", "NotResource": home}
    assert ask(allow(), others, resource="arn:aws:s3:::b/x/k").allowed
    assert not ask(allow(), others, resource="arn:aws:s3:::b/x/k", context={"aws:PrincipalTag/home": "y"}).allowed


def test_the_other_reading_of_a_resource_is_named() -> None:
    arn = "arn:aws:s3:eu-west-1:444455556666:111122223333:x"
    statement = allow(resource="arn:aws:s3:*:111122223333:x")
    decision = ask(statement, resource=arn, resource_account="111122223333")
    assert decision.decision == IMPLICITLY_DENIED
    assert decision.assumed[-1].endswith("if they go on, the request is Allowed")


@pytest.mark.parametrize(
    ("principal", "action"), [("eve", "s3:GetObject"), (USER, "s3"), (USER, "a:b:c"), ("arn:aws:iam::1:group/g", "a:b")]
)
def test_what_is_no_request_is_refused(principal: str, action: str) -> None:
    with pytest.raises(ValueError, match=r"^the (action|principal) is n"):
        evaluate(Request(principal, action))


def test_malformed_policies_are_survived() -> None:
    broken: list[object] = [None, [], "x", {"Statement": 7}, {"Statement": [7, {}, {"Effect": "Allow", "Action": {}}]}]
    for value in broken:
        assert evaluate(Request(USER, "s3:GetObject"), [Policy(value, "identity")]).decision == IMPLICITLY_DENIED


ARNS = ["arn:aws:s3:::b/k", "arn:aws:s3:::b/x", "arn:aws:sqs:eu-west-1:111122223333:q"]
CONDITIONS = st.dictionaries(
    st.sampled_from(
        ["StringEquals", "StringNotLike", "Null", "BoolIfExists", "ForAllValues:StringEquals", "ForAnyValue:StringLike"]
    ),
    st.dictionaries(
        st.sampled_from(["aws:SourceVpce", "aws:SecureTransport"]),
        st.lists(st.sampled_from(["true", "false", "*", "x"]), max_size=2),
        max_size=2,
    ),
    max_size=2,
)
STATEMENTS = st.builds(
    lambda effect, actions, not_action, resources, not_resource, condition: {
        "Effect": effect,
        "NotAction" if not_action else "Action": actions,
        "NotResource" if not_resource else "Resource": resources,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.lists(st.sampled_from(["*", "s3:*", "s3:GetObject", "s3:*Object", "sqs:Send*", "SQS:?*"]), max_size=2),
    st.booleans(),
    st.lists(st.sampled_from(["*", "arn:aws:s3:::*", "arn:aws:s3:::b/?", "arn:aws:sqs:*", *ARNS]), max_size=2),
    st.booleans(),
    CONDITIONS,
)
REQUESTS = st.builds(
    Request,
    principal=st.sampled_from([USER, ROLE]),
    action=st.sampled_from(["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]),
    resource=st.sampled_from(["*", *ARNS]),
    resource_account=st.just("111122223333"),
    context=st.dictionaries(
        st.sampled_from(["aws:SourceVpce", "aws:SecureTransport"]), st.sampled_from(["true", "false", "x"]), max_size=2
    ),
)
MANY = st.lists(STATEMENTS, max_size=4)


def decided(request: Request, statements: list[dict[str, Any]], boundary: list[dict[str, Any]] | None = None) -> str:
    limits = None if boundary is None else [policy(*boundary)]
    return evaluate(request, [policy(*statements)], limits).decision


@given(REQUESTS, MANY, STATEMENTS)
def test_a_further_deny_never_grants(request: Request, statements: list[Any], more: dict[str, Any]) -> None:
    if decided(request, [*statements, more | {"Effect": "Deny"}]) == ALLOWED:
        assert decided(request, statements) == ALLOWED


@given(REQUESTS, MANY, STATEMENTS)
def test_an_allow_less_never_grants(request: Request, statements: list[Any], more: dict[str, Any]) -> None:
    if decided(request, statements) == ALLOWED:
        assert decided(request, [*statements, more | {"Effect": "Allow"}]) == ALLOWED


@given(REQUESTS, MANY, STATEMENTS, CONDITIONS)
def test_a_further_condition_on_an_allow_never_grants(
    request: Request, statements: list[Any], last: dict[str, Any], condition: dict[str, Any]
) -> None:
    """Under operators that the statement has not used, as two equal keys would be one."""
    free = {**last, "Effect": "Allow"}
    tight = {**free, "Condition": {**condition, **last["Condition"]}}
    if decided(request, [*statements, tight]) == ALLOWED:
        assert decided(request, [*statements, free]) == ALLOWED


@given(REQUESTS, MANY, MANY)
def test_a_boundary_only_narrows(request: Request, statements: list[Any], boundary: list[Any]) -> None:
    limited = decided(request, statements, boundary)
    if limited == ALLOWED:
        assert decided(request, statements) == ALLOWED
        assert decided(request, boundary) == ALLOWED
    if decided(request, statements) == ALLOWED and decided(request, boundary) == ALLOWED:
        assert limited == ALLOWED


@given(REQUESTS, MANY, st.randoms(use_true_random=False))
def test_order_and_division_into_policies_do_not_matter(request: Request, statements: list[Any], random: Any) -> None:
    shuffled = random.sample(statements, len(statements))
    apart = evaluate(request, [policy(statement) for statement in shuffled]).decision
    assert decided(request, shuffled) == decided(request, statements) == apart


@given(REQUESTS, MANY)
def test_case_of_actions_does_not_matter(request: Request, statements: list[Any]) -> None:
    assert decided(request._replace(action=request.action.swapcase()), statements) == decided(request, statements)


@given(REQUESTS, MANY)
def test_one_string_is_a_list_of_one(request: Request, statements: list[Any]) -> None:
    def bare(value: Any) -> Any:
        return value[0] if isinstance(value, list) and len(value) == 1 else value

    plain = [{name: bare(value) for name, value in statement.items()} for statement in statements]
    assert decided(request, plain) == decided(request, statements)


@given(REQUESTS, MANY)
def test_the_answer_and_its_blockers_agree(request: Request, statements: list[Any]) -> None:
    decision = evaluate(request, [policy(*statements)])
    assert decision.allowed == (not decision.blockers)
    if decision.blockers:
        assert decision.reason == decision.blockers[0].reason
    assert (decision.decision == EXPLICITLY_DENIED) == (decision.statement is not None and decision.statement.denies)
