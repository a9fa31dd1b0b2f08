"""Each method by itself: with all of its actions it works, and without one of them it does not."""

import pytest

from iamlint.analyse.escalation import METHODS
from iamlint.analyse.escalation.methods import BECOME, EXISTING, NEW, SELF
from iamlint.analyse.escalation.moves import PERHAPS, SURE
from tests.test_escalation.made import (
    ADMINISTRATOR,
    ID,
    allow,
    arn,
    attached,
    document,
    found,
    group,
    holder,
    policy,
    role,
)

ROOT = {"AWS": f"arn:aws:iam::{ID}:root"}
READ = allow("s3:GetObject")
VERSIONS = [
    {"VersionId": "v2", "IsDefaultVersion": True, "Document": document(READ)},
    {"VersionId": "v1", "IsDefaultVersion": False, "Document": document(allow("*"))},
]


def surroundings(method):
    """What must be there for a method to work: users beside ann, groups, roles, policies; and members of ann."""
    actions = set(method.actions)
    if method.kind in (NEW, EXISTING):
        return {"roles": [role("top", {"Service": method.service}, AttachedManagedPolicies=ADMINISTRATOR)]}
    if method.kind == SELF:
        return {
            "groups": [
                group("team"),
                *([group("top", AttachedManagedPolicies=ADMINISTRATOR)] if "iam:AddUserToGroup" in actions else []),
            ],
            "policies": [policy("held", PolicyVersionList=VERSIONS, DefaultVersionId="v2")],
        }
    if "iam:CreateRole" in actions:
        return {}
    weak = any(action.startswith(("iam:Put", "iam:Attach", "iam:CreatePolicy")) for action in actions)
    strong = {"AttachedManagedPolicies": attached("held") if weak else ADMINISTRATOR}
    # Of a policy that nobody but the role holds; a trust that needs an Allow besides, or one that lets in nobody.
    trust = {"Service": "ec2.amazonaws.com"} if "iam:UpdateAssumeRolePolicy" in actions else ROOT
    lists = {"policies": [policy("held", document(READ))]}
    if any("User" in action or "Key" in action or "Login" in action for action in actions):
        return {**lists, "users": [holder("bob", **strong)]}
    return {**lists, "roles": [role("other", trust, **strong)]}


def result(method, actions, **changes):
    lists = {**surroundings(method), **changes}
    others = lists.pop("users", [])
    statements = [allow(*actions)] if actions else []
    if any("Role" in action for action in method.actions) and method.kind == SELF:
        me = role("ann", {"Service": "lambda.amazonaws.com"}, *statements)
        return found(*others, roles=[me, *lists.pop("roles", [])], **lists).chains.get(arn("ann", "role"))
    members = {"GroupList": ["team"], "AttachedManagedPolicies": attached("held")} if method.kind == SELF else {}
    return found(holder("ann", *statements, **members), *others, **lists).chains.get(arn("ann"))


def smaller(method, actions):
    """Whether another method is made of these actions, in the same surroundings."""
    return any(
        set(other.actions) <= set(actions) and other.service == method.service for other in METHODS if other != method
    )


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_all_actions_together_are_enough(method):
    chain = result(method, method.actions)
    assert chain is not None
    assert len(chain.steps) == 1
    assert set(chain.steps[0].actions) <= set(method.actions)
    assert chain.steps[0].source == chain.principal
    assert all(entry.actions for entry in chain.steps[0].grants)
    assert smaller(method, method.actions) or set(chain.steps[0].actions) == set(method.actions)
    assert chain.certainty == SURE or method.waits_for is not None or "iam:DeleteAccessKey" in method.actions
    if method.waits_for is not None and not smaller(method, method.actions):
        assert chain.certainty == PERHAPS
        assert chain.waits_for == method.waits_for


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_without_one_of_its_actions_it_does_not_work(method):
    for left_out in method.actions:
        rest = [action for action in method.actions if action != left_out]
        chain = result(method, rest)
        if not smaller(method, rest):
            assert chain is None, left_out
        elif chain is not None:
            assert set(chain.steps[0].actions) <= set(rest)


@pytest.mark.parametrize("method", [m for m in METHODS if m.kind == NEW], ids=lambda method: method.id)
def test_a_role_that_trusts_another_service_cannot_be_passed(method):
    service = "ec2.amazonaws.com" if method.service != "ec2.amazonaws.com" else "lambda.amazonaws.com"
    other = role("top", {"Service": service}, AttachedManagedPolicies=ADMINISTRATOR, used=False)
    assert result(method, method.actions, roles=[other]) is None


@pytest.mark.parametrize("method", [m for m in METHODS if m.kind == EXISTING], ids=lambda method: method.id)
def test_nothing_runs_with_a_role_that_is_idle_or_another_service_has(method):
    idle = role("top", {"Service": method.service}, AttachedManagedPolicies=ADMINISTRATOR, used=False)
    assert result(method, method.actions, roles=[idle]) is None
    other = role("top", {"Service": "events.amazonaws.com"}, AttachedManagedPolicies=ADMINISTRATOR)
    assert result(method, method.actions, roles=[other]) is None


@pytest.mark.parametrize("method", [m for m in METHODS if m.kind != SELF], ids=lambda method: method.id)
def test_who_holds_nothing_leads_nowhere(method):
    if "iam:CreateRole" in method.actions:
        pytest.skip("makes its own target")
    lists = surroundings(method)
    weak = {
        "users": [holder("bob", READ)] if "users" in lists else [],
        "roles": [{**entry, "AttachedManagedPolicies": []} for entry in lists.get("roles", [])],
    }
    edits = any(action.startswith(("iam:Put", "iam:Attach")) for action in method.actions)
    chain = result(method, method.actions, **weak)
    assert (chain is not None) is edits  # who writes its policies needs no rights of the target


def test_the_kinds_are_four():
    assert {method.kind for method in METHODS} == {SELF, BECOME, NEW, EXISTING}
    assert len({frozenset(method.actions) for method in METHODS}) == len(METHODS) == 86
