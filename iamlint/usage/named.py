"""What a request named: the parameters that name a resource, and ARNs, as one short text.

`requestParameters` holds all that was asked, up to 100 KB of it; the usage table needs of it what tells the resource.
The same text is made by the SQL that runs elsewhere (`iamlint.usage.sql`), as far as that reaches: top-level
parameters. Parts are parted by U+001F, which no name holds.
"""

from collections.abc import Iterator
from typing import Any, Final

PART: Final = "\x1f"

PARAMETERS: Final = (
    "bucketName",
    "key",
    "versionId",
    "functionName",
    "tableName",
    "queueUrl",
    "queueName",
    "topicArn",
    "targetArn",
    "secretId",
    "keyId",
    "roleArn",
    "roleName",
    "userName",
    "groupName",
    "policyArn",
    "streamName",
    "streamARN",
    "logGroupName",
    "clusterName",
    "cluster",
    "repositoryName",
    "stateMachineArn",
    "dBInstanceIdentifier",
    "dBClusterIdentifier",
    "stackName",
    "name",
    "resourceArn",
    "executionRoleArn",
    "taskRoleArn",
    "role",
    "serviceRoleArn",
    "instanceProfileName",
    "restApiId",
    "ruleName",
    "rule",
    "alarmName",
    "domainName",
    "databaseName",
    "workGroup",
    "projectName",
    "pipelineName",
    "trailName",
    "instanceId",
    "volumeId",
    "snapshotId",
    "groupId",
    "x-amz-copy-source",
)
"""Request parameters that name what is acted on, as CloudTrail spells them."""

_NAMING: Final = frozenset(PARAMETERS)
_MOST_PARTS: Final = 64
_MOST_NODES: Final = 400
_LONGEST: Final = 1024


def naming(parameters: Any, resources: Any) -> str | None:
    """`name=value` for each parameter that names something, and `=ARN` for each ARN told; None where nothing is."""
    parts: dict[str, None] = {}
    if parameters.__class__ is dict:
        for name, value in parameters.items():
            if value.__class__ is str:
                if name in _NAMING or ":role/" in value:
                    parts[f"{name}={value[:_LONGEST]}"] = None
            elif value.__class__ is dict or value.__class__ is list:
                parts.update(dict.fromkeys(_inside(value, name)))
    if resources.__class__ is list:
        for each in resources[:_MOST_PARTS]:
            arn = (each.get("ARN") or each.get("arn")) if each.__class__ is dict else None
            if arn.__class__ is str and arn.startswith("arn:"):
                parts[f"={arn[:_LONGEST]}"] = None
    if not parts:
        return None
    return PART.join(sorted(part.replace(PART, "") for part in parts)[:_MOST_PARTS])


def _inside(value: Any, outer: str) -> Iterator[str]:
    """Names deeper inside: ids of EC2's sets, roles that are handed on, keys of objects that are deleted together."""
    stack = [(outer, value)]
    looked = 0
    while stack and looked < _MOST_NODES:
        name, each = stack.pop()
        looked += 1
        if each.__class__ is dict:
            stack.extend((inner, deeper) for inner, deeper in list(each.items())[:_MOST_NODES] if deeper)
        elif each.__class__ is list:
            stack.extend((name, deeper) for deeper in each[:_MOST_NODES])
        elif each.__class__ is str and (
            ":role/" in each
            or (name.endswith("Id") and "-" in each)
            or (name in ("name", "arn") and outer == "iamInstanceProfile")
        ):
            yield f"{outer if outer == 'iamInstanceProfile' else name}={each[:_LONGEST]}"
    if stack:
        yield "…="


def parts_of(named: str | None) -> list[tuple[str, str]]:
    """The names and values of such a text."""
    found = []
    for part in (named or "").split(PART):
        name, equals, value = part.partition("=")
        if equals:
            found.append((name, value))
    return found
