"""Regions, quotas and names of service principals."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.aws import quotas, regions, service_principals
from iamlint.aws.catalogue import catalogue
from iamlint.aws.partitions import PARTITIONS
from iamlint.aws.quotas import quota
from iamlint.model.policy import POLICY_KINDS


def test_each_region_is_part_of_one_partition():
    every = [region for partition in PARTITIONS for region in regions.regions(partition)]
    assert len(every) == len(set(every)) > 40
    for partition in PARTITIONS:
        assert all(regions.partition_of(region) == partition for region in regions.regions(partition))
    assert all(map(regions.is_region, every))
    assert regions.regions("nosuch") == ()


@pytest.mark.parametrize("text", ["", "us-east-9", "US-EAST-1", "us-east-1a", "us-*-1", "aws-global", "*"])
def test_no_regions(text: str):
    assert not regions.is_region(text)
    assert regions.partition_of(text) is None


def test_regions_of_partitions():
    assert regions.partition_of("eu-central-2") == "aws"
    assert regions.partition_of("cn-north-1") == "aws-cn"
    assert regions.partition_of("us-gov-west-1") == "aws-us-gov"
    assert regions.nearest_region("eu-central1") == "eu-central-1"
    assert regions.date() >= "2026-11-24"


def test_the_list_is_what_the_tool_makes_of_the_release_that_it_names():
    botocore = pytest.importorskip("botocore")
    from tools.build_regions import lines

    text = (Path(regions.__file__).parent / "data" / "regions.txt").read_text("utf-8")
    head, *listed = text.splitlines()[1:]
    if head.split("\t")[2] != f"botocore {botocore.__version__}":
        pytest.skip("another release of botocore is installed")
    assert listed == lines()


def test_quotas():
    assert all(quota(kind).limit >= 2_048 for kind in POLICY_KINDS)
    assert not any(quota(kind).whitespace_counts for kind in ("identity", "managed", "boundary", "trust"))
    largest = quota("resource")
    assert quota("resource", "AWS::No::Such") == largest
    assert all(quota("resource", kind).limit <= largest.limit for kind in quotas.resource_types())
    with pytest.raises(KeyError):
        quota("nosuch")


def test_what_a_quota_counts():
    assert quotas.counted('{ "a":\t"b c"\r\n}', True) == 15
    assert quotas.counted('{ "a":\t"b c"\r\n}', False) == 10


@pytest.mark.parametrize(
    ("text", "labels", "region", "suffix"),
    [
        ("s3.amazonaws.com", ("s3",), None, "amazonaws.com"),
        ("logs.eu-west-1.amazonaws.com", ("logs",), "eu-west-1", "amazonaws.com"),
        ("ec2.amazonaws.com.cn", ("ec2",), None, "amazonaws.com.cn"),
        ("ec2.cn-north-1.amazonaws.com.cn", ("ec2",), "cn-north-1", "amazonaws.com.cn"),
        ("alexa-appkit.amazon.com", ("alexa-appkit",), None, "amazon.com"),
        ("malware-protection.guardduty.amazonaws.com", ("malware-protection", "guardduty"), None, "amazonaws.com"),
        ("us-east-1.amazonaws.com", ("us-east-1",), None, "amazonaws.com"),
    ],
)
def test_parts_of_a_service_principal(text: str, labels: tuple[str, ...], region: str | None, suffix: str):
    assert service_principals.parse_service_principal(text) == (labels, region, suffix)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s3",
        "amazonaws.com",
        ".amazonaws.com",
        "S3.amazonaws.com",
        "s3.Amazonaws.com",
        "s3..amazonaws.com",
        "*.amazonaws.com",
        "s3.*.amazonaws.com",
        "${aws:username}.amazonaws.com",
        "s3.amazonaws.com ",
        "s3_x.amazonaws.com",
        "s3-.amazonaws.com",
        "s3.amazonaws.org",
        "ſ3.amazonaws.com",
        "a" * 1_000_000 + ".amazonaws.com",
    ],
)
def test_no_service_principals(text: str):
    assert service_principals.parse_service_principal(text) is None


@given(
    st.lists(st.text("abz019-", min_size=1), min_size=1, max_size=4), st.sampled_from(["amazonaws.com", "amazon.com"])
)
def test_a_service_principal_is_the_sum_of_its_parts(labels: list[str], suffix: str):
    text = ".".join([*labels, suffix])
    if (found := service_principals.parse_service_principal(text)) is not None:
        assert ".".join([*found.labels, *([found.region] if found.region else []), found.suffix]) == text
    else:
        assert any(label.strip("-") != label for label in labels)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("ec2.amazonaws.com", True),
        ("spotfleet.amazonaws.com", True),
        ("pods.eks.amazonaws.com", True),
        ("stepfunctions.amazonaws.com", True),
        ("elasticloadbalancing.amazonaws.com", True),
        ("zocalo.amazonaws.com", True),
        ("nosuchsvc.amazonaws.com", False),
    ],
)
def test_known_service_principals(text: str, known: bool):
    principal = service_principals.parse_service_principal(text)
    assert principal is not None
    assert service_principals.is_known_service_principal(principal, catalogue()) is known


def test_services_with_resource_control_policies():
    services = catalogue().rcp_services()
    assert {"s3", "sts", "kms", "sqs", "secretsmanager", "dynamodb"} <= services
    assert "ec2" not in services
    assert all(map(catalogue().is_service, services))
    assert catalogue("2024-11-01").rcp_services() == frozenset()
    assert catalogue("2024-11-13").rcp_services() == services
