from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    PrincipalRule,
    Severity,
    boundary_holes,
    entry_spot,
    known,
    listing,
    quote,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal

_ACCOUNT = "arn:aws:iam::111122223333:"


def _account(statement: str, cap: str, boundary: str = f'"{_ACCOUNT}policy/cap"') -> str:
    return (
        f'{{"UserDetailList":[{{"UserName":"ann","Arn":"{_ACCOUNT}user/ann","PermissionsBoundary":'
        f'{{"PermissionsBoundaryArn":{boundary}}},"UserPolicyList":[{{"PolicyName":"own","PolicyDocument":'
        f'{{"Version":"2012-10-17","Statement":{statement}}}}}]}}],"Policies":[{{"PolicyName":"cap","Arn":'
        f'"{_ACCOUNT}policy/cap","DefaultVersionId":"v1","PolicyVersionList":[{{"VersionId":"v1","IsDefaultVersion":true,'
        f'"Document":{{"Version":"2012-10-17","Statement":{cap}}}}}]}}]}}'
    )


_ALL = '{"Effect":"Allow","Action":"*","Resource":"*"}'
_MARKED = f'«"{_ACCOUNT}policy/cap"»'


class BoundaryRemovableByHolder(PrincipalRule):
    """Whoever is held back by a permissions boundary can take it off.

    ## Why it matters
    A boundary limits only who cannot change it. With `iam:DeleteUserPermissionsBoundary` on oneself, or a new version
    of the policy that is the boundary, one request makes it void, and all that the policies allow counts again.

    ## What to do instead
    Deny the actions on the boundary in the boundary itself: `iam:DeleteUserPermissionsBoundary`,
    `iam:PutUserPermissionsBoundary` and their siblings for roles, and `iam:CreatePolicyVersion`,
    `iam:SetDefaultPolicyVersion` and `iam:DeletePolicyVersion` on its ARN.

    ## When it can be wrong
    Decided with all policies of the holder, the boundary, and the service control policies where they are known. A
    condition that the holder can meet, such as MFA, does not count as a limit.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    - https://aws.amazon.com/blogs/security/delegate-permission-management-to-developers-using-iam-permissions-boundaries/
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 7.5
    principals = frozenset(("user", "role"))
    tags = ("security", "least-privilege", "account")

    good = [
        Good(_account(_ALL, '{"Effect":"Allow","Action":"s3:*","Resource":"*"}'), why="the boundary keeps IAM out"),
        Good(
            _account(
                _ALL,
                '[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":'
                '["iam:*PermissionsBoundary","iam:CreatePolicyVersion"],"Resource":"*"}]',
            ),
            why="denied in the boundary",
        ),
        Good(
            _account('{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:user/apps/*"}', _ALL),
            why="others' boundaries",
        ),
        Good(
            '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}',
            why="no boundary is another rule",
        ),
    ]
    bad = [
        Bad(_account(_ALL, _ALL, _MARKED)),
        Bad(
            _account(
                '{"Effect":"Allow","Action":"iam:DeleteUserPermissionsBoundary","Resource":'
                '"arn:aws:iam::*:user/${aws:username}"}',
                '{"Effect":"Allow","Action":["s3:*","iam:*"],"Resource":"*"}',
                _MARKED,
            )
        ),
        Bad(
            _account(
                '{"Effect":"Allow","Action":"iam:CreatePolicyVersion","Resource":"*"}',
                '{"Effect":"Allow","NotAction":"iam:*PermissionsBoundary","Resource":"*"}',
                _MARKED,
            ),
            why="the policy that is the boundary",
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        boundary = known(principal.boundary)
        holes = boundary_holes(principal, account)
        if boundary is None or not holes:
            return
        places = ((entry_spot(hole), f"this allows {quote(hole.action)}") for hole in holes)
        yield self.finding(
            boundary.spot,
            f"{quote(principal.name)} can get rid of its permissions boundary by "
            f"{listing(hole.action for hole in holes)}; deny that in the boundary",
            related=[(spot, text) for spot, text in places if spot is not None],
        )
