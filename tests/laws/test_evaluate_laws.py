"""What holds of `evaluate` for all requests and policies, step by step."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse import CANNOT_TELL, EXPLICITLY_DENIED, IMPLICITLY_DENIED, Request, evaluate
from iamlint.model import Policy
from tests.laws.test_evaluate_steps import (
    EVERYONE,
    FEDERATED,
    FULL,
    HOME,
    KEY,
    OBJECT,
    OTHER,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    Statement,
    policy,
)

PRINCIPALS = st.sampled_from([USER, ROLE, SESSION, FEDERATED, ROOT, SERVICE, "anonymous"])
NAMES = st.sampled_from(
    [
        EVERYONE,
        {"AWS": "*"},
        {"AWS": HOME},
        {"AWS": USER},
        {"AWS": [ROLE, SESSION]},
        {"Service": SERVICE},
        {"AWS": OTHER},
    ]
)
ACTIONS = st.lists(st.sampled_from(["*", "s3:*", "s3:GetObject", "kms:*", "sts:Assume*"]), max_size=2)
RESOURCES = st.lists(st.sampled_from(["*", "arn:aws:s3:::*", OBJECT, KEY, "arn:aws:*", f"arn:*:{HOME}:*"]), max_size=2)
VPCE = st.dictionaries(
    st.sampled_from(["StringEquals", "StringNotEquals", "Null"]),
    st.dictionaries(st.just("aws:SourceVpce"), st.sampled_from(["x", "true"]), max_size=1),
    max_size=1,
)


@st.composite
def _statement(draw: st.DrawFn, named: bool = False) -> Statement:
    statement: Statement = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "NotAction"])): draw(ACTIONS),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): draw(RESOURCES),
        "Condition": draw(VPCE),
    }
    if named:
        statement[draw(st.sampled_from(["Principal", "Principal", "NotPrincipal"]))] = draw(NAMES)
    return statement


PLAIN = st.lists(_statement(), max_size=3).map(lambda statements: policy(*statements))
ON_RESOURCE = st.lists(_statement(named=True), max_size=3).map(lambda found: policy(*found, kind="resource"))
FEW = st.lists(PLAIN, max_size=2)
LEVELS = st.lists(FEW, max_size=2)
GIVEN = st.fixed_dictionaries(
    {
        "identity": FEW,
        "boundary": st.lists(PLAIN, max_size=1),
        "scps": LEVELS,
        "rcps": LEVELS,
        "resource_policy": st.lists(ON_RESOURCE, max_size=1),
        "session": st.lists(PLAIN, max_size=1),
    }
)
REQUESTS = st.builds(
    Request,
    principal=PRINCIPALS,
    action=st.sampled_from(["s3:GetObject", "kms:Decrypt", "sts:AssumeRole"]),
    resource=st.sampled_from(["*", OBJECT, KEY, ROLE]),
    resource_account=st.sampled_from([HOME, HOME, OTHER]),
    context=st.sampled_from([{}, {"aws:SourceVpce": "x"}]),
)
Given = dict[str, Any]


def allowed(request: Request, given: Given, **changed: Any) -> bool:
    return evaluate(request, **{**given, **changed}).allowed


@given(REQUESTS, GIVEN, st.sampled_from(["identity", "boundary", "scps", "rcps", "session"]), _statement())
def test_a_further_deny_never_grants(request: Request, given: Given, where: str, more: Statement) -> None:
    wall = policy(more | {"Effect": "Deny"})
    if where in ("scps", "rcps"):
        changed: Any = [[*level, wall] for level in given[where]]
    else:
        changed = [*given[where], wall] if given[where] or where != "session" else given[where]
        if not given[where] and where == "boundary":
            return  # a boundary that is only a Deny is a boundary all the same: another law
    if allowed(request, given, **{where: changed}):
        assert allowed(request, given)


@given(REQUESTS, GIVEN, _statement(named=True))
def test_a_further_deny_on_the_resource_never_grants(request: Request, given: Given, more: Statement) -> None:
    wall = policy(more | {"Effect": "Deny"}, kind="resource")
    if allowed(request, given, resource_policy=[*given["resource_policy"], wall]):
        assert allowed(request, given)


@given(
    REQUESTS,
    GIVEN,
    _statement(named=True),
    st.sampled_from(["identity", "resource_policy", "boundary", "scps", "rcps"]),
)
def test_a_further_allow_never_denies(request: Request, given: Given, more: Statement, where: str) -> None:
    """To a policy that is there; a boundary or level where there was none can deny."""
    grant = policy(more | {"Effect": "Allow"}, kind="resource")
    if where in ("scps", "rcps"):
        changed: Any = [[*level, grant] for level in given[where]]
    elif where == "boundary" and not given[where]:
        return
    else:
        changed = [*given[where], grant]
    if allowed(request, given):
        assert allowed(request, given, **{where: changed})


@given(REQUESTS, GIVEN, PLAIN)
def test_a_boundary_never_grants(request: Request, given: Given, boundary: Policy) -> None:
    if allowed(request, given, boundary=[boundary]):
        assert allowed(request, given, boundary=())


@given(REQUESTS, GIVEN, PLAIN)
def test_a_session_policy_never_grants(request: Request, given: Given, session: Policy) -> None:
    """But to a federated user, who has nothing without one."""
    if "federated-user" not in request.principal and allowed(request, given, session=[session]):
        assert allowed(request, given, session=())


@given(REQUESTS, GIVEN, st.sampled_from(["scps", "rcps"]), st.integers(0, 2))
def test_a_level_of_full_access_is_neutral(request: Request, given: Given, kind: str, place: int) -> None:
    levels = list(given[kind])
    levels.insert(place, [FULL])
    assert allowed(request, given, **{kind: levels}) == allowed(request, given)


@given(REQUESTS, GIVEN, LEVELS, st.sampled_from(["scps", "rcps"]))
def test_an_organisation_never_grants(request: Request, given: Given, levels: Any, kind: str) -> None:
    if allowed(request, given, **{kind: levels}):
        assert allowed(request, given, **{kind: ()})


@given(REQUESTS, GIVEN, st.randoms(use_true_random=False))
def test_order_of_policies_and_levels_does_not_matter(request: Request, given: Given, random: Any) -> None:
    def shuffled(entries: Sequence[Any]) -> list[Any]:
        return list(random.sample(list(entries), len(entries)))

    changed: dict[str, Any] = {name: shuffled(entries) for name, entries in given.items()}
    for kind in ("scps", "rcps"):
        changed[kind] = [shuffled(level) for level in changed[kind]]
    assert evaluate(request, **changed).decision == evaluate(request, **given).decision


@given(REQUESTS, GIVEN)
def test_across_accounts_means_both_halves(request: Request, given: Given) -> None:
    """What is allowed across accounts is allowed at home, and by the policy on the resource to those without others."""
    at_home = request._replace(resource_account=HOME)
    if allowed(request._replace(resource_account=OTHER), given):
        statements = [s for p in given["resource_policy"] for s in p.statements]
        assert any(s.allows for s in statements)
        if not any("aws:ResourceAccount" in str(p.value) for p in given["resource_policy"]):
            assert allowed(at_home, given)


@given(REQUESTS, GIVEN, st.sampled_from(["identity", "boundary", "scps", "rcps", "resource_policy", "session"]))
def test_to_know_less_changes_no_denial_into_an_allow_but_by_what_is_not_known(
    request: Request, given: Given, kind: str
) -> None:
    """Without one kind of policy, an answer that stays firm must be that of some policies of that kind."""
    unknown = evaluate(request, **{**given, kind: None})
    if unknown.decision == EXPLICITLY_DENIED or (unknown.decision == IMPLICITLY_DENIED and not unknown.assumed):
        assert not allowed(request, given)
    if unknown.allowed and kind not in ("session", "boundary"):
        neutral: Any = {"scps": (), "rcps": (), "resource_policy": (), "identity": ()}[kind]
        assert allowed(request, given, **{kind: neutral})


@given(REQUESTS, GIVEN)
def test_the_answer_and_its_blockers_agree(request: Request, given: Given) -> None:
    decision = evaluate(request, **given)
    assert decision.allowed == (not decision.blockers)
    if decision.blockers:
        assert decision.reason == decision.blockers[0].reason
    assert (decision.decision == EXPLICITLY_DENIED) == (decision.statement is not None and decision.statement.denies)
    assert decision.decision != CANNOT_TELL
