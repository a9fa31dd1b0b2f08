from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import (
    Bad,
    Context,
    Good,
    HeldPolicyRule,
    Hit,
    Policy,
    Severity,
    Unknown,
    allows_everything,
    is_every_arn,
    key,
    known,
    quote,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal

_ARN = "arn:aws:iam::111122223333:policy/boundary"


def _account(statements: str, boundary: str = _ARN) -> str:
    return (
        '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann","PermissionsBoundary":'
        f'{{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":{boundary}}}}}],'
        f'"Policies":[{{"PolicyName":"boundary","Arn":"{_ARN}","DefaultVersionId":"v1","PolicyVersionList":'
        '[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":['
        f"{statements}]}}}}]}}]}}"
    )


class BoundaryCapsNothing(HeldPolicyRule):
    """A permissions boundary allows everything.

    ## Why it matters
    The boundary stands in the user's settings and looks like a limit, in reviews and to tools. But whatever policy is
    attached to its holder counts in full, an administrator's too.

    ## What to do instead
    Let the boundary allow the services and actions that the holder uses; deny what it must never do, first of all
    `iam:DeleteUserPermissionsBoundary` and changes of the boundary itself. What its holders use `iamlint check --usage`
    tells.

    ## When it can be wrong
    Reported is a boundary that allows every request, however it is written; that is decided over all actions, resources
    and conditions. One that is merely wide is not, for it stops what it leaves out. Nor is one that allows just what
    its holder's policies do today: it stops whatever else is attached tomorrow, and that is what a boundary is for.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 5.5
    principals = frozenset(("user", "role"))
    kinds = frozenset(("boundary",))
    only_held = True
    effect = "Allow"
    elements = frozenset(("Resource",))
    faults = frozenset(("wide",))
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
        Good('{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}', kind="boundary"),
        Good('{"Effect":"Allow","Action":"*","Resource":"*"}', why="not known to be a boundary"),
    ]
    bad = [
        Bad('{"Effect":"Allow",«"Action"»:"*","Resource":"*"}', kind="boundary", why="the policy itself"),
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
                '{"Effect":"Allow","NotAction":"iam:*","Resource":"*"},'
                '{"Effect":"Allow","Action":"IAM:*","Resource":"*"}',
                f'«"{_ARN}"»',
            ),
            why="both together",
        ),
        Bad(
            _account(
                '{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*",'
                '"Condition":{"StringEquals":{"aws:username":"ann"},"StringLike":{"aws:username":"b*"}}}',
                f'«"{_ARN}"»',
            ),
            why="nobody is called so: the Deny denies nothing",
        ),
        Bad(
            _account(
                '{"Effect":"Allow","Action":"s3:*","Resource":"*"}',
                '«"arn:aws:iam::aws:policy/AdministratorAccess"»',
            ),
            why="known by its name, its document is not in the export",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        if allows_everything(policy):
            wide = [s for s in policy.statements if s.allows and any(is_every_arn(r.text) for r in s.resources)]
            marked = [s.at("Action" if "Action" in s else "NotAction") for s in wide]
            what = "a permissions boundary that allows everything; let it allow what is used"
            yield self.finding([*map(key, marked)], what)

    def check_principal(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        boundary = known(principal.boundary)
        if boundary is None:
            return
        document = account.document_of(boundary)
        if isinstance(document, Unknown) and boundary.arn.endswith(":aws:policy/AdministratorAccess"):
            is_open = True
        else:
            is_open = allows_everything(known(document).policy)
        if is_open:
            what = f"the permissions boundary {quote(boundary.arn)} of {quote(principal.name)} allows everything"
            yield self.finding(boundary.spot, f"{what}; let it allow what the {principal.kind} does")
