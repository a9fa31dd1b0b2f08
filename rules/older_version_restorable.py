from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, is_administrator, quote, stronger_versions

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal

_ARN = "arn:aws:iam::111122223333:policy/held"


def _account(old: str, allowed: str = '["s3:GetObject","iam:SetDefaultPolicyVersion"]', mark: str = '"v1"') -> str:
    return (
        '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann","AttachedManagedPolicies":['
        f'{{"PolicyName":"held","PolicyArn":"{_ARN}"}}]}}],"Policies":[{{"PolicyName":"held","Arn":"{_ARN}",'
        '"DefaultVersionId":"v2","PolicyVersionList":[{"VersionId":"v2","IsDefaultVersion":true,"Document":'
        f'{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":{allowed},"Resource":"*"}}}}}},'
        f'{{"VersionId":{mark},"IsDefaultVersion":false,"Document":{{"Version":"2012-10-17","Statement":{{"Effect":'
        f'"Allow","Action":{old},"Resource":"*"}}}}}}]}}]}}'
    )


class OlderVersionRestorable(PrincipalRule):
    """Somebody can bring back a version of an own policy that allows more than the one in force.

    ## Why it matters
    A policy was tightened, but its older version is still there. With `iam:SetDefaultPolicyVersion` on it, whoever the
    policy is attached to makes it count again, and has back what was taken away.

    ## What to do instead
    Delete the version (`aws iam delete-policy-version`), and leave `iam:SetDefaultPolicyVersion` to who administers
    policies.

    ## When it can be wrong
    That the older version allows more is decided; the finding carries a request that only it allows. Boundaries and
    Denies of other policies may still stop that request. Administrators, who have every right anyway, are not reported.
    Where it leads to every right, `privilege-escalation` says so as well.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
    - https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 6.5
    principals = frozenset(("user", "role"))
    tags = ("security", "least-privilege", "account")

    good = [
        Good(_account('"s3:GetObject"'), why="the older version allows less"),
        Good(_account('"s3:*"', '"s3:GetObject"'), why="it cannot be brought back"),
        Good(_account('"s3:*"', '"*"'), why="an administrator"),
    ]
    bad = [
        Bad(_account('["s3:*","iam:SetDefaultPolicyVersion"]', mark='«"v1"»')),
        Bad(_account('"ec2:*"', '"iam:Set*"', '«"v1"»')),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        versions = stronger_versions(principal, account)
        if not versions or is_administrator(principal, account):
            return
        for policy, version, witness in versions:
            yield self.finding(
                version.spot.at("VersionId"),
                f"{quote(principal.name)} can bring back version {quote(version.id)} of {quote(policy.name)}, which "
                "allows more than the one in force; delete it",
                witness=witness,
            )
