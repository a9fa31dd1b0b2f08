from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    PrincipalRule,
    Severity,
    Statement,
    Unknown,
    is_all_actions,
    is_every_arn,
    known,
    quote,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Policy, PolicyText, Principal

_ARN = "arn:aws:iam::111122223333:policy/boundary"


def _account(statements: str, boundary: str = _ARN) -> str:
    return (
        '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann","PermissionsBoundary":'
        f'{{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":{boundary}}}}}],'
        f'"Policies":[{{"PolicyName":"boundary","Arn":"{_ARN}","DefaultVersionId":"v1","PolicyVersionList":'
        '[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":['
        f"{statements}]}}}}]}}]}}"
    )


class BoundaryCapsNothing(PrincipalRule):
    """A permissions boundary allows everything.

    ## Why it matters
    The boundary stands in the user's settings and looks like a limit, in reviews and to tools. But whatever policy is
    attached to its holder counts in full, an administrator's too.

    ## What to do instead
    Let the boundary allow the services and actions that the holder uses; deny what it must never do, first of all
    `iam:DeleteUserPermissionsBoundary` and changes of the boundary itself.

    ## When it can be wrong
    Reported is a boundary that allows every action on every resource, without condition and without any Deny. One that
    is merely wide is not: it still stops what it leaves out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 5.5
    principals = frozenset(("user", "role"))
    tags = ("security", "least-privilege", "account")

    good = [
        Good(_account('{"Effect":"Allow","Action":["s3:*","ec2:*"],"Resource":"*"}', f'"{_ARN}"'), why="a wide limit"),
        Good(
            _account(
                '{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}',
                f'"{_ARN}"',
            ),
            why="without IAM",
        ),
        Good(
            _account(
                '{"Effect":"Allow","Action":"*","Resource":"*",'
                '"Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}',
                f'"{_ARN}"',
            ),
            why="from one network",
        ),
        Good(_account('{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}', f'"{_ARN}"')),
        Good(
            '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}',
            why="no boundary is another rule",
        ),
        Good(
            _account('{"Effect":"Allow","Action":"*","Resource":"*"}', '"arn:aws:iam::aws:policy/ReadOnlyAccess"'),
            why="another policy is the boundary",
        ),
    ]
    bad = [
        Bad(_account('{"Effect":"Allow","Action":"*","Resource":"*"}', f'«"{_ARN}"»')),
        Bad(
            _account(
                '{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},'
                '{"Effect":"Allow","Action":["ec2:*","*:*"],"Resource":["*"]}',
                f'«"{_ARN}"»',
            )
        ),
        Bad(
            _account(
                '{"Effect":"Allow","Action":"s3:*","Resource":"*"}',
                '«"arn:aws:iam::aws:policy/AdministratorAccess"»',
            ),
            why="known by its name, its document is not in the export",
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        boundary = known(principal.boundary)
        if boundary is None:
            return
        document = account.document_of(boundary)
        if isinstance(document, Unknown) and boundary.arn.endswith(":aws:policy/AdministratorAccess"):
            caps = False
        else:
            caps = _caps(known(document))
        if not caps:
            what = f"the permissions boundary {quote(boundary.arn)} of {quote(principal.name)} allows everything"
            yield self.finding(boundary.spot, f"{what}; let it allow what the {principal.kind} does")


def _caps(document: "PolicyText") -> bool:
    """True unless the document allows every request."""
    policy: Policy = document.policy
    return any(s.denies for s in policy.statements) or not any(map(_allows_everything, policy.statements))


def _allows_everything(statement: Statement) -> bool:
    return (
        statement.allows
        and not statement.value.get("Condition")
        and any(is_all_actions(item.text) for item in statement.actions)
        and any(is_every_arn(item.text) for item in statement.resources)
    )
