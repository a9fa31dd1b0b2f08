from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, chain_hit, escalation_of

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal

_ACCOUNT = "arn:aws:iam::111122223333:"


def _account(action: str, resource: str, service: str, used: str, mark: str = '"ann"') -> str:
    return (
        f'{{"UserDetailList":[{{"UserName":{mark},"Arn":"{_ACCOUNT}user/ann","UserPolicyList":[{{"PolicyName":"own",'
        f'"PolicyDocument":{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":{action},"Resource":'
        f'"{resource}"}}}}}}]}}],"RoleDetailList":[{{"RoleName":"top","Arn":"{_ACCOUNT}role/top",'
        f'"RoleLastUsed":{{{used}}},"AssumeRolePolicyDocument":{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",'
        f'"Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}}},"AttachedManagedPolicies":[{{"PolicyName":'
        '"AdministratorAccess","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}]}]}'
    )


_USED = '"LastUsedDate":"2026-10-01T00:00:00Z","Region":"us-east-1"'


class RunningRoleTakeover(PrincipalRule):
    """Somebody can take over whatever runs with a role that leads to every right.

    ## Why it matters
    Who may change the code of every function, or open a session on every instance, acts with the role of each. Where
    one of these roles is an administrator, or leads to one, so is who takes it over.

    ## What to do instead
    Name the functions, instances or projects that the job needs, by ARN or by `aws:ResourceTag`, and give what runs no
    more rights than it uses.

    ## When it can be wrong
    The exports tell which roles there are and when they were last used, not what runs with them: a finding says that
    something would have to. Roles that were not used for 400 days count as idle. Counted are only actions on whatever
    resource of the service; one that is named may run with another role. Chains that need nothing more are findings of
    `privilege-escalation`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    - https://pathfinding.cloud
    """

    severity = Severity.SUGGESTION
    security_severity = 5.0
    principals = frozenset(("user", "role"))
    tags = ("security", "least-privilege", "account", "external/cwe/cwe-269")

    good = [
        Good(_account('"lambda:UpdateFunctionCode"', "*", "ec2.amazonaws.com", _USED), why="the role is for instances"),
        Good(_account('"lambda:UpdateFunctionCode"', "*", "lambda.amazonaws.com", ""), why="nothing runs with it"),
        Good(
            _account(
                '"lambda:UpdateFunctionCode"',
                "arn:aws:lambda:us-east-1:111122223333:function:mine",
                "lambda.amazonaws.com",
                _USED,
            ),
            why="a function that may have another role",
        ),
        Good(_account('["ec2:StopInstances","ec2:StartInstances"]', "*", "ec2.amazonaws.com", _USED), why="not enough"),
        Good(_account('"*"', "*", "lambda.amazonaws.com", _USED), why="an administrator already"),
    ]
    bad = [
        Bad(_account('"lambda:UpdateFunctionCode"', "*", "lambda.amazonaws.com", _USED, '«"ann"»')),
        Bad(
            _account(
                '"ssm:StartSession"',
                "arn:aws:ec2:eu-west-1:111122223333:instance/*",
                "ec2.amazonaws.com",
                _USED,
                '«"ann"»',
            )
        ),
        Bad(_account('["codebuild:*"]', "*", "codebuild.amazonaws.com", _USED, '«"ann"»')),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        chain = escalation_of(principal, account)
        if chain is not None and not chain.is_sure and not chain.is_near:
            yield chain_hit(self, principal, account, chain, "may become administrator")
