"""Actions that a long-lived access key should not be able to use without MFA, and those that must stay open without.

A choice of ours, not a list of AWS's: what destroys data, hides traces or hands out rights. "Configuring
MFA-protected API access" (IAM User Guide) asks for MFA on such actions; the groups follow "Security best
practices in IAM".
"""

from functools import cache

from iamlint.record import NamedTuple


class SensitiveGroup(NamedTuple):
    """Actions that are sensitive for the same reason; the reason completes "such a key could …"."""

    reason: str
    actions: tuple[str, ...]


SENSITIVE = (
    SensitiveGroup(
        "give itself or others more rights",
        (
            "iam:AddUserToGroup",
            "iam:AttachGroupPolicy",
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:CreatePolicyVersion",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteUserPermissionsBoundary",
            "iam:PutGroupPolicy",
            "iam:PutRolePolicy",
            "iam:PutUserPolicy",
            "iam:SetDefaultPolicyVersion",
            "iam:UpdateAssumeRolePolicy",
        ),
    ),
    SensitiveGroup(
        "create sign-in credentials that outlive it",
        (
            "iam:CreateAccessKey",
            "iam:CreateLoginProfile",
            "iam:CreateOpenIDConnectProvider",
            "iam:CreateSAMLProvider",
            "iam:CreateUser",
            "iam:UpdateLoginProfile",
            "iam:UpdateSAMLProvider",
        ),
    ),
    SensitiveGroup(
        "take away the second factor",
        ("iam:DeactivateMFADevice", "iam:DeleteVirtualMFADevice"),
    ),
    SensitiveGroup(
        "take the account out of the organization's control",
        (
            "account:CloseAccount",
            "account:PutAlternateContact",
            "organizations:CloseAccount",
            "organizations:DeletePolicy",
            "organizations:DetachPolicy",
            "organizations:LeaveOrganization",
            "organizations:RemoveAccountFromOrganization",
        ),
    ),
    SensitiveGroup(
        "hide what it does",
        (
            "cloudtrail:DeleteTrail",
            "cloudtrail:PutEventSelectors",
            "cloudtrail:StopLogging",
            "cloudtrail:UpdateTrail",
            "config:DeleteConfigurationRecorder",
            "config:StopConfigurationRecorder",
            "guardduty:DeleteDetector",
            "guardduty:UpdateDetector",
            "logs:DeleteLogGroup",
            "logs:DeleteLogStream",
            "securityhub:DisableSecurityHub",
            "access-analyzer:DeleteAnalyzer",
        ),
    ),
    SensitiveGroup(
        "make data unreadable or readable for others by its key",
        ("kms:CreateGrant", "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"),
    ),
    SensitiveGroup(
        "open stored data to others",
        (
            "ec2:ModifySnapshotAttribute",
            "rds:ModifyDBSnapshotAttribute",
            "s3:DeleteBucketPolicy",
            "s3:PutAccountPublicAccessBlock",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "secretsmanager:PutResourcePolicy",
        ),
    ),
    SensitiveGroup(
        "destroy data or the copies that would bring it back",
        (
            "backup:DeleteBackupVault",
            "backup:DeleteRecoveryPoint",
            "dynamodb:DeleteBackup",
            "dynamodb:DeleteTable",
            "ec2:DeleteSnapshot",
            "ec2:DeleteVolume",
            "rds:DeleteDBCluster",
            "rds:DeleteDBInstance",
            "rds:DeleteDBSnapshot",
            "s3:DeleteBucket",
            "s3:DeleteObjectVersion",
            "secretsmanager:DeleteSecret",
        ),
    ),
    SensitiveGroup(
        "stop what is running",
        (
            "cloudformation:DeleteStack",
            "ec2:DeleteSecurityGroup",
            "ec2:DeleteVpc",
            "ec2:TerminateInstances",
            "eks:DeleteCluster",
            "lambda:DeleteFunction",
            "route53:ChangeResourceRecordSets",
            "route53:DeleteHostedZone",
        ),
    ),
)

MFA_ENROLMENT = (
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetAccountPasswordPolicy",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "iam:ResyncMFADevice",
    "sts:GetSessionToken",
)
"""What somebody needs to enrol a first MFA device and to sign in with it.

A Deny without MFA must leave it open.

From "AWS: Allows MFA-authenticated IAM users to manage their own credentials on the Security credentials
page" (IAM User Guide).
"""


@cache
def sensitive_actions() -> tuple[str, ...]:
    """All sensitive actions (`s3:DeleteBucket`), in the order of their groups."""
    return tuple(action for group in SENSITIVE for action in group.actions)
