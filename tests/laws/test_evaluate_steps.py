"""`evaluate` with policies on resources, sessions and organisations: the tables of AWS's documentation."""

from typing import Any

import pytest

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

HOME, OTHER = "111122223333", "444455556666"
USER = f"arn:aws:iam::{HOME}:user/eve"
ROLE = f"arn:aws:iam::{HOME}:role/team/app"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/app/night"
FEDERATED = f"arn:aws:sts::{HOME}:federated-user/eve"
ROOT = f"arn:aws:iam::{HOME}:root"
SERVICE = "lambda.amazonaws.com"
IDP = f"arn:aws:iam::{HOME}:saml-provider/idp"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1"
OBJECT = "arn:aws:s3:::b/k"

Statement = dict[str, Any]


def policy(*statements: Statement, kind: str = "identity") -> Policy:
    return Policy({"Version": "2012-10-17", "Statement": list(statements)}, kind)


def allow(action: str = "*", **more: Any) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def deny(action: str = "*", **more: Any) -> Statement:
    return allow(action, **more) | {"Effect": "Deny"}


FULL = policy(allow())
NOTHING = policy()
"""A policy that is there and allows nothing."""


def on_resource(principal: Any, effect: str = "Allow", element: str = "Principal") -> Policy:
    return policy({"Effect": effect, element: principal, "Action": "*", "Resource": "*"}, kind="resource")


def ask(principal: str = USER, resource: str = OBJECT, account: str | None = HOME, **given: Any) -> Decision:
    action = "kms:Decrypt" if ":key/" in resource else "s3:GetObject"
    if ":role/" in resource:
        action = "sts:AssumeRole"
    nothing: dict[str, Any] = {
        "identity": (),
        "boundary": (),
        "scps": (),
        "rcps": (),
        "resource_policy": (),
        "session": (),
    }
    return evaluate(Request(principal, action, resource, account, given.pop("context", {})), **nothing | given)


def steps(decision: Decision) -> list[str]:
    return [blocker.step for blocker in decision.blockers]


EVERYONE = "*"


UNNAMED = ["resource", "identity", "boundary", "session"]


@pytest.mark.parametrize(
    ("principal", "names", "missing"),
    [
        # the table of "Policy evaluation logic" for policies on resources within one account
        (USER, {"AWS": USER}, []),
        (SESSION, {"AWS": SESSION}, []),
        (SESSION, {"AWS": f"arn:aws:iam::{HOME}:role/app"}, ["boundary", "session"]),
        (SESSION, {"AWS": ROLE}, ["boundary", "session"]),
        (ROLE, {"AWS": ROLE}, ["boundary", "session"]),
        (FEDERATED, {"AWS": FEDERATED}, []),
        (FEDERATED, {"AWS": USER}, UNNAMED),
        (USER, EVERYONE, []),
        (SESSION, {"AWS": "*"}, []),
        (USER, {"AWS": HOME}, ["identity", "boundary", "session"]),
        (SESSION, {"AWS": ROOT}, ["identity", "boundary", "session"]),
        (USER, {"AWS": OTHER}, UNNAMED),
        (USER, {"AWS": f"arn:aws-cn:iam::{HOME}:root"}, UNNAMED),
        (SESSION, {"AWS": f"arn:aws:sts::{HOME}:assumed-role/app/day"}, UNNAMED),
        (SESSION, {"AWS": f"arn:aws:sts::{HOME}:assumed-role/app/*"}, UNNAMED),
        (SESSION, {"AWS": f"arn:aws:iam::{OTHER}:role/app"}, UNNAMED),
        (ROLE, {"AWS": f"arn:aws:iam::{HOME}:role/app"}, UNNAMED),
        (USER, {"Service": "*"}, UNNAMED),
        (USER, {"Federated": USER}, UNNAMED),
        (USER, {"CanonicalUser": USER}, UNNAMED),
    ],
)
def test_how_far_an_allow_on_the_resource_reaches(principal: str, names: Any, missing: list[str]) -> None:
    """Where no other policy allows anything; the policy of a KMS key reaches as far, and is needed besides."""
    closed: dict[str, Any] = {"boundary": [NOTHING], "session": NOTHING}
    on_key = ask(principal, KEY, resource_policy=on_resource(names), **closed)
    assert steps(on_key) == missing
    decision = ask(principal, resource_policy=on_resource(names), **closed)
    assert steps(decision) == [step for step in missing if step != "resource"]
    assert decision.decision == (IMPLICITLY_DENIED if missing else ALLOWED)
    opened: dict[str, Any] = {"identity": [FULL], "boundary": [FULL], "session": FULL}
    assert ask(principal, resource_policy=on_resource(names), **opened).allowed


@pytest.mark.parametrize(
    ("principal", "names", "expected"),
    [
        (SERVICE, {"Service": SERVICE}, ALLOWED),
        (SERVICE, {"Service": ["ec2.amazonaws.com", SERVICE]}, ALLOWED),
        (SERVICE, EVERYONE, ALLOWED),
        (SERVICE, {"Service": "ec2.amazonaws.com"}, IMPLICITLY_DENIED),
        (SERVICE, {"AWS": ROOT}, IMPLICITLY_DENIED),
        (SERVICE, {"AWS": SERVICE}, IMPLICITLY_DENIED),
        ("anonymous", EVERYONE, ALLOWED),
        ("anonymous", {"AWS": "*"}, ALLOWED),
        ("anonymous", {"AWS": ROOT}, IMPLICITLY_DENIED),
        ("anonymous", {"Service": "anonymous"}, IMPLICITLY_DENIED),
        (IDP, {"Federated": IDP}, ALLOWED),
        (IDP, {"Federated": "accounts.google.com"}, IMPLICITLY_DENIED),
        ("accounts.google.com", {"Federated": "accounts.google.com"}, ALLOWED),
        (ROOT, {"AWS": OTHER}, ALLOWED),
    ],
)
def test_callers_without_identity_policies(principal: str, names: Any, expected: str) -> None:
    assert ask(principal, resource_policy=on_resource(names)).decision == expected


def test_the_root_user_needs_the_policy_of_a_key_and_heeds_denials() -> None:
    assert ask(ROOT).allowed
    assert steps(ask(ROOT, KEY)) == ["resource"]
    assert ask(ROOT, KEY, resource_policy=on_resource({"AWS": HOME})).allowed
    assert ask(ROOT, scps=[[NOTHING]]).decision == IMPLICITLY_DENIED
    assert ask(ROOT, resource_policy=on_resource({"AWS": HOME}, "Deny")).decision == EXPLICITLY_DENIED


@pytest.mark.parametrize(
    ("principal", "listed", "spared"),
    [
        (USER, {"AWS": USER}, True),
        (USER, {"AWS": [USER, ROOT]}, True),
        (USER, {"AWS": ROOT}, False),
        (SESSION, {"AWS": ROLE}, True),
        (SESSION, {"AWS": SESSION}, True),
        (USER, {"AWS": "*"}, True),
        (ROOT, {"AWS": ROOT}, True),
        ("anonymous", {"AWS": ROOT}, False),
        (SERVICE, {"Service": SERVICE}, True),
        (SERVICE, {"AWS": ROOT}, False),
    ],
)
def test_whom_a_deny_with_not_principal_spares(principal: str, listed: Any, spared: bool) -> None:
    document = policy(
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotPrincipal": listed, "Action": "*", "Resource": "*"},
        kind="resource",
    )
    decision = ask(principal, identity=[FULL], resource_policy=document)
    assert decision.decision == (ALLOWED if spared else EXPLICITLY_DENIED)
    alone = spared and principal in (USER, SESSION) and listed in ({"AWS": USER}, {"AWS": ROLE}, {"AWS": SESSION})
    assert any("NotPrincipal" in text for text in decision.assumed) is alone
    if principal in (USER, SESSION):
        bounded = ask(principal, identity=[FULL], resource_policy=document, boundary=[FULL])
        assert bounded.decision == EXPLICITLY_DENIED


@pytest.mark.parametrize(
    ("listed", "expected"),
    [({"AWS": USER}, IMPLICITLY_DENIED), ({"AWS": HOME}, IMPLICITLY_DENIED), ({"AWS": ROLE}, ALLOWED)],
)
def test_whom_an_allow_with_not_principal_means(listed: Any, expected: str) -> None:
    assert ask(resource_policy=on_resource(listed, element="NotPrincipal")).decision == expected


def test_a_statement_without_principal_means_nobody() -> None:
    bare = policy(allow(), deny(), kind="resource")
    assert ask(identity=[FULL], resource_policy=bare).allowed
    assert steps(ask(identity=[FULL], resource_policy=bare, account=OTHER)) == ["resource"]


def test_a_policy_on_a_resource_need_not_name_it() -> None:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "sts:AssumeRole"}, kind="trust")
    assert ask(resource=ROLE, identity=[FULL], resource_policy=trust).allowed
    assert steps(ask(resource=ROLE, resource_policy=trust)) == ["identity"]
    assert steps(ask(resource=ROLE, identity=[FULL])) == ["resource"]
    missing = policy({"Effect": "Allow", "Action": "sts:AssumeRole"})
    assert steps(ask(resource=ROLE, identity=[missing], resource_policy=trust)) == ["identity"]


@pytest.mark.parametrize(
    ("identity", "on", "boundary", "session", "expected"),
    [
        ([FULL], {"AWS": HOME}, [], [], []),
        ([FULL], {"AWS": SESSION}, [], [], []),
        ([FULL], EVERYONE, [FULL], [FULL], []),
        ([], {"AWS": SESSION}, [], [], ["identity"]),
        ([FULL], {"AWS": OTHER}, [], [], ["resource"]),
        ([FULL], {"AWS": SESSION}, [NOTHING], [], ["boundary"]),
        ([FULL], {"AWS": SESSION}, [], [NOTHING], ["session"]),
        ([], {"AWS": OTHER}, [NOTHING], [NOTHING], ["resource", "identity", "boundary", "session"]),
    ],
)
def test_across_accounts_both_sides_must_allow(
    identity: Any, on: Any, boundary: Any, session: Any, expected: list[str]
) -> None:
    """ "Cross-account policy evaluation logic": a policy on the resource never allows by itself."""
    decision = ask(
        SESSION, account=OTHER, identity=identity, resource_policy=on_resource(on), boundary=boundary, session=session
    )
    assert steps(decision) == expected


def test_a_federated_user_has_only_what_its_session_policy_gives() -> None:
    """AWS STS API Reference, "GetFederationToken"."""
    assert steps(ask(FEDERATED, identity=[FULL])) == ["session"]
    assert ask(FEDERATED, identity=[FULL], session=FULL).allowed
    assert ask(FEDERATED, resource_policy=on_resource({"AWS": FEDERATED})).allowed
    assert ask(FEDERATED, identity=[FULL], session=None).allowed


def test_every_level_of_an_organisation_must_allow() -> None:
    for kind in ("scps", "rcps"):
        given: dict[str, Any] = {"identity": [FULL]}
        assert ask(**given | {kind: [[FULL], [NOTHING, FULL]]}).allowed
        decision = ask(**given | {kind: [[FULL], [NOTHING], []]})
        assert [blocker.reason for blocker in decision.blockers] == [
            f"no statement of the {'service' if kind == 'scps' else 'resource'} control policies of level {n} of 3 "
            "allows the request"
            for n in (2, 3)
        ]


def test_whom_organisation_policies_do_not_bind() -> None:
    closed: dict[str, Any] = {"scps": [[policy(deny())]], "rcps": [[policy(deny())]], "identity": [FULL]}
    linked = f"arn:aws:iam::{HOME}:role/aws-service-role/a.amazonaws.com/AWSServiceRoleForA"
    assert ask(linked, **closed).allowed
    by_name = ask(f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForA/s", **closed)
    assert by_name.allowed
    assert "service-linked, as its name says" in by_name.assumed[0]
    with_path = {"aws:PrincipalArn": linked}
    told = ask(f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForA/s", context=with_path, **closed)
    assert (told.allowed, told.assumed) == (True, ())
    assert ask(**closed, management_account=HOME).allowed
    assert steps(ask(**closed, management_account=OTHER)) == ["rcp", "scp", "rcp", "scp"]
    foreign = ask(account=OTHER, **closed, management_account=HOME, resource_policy=on_resource("*"))
    assert steps(foreign) == ["rcp", "rcp"]
    anyone = ask("anonymous", **closed, resource_policy=on_resource("*"))
    assert steps(anyone) == ["rcp", "rcp"]


def test_a_resource_control_policy_means_everyone() -> None:
    given = deny(Principal="*")
    for principal in (USER, SERVICE, "anonymous", ROOT):
        assert ask(principal, rcps=[[FULL, policy(given)]]).decision == EXPLICITLY_DENIED


def test_a_denial_names_everything_that_stands_in_the_way() -> None:
    wall = policy(deny())
    decision = ask(
        SESSION,
        identity=[wall],
        boundary=[NOTHING],
        scps=[[wall], [FULL]],
        rcps=[[NOTHING]],
        resource_policy=on_resource("*", "Deny"),
        session=wall,
    )
    assert decision.decision == EXPLICITLY_DENIED
    assert [(blocker.step, blocker.statement is not None) for blocker in decision.blockers] == [
        ("scp", True),
        ("resource", True),
        ("identity", True),
        ("session", True),
        ("rcp", False),
        ("scp", False),
        ("identity", False),
        ("boundary", False),
        ("session", False),
    ]
    assert decision.statement is decision.blockers[0].statement
    assert decision.reason == "statement 1 of the service control policies of level 1 of 2 denies"


@pytest.mark.parametrize(
    ("given", "expected", "assumed"),
    [
        ({}, ALLOWED, ""),
        ({"scps": None}, ALLOWED, "service control policies"),
        ({"rcps": None, "boundary": None}, ALLOWED, "resource control policies, a permissions boundary"),
        ({"resource_policy": None}, ALLOWED, "a policy on the resource"),
        ({"session": None}, ALLOWED, "a session policy"),
        ({"identity": None}, CANNOT_TELL, ""),
        ({"identity": None, "scps": [[NOTHING]]}, IMPLICITLY_DENIED, ""),
        ({"identity": None, "boundary": [policy(deny())]}, EXPLICITLY_DENIED, ""),
        ({"identity": (), "resource_policy": None}, IMPLICITLY_DENIED, "no policy on the resource allows the request"),
        ({"identity": (), "resource_policy": None, "scps": [[]]}, IMPLICITLY_DENIED, ""),
        ({"account": OTHER, "resource_policy": None}, CANNOT_TELL, ""),
        ({"account": OTHER, "resource_policy": None, "identity": ()}, IMPLICITLY_DENIED, ""),
    ],
)
def test_what_is_not_known_is_said(given: dict[str, Any], expected: str, assumed: str) -> None:
    decision = ask(SESSION, **{"identity": [FULL]} | given)
    assert decision.decision == expected
    prefix = "" if assumed.startswith("no ") or not assumed else "not known, and taken not to stand in the way: "
    assert decision.assumed == ((prefix + assumed,) if assumed else ())
    assert decision.allowed == (not decision.blockers)


def test_other_things_taken_for_granted() -> None:
    assert ask(identity=[FULL], account=None).assumed == ("the resource belongs to the account of the principal",)
    through = ask(identity=[FULL], context={"aws:SourceVpce": "vpce-1"})
    assert through.assumed == ("the policy of the VPC endpoint allows the request",)
    assert ask(resource=KEY, identity=[FULL]).assumed == ("no grant of the KMS key allows the request",)


@pytest.mark.parametrize(
    ("principal", "key", "value"),
    [
        (SERVICE, "aws:PrincipalIsAWSService", "true"),
        (SERVICE, "aws:PrincipalServiceName", SERVICE),
        (FEDERATED, "aws:userid", f"{HOME}:eve"),
        (FEDERATED, "aws:PrincipalType", "FederatedUser"),
        (ROOT, "aws:userid", HOME),
        ("anonymous", "aws:PrincipalType", "Anonymous"),
    ],
)
def test_keys_that_follow_from_the_principal(principal: str, key: str, value: str) -> None:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {key: value}},
    }
    decision = ask(principal, resource_policy=policy(statement, kind="resource"))
    assert decision.decision == EXPLICITLY_DENIED


def test_no_text_of_a_policy_reaches_the_terminal_as_it_is() -> None:
    decision = ask(identity=[policy(deny(Sid="\x1b[31m\u202e" + "x" * 500))])
    assert decision.reason.isprintable()
    assert len(decision.reason) < 200
