"""Where the answers of AWS's services hold policy documents.

Sources: the response syntax of each operation in the API references of IAM, Organizations, S3, KMS, Lambda, SQS, SNS,
Secrets Manager, ECR, IAM Identity Center and EC2, as the AWS CLI prints it.
"""

from collections.abc import Iterator
from typing import Final

from iamlint.load.recognise import Found, document
from iamlint.syntax import Path

_ORGANIZATION_KINDS: Final = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
_ENTITIES: Final = (
    ("UserDetailList", "UserPolicyList"),
    ("GroupDetailList", "GroupPolicyList"),
    ("RoleDetailList", "RolePolicyList"),
)
_OTHER_EXPORTS: Final = {
    "ReportFormat": "a credential report",
    "AccessKeyMetadata": "a list of access keys",
    "AccessKeyLastUsed": "an access key's last use",
    "MFADevices": "a list of MFA devices",
    "VirtualMFADevices": "a list of MFA devices",
    "SummaryMap": "an account summary",
    "PasswordPolicy": "a password policy",
    "ServicesLastAccessed": "last-accessed information",
    "Records": "CloudTrail records",
    "resource_changes": "a Terraform plan",
    "planned_values": "a Terraform plan",
    "terraform_version": "a Terraform state",
    "AWSTemplateFormatVersion": "a CloudFormation template",
    "Targets": "where a policy of an organization is attached",
    "Parents": "the place of an account or unit in its organization",
    "UserDetailList": "account authorization details",
    "GroupDetailList": "account authorization details",
    "RoleDetailList": "account authorization details",
}


def described(value: object) -> str:
    """Why nothing in `value` was taken for a policy."""
    if isinstance(value, dict):
        known = next((what for key, what in _OTHER_EXPORTS.items() if key in value), None)
        return f"no policy document: {known}" if known else "no policy document"
    if isinstance(value, list):
        return "no policy document in this list"
    return "no policy document: a single JSON value"


def exported(value: dict[str, object]) -> Iterator[Found]:
    """The policy documents in one answer, in document order."""
    if _is_account(value):
        yield from _account(value)
        return
    for key, entry in value.items():
        match key:
            case "PolicyDocument":  # get-user-policy, get-group-policy, get-role-policy; wrappers made by hand
                owner = _text(value, "UserName") or _text(value, "RoleName") or _text(value, "GroupName")
                yield from _inline(value, (), "identity" if owner else None, bool(owner), owner)
            case "AssumeRolePolicyDocument":
                yield from _trust(value, ())
            case "Role" if isinstance(entry, dict):  # get-role, create-role
                yield from _trust(entry, ("Role",))
            case "Roles":  # list-roles
                for index, role in _objects(entry):
                    yield from _trust(role, ("Roles", index))
            case "PolicyVersion" if isinstance(entry, dict):  # get-policy-version; may be a boundary as well
                yield from document(entry.get("Document"), ("PolicyVersion", "Document"), "identity")
            case "Document" if "VersionId" in value:
                yield from document(entry, ("Document",), "identity")
            case "Policy" if isinstance(entry, dict) and "Content" in entry:
                yield from _of_organization(entry)
            case "Policy":  # s3api get-bucket-policy, kms get-key-policy, lambda get-policy
                yield from document(entry, (key,), strict=True, name=_text(value, "PolicyName"))
            case "ResourcePolicy" | "policyText":  # secretsmanager get-resource-policy, ecr get-repository-policy
                name = _text(value, "Name") or _text(value, "repositoryName")
                yield from document(entry, (key,), "resource", strict=True, name=name, owner=_text(value, "ARN"))
            case "InlinePolicy":  # sso-admin get-inline-policy-for-permission-set
                yield from document(entry, (key,), "identity", strict=True)
            case "Attributes" if isinstance(entry, dict):  # sqs get-queue-attributes, sns get-topic-attributes
                owner = _text(entry, "QueueArn") or _text(entry, "TopicArn")
                yield from document(entry.get("Policy"), (key, "Policy"), "resource", strict=True, owner=owner)
            case "VpcEndpoints":  # ec2 describe-vpc-endpoints
                for index, endpoint in _objects(entry):
                    yield from document(
                        endpoint.get("PolicyDocument"),
                        (key, index, "PolicyDocument"),
                        "endpoint",
                        certain=True,
                        owner=_text(endpoint, "VpcEndpointId"),
                    )


def _inline(
    holder: dict[str, object], path: Path, kind: str | None, certain: bool, owner: str | None
) -> Iterator[Found]:
    yield from document(
        holder.get("PolicyDocument"),
        (*path, "PolicyDocument"),
        kind,
        certain=certain,
        name=_text(holder, "PolicyName"),
        owner=owner,
    )


def _trust(role: dict[str, object], path: Path) -> Iterator[Found]:
    owner = _text(role, "Arn") or _text(role, "RoleName")
    place = (*path, "AssumeRolePolicyDocument")
    yield from document(role.get("AssumeRolePolicyDocument"), place, "trust", certain=True, owner=owner)


def _of_organization(policy: dict[str, object]) -> Iterator[Found]:
    """What `describe-policy` of Organizations tells; tag, backup and other policies have another grammar."""
    summary = policy.get("PolicySummary")
    summary = summary if isinstance(summary, dict) else {}
    kind = _ORGANIZATION_KINDS.get(_text(summary, "Type") or "")
    if kind is not None or "Type" not in summary:
        yield from document(
            policy["Content"],
            ("Policy", "Content"),
            kind,
            certain=kind is not None,
            strict=kind is None,
            name=_text(summary, "Name"),
            arn=_text(summary, "Arn"),
        )


def _is_account(value: dict[str, object]) -> bool:
    return any(isinstance(value.get(entities), list) for entities, _ in _ENTITIES) or any(
        "PolicyVersionList" in policy for _, policy in _objects(value.get("Policies"))
    )


def _account(value: dict[str, object]) -> Iterator[Found]:
    """The documents of account authorization details (IAM API Reference, "GetAccountAuthorizationDetails")."""
    inline = dict(_ENTITIES)
    for key, entry in value.items():
        if key in inline:
            for index, entity in _objects(entry):
                here = (key, index)
                # A role stands again in its instance profiles: those are not looked into.
                yield from _trust(entity, here)
                for at, policy in _objects(entity.get(inline[key])):
                    yield from _inline(policy, (*here, inline[key], at), "identity", True, _text(entity, "Arn"))
        elif key == "Policies":
            for index, policy in _objects(entry):
                yield from _managed(policy, (key, index))


def _managed(policy: dict[str, object], path: Path) -> Iterator[Found]:
    """The version of a managed policy that is in force; all of them where none is marked."""
    versions = list(_objects(policy.get("PolicyVersionList")))
    in_force = [(at, version) for at, version in versions if version.get("IsDefaultVersion") is True]
    for at, version in in_force or versions:
        yield from document(
            version.get("Document"),
            (*path, "PolicyVersionList", at, "Document"),
            "identity",
            certain=True,
            name=_text(policy, "PolicyName"),
            arn=_text(policy, "Arn"),
        )


def _objects(entries: object) -> Iterator[tuple[int, dict[str, object]]]:
    if isinstance(entries, list):
        for index, entry in enumerate(entries):
            if isinstance(entry, dict):
                yield index, entry


def _text(holder: dict[str, object], key: str) -> str | None:
    value = holder.get(key)
    return value if isinstance(value, str) else None
