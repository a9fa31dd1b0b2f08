"""What calls for a rule only saves work: no finding is lost by it. And the index of rules is never believed wrongly."""

import copy
import json
import os
import shutil
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.config import settings_for
from iamlint.engine.dispatch import Dispatcher
from iamlint.engine.index import rules_of
from iamlint.engine.registry import load_rules
from iamlint.finding import Hit
from iamlint.model import POLICY_KINDS, RESOURCE_TYPES, Policy, kind_and_type
from iamlint.rule import STATEMENT_ELEMENTS, Bad, Context, Good, PolicyRule, Severity, StatementRule, wrong_elements

SETTINGS = settings_for(environment={"networks": [{"name": "office", "cidr": "203.0.113.0/24"}]})
RULES = load_rules()
REAL = [rule.whole() for rule in RULES.values()]

VALUES = st.sampled_from(
    [
        "*", "s3:*", "s3:GetObject", "iam:PassRole", "IAM:pass*", "s?:Get", "GetObject", "a:b:c", "s3:", "", " ", "é:x",
        "ec2:TerminateInstances", "sts:AssumeRole", "${aws:username}", "arn:aws:s3:::b/*", "arn:aws:s3",
        "arn:aws:*:::x", "arn:aws:s3:::b/${aws:username}", "Allow", "Deny", "allow", "2012-10-17", "2008-10-17",
        None, 1, True, [], {}, [None], ["*", 1], ["s3:Get*", "iam:*"], {"AWS": "*"}, {"AWS": []}, {"User": ["x"]},
        {"StringEquals": {"aws:username": "x"}}, {"Bool": {"aws:MultiFactorAuthPresent": "false"}}, {"X": 1},
        {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.7/24"]}}, {"StringLike": {"a:b": [None]}},
    ]
)  # fmt: skip
OPERATORS = st.sampled_from(
    [
        "StringEquals", "StringLike", "stringlikeifexists", "StringNotLike", "StringNotEquals", "ArnLike", "ArnEquals",
        "ForAllValues:StringLike", "ForAnyValue:StringEquals", "ForAllValues:Null", "Null", "NullIfExists", "Bool",
        "BoolIfExists", "IpAddress", "NotIpAddress", "NumericLessThan", "DateGreaterThan", "BinaryEquals", "Nonsense",
    ]
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "aws:ResourceTag/team", "aws:RequestTag", "aws:tagkeys", "AWS:SourceIp", "aws:VpcSourceIp", "aws:SourceVpc",
        "aws:PrincipalOrgID", "aws:PrincipalArn", "aws:SourceArn", "aws:ARN", "aws:UserAgent", "aws:VpceOrgID",
        "aws:RequestedRegion", "aws:CalledVia", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:Nonsense",
        "aws:CurrentTime", "aws:userid", "username", "s3:prefix", "s3:nonsense", "S3:x-amz-acl", "nonsense:key",
        "s3:x-amz-server-side-encryption-aws-kms-key-id", "iam:PassedToService", "kms:ViaService", "lambda:FunctionArn",
        "dynamodb:Attributes", "token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:aud",
    ]
)  # fmt: skip
TESTED = st.sampled_from(
    [
        "*", "x", "a-*", "true", ["true", "false"], ["5", "7"], [], ["*"], ["x", 1], 1, None, "10.0.0.0/8", "2021",
        "${aws:username}", "${aws: username}", "${}", "repo:*", "S3.amazonaws.com", "vpc-1", "us-east-9", ["*", "a"],
        "arn:aws:iam::*:role/x", "arn:aws:kms:eu-west-1:111122223333:key/a", {"a": 1}, "${a, 'b}", "${x",
    ]
)  # fmt: skip
BLOCKS = st.dictionaries(OPERATORS, st.dictionaries(KEYS, TESTED, max_size=2), max_size=2)
ELEMENTS = st.sampled_from(["Version", "Id", "effect", "Comment", *STATEMENT_ELEMENTS])
STATEMENT = {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


@st.composite
def policies(draw):
    statements = []
    for _ in range(draw(st.integers(0, 3))):
        statement = copy.deepcopy(STATEMENT)
        for element in draw(st.lists(ELEMENTS, max_size=3)):
            if draw(st.booleans()):
                statement.pop(element, None)
            else:
                statement[element] = draw(VALUES)
        if draw(st.booleans()):
            statement["Condition"] = draw(BLOCKS)
        statements.append(statement)
    document = {"Version": "2012-10-17", "Statement": draw(st.sampled_from([statements, statements[:1] or {}]))}
    for element in draw(st.lists(ELEMENTS, max_size=1)):
        document[element] = draw(VALUES)
    if draw(st.integers(0, 9)) == 0:
        del document["Version"]
    kind = draw(st.sampled_from([*POLICY_KINDS, *RESOURCE_TYPES]))
    return Policy(json.loads(json.dumps(document)), *kind_and_type(kind))


def summary(hits):
    return Counter((hit.rule, hit.message, hit.places) for hit in hits)


def unfiltered(policy, ctx):
    for rule in REAL:
        if policy.kind in rule.kinds:
            if isinstance(rule, PolicyRule):
                yield from rule.check(policy, ctx)
            elif isinstance(rule, StatementRule):
                for statement in policy.statements:
                    if rule.effect in (None, statement.value.get("Effect")) and (
                        not rule.elements or not rule.elements.isdisjoint(statement.value)
                    ):
                        yield from rule.check(statement, ctx)


def readable(policy, hits):
    """Without what AWS does not say, because a value there has a wrong type."""
    wrong = [element for element, _ in wrong_elements(policy)]
    for hit in hits:
        values = [place.path[:-1] if place.token == "key" else place.path for place in hit.places]
        inside = any(path[: len(element)] == element for path in values for element in wrong)
        if not inside or RULES[hit.rule].aws in (None, "DATA_TYPE_MISMATCH"):
            yield hit


@given(policies())
def test_nothing_is_lost(policy):
    ctx = Context(SETTINGS)
    dispatched = list(Dispatcher(RULES.values(), ctx).policy(policy))
    assert all(isinstance(hit, Hit) for hit in dispatched), dispatched
    assert summary(dispatched) == summary(readable(policy, unfiltered(policy, ctx)))


RULE = '''
from iamlint.rule import Bad, Good, Severity, StatementRule


class Made(StatementRule):
    """One.

    ## Why it matters
    Two.

    ## What to do instead
    Three.

    ## References
    - https://example.com
    """

    severity = Severity.WARNING
    good = [Good("{}")]
    bad = [Bad("{}")]
'''


class Loads:
    def __init__(self, folder):
        self.folder = folder
        self.asked = []

    def __call__(self, name):
        self.asked.append(name)
        space = {"__name__": name}
        exec((self.folder / f"{name.rpartition('.')[2]}.py").read_text(), space)  # noqa: S102 - a rule of this test
        return space["Made"]()

    def rules(self):
        self.asked.clear()
        return rules_of("made", [str(self.folder)], (StatementRule, PolicyRule), self)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    for name in ("one_rule", "other_rule"):
        (tmp_path / f"{name}.py").write_text(RULE)
    return Loads(tmp_path)


def test_the_second_time_nothing_is_imported(folder):
    first = folder.rules()
    assert folder.asked == ["made.one_rule", "made.other_rule"]
    again = folder.rules()
    assert folder.asked == []
    assert list(again) == list(first) == ["one-rule", "other-rule"]
    assert again["one-rule"].severity is Severity.WARNING
    assert isinstance(again["one-rule"], StatementRule)
    assert again["one-rule"].whole().good == [Good("{}")]
    assert again["one-rule"].whole().bad == [Bad("{}")]
    assert folder.asked == ["made.one_rule"]


def test_any_change_of_the_folder_is_seen(folder):
    folder.rules()
    path = folder.folder / "one_rule.py"
    path.write_text(RULE.replace("Severity.WARNING", "Severity.SUGGESTION"))
    assert folder.rules()["one-rule"].severity is Severity.SUGGESTION
    os.utime(path, ns=(1, 1))
    folder.rules()
    assert folder.asked
    shutil.copy(path, folder.folder / "third_rule.py")
    assert "third-rule" in folder.rules()
    path.unlink()
    assert "one-rule" not in folder.rules()


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b"[1]", b'{"stamp": null, "rules": 1}'])
def test_a_damaged_index_only_costs_time(folder, damage):
    folder.rules()
    (index,) = (folder.folder / "__pycache__").glob("rules.*.json")
    index.write_bytes(damage)
    assert list(folder.rules()) == ["one-rule", "other-rule"]
    assert len(folder.asked) == 2


def test_an_index_with_wrong_entries_is_not_believed(folder):
    folder.rules()
    (index,) = (folder.folder / "__pycache__").glob("rules.*.json")
    document = json.loads(index.read_text())
    del document["rules"]["one_rule"]
    index.write_text(json.dumps(document))
    assert list(folder.rules()) == ["one-rule", "other-rule"]


def test_a_folder_that_cannot_be_written_only_costs_time(folder):
    (folder.folder / "__pycache__").write_text("a file where the folder should be")
    assert list(folder.rules()) == ["one-rule", "other-rule"]
    assert list(folder.rules()) == ["one-rule", "other-rule"]
