from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import AccountRule, Bad, Context, Good, Hit, Severity, quote, subject_of

if TYPE_CHECKING:
    from iamlint.rule import Account

_ARN = "arn:aws:iam::111122223333:policy/own"


def _account(counts: str, mark: str = '"own"', rest: str = "", arn: str = _ARN) -> str:
    return (
        f'{{"UserDetailList":[{{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"{rest}}}],"Policies":['
        f'{{"PolicyName":{mark},"Arn":"{arn}",{counts}"DefaultVersionId":"v1","PolicyVersionList":[{{"VersionId":"v1",'
        '"IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":'
        '"s3:GetObject","Resource":"*"}}}]}]}'
    )


class PolicyAttachedNowhere(AccountRule):
    """A customer managed policy is attached to nobody and is nobody's boundary.

    ## Why it matters
    It does nothing today. But it is kept, read and reviewed, and whoever may attach policies finds it ready, with
    rights that nobody remembers.

    ## What to do instead
    Keep its text with the rest of your code and delete it (`aws iam delete-policy`, its other versions first).

    ## When it can be wrong
    It is new, or is attached by a deployment now and then. IAM Identity Center attaches customer managed policies by
    name when a permission set is provisioned, which shows on the role then.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-delete.html
    """

    severity = Severity.SUGGESTION
    tags = ("account", "maintenance")

    good = [
        Good(
            _account("", rest=f',"AttachedManagedPolicies":[{{"PolicyName":"own","PolicyArn":"{_ARN}"}}]'),
            why="attached",
        ),
        Good(_account("", rest=f',"PermissionsBoundary":{{"PermissionsBoundaryArn":"{_ARN}"}}'), why="a boundary"),
        Good(_account('"AttachmentCount":1,'), why="its holder is not in the export"),
        Good(_account('"AttachmentCount":0,', arn="arn:aws:iam::aws:policy/own"), why="AWS's"),
    ]
    bad = [
        Bad(_account('"AttachmentCount":0,"PermissionsBoundaryUsageCount":0,', '«"own"»')),
        Bad(_account("", '«"own"»'), why="the export has no counts"),
    ]

    def check(self, account: "Account", ctx: Context) -> Iterator[Hit]:
        for policy in account.policies:
            if policy.is_aws or policy.attached_to or policy.bounds:
                continue
            if policy.value.get("AttachmentCount") or policy.value.get("PermissionsBoundaryUsageCount"):
                continue
            yield self.finding(
                policy.spot.at("PolicyName"),
                f"policy {quote(policy.name)} is attached to nobody and bounds nobody; delete it",
                subject=subject_of(policy, account),
            )
