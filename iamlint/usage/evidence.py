"""Rows as requests: what `evaluate`, `narrow` and a replay are asked."""

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Final

from iamlint.analyse import Request, action_covers, action_meets
from iamlint.model import Policy
from iamlint.usage.table import Row, Table

UNKNOWN: Final = "*"
"""The resource of a request of which the event does not tell the resource, or for an action that has none."""

LOGGED_APART: Final[Mapping[str, tuple[str, ...]]] = {
    "objects in S3": (
        "s3:GetObject*",
        "s3:PutObject*",
        "s3:DeleteObject*",
        "s3:RestoreObject",
        "s3:ReplicateObject",
        "s3:ReplicateDelete",
        "s3:ReplicateTags",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:BypassGovernanceRetention",
    ),
    "invocations of Lambda": ("lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:InvokeFunctionUrl"),
    "items of DynamoDB": (
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:PartiQL*",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
    ),
    "messages of SQS": (
        "sqs:SendMessage",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
    ),
    "messages of SNS": ("sns:Publish",),
    "records of Kinesis": (
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:PutRecord",
        "kinesis:PutRecords",
        "kinesis:SubscribeToShard",
        "firehose:PutRecord",
        "firehose:PutRecordBatch",
    ),
    "uses of KMS keys": (
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:Sign",
        "kms:Verify",
    ),
    "statements of the RDS Data API": ("rds-data:*",),
    "events, logs and measurements": (
        "events:PutEvents",
        "logs:PutLogEvents",
        "logs:CreateLogStream",
        "cloudwatch:PutMetricData",
        "cloudwatch:GetMetricData",
        "cloudwatch:GetMetricStatistics",
        "xray:Put*",
        "xray:GetSampling*",
    ),
    "sessions of Systems Manager": ("ssmmessages:*", "ec2messages:*"),
    "calls of models": ("bedrock:InvokeModel*", "sagemaker:InvokeEndpoint*"),
    "calls of APIs": ("execute-api:*", "appsync:GraphQL", "iot:Publish", "iot:Receive", "iot:Subscribe", "iot:Connect"),
    "data in Cassandra, Neptune, Kafka and others": (
        "cassandra:Select",
        "cassandra:Modify",
        "neptune-db:*",
        "kafka-cluster:*",
        "timestream:Select",
        "timestream:WriteRecords",
        "dax:*",
        "rds-db:connect",
        "s3-object-lambda:*",
        "s3express:CreateSession",
        "codewhisperer:*",
        "qbusiness:*",
        "cognito-identity:*",
        "geo:*",
        "ebs:*",
    ),
}
"""Actions that a trail logs only where it is told to (data events), or that can be switched off for a trail.

Source: "Logging data events" and "Logging management events" in the CloudTrail user guide. What of these nobody was
seen to do was not logged, for all that is known.
"""

NO_SIGN: Final = frozenset(
    {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:BypassGovernanceRetention"}
    | {"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "cloudwatch:GetMetricStatistics", "logs:CreateLogStream"}
)
"""Actions of those that calls need which are logged anyway (`HeadBucket` takes `s3:ListBucket`): that they were seen
does not tell that the others would have been."""

NEVER: Final = (
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:ListMFADevices",
    "iam:ResyncMFADevice",
    "sts:GetSessionToken",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)
"""Actions that are never taken away for not being seen: people must be able to look after their own credentials, and
`sts:TagSession` and `sts:SetSourceIdentity` go with another call and have no event of their own."""


def context_of(row: Row) -> dict[str, str | list[str]]:
    """The condition keys that the event tells.

    `aws:SourceIp` is absent where the call came through a VPC endpoint, or from a service on the caller's behalf.
    """
    found: dict[str, str | list[str]] = {}
    through = bool(row.via)
    found["aws:ViaAWSService"] = "true" if through else "false"
    if through:
        found["aws:CalledVia"] = [row.via]
    if row.vpc_endpoint:
        found["aws:SourceVpce"] = row.vpc_endpoint
        if _is_address(row.source_address):
            found["aws:VpcSourceIp"] = row.source_address
    elif not through and _is_address(row.source_address):
        found["aws:SourceIp"] = row.source_address
    if row.mfa is not None:
        found["aws:MultiFactorAuthPresent"] = "true" if row.mfa else "false"
    if row.region:
        found["aws:RequestedRegion"] = row.region
    if row.agent:
        found["aws:UserAgent"] = row.agent
    return found


_CONTEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:viaawsservice": ("via",),
    "aws:calledvia": ("via",),
    "aws:sourcevpce": ("vpc_endpoint",),
    "aws:vpcsourceip": ("vpc_endpoint", "source_address"),
    "aws:sourceip": ("vpc_endpoint", "via", "source_address"),
    "aws:multifactorauthpresent": ("mfa",),
    "aws:requestedregion": ("region",),
    "aws:useragent": ("agent",),
}
"""The keys of `context_of` and `told_keys`, with the fields of a row that they follow from."""


def alike(rows: Iterable[Row], mentioned: Callable[[str], bool]) -> list[Row]:
    """One row for all that differ in nothing that a policy asks which mentions these keys, with the calls of all."""
    asked = {field for key, fields in _CONTEXT.items() if mentioned(key) for field in fields}
    fields = ("principal", "action", "resources", "denied", *sorted(asked))
    mark = itemgetter(*map(Row._fields.index, fields))
    calls: dict[object, int] = {}
    first: dict[object, Row] = {}
    for row in rows:
        key = mark(row)
        calls[key] = calls.get(key, 0) + row.calls
        first.setdefault(key, row)
    return [row._replace(calls=calls[key]) for key, row in first.items()]


def context_about(row: Row, mentioned: Callable[[str], bool]) -> dict[str, str | list[str]]:
    """Those of `context_of` that are `mentioned`, in lower case."""
    return {key: value for key, value in context_of(row).items() if mentioned(key.lower())}


def told_keys(row: Row) -> frozenset[str]:
    """The condition keys, in lower case, of which the event tells that a request had them not, or which value."""
    found = {"aws:viaawsservice", "aws:calledvia", "aws:sourcevpce", "aws:multifactorauthpresent"}
    is_told = _is_address(row.source_address)
    if is_told or row.via or row.vpc_endpoint:
        found.add("aws:sourceip")
    if is_told or not row.vpc_endpoint:
        found.add("aws:vpcsourceip")
    return frozenset(found)


@lru_cache(maxsize=65536)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_use(row: Row) -> bool:
    """True iff the row is a use of a permission: an action is known, and it was not refused.

    A call that was throttled may have been one; it counts, so that nothing is taken away that is needed.
    """
    return bool(row.action) and row.denied is not True and _is_asker(row.principal)


def _is_asker(principal: str) -> bool:
    return principal.startswith("arn:") and ":iam:" in principal and (":user/" in principal or ":role/" in principal)


_ABOUT_PRINCIPALS: Final = ("aws:principalarn", "aws:userid", "aws:username")
"""Keys that tell principals of one account and kind apart, as far as their values follow from who it is."""


def who_matters(row: Row, mentioned: Callable[[str], bool]) -> str:
    """The principal, where the keys that are mentioned tell one from another; else only account and kind."""
    return row.principal if any(map(mentioned, _ABOUT_PRINCIPALS)) else row.principal.partition("/")[0]


def requests(rows: Iterable[Row], mentioned: Callable[[str], bool] = lambda key: True) -> Iterator[Request]:
    """The distinct requests of the rows; their context holds the keys that are `mentioned`, in lower case.

    Where no key about principals is mentioned, one of them stands for all of its account that ask the same.
    """
    known = set()
    for row in rows:
        if not _is_asker(row.principal) or not row.action:
            continue
        context = context_about(row, mentioned)
        told = tuple((key, value if isinstance(value, str) else tuple(value)) for key, value in context.items())
        for resource in row.resources or (UNKNOWN,):
            mark = (who_matters(row, mentioned), row.action, resource, told)
            if mark not in known:
                known.add(mark)
                yield Request(row.principal, row.action, resource, None, context)


def observed(table: Table, principals: Iterable[str], policy: Policy) -> list[Request]:
    """What the principals were seen to use, as far as the policy tells such requests apart."""
    return asked_of(policy, (row for principal in principals for row in table.of(principal) if is_use(row)))


def asked_of(policy: Policy, rows: Iterable[Row]) -> list[Request]:
    """The distinct requests of the rows, as far as the policy tells them apart."""
    mentioned = mentioned_in(policy)
    return list(requests(alike(rows, mentioned), mentioned))


def mentioned_in(*policies: Policy) -> Callable[[str], bool]:
    """Tells of a condition key, in lower case, whether it may matter to one of the policies."""
    keys = {
        condition.key.lower()
        for policy in policies
        for statement in policy.statements
        for condition in statement.conditions
    }
    if any("Principal" in each or "NotPrincipal" in each for policy in policies for each in policy.statements):
        keys.update(_ABOUT_PRINCIPALS)
    variables = "".join(str(policy.value).lower() for policy in policies if "${" in str(policy.value))
    return cache(lambda key: key in keys or key in variables)


def not_logged(table: Table) -> dict[str, tuple[str, ...]]:
    """The classes of actions of which the whole table has no event, with their action patterns.

    Selectors of a trail choose by service, so each service of a class stands for itself.
    """
    seen = {row.action for row in table.rows if row.action}
    found: dict[str, tuple[str, ...]] = {}
    for name, patterns in LOGGED_APART.items():
        for prefix in dict.fromkeys(pattern.partition(":")[0] for pattern in patterns):
            own = tuple(pattern for pattern in patterns if pattern.startswith(f"{prefix}:"))
            signs = [pattern for pattern in own if pattern not in NO_SIGN and not _is_mixed(pattern)]
            if not any(action_covers(pattern, action) for action in seen for pattern in signs):
                found[name] = (*found.get(name, ()), *own)
    return found


def _is_mixed(pattern: str) -> bool:
    """True iff calls that are always logged are among those that the pattern is for."""
    return pattern.endswith(":*") and pattern != "rds-data:*"


def kept(table: Table, never: Sequence[str] = NEVER) -> tuple[str, ...]:
    """Action patterns of which silence tells nothing: for `keep` of `iamlint.analyse.narrow`."""
    return (*never, *(pattern for patterns in not_logged(table).values() for pattern in patterns))


def touched(policy: Policy, patterns: Iterable[str]) -> tuple[str, ...]:
    """Those of the patterns of which the policy grants something, to be listed."""
    texts = [item.text for statement in policy.statements if statement.allows for item in statement.actions]
    whole = any("NotAction" in statement for statement in policy.statements if statement.allows)
    return tuple(each for each in patterns if whole or any(action_meets(text, each) for text in texts))
