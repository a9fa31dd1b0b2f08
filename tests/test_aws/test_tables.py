"""The tables that people keep by hand name only what exists."""

import json

import pytest

from iamlint.aws import api_names, history
from iamlint.aws.catalogue import catalogue
from iamlint.aws.global_keys import global_key, global_keys, issuer_key
from iamlint.aws.partitions import PARTITIONS, is_partition
from iamlint.aws.sensitive import MFA_ENROLMENT, SENSITIVE, sensitive_actions
from tests.support import corpus


@pytest.mark.parametrize(("operation", "actions"), api_names.operations().items(), ids=":".join)
def test_an_api_name_is_no_action_and_leads_to_actions(operation: tuple[str, str], actions: tuple[str, ...]):
    known = catalogue()
    assert known.action_status(*operation) != "current"  # some were actions once
    assert known.api_hint(*operation) == actions
    for action in actions:
        assert known.names(action) == (action,)


def test_api_names_that_aws_answers_itself():
    known = catalogue()
    assert known.api_hint("S3", "listbuckets") == ("s3:ListAllMyBuckets",)
    assert known.api_hint("s3", "ListObjectsV2") == ("s3:ListBucket",)
    assert known.api_hint("s3", "PutBucketEncryption") == ("s3:PutEncryptionConfiguration",)
    assert known.api_hint("lambda", "GetLayerVersionByArn") == ("lambda:GetLayerVersion",)
    assert known.api_hint("s3", "CopyObject") == ("s3:GetObject", "s3:PutObject")
    assert known.api_hint("apigateway", "UpdateRestApi") == ("apigateway:PATCH",)
    assert known.api_hint("opensearch", "DescribeDomain") == ("es:DescribeDomain",)
    assert known.api_hint("s3", "GetObject") == ()


@pytest.mark.parametrize(("name", "prefix"), api_names.service_names().items())
def test_a_service_name_is_no_prefix_and_leads_to_one(name: str, prefix: str):
    known = catalogue()
    assert not known.is_service(name)
    assert known.service_status(prefix) == "current"


def test_sensitive_actions_exist_once():
    actions = sensitive_actions()
    assert len(actions) == len(set(actions)) == sum(len(group.actions) for group in SENSITIVE)
    for action in (*actions, *MFA_ENROLMENT):
        assert catalogue().names(action) == (action,)
    assert not set(actions) & set(MFA_ENROLMENT)


def test_global_keys_hold_all_that_services_list_with_the_same_type():
    for prefix in history.services():
        for name, row in history.keys(prefix).items():
            if name.startswith("aws:"):
                key = global_key(name)
                assert key is not None, name
                assert row.type is None or row.type == key.type
    assert all(name == key.name.lower() for name, key in global_keys().items())


def test_issuer_keys():
    assert issuer_key("cognito-identity.amazonaws.com:AMR") is not None
    assert issuer_key("saml:sub") is None
    assert issuer_key("idp.example.org:name") is None


def test_partitions():
    assert all(map(is_partition, PARTITIONS))
    assert not any(map(is_partition, ("", "AWS", "aw", "aws-", "*")))


def test_each_operation_of_cloudtrails_that_is_no_action_leads_to_the_same():
    known = catalogue()
    facts = json.loads(corpus("spec/cloudtrail-map.json").read_text("utf-8"))
    for operation, actions in facts["event_name"].items():
        assert sorted(known.api_hint(*operation.split(":"))) == sorted(actions)
    for source, prefix in facts["event_source"].items():
        assert api_names.prefix_of(source) == prefix
