"""The rules on MFA and on source addresses against the table of what each statement does to each kind of credential.

The table is that of the AWS IAM User Guide's pages on `aws:MultiFactorAuthPresent` and on condition operators, written
down by hand: the tests do not take it from the code under test.
"""

import itertools
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.addresses import address_outside, network
from iamlint.analyse.circumstances import Tries, all_hold, satisfying
from iamlint.analyse.evaluation import EXPLICITLY_DENIED, Request, evaluate
from iamlint.analyse.example import arn_of, common, fill
from iamlint.analyse.resources import resource_matches
from iamlint.analyse.wildcards import matches
from iamlint.aws.catalogue import catalogue
from iamlint.aws.sensitive import MFA_ENROLMENT, sensitive_actions
from iamlint.aws.sensitive_arns import arn_formats
from iamlint.config import Environment, Network, settings_for
from iamlint.engine.registry import load_rules
from iamlint.finding import Hit
from iamlint.model import Policy
from iamlint.rule import Context, PolicyRule, PrincipalRule, Rule, StatementRule, open_from_outside, open_without_mfa

KEY = "aws:MultiFactorAuthPresent"
LONG_LIVED: dict[str, str] = {}
SESSION = {KEY: "false"}
MFA = {KEY: "true"}

# Effect, operator, value; then whether the statement holds for a long-lived key, a session without MFA, and with MFA.
TABLE = [
    ("Deny", "Bool", "false", (False, True, False)),
    ("Deny", "BoolIfExists", "false", (True, True, False)),
    ("Allow", "Bool", "true", (False, False, True)),
    ("Allow", "BoolIfExists", "true", (True, False, True)),
    ("Allow", "Null", "false", (False, True, True)),
    ("Deny", "Null", "true", (True, False, False)),
    ("Deny", "Null", "false", (False, True, True)),
    ("Allow", "Null", "true", (True, False, False)),
]
OPERATORS = ("Bool", "BoolIfExists", "StringEquals", "StringNotEquals", "StringLikeIfExists", "Null", "StringNotLike")


@cache
def rules() -> dict[str, Rule]:
    return load_rules()


def hits(rule_id: str, *statements: object, kind: str = "identity", networks: tuple[str, ...] = ()) -> list[Hit]:
    policy = Policy({"Version": "2012-10-17", "Statement": list(statements)}, kind)
    ctx = Context(settings_for(environment={"networks": [{"cidr": cidr} for cidr in networks]}))
    rule = rules()[rule_id]
    if isinstance(rule, PolicyRule):
        return list(rule.check(policy, ctx))
    assert isinstance(rule, StatementRule)
    wanted = [s for s in policy.statements if rule.effect in (None, s.value["Effect"])]
    return [hit for statement in wanted for hit in rule.check(statement, ctx)]


def statement(effect: str, condition: object = None, action: object = "*", resource: object = "*") -> dict[str, object]:
    found = {"Effect": effect, "Action": action, "Resource": resource}
    return found if condition is None else {**found, "Condition": condition}


def replayed(hit: Hit, *statements: object) -> str:
    witness = hit.witness
    assert witness is not None
    policy = Policy({"Version": "2012-10-17", "Statement": list(statements)}, "identity")
    return evaluate(Request(**{**witness, "resource_account": None}), [policy]).decision  # type: ignore[arg-type]


@pytest.mark.parametrize(("effect", "operator", "value", "holds"), TABLE)
def test_table(effect: str, operator: str, value: str, holds: tuple[bool, bool, bool]) -> None:
    long_lived, session, mfa = holds
    ours = statement(effect, {operator: {KEY: value}})
    misses = effect == "Deny" and session and not long_lived and not mfa
    assert bool(hits("mfa-deny-misses-long-lived-keys", ours)) == misses
    lets_in = effect == "Allow" and mfa and (long_lived or session)
    assert bool(hits("mfa-allow-matches-without-mfa", ours)) == lets_in
    locks_out = effect == "Deny" and (long_lived or session) and not mfa
    assert bool(hits("mfa-deny-locks-out-enrolment", ours)) == locks_out
    both = [ours] if effect == "Allow" else [statement("Allow"), ours]
    is_open = long_lived if effect == "Allow" else not long_lived
    assert bool(hits("missing-mfa-deny", *both)) == is_open


def says(operator: str, value: str, context: dict[str, str]) -> bool:
    """A second opinion on one condition, straight from AWS's table of operators."""
    present = context.get(KEY)
    if operator == "Null":
        return (present is None) == (value == "true")
    if present is None:
        return operator.endswith("IfExists") or "Not" in operator
    return (present == value) is not ("Not" in operator)


@given(
    st.sampled_from(("Allow", "Deny")),
    st.dictionaries(st.sampled_from(OPERATORS), st.sampled_from(("true", "false")), min_size=1, max_size=3),
)
def test_any_combination(effect: str, block: dict[str, str]) -> None:
    long_lived, session, mfa = (all(says(o, v, c) for o, v in block.items()) for c in (LONG_LIVED, SESSION, MFA))
    ours = statement(effect, {operator: {KEY: value} for operator, value in block.items()})
    misses = effect == "Deny" and session and not long_lived and not mfa
    assert bool(hits("mfa-deny-misses-long-lived-keys", ours)) == misses
    assert bool(hits("mfa-allow-matches-without-mfa", ours)) == (effect == "Allow" and mfa and (long_lived or session))
    assert bool(hits("missing-mfa-deny", statement("Allow"), ours)) == (effect == "Allow" or not long_lived)


@pytest.mark.parametrize(
    "actions", ["*", ["iam:*", "ec2:*"], ["iam:*", "ec2:TerminateInstances"], ["iam:*"], ["iam:List*", "EC2:*"]]
)
def test_what_stays_open_is_what_no_deny_covers(actions: object) -> None:
    deny = statement("Deny", {"BoolIfExists": {KEY: "false"}}, actions)
    everything = statement("Allow", action=["iam:*", "ec2:*"])
    policy = Policy({"Version": "2012-10-17", "Statement": [everything, deny]}, "identity")
    found = open_without_mfa([policy], Environment())
    for opening in found.open:
        assert evaluate(opening.request, [policy]).allowed
    patterns = [actions] if isinstance(actions, str) else list(actions)  # type: ignore[call-overload]
    ours = [a for a in sensitive_actions() if a.startswith(("iam:", "ec2:"))]
    covered = [a for a in ours if any(matches(p.lower(), a.lower()) for p in patterns)]
    assert list(found.closed) == covered
    assert [opening.action for opening in found.open] == [a for a in ours if a not in covered]


@pytest.mark.parametrize(
    "statements",
    [
        (statement("Allow", action="s3:*", resource="arn:aws:s3:::prod-*"),),
        (statement("Allow", {"StringLike": {"aws:PrincipalTag/team": "ops-*"}}, "iam:*"),),
        (statement("Allow"), statement("Deny", {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}})),
        (statement("Allow"), statement("Deny", {"Bool": {"aws:SecureTransport": "false"}})),
        (statement("Allow"), statement("Deny", {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}})),
        (statement("Allow"), statement("Deny", {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})),
        (statement("Allow"), statement("Deny", {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/ops/*"}})),
        (statement("Allow"), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:iam::123456789012:role/app-*"}),
        (statement("Allow", action="iam:PutUserPolicy", resource="arn:aws:iam::123456789012:user/${aws:username}"),),
        (statement("Allow", action="iam:*", resource="arn:aws:iam::*:user/${aws:PrincipalTag/self}"),),
        (
            statement("Allow", {"NumericLessThan": {"s3:max-keys": "10"}, "Null": {"aws:TagKeys": "false"}}),
            statement("Deny", {"StringNotLike": {"aws:RequestedRegion": "eu-*"}}),
            statement("Deny", {"StringLike": {"aws:RequestedRegion": ["eu-w*", "eu-n*"]}}),
        ),
    ],
)
def test_the_witness_gets_through(statements: tuple[object, ...]) -> None:
    (hit,) = hits("missing-mfa-deny", *statements)
    assert replayed(hit, *statements) == "Allowed"
    assert hit.witness is not None
    assert "multifactor" not in str(hit.witness["context"]).lower()


@pytest.mark.parametrize(
    "statements",
    [
        (statement("Allow", {"Bool": {"aws:ViaAWSService": "true"}}),),
        (statement("Allow", {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, "kms:*"),),
        (statement("Allow", {"Null": {"aws:TokenIssueTime": "false"}}),),
        (statement("Allow", {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}),),
        (statement("Allow"), statement("Deny")),
        (statement("Allow", action="iam:*", resource="arn:aws:s3:::*"),),
        (statement("Allow", action="dynamodb:DeleteTable", resource="arn:aws:dynamodb:*:*:table/a/index/*"),),
    ],
)
def test_what_no_key_can_do(statements: tuple[object, ...]) -> None:
    assert not hits("missing-mfa-deny", *statements)


def test_policies_together() -> None:
    allow = Policy({"Version": "2012-10-17", "Statement": statement("Allow")}, "identity")
    deny = Policy(
        {"Version": "2012-10-17", "Statement": statement("Deny", {"BoolIfExists": {KEY: "false"}})}, "identity"
    )
    assert open_without_mfa([allow], Environment()).open
    assert not open_without_mfa([allow, deny], Environment()).open
    assert not open_without_mfa([deny], Environment()).open


@pytest.mark.parametrize("condition", [None, {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}])
def test_every_opening_of_an_open_policy_is_one(condition: object) -> None:
    policy = Policy({"Version": "2012-10-17", "Statement": statement("Allow", condition)}, "identity")
    found = open_without_mfa([policy], Environment(accounts=("123456789012",), partition="aws-cn"))
    assert [opening.action for opening in found.open] == list(sensitive_actions())
    for opening in found.open:
        assert opening.request.action == opening.action
        assert evaluate(opening.request, [policy]).allowed is opening.outright
        assert opening.outright is not opening.action.startswith("kms:")


def test_a_key_policy_has_the_last_word() -> None:
    (hit,) = hits("missing-mfa-deny", statement("Allow", action="kms:*"))
    assert hit.witness is None


octets = st.integers(0, 255)
cidrs = st.builds("{}.{}.{}.0/{}".format, octets, octets, octets, st.integers(8, 24)).map(
    lambda cidr: str(network(cidr))
)


@given(st.lists(cidrs, min_size=1, max_size=4), st.lists(cidrs, min_size=1, max_size=4))
def test_outside_the_networks(allowed: list[str], named: list[str]) -> None:
    """A Deny outside of `named` keeps a key inside of `allowed` iff `allowed` covers `named`."""
    from ipaddress import IPv4Network, collapse_addresses, ip_address

    union = list(collapse_addresses(map(IPv4Network, allowed)))
    inside = all(any(part.subnet_of(net) for net in union) for part in collapse_addresses(map(IPv4Network, named)))
    deny = statement("Deny", {"NotIpAddress": {"aws:SourceIp": named}})
    assert bool(hits("missing-source-ip-deny", statement("Allow"), deny, networks=tuple(allowed))) == (not inside)
    environment = Environment(networks=tuple(Network(cidr, cidr, None) for cidr in allowed))
    policy = Policy({"Version": "2012-10-17", "Statement": [statement("Allow"), deny]}, "identity")
    for opening in open_from_outside([policy], environment).open:
        (address,) = tuple(opening.request.context["aws:sourceip"])
        assert not any(ip_address(address) in net for net in union)


@given(st.lists(cidrs, max_size=5), st.lists(cidrs, max_size=2))
def test_address_outside(taken: list[str], within: list[str]) -> None:
    from ipaddress import ip_address, ip_network

    found = address_outside(taken, within)
    if found is not None:
        assert not any(ip_address(found) in ip_network(net) for net in taken)
        assert not within or any(ip_address(found) in ip_network(net) for net in within)
    else:
        assert within
        for net in map(ip_network, within):
            assert not net.num_addresses or any(ip_address(net.broadcast_address) in ip_network(t) for t in taken)


GUARDS = {
    "via": {"Bool": {"aws:ViaAWSService": "false"}},
    "endpoint": {"Null": {"aws:SourceVpce": "true"}},
}


@pytest.mark.parametrize("guards", [c for n in range(3) for c in itertools.combinations(GUARDS, n)])
def test_source_ip_guards(guards: tuple[str, ...]) -> None:
    condition: dict[str, object] = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    for guard in guards:
        condition |= GUARDS[guard]
    found = hits("source-ip-deny-breaks-service-calls", statement("Deny", condition))
    if len(guards) == 2:
        assert not found
    else:
        assert replayed(found[0], statement("Deny", condition)) == EXPLICITLY_DENIED
        assert found[0].witness is not None
        context = {key.lower() for key in found[0].witness["context"]}  # type: ignore[attr-defined]
        assert ("aws:viaawsservice" if "via" not in guards else "aws:sourcevpce") in context
        assert ("services make" in found[0].message) == ("via" not in guards)
        assert ("VPC endpoints" in found[0].message) == ("endpoint" not in guards)


@pytest.mark.parametrize("action", ["*", "iam:*", ["sts:*", "iam:EnableMFADevice"]])
def test_the_locked_out_are_denied(action: object) -> None:
    deny = statement("Deny", {"BoolIfExists": {KEY: "false"}}, action)
    (hit,) = hits("mfa-deny-locks-out-enrolment", deny)
    assert replayed(hit, deny) == EXPLICITLY_DENIED


# Patterns and shapes


texts = st.text(st.sampled_from("ab/*?"), max_size=8)


@given(texts, st.sampled_from(("*", "**", "a*", "a/**", "*/**", "a*b", "o-*/*")))
def test_common(pattern: str, shape: str) -> None:
    found = common(pattern, shape)
    short = [
        "".join(chars)
        for n in range(1, 6)
        for chars in itertools.product("ab/o-", repeat=n)
        if matches(pattern, "".join(chars)) and _of_shape("".join(chars), shape)
    ]
    if found is None:
        assert not short
    else:
        assert matches(pattern, found)
        assert _of_shape(found, shape)


def _of_shape(text: str, shape: str) -> bool:
    """By definition, not fast: `*` is one or more characters other than `/`, `**` one or more of any."""
    if not shape:
        return not text
    if shape.startswith("**"):
        return any(_of_shape(text[n:], shape[2:]) for n in range(1, len(text) + 1))
    if shape.startswith("*"):
        ends = (n for n in range(1, len(text) + 1) if "/" not in text[:n])
        return any(_of_shape(text[n:], shape[1:]) for n in ends)
    return text[:1] == shape[:1] and _of_shape(text[1:], shape[1:])


@given(texts)
def test_fill(pattern: str) -> None:
    assert matches(pattern, fill(pattern))


@pytest.mark.parametrize("action", [*sensitive_actions(), *MFA_ENROLMENT])
def test_arn_formats_are_those_of_the_catalogue(action: str) -> None:
    prefix, name = action.split(":")
    service = catalogue().service(prefix)
    known = catalogue().action(prefix, name)
    assert service is not None
    assert known is not None
    shape = arn_formats()[action]
    if shape is None:
        assert not known.scopable
        return
    arn = arn_of("*", shape, "aws", "111122223333")
    assert arn is not None
    formats = [arn for name in known.resource_types for arn in service.resource_types[name.lower()].arns]
    assert any(matches(_as_pattern(text), arn) for text in formats), (arn, formats)
    assert resource_matches("arn:aws:*", arn)


def _as_pattern(arn_format: str) -> str:
    pieces = arn_format.split("${")
    return pieces[0] + "".join("*" + piece.partition("}")[2] for piece in pieces[1:])


# Robustness


_ABOUT = ("mfa-", "missing-mfa", "missing-source", "source-ip", "private-", "improve-ip")


@given(
    st.dictionaries(
        st.sampled_from(("Bool", "NotIpAddress", "Null", "ForAllValues:StringLike", "ArnLike", "NumericEquals", "x")),
        st.dictionaries(
            st.sampled_from((KEY, "aws:SourceIp", "aws:PrincipalArn", "aws:username", "aws:SourceVpce", "s3:x", "")),
            st.one_of(
                st.sampled_from(("true", "false", "10.0.0.0/8", "arn:aws:iam::*:user/*", "${aws:username}", "*", "")),
                st.lists(st.one_of(st.text(max_size=5), st.integers(), st.booleans(), st.none()), max_size=3),
                st.text(max_size=5),
            ),
            max_size=3,
        ),
        max_size=3,
    ),
    st.sampled_from(("identity", "resource", "trust", "scp")),
)
def test_nothing_crashes_and_what_is_found_holds(condition: dict[str, object], kind: str) -> None:
    allow, deny = statement("Allow", condition), statement("Deny", condition)
    for name, rule in rules().items():
        if name.startswith(_ABOUT) and not isinstance(rule, PrincipalRule):
            hits(name, allow, statement("Allow"), deny, kind=kind, networks=("203.0.113.0/24",))
    for hit in hits("missing-mfa-deny", allow):
        if hit.witness is not None:
            assert replayed(hit, allow) == "Allowed"
    for hit in hits("mfa-deny-misses-long-lived-keys", deny):
        assert replayed(hit, deny) != EXPLICITLY_DENIED


@given(st.lists(st.sampled_from(("true", "false")), min_size=1, max_size=2), st.sampled_from(OPERATORS))
def test_satisfying(values: list[str], operator: str) -> None:
    policy = Policy({"Statement": statement("Allow", {operator: {"a:b": values}})}, "identity")
    conditions = policy.statements[0].conditions
    found = satisfying(conditions, policy, {}, lambda key: True, Tries(100))
    assert found is None or all_hold(conditions, policy, found)
    if operator == "Null" or operator.startswith(("Bool", "StringEquals", "StringLike")):
        assert found is not None


def test_enormous_policies_are_not_asked() -> None:
    """No policy that AWS stores has so many entries; the time that they take must not grow with the square."""
    deny = statement("Deny", {"Bool": {KEY: "false"}, "NotIpAddress": {"aws:SourceIp": ["203.0.113.7"] * 50_000}})
    for name in ("missing-mfa-deny", "missing-source-ip-deny", "mfa-deny-misses-long-lived-keys"):
        assert not hits(name, statement("Allow"), deny, networks=("203.0.113.0/24",))


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_networks_are_those_of_the_standard_library(address: int, length: int) -> None:
    from ipaddress import IPv4Address, ip_network

    text = f"{IPv4Address(address)}/{length}"
    found, theirs = network(text), ip_network(text, strict=False)
    assert found is not None
    assert str(found) == str(theirs)
    assert (found.first, found.last) == (int(theirs[0]), int(theirs[-1]))


@given(st.text(st.sampled_from("0123456789.:/af%- "), max_size=20))
def test_any_text_as_network(text: str) -> None:
    from ipaddress import ip_network

    try:
        theirs = str(ip_network(text, strict=False))
    except ValueError:
        theirs = None
    mask = text.partition("/")[2]
    if "%" in text or (mask and not mask.isdigit()):
        theirs = None  # zones and netmasks, which IAM does not take
    found = network(text)
    assert (found and str(found)) == theirs
