"""Sizes of policies, and ways to make them smaller that change nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse import Request, compare, evaluate
from iamlint.analyse.normal import normal_form
from iamlint.aws.catalogue import catalogue
from iamlint.aws.quotas import quota, resource_types
from iamlint.cli import main
from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.finding import Draft
from iamlint.model import Policy, Statement
from iamlint.rewrite.prove import prove
from iamlint.rule import Context, PolicyRule
from iamlint.rule.families.fitting import fitted
from iamlint.rule.families.redundancy import identical_statements
from iamlint.rule.families.savings import STEPS, savings
from iamlint.rule.families.sizes import excess, size
from iamlint.syntax.change import changed

actions = st.sampled_from(["*", "s3*", "s3:*", "S3:Get*", "s3:GetObject", "s3:getobject", "s3:P?t*", "sqs:*"])
resources = st.sampled_from(
    ["*", "arn:aws:s3:::b*", "arn:aws:s3:::b/k", "arn:aws:s3:::b/*", "arn:aws:s3:*:k", "arn:aws:s3:::b/${*}"]
)
conditions = st.sampled_from([{}, {"StringEquals": {"aws:x": ["1"]}}, {"stringequals": {"AWS:X": "1"}}])


def one_or_more(entries: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.one_of(entries, st.lists(entries, min_size=1, max_size=4))


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    statement[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(one_or_more(actions))
    statement[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(one_or_more(resources))
    if condition := draw(conditions):
        statement["Condition"] = condition
    if draw(st.booleans()):
        statement["Sid"] = draw(st.sampled_from("ABC"))
    return statement


requests = [
    Request("arn:aws:iam::111122223333:user/eve", action, resource, context=context)
    for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage")
    for resource in ("*", "arn:aws:s3:::b", "arn:aws:s3:::b/k", "arn:aws:s3:::b/*", "arn:aws:s3:::k")
    for context in ({}, {"aws:x": "1"})
]


@given(st.lists(statements(), max_size=5))
def test_smaller_documents_answer_alike(written: list[dict[str, Any]]) -> None:
    policy = Policy({"Version": "2012-10-17", "Statement": written}, "identity")
    before = [evaluate(request, [policy]).decision for request in requests]
    for step in STEPS:
        document, _ = step(policy)
        assert [evaluate(request, [Policy(document, "identity")]).decision for request in requests] == before


@given(st.lists(statements(), max_size=5))
def test_savings_are_what_the_steps_come_to(written: list[dict[str, Any]]) -> None:
    policy = Policy({"Version": "2012-10-17", "Statement": written}, "identity")
    sizes = [len(json.dumps(policy.value))]

    def measured(value: object) -> int:
        sizes.append(len(json.dumps(value)))
        return sizes[-1]

    saved = [characters for _, characters in savings(policy, measured(policy.value), measured)]
    assert all(characters > 0 for characters in saved)
    assert sizes[0] - sum(saved) == min(sizes)


@given(st.lists(statements(), max_size=6))
def test_identical_statements_are_those_of_one_normal_form(written: list[dict[str, Any]]) -> None:
    policy = Policy({"Version": "2012-10-17", "Statement": written}, "identity")
    alike: dict[str, list[Statement]] = {}
    for statement in policy.statements:
        alike.setdefault(json.dumps(normal_form(statement), sort_keys=True), []).append(statement)
    assert identical_statements(policy) == [same for same in alike.values() if len(same) > 1]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("aä \n\\"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("aä "), inner),
    max_leaves=10,
)


@given(json_values)
def test_white_space_between_tokens_has_no_size(value: object) -> None:
    spaced = json.loads(json.dumps(value, indent=4))
    assert size(Policy(value, "identity"), False) == size(Policy(spaced, "identity"), False)


@given(json_values)
def test_any_document_can_be_measured(value: object) -> None:
    for document in (value, {"Statement": value}, {"Statement": [{"Action": value, "Effect": "Deny"}, value]}):
        policy = Policy(document, "identity")
        list(savings(policy, len(json.dumps(policy.value)), lambda smaller: len(json.dumps(smaller))))
        identical_statements(policy)
        assert excess(policy, "trust", limit=10_000) is None


def test_rules_are_not_called_for_less_than_their_quota_only() -> None:
    rules = {rule.id: rule for rule in load_rules().values() if isinstance(rule, PolicyRule) and rule.larger_than}
    quotas = {kind: quota(kind) for kind in ("identity", "managed", "session", "rcp")}
    for kind, found in quotas.items():
        names = [id_ for id_ in rules if f"-{kind}-" in id_]
        assert found is not None
        assert names
        assert all(rules[id_].larger_than in (found.limit, found.limit - 1) for id_ in names)
    least = min(found.limit for kind in resource_types() if (found := quota("resource", kind)))
    assert rules["policy-size-exceeds-resource-policy-quota"].larger_than <= least


def test_the_text_counts_where_white_space_does() -> None:
    value = {"Statement": [{"Sid": "a b"}]}
    assert size(Policy(value, "scp"), True) == len('{"Statement":[{"Sid":"a b"}]}')
    assert size(Policy(value, "scp"), False) == len('{"Statement":[{"Sid":"ab"}]}')
    assert size(Policy(value, "scp", length=100), True) == 100


def fitting(draft: Draft | None, policy: Policy) -> Policy:
    assert draft is not None
    return Policy(changed(policy.value, draft.changes), policy.kind)


def characters(value: object) -> int:
    return len(json.dumps(value, separators=(",", ":")))


@given(st.lists(statements(), min_size=1, max_size=8), st.integers(100, 900))
def test_what_is_made_to_fit_fits_and_means_the_same(written: list[dict[str, Any]], most: int) -> None:
    policy = Policy({"Version": "2012-10-17", "Statement": written}, "identity")
    draft = fitted(policy, most, characters)
    if draft is None:
        return
    after = fitting(draft, policy)
    assert characters(after.value) <= most
    if draft.shown_only is None:
        assert prove(policy, after).verdict == "equivalent"


def test_what_does_not_fit_is_split_as_often_as_it_may_be_attached() -> None:
    names = [f"s3:Get{'x' * 90}{n}" for n in range(100)]
    statement = {"Effect": "Allow", "Action": names, "Resource": "*"}
    policy = Policy({"Version": "2012-10-17", "Statement": [statement]}, "identity")
    draft = fitted(policy, 6_144, characters)
    assert draft is not None
    assert "2 policies" in (draft.shown_only or "")
    assert draft.title.startswith("split it into policies of ")
    assert characters(fitting(draft, policy).value) <= 6_144
    assert fitted(policy, 600, characters) is None
    assert fitted(Policy(policy.value, "boundary"), 6_144, characters) is None


def test_what_is_equal_by_todays_list_alone_is_wider_and_never_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for verb in ("Describe", "Get", "Create", "Modify") for name in catalogue().names(f"ec2:{verb}*")]
    value = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": names, "Resource": "*"}]}
    policy = Policy(value, "identity")
    draft = fitted(policy, 6_144, characters)
    assert draft is not None
    assert draft.never_applied
    assert f"equal with the action list of {catalogue().data_date}" in draft.title
    after = fitting(draft, policy)
    assert characters(after.value) <= 6_144 < characters(value)
    for old, new in ((policy, after), (after, policy)):
        assert compare(old, new, known_actions=True).verdict == "no-new-access"
    assert prove(policy, after).verdict == "wider"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text(text := json.dumps(value))
    rule = "policy-size-exceeds-managed-policy-quota"
    rule = rule if characters(value) < 10_240 else rule.replace("managed", "identity")
    select = ("check", "a.json", "--select", rule, "--isolated")
    CliRunner().invoke(main, [*select, "--fix", "--unsafe-fixes", "--accept-wider", rule])
    assert (tmp_path / "a.json").read_text() == text
    shown = CliRunner().invoke(main, [*select, "--rewrites"]).stdout
    assert "(wider; never applied)" in shown or "split it into" in shown


def test_a_rule_of_sizes_drafts_it() -> None:
    each = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "*", "Sid": "S"}
    policy = Policy({"Version": "2012-10-17", "Statement": [{**each, "Sid": f"S{n}"} for n in range(100)]}, "identity")
    rule = load_rules()["policy-size-exceeds-managed-policy-quota"]
    assert isinstance(rule, PolicyRule)
    (hit,) = rule.check(policy, Context(settings_for()))
    assert hit.draft is not None
    draft = hit.draft()
    assert draft is not None
    assert draft.title.startswith("say once what is said twice, and leave out the Sids")
    assert not [*rule.check(fitting(draft, policy), Context(settings_for()))]
