"""Formats of ARNs that AWS's lists of resource types lack, though its guides name them in policies."""

from functools import cache

# From "IAM identifiers" (IAM User Guide), "Access control" (AWS Backup Developer Guide: recovery points), "Control
# CloudFormation access with AWS Identity and Access Management" (macros that AWS hosts), "Amazon Resource Names (ARNs)
# and IDs" (Amazon ECS Developer Guide: the short form of old), and the AWS Systems Manager User Guide: documents,
# parameters and automations that AWS owns have no account.
_UNLISTED = """
backup:${Region}:${Account}:recovery-point:${RecoveryPointId}
cloudformation:${Region}:aws:transform/${TransformName}
ecs:${Region}:${Account}:container-instance/${ContainerInstanceId}
ecs:${Region}:${Account}:service/${ServiceName}
iam::${Account}:u2f/${MfaTokenIdWithPath}
iam::aws:policy/${PolicyNameWithPath}
sts::${Account}:assumed-role/${RoleName}/${RoleSessionName}
ssm:${Region}::automation-definition/${AutomationDefinitionName}:${VersionId}
ssm:${Region}::document/${DocumentName}
ssm:${Region}::parameter/${ParameterNameWithoutLeadingSlash}
"""


@cache
def _unlisted() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _UNLISTED.split():
        service = line.partition(":")[0]
        found[service] = (*found.get(service, ()), "arn:${Partition}:" + line)
    return found


def unlisted_formats(service: str) -> tuple[str, ...]:
    """The formats with this third field that only guides name."""
    return _unlisted().get(service, ())
