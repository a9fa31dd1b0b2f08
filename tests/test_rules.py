"""Every rule keeps the laws of `iamlint.laws`; all together they bear any document, and take no Deny for a grant."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.finding import Report
from iamlint.laws import violations
from iamlint.load import load_text
from iamlint.model import POLICY_KINDS, RESOURCE_TYPES, Policy
from iamlint.rule import PolicyRule, Rule, Severity, StatementRule
from iamlint.rule.base import Example, plain
from iamlint.syntax import Path

RULES = {id_: rule.whole() for id_, rule in load_rules().items()}
FORBIDDEN = ({"name": "buckets stay", "actions": "s3:Delete*"},)
NETWORKS = {"networks": [{"name": "office", "cidr": "203.0.113.0/24"}]}


def report_of(text: str, rules: Mapping[str, Rule], kind: str | None = None, example: Example | None = None) -> Report:
    options = {id_: dict(example.options) for id_ in rules} if example else {}
    settings = settings_for(
        environment=example.environment if example else NETWORKS,
        rule_options=options,
        forbidden_access=example.forbidden if example else FORBIDDEN,
    )
    run = Run(settings, rules)
    run.add(load_text("policy.json", text, settings, kind=kind, named_alone=True))
    return run.report()


@pytest.mark.parametrize("id_", RULES)
def test_rule_keeps_the_laws(id_: str) -> None:
    assert list(violations(RULES[id_])) == []


def test_ids_read_after_allow_and_are_those_of_aws() -> None:
    for id_, rule in RULES.items():
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id_)
        if rule.aws is not None:
            assert rule.aws.lower().replace("_", "-") == id_
    codes = [rule.aws for rule in RULES.values() if rule.aws is not None]
    assert len(codes) == len(set(codes))


def test_superseded_rules_exist_and_nothing_covers_itself() -> None:
    for id_, rule in RULES.items():
        assert rule.supersedes <= RULES.keys(), id_
        assert id_ not in rule.supersedes
        for lesser in rule.supersedes:
            assert RULES[lesser].aws is None, f"{id_}: what AWS reports is never folded"
            assert id_ not in RULES[lesser].supersedes


def test_security_rules_have_a_number_and_the_tag() -> None:
    for id_, rule in RULES.items():
        assert rule.security_severity is None or "security" in rule.tags, id_
        if rule.severity is Severity.SECURITY_WARNING:
            assert rule.security_severity is not None, id_
        assert len(rule.tags) <= 10


def policies_of(rule: Rule) -> Iterator[tuple[Example, object]]:
    """The examples of the rule, parsed; those that are no JSON are left out."""
    for example in (*rule.good, *rule.bad):
        try:
            yield example, json.loads(plain(example))
        except ValueError:
            continue


@cache
def seeds() -> list[object]:
    return [value for rule in RULES.values() for _, value in policies_of(rule) if isinstance(value, dict)]


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, entry in entries:
        yield from paths(entry, (*path, step))


def replaced(value: object, path: Path, new: object) -> object:
    if not path:
        return new
    value = deepcopy(value)
    holder = value
    for step in path[:-1]:
        holder = holder[step]  # type: ignore[index]
    holder[path[-1]] = new  # type: ignore[index]
    return value


NOTABLE = (
    *("", "*", "**", "?", ":", "*:*", "iam:*", "s3:?*", "s3:Get*", "a:b:c", "arn:", "arn:aws:s3", "arn:*", "${"),
    *("${a, 'b'}", "aws:SourceIp", "aws:MultiFactorAuthPresent", "aws:PrincipalOrgID", "203.0.113.0/33", "::/0"),
    *("Bool", "ForAllValues:StringLikeIfExists", "Allow", "Deny", "2012-10-17", "true", "1e999", "٣", "ſ3:get"),
    *("\ud800", "\0"),
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(NOTABLE)
NAMES = st.sampled_from((*NOTABLE, "AWS", "Effect", "Action", "NotAction", "Resource", "Condition", "Statement"))
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)


@given(data=st.data())
def test_no_rule_fails_on_any_json_in_place_of_any_element(data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(seeds()))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(list(paths(value))))
        value = replaced(value, path, data.draw(JSON))
    kind = data.draw(st.sampled_from((None, *POLICY_KINDS, *RESOURCE_TYPES)))
    assert report_of(json.dumps(value), RULES, kind).errors == ()


def denied(value: object) -> object:
    """The policy with every Allow turned to Deny."""
    value = deepcopy(value)
    for statement in Policy(value, "identity").statements:
        if statement.allows:
            statement.value["Effect"] = "Deny"
    return value


GRANTS = [
    id_
    for id_, rule in RULES.items()
    if rule.security_severity is not None
    and isinstance(rule, (StatementRule, PolicyRule))
    and getattr(rule, "effect", None) != "Deny"
]


@pytest.mark.parametrize("id_", GRANTS)
def test_a_deny_grants_nothing(id_: str) -> None:
    """A rule that has a bad example without any Allow says so that it looks at Deny statements."""
    rule = RULES[id_]
    bad = [(example, value) for example, value in policies_of(rule) if example in rule.bad]
    if any(denied(value) == value for _, value in bad):
        pytest.skip("the rule is about Deny statements")
    for example, value in bad:
        report = report_of(json.dumps(denied(value)), {id_: rule}, example.kind, example)
        assert [finding.message for finding in report.findings] == [], example.text


def test_one_finding_for_an_administrator() -> None:
    """What is said of `*` on `*` is said once, with what follows from it folded in."""
    text = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    unasked = {id_: rule for id_, rule in RULES.items() if rule.aws is None and rule.asks_for is None}
    ours = {id_: rule for id_, rule in unasked.items() if not id_.startswith("missing-")}
    (finding,) = report_of(text, ours).findings
    assert finding.rule == "wildcard-action"
    assert {folded.rule for folded in finding.folded} == {"wildcard-resource", "broad-managed-policy"}
