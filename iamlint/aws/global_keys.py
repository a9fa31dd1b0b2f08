"""Condition keys that belong to no single service.

From "AWS global condition context keys" (IAM User Guide), as of `DATE`. A key that AWS adds is one word here.
`?` stands before keys whose type is not known for certain.
"""

from functools import cache

from iamlint.aws.keys import Names
from iamlint.aws.service import ConditionKey

DATE = "2026-10-27"

_KEYS = """
String aws:CalledViaFirst aws:CalledViaLast aws:Ec2InstanceSourceVpc aws:FederatedProvider aws:PrincipalAccount
String aws:PrincipalOrgID aws:PrincipalServiceName aws:PrincipalTag/${TagKey} aws:PrincipalType aws:Referer
String aws:RequestedRegion aws:RequestTag/${TagKey} aws:ResourceAccount aws:ResourceOrgID
String aws:ResourceTag/${TagKey} aws:SourceAccount aws:SourceIdentity aws:SourceOrgID aws:SourceVpc aws:SourceVpce
String aws:UserAgent aws:userid aws:username aws:VpceAccount aws:VpceOrgID
ArrayOfString aws:CalledVia aws:PrincipalOrgPaths aws:PrincipalServiceNamesList aws:ResourceOrgPaths
ArrayOfString aws:SourceOrgPaths aws:TagKeys aws:VpceOrgPaths
ARN aws:ChatbotSourceArn aws:PrincipalArn aws:SourceArn aws:SourceVpcArn
Bool aws:MultiFactorAuthPresent aws:PrincipalIsAWSService aws:SecureTransport aws:ViaAWSService
Date aws:CurrentTime aws:EpochTime aws:TokenIssueTime
IPAddress aws:Ec2InstanceSourcePrivateIPv4 aws:SourceIp aws:VpcSourceIp
Numeric aws:MultiFactorAuthAge
? aws:AssumedRoot aws:CalledViaAWSMCP aws:IsMcpServiceAction aws:SignInSessionArn aws:ViaAWSMCPService
"""


@cache
def global_keys() -> dict[str, ConditionKey]:
    """The keys by their name in lower case; a name that ends in `/${TagKey}` stands for all tags."""
    keys = {}
    for line in _KEYS.strip().split("\n"):
        kind, *names = line.split(" ")
        keys.update({name.lower(): ConditionKey(name, None if kind == "?" else kind) for name in names})
    return keys


def global_key(name: str) -> ConditionKey | None:
    """The key of that name, in any case: `aws:principaltag/team` gives `aws:PrincipalTag/${TagKey}`."""
    return _names().find(name)


@cache
def _names() -> Names[ConditionKey]:
    return Names(global_keys())


_ISSUER_KEYS = {"amr": "ArrayOfString", "aud": "String", "email": "String", "oaud": "String", "sub": "String"}


def issuer_key(name: str) -> ConditionKey | None:
    """The key that each OIDC provider supplies under its own name: `token.actions.githubusercontent.com:sub`.

    From "Available keys for AWS OIDC federation" in "IAM and AWS STS condition context keys" (IAM User
    Guide), which calls `amr` multivalued. None if it is none of these; a provider can have more.
    """
    issuer, _, key = name.rpartition(":")
    kind = _ISSUER_KEYS.get(key.lower())
    return ConditionKey(f"{issuer}:{key.lower()}", kind) if "." in issuer and kind else None
