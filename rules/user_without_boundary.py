from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, known, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal

_BOUNDARY = (
    '"PermissionsBoundary":{"PermissionsBoundaryType":"Policy",'
    '"PermissionsBoundaryArn":"arn:aws:iam::111122223333:policy/boundary"}'
)


class UserWithoutBoundary(PrincipalRule):
    """A user has no permissions boundary.

    ## Why it matters
    Without a boundary, every policy that is ever attached to the user or to one of its groups counts in full: one
    careless or malicious attachment, and the user's long-lived key is an administrator's.

    ## What to do instead
    Set a managed policy that allows what the user does as its boundary (`aws iam put-user-permissions-boundary`), and
    deny `iam:DeleteUserPermissionsBoundary` to the user.

    ## When it can be wrong
    Break-glass administrators are meant to have none: write an exception with the reason.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    severity = Severity.WARNING
    security_severity = 2.5
    principals = frozenset(("user",))
    tags = ("security", "least-privilege", "account")

    good = [
        Good(
            '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann",' + _BOUNDARY + "}]}",
        ),
        Good(
            '{"RoleDetailList":[{"RoleName":"app","Arn":"arn:aws:iam::111122223333:role/app"}]}',
            why="a role's credentials are temporary",
        ),
        Good(
            "user,arn,mfa_active,access_key_1_active\nann,arn:aws:iam::111122223333:user/ann,true,false\n",
            why="the credential report does not tell of boundaries",
        ),
    ]
    bad = [
        Bad('{"UserDetailList":[{"UserName":«"ann"»,"Arn":"arn:aws:iam::111122223333:user/ann"}]}'),
        Bad(
            '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann",' + _BOUNDARY + "},"
            '{"UserName":«"bob"»,"Arn":"arn:aws:iam::111122223333:user/team/bob"}]}'
        ),
        Bad(
            '{"UserDetailList":[{"UserName":«"ann"»,"Arn":"arn:aws:iam::111122223333:user/ann",'
            '"PermissionsBoundary":null}]}'
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        if known(principal.boundary) is None:
            yield self.finding(
                principal.spot.at("UserName"),
                f"{quote(principal.name)} has no permissions boundary; set one that allows what the user does",
            )
