"""Rules about principals: each provider has one action, ordinary roles draw nothing, RCPs have their two guards."""

import json
from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_text
from iamlint.rule import SOURCE_KEYS, Provider, provider_of, unique_ids
from iamlint.rule.base import Rule
from tests.laws.test_rule_families import statement

RULES = load_rules()
MIRRORS = {id_: rule for id_, rule in RULES.items() if rule.aws and not rule.preview}
LABEL = st.text("abz09", min_size=1, max_size=6)
DOMAIN = st.lists(LABEL, min_size=2, max_size=4).map(".".join)
PATH = st.lists(LABEL, max_size=2).map(lambda steps: "".join(f"/{step}" for step in steps))


def found(rules: dict[str, Rule], kind: str, *statements: Mapping[str, object]) -> list[str]:
    """The rules that have something to say, as often as they do."""
    settings = settings_for()
    run = Run(settings, rules)
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    run.add(load_text("policy.json", text, settings, kind=kind, named_alone=True))
    report = run.report()
    assert report.errors == ()
    return [finding.rule for finding in report.findings]


@given(DOMAIN, PATH, st.sampled_from(("aws", "aws-cn", "aws-us-gov")))
def test_providers_are_known_by_domain_and_by_arn(domain: str, path: str, partition: str) -> None:
    name = domain + path
    arn = f"arn:{partition}:iam::111122223333"
    assert provider_of(name) == provider_of(f"{arn}:oidc-provider/{name}") == Provider("oidc", name)
    assert provider_of(name.upper()) == Provider("oidc", name)
    assert provider_of(f"{arn}:saml-provider/{name}") == Provider("saml", name)
    for other in (f"https://{name}", f"{arn}:role/{name}", f"{arn}:oidc-provider", domain.replace(".", ""), f" {name}"):
        assert provider_of(other) is None


@given(st.text(max_size=40))
def test_any_text_is_a_provider_or_none(text: str) -> None:
    assert provider_of(text) is None or provider_of(text).kind in ("oidc", "saml")  # type: ignore[union-attr]


PRINCIPALS = {
    "own": [{"AWS": "111122223333"}, {"Service": "ec2.amazonaws.com"}],
    "saml": [{"Federated": "arn:aws:iam::111122223333:saml-provider/idp"}],
    "oidc": [{"Federated": "accounts.google.com"}, {"Federated": "arn:aws:iam::111122223333:oidc-provider/a.example"}],
}
ACTIONS = {"own": "sts:AssumeRole", "saml": "sts:AssumeRoleWithSAML", "oidc": "sts:AssumeRoleWithWebIdentity"}


@pytest.mark.parametrize(("kind", "action"), list(product(PRINCIPALS, ACTIONS)))
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_an_action_goes_with_principals_of_one_kind(kind: str, action: str, effect: str) -> None:
    rule = "mismatched-action-for-principal"
    for principal in PRINCIPALS[kind]:
        one = {"Effect": effect, "Principal": principal, "Action": [ACTIONS[action], "sts:TagSession"]}
        assert found({rule: RULES[rule]}, "trust", one) == [rule] * (kind != action)


SERVICE = st.sampled_from(("ec2", "lambda", "ecs-tasks", "states", "edgelambda", "logs.eu-west-1", "delivery.logs"))
CONDITIONS: tuple[dict[str, object], ...] = (
    {},
    {"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}},
    {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:lambda:eu-west-1:111122223333:function:*"}}},
)


@given(st.lists(SERVICE, min_size=1, max_size=3, unique=True), st.sampled_from(CONDITIONS), st.booleans())
def test_roles_of_services_draw_no_finding_of_aws(
    services: list[str], condition: dict[str, object], tags: bool
) -> None:
    names = [f"{service}.amazonaws.com" for service in services]
    one = {
        "Effect": "Allow",
        "Principal": {"Service": names if len(names) > 1 else names[0]},
        "Action": ["sts:AssumeRole", "sts:TagSession"] if tags else "sts:AssumeRole",
    }
    assert found(MIRRORS, "trust", one | condition) == []


@given(st.text("AROID19a*", max_size=24))
def test_unique_ids_are_told_from_everything_else(text: str) -> None:
    ids = [item.text for item in unique_ids(statement(Principal={"AWS": [text, "111122223333", "*"]}), "AROA")]
    assert ids == ([text] if text.startswith("AROA") and not {"a", "*"} & set(text) else [])


GUARDS = (
    {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    {"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}},
    {"Null": {"aws:SourceArn": "false"}},
    {"Null": {"aws:SourceAccount": "false"}},
)


@given(st.sampled_from(sorted(SOURCE_KEYS)), st.lists(st.sampled_from(range(4)), unique=True))
def test_rcp_for_services_needs_both_guards(key: str, chosen: list[int]) -> None:
    block: dict[str, dict[str, str]] = {"StringNotEqualsIfExists": {key: "x"}}
    for index in chosen:
        for operator, keys in GUARDS[index].items():
            block.setdefault(operator, {}).update(keys)
    rules = {id_: rule for id_, rule in RULES.items() if id_.startswith("rcp-missing")}
    one = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": block}
    wanted = []
    if not {0, 1} & set(chosen):
        wanted.append("rcp-missing-related-service-principal-condition-key")
    if not {2, 3} & set(chosen):
        wanted.append("rcp-missing-service-condition-key-null-check")
    assert sorted(found(rules, "rcp", one)) == wanted
