"""How large a policy may be, per kind of policy and per resource that it is attached to.

Limits are in characters unless the page says bytes, which are the same as long as a policy is ASCII. "IAM and AWS
STS quotas" (IAM User Guide) says that IAM does not count white space; the other services count the text as it is
sent.
"""

from iamlint.record import NamedTuple


class Quota(NamedTuple):
    """A limit on the size of a policy document."""

    limit: int
    """What everybody has."""
    whitespace_counts: bool
    """Whether white space between the tokens counts too."""
    adjustable_to: int | None
    """What AWS raises the limit to on request; None if it does not."""
    source: str
    """Title of the page of AWS's that states it."""


_IAM = "IAM and AWS STS quotas"
_ORGANIZATIONS = "Quotas and service limits for AWS Organizations"

_BY_KIND = {
    # Not a quota of its own: the sum of a role's inline policies, the most that any identity policy can use. It is
    # what AWS's policy validation compares identity policies with.
    "identity": Quota(10_240, False, None, _IAM),
    "managed": Quota(6_144, False, None, _IAM),
    "boundary": Quota(6_144, False, None, _IAM),
    "user": Quota(2_048, False, None, _IAM),
    "group": Quota(5_120, False, None, _IAM),
    "role": Quota(10_240, False, None, _IAM),
    "trust": Quota(2_048, False, 4_096, _IAM),
    # The plain text of inline and managed session policies together. The packed limit, which tags share, cannot be
    # told from the text.
    "session": Quota(2_048, True, None, _IAM),
    # 5,120 until 2025. The console strips white space before it saves, other callers do not.
    "scp": Quota(10_240, True, None, _ORGANIZATIONS),
    "rcp": Quota(5_120, True, None, _ORGANIZATIONS),
    "endpoint": Quota(20_480, True, None, "Amazon VPC quotas"),
}

_BY_RESOURCE = {
    "AWS::ApiGateway::RestApi": Quota(8_192, True, None, "Amazon API Gateway quotas"),
    "AWS::DynamoDB::Stream": Quota(20_480, True, None, "Quotas in Amazon DynamoDB"),
    "AWS::DynamoDB::Table": Quota(20_480, True, None, "Quotas in Amazon DynamoDB"),
    "AWS::ECR::Repository": Quota(10_240, True, None, "SetRepositoryPolicy"),
    "AWS::EFS::FileSystem": Quota(20_000, True, None, "Amazon EFS quotas"),
    "AWS::Events::EventBus": Quota(10_240, True, None, "Amazon EventBridge quotas"),
    "AWS::KMS::Key": Quota(32_768, True, None, "Resource quotas"),
    "AWS::Lambda::Function": Quota(20_480, True, None, "Lambda quotas"),
    "AWS::Lambda::LayerVersion": Quota(20_480, True, None, "Lambda quotas"),
    "AWS::Logs::ResourcePolicy": Quota(5_120, True, None, "PutResourcePolicy"),
    "AWS::S3::AccessPoint": Quota(20_480, True, None, "Access points restrictions and limitations"),
    "AWS::S3::Bucket": Quota(20_480, True, None, "Bucket policies for Amazon S3"),
    "AWS::S3::MultiRegionAccessPoint": Quota(20_480, True, None, "Access points restrictions and limitations"),
    "AWS::S3ObjectLambda::AccessPoint": Quota(20_480, True, None, "Access points restrictions and limitations"),
    "AWS::SNS::Topic": Quota(30_720, True, None, "Amazon SNS endpoints and quotas"),
    "AWS::SQS::Queue": Quota(8_192, True, None, "Amazon SQS policy quotas"),
    "AWS::SecretsManager::Secret": Quota(20_480, True, None, "AWS Secrets Manager quotas"),
}

# Which service will take a resource policy is often not to be told from it. The largest of all limits is the one
# that none of them lets it pass.
_ANY_RESOURCE = max(_BY_RESOURCE.values(), key=lambda quota: quota.limit)


def quota(kind: str, resource_type: str | None = None) -> Quota:
    """The limit for a kind of policy (`trust`) or, where it is `resource`, for a type of CloudFormation's.

    A resource policy of no or another type has the largest limit of all. Kinds beside those of policies: `managed`
    and, for the sum of all inline policies, `user`, `group` and `role`. KeyError for any other kind.
    """
    if kind == "resource":
        return _BY_RESOURCE.get(resource_type or "", _ANY_RESOURCE)
    return _BY_KIND[kind]


def resource_types() -> frozenset[str]:
    """The types of resources that have a limit of their own here."""
    return frozenset(_BY_RESOURCE)


_WHITE = str.maketrans("", "", " \t\r\n")


def counted(text: str, whitespace_counts: bool) -> int:
    """Characters of the text of a policy as a quota counts them.

    AWS does not say whether white space inside of strings is white space: here it is.
    """
    return len(text) if whitespace_counts else len(text.translate(_WHITE))
