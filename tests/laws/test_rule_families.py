"""What rules share: names of actions, values in conditions, ARNs, providers of tokens."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse import OPERATOR_NAMES, QUANTIFIERS, parse_operator
from iamlint.model import Policy, Statement
from iamlint.rule import (
    is_address,
    is_boolean,
    is_date,
    is_null_if_exists,
    is_number,
    malformed,
    missing_fields,
    named_actions,
    nearest_operator,
    oidc_principals,
)

WORDS = st.text("ab1-", min_size=1, max_size=5)
ANY = st.text(max_size=30)


def statement(**elements: object) -> Statement:
    return Policy({"Statement": [{"Effect": "Allow", **elements}]}, "trust").statements[0]


@given(WORDS, st.text("ab*?", min_size=1, max_size=5))
def test_service_and_name_make_an_action(service: str, name: str) -> None:
    action = f"{service}:{name}"
    assert malformed(action) is None
    for broken in (service, f":{name}", f"{service}:", f"{action}:{name}", f"{service}: {name}", f"{action}\n", ""):
        assert malformed(broken)


@given(ANY)
def test_an_action_is_malformed_or_named_or_open(text: str) -> None:
    """Exactly one kind of rule judges an entry: no entry is reported twice, none is forgotten."""
    policy = Policy({"Statement": [{"Action": text}]}, "identity")
    service = text.partition(":")[0]
    is_open = "*" in service or "?" in service or "${" in text
    assert sum((malformed(text) is not None, bool(list(named_actions(policy))), is_open and not malformed(text))) == 1


@given(st.sampled_from(OPERATOR_NAMES), st.sampled_from(("", *QUANTIFIERS)), st.booleans())
def test_each_operator_is_known_or_null_with_if_exists(name: str, quantifier: str, if_exists: bool) -> None:
    operator = f"{quantifier}{':' if quantifier else ''}{name}{'IfExists' if if_exists else ''}"
    assert (parse_operator(operator) is None) is is_null_if_exists(operator)
    assert is_null_if_exists(operator) is (if_exists and name == "Null")
    assert is_null_if_exists(operator.upper()) is is_null_if_exists(operator)


@given(ANY | st.sampled_from(("IfExists", "StringsEqualIfExists", "ForAnyValues:StringLke", ":", "a:b:Null")))
def test_a_suggested_operator_is_one(text: str) -> None:
    near = nearest_operator(text)
    assert near is None or parse_operator(near) is not None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("StringsEqual", "StringEquals"),
        ("StringEqualIfExists", "StringEqualsIfExists"),
        ("ForAllValue:StringLikes", "ForAllValues:StringLike"),
        ("StringMatches", None),
        ("aws:SourceIp", None),
    ],
)
def test_nearest_operator(text: str, meant: str | None) -> None:
    assert nearest_operator(text) == meant


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers(number: float) -> None:
    assert is_number(str(number)) or len(str(number)) > 100
    assert not is_number(f"{number} ")


@given(ANY | st.text("0123456789+-.eE", max_size=12))
def test_only_numbers_are_numbers(text: str) -> None:
    if is_number(text):
        float(text)
        assert not set(text) - set("0123456789+-.eE")


@given(st.datetimes(), st.sampled_from(("", "Z", "+02:00")), st.sampled_from(("minutes", "seconds", "milliseconds")))
def test_dates(moment: object, zone: str, precision: str) -> None:
    text = moment.isoformat(timespec=precision)  # type: ignore[attr-defined]
    assert is_date(text + zone)
    assert is_date(text[:10])
    assert is_date(text[:7])
    assert not is_date(text.replace("T", " "))


@pytest.mark.parametrize("text", ["", "now", "2026-13-01", "2026-W10", "20260101T000000Z", "2026-01-01T", "١٢٣٤-٠١-٠١"])
def test_no_dates(text: str) -> None:
    assert not is_date(text)


@given(st.ip_addresses(), st.integers(0, 128))
def test_addresses(address: object, bits: int) -> None:
    bits = min(bits, address.max_prefixlen)  # type: ignore[attr-defined]
    assert is_address(str(address))
    assert is_address(f"{address}/{bits}")
    assert not is_address(f"{address}/{bits + 129}")


@given(ANY | st.text("0123456789abf.:/%", max_size=20))
def test_only_addresses_are_addresses(text: str) -> None:
    if is_address(text):
        ip_network(text, strict=False)


@given(ANY)
def test_booleans(text: str) -> None:
    assert is_boolean(text) is (text in {"true", "false"} or text.lower() in ("true", "false"))


@given(st.lists(st.text("ab/${}", max_size=4), max_size=9))
def test_missing_fields_of_an_arn(fields: list[str]) -> None:
    arn = ":".join(("arn", *fields))
    lacking = missing_fields(arn)
    if "${" not in arn and fields:
        assert lacking == max(0, 5 - len(fields))
    assert missing_fields(f"{arn}*") == 0


@pytest.mark.parametrize(
    ("principal", "provider"),
    [
        ("accounts.google.com", "accounts.google.com"),
        ("arn:aws-cn:iam::111122223333:oidc-provider/OIDC.example/id/A", "oidc.example/id/a"),
        ("arn:aws:iam::111122223333:saml-provider/idp", None),
        ("arn:aws:iam::111122223333:oidc-provider/", None),
        ("arn:", None),
        ("nodomain", None),
    ],
)
def test_providers(principal: str, provider: str | None) -> None:
    trust = statement(Principal={"Federated": principal}, Action="sts:AssumeRoleWithWebIdentity")
    assert [found for _, found in oidc_principals(trust)] == ([provider] if provider else [])


@pytest.mark.parametrize(
    ("elements", "assumes"),
    [
        ({"Action": "*"}, True),
        ({"Action": "sts:*WebIdentity"}, True),
        ({"Action": "sts:TagSession"}, False),
        ({"NotAction": "sts:TagSession"}, True),
        ({"NotAction": "sts:Assume*"}, False),
        ({}, False),
    ],
)
def test_who_assumes(elements: dict[str, object], assumes: bool) -> None:
    trust = statement(Principal={"Federated": "accounts.google.com"}, **elements)
    assert bool(list(oidc_principals(trust))) is assumes
