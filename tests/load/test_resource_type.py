"""The type of the resource that a policy is attached to: who tells it, and what it comes to."""

import json

import pytest

from iamlint import config
from iamlint.config import Settings
from iamlint.engine.run import Run
from iamlint.load import load_text
from iamlint.model import POLICY_KINDS, RESOURCE_TYPES
from iamlint.rule import Hit, Policy, PolicyRule, Severity

RESOURCE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}],
}
ROLE = {
    "Path": "/",
    "RoleName": "r",
    "RoleId": "AROAEXAMPLEEXAMPLE",
    "Arn": "arn:aws:iam::111122223333:role/r",
    "AssumeRolePolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    },
}


def documents(value, kind=None, **settings):
    file = load_text("/root/buckets/a.json", json.dumps(value), Settings(root="/root", **settings), kind=kind)
    return [(document.kind, document.resource_type) for document in file.documents]


@pytest.mark.parametrize("type_", RESOURCE_TYPES)
def test_a_type_stands_for_its_kind(type_):
    assert documents(RESOURCE, type_) == [(RESOURCE_TYPES[type_], type_)]


def test_without_a_type_there_is_none():
    assert documents(RESOURCE) == [("resource", None)]
    assert documents(RESOURCE, "resource") == [("resource", None)]


def test_the_configuration_gives_types_to_paths():
    told = (("buckets/**", "AWS::S3::Bucket"),)
    assert documents(RESOURCE, policy_kinds=told) == [("resource", "AWS::S3::Bucket")]
    assert documents(RESOURCE, "scp", policy_kinds=told) == [("scp", None)], "the command line decides"


def test_no_type_overrides_a_kind_that_is_certain():
    answer = {"Role": ROLE}
    assert documents(answer, "AWS::S3::Bucket") == [("trust", None)]
    assert documents(answer, "AWS::IAM::AssumeRolePolicyDocument") == [("trust", "AWS::IAM::AssumeRolePolicyDocument")]


def test_the_configuration_knows_the_same_names():
    assert set(config.POLICY_KINDS) == {*POLICY_KINDS, *RESOURCE_TYPES}


class TypeTold(PolicyRule):
    """A test rule: tells the type."""

    severity = Severity.SUGGESTION

    def check(self, policy: Policy, ctx: object):  # type: ignore[no-untyped-def]
        yield Hit(self.id, str(policy.resource_type), (self.finding((), "").places[0],))


def test_equal_texts_of_different_types_are_analysed_apart():
    rule = TypeTold()
    run = Run(Settings(root="/root"), {rule.id: rule})
    for kind in ("AWS::S3::Bucket", "AWS::S3::AccessPoint", "AWS::S3::Bucket", "resource"):
        run.add(load_text("a.json", json.dumps(RESOURCE), run.settings, kind=kind))
    told = [finding.message for finding in run.report().findings]
    assert told == ["AWS::S3::Bucket", "AWS::S3::AccessPoint", "AWS::S3::Bucket", "None"]
