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
    chain_hit,
    escalation_of,
    self_made_hit,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal

_ACCOUNT = "arn:aws:iam::111122223333:"


def _ann(statement: str, rest: str = "", inside: str = "", mark: str = '"ann"') -> str:
    return (
        f'{{"UserDetailList":[{{"UserName":{mark},"Arn":"{_ACCOUNT}user/ann",{inside}"UserPolicyList":[{{"PolicyName":'
        f'"own","PolicyDocument":{{"Version":"2012-10-17","Statement":[{statement}]}}}}]}}]{rest}}}'
    )


def _admin_role(trust: str) -> str:
    return (
        f',"RoleDetailList":[{{"RoleName":"top","Arn":"{_ACCOUNT}role/top","AssumeRolePolicyDocument":{{"Version":'
        f'"2012-10-17","Statement":{{"Effect":"Allow","Principal":{trust},"Action":"sts:AssumeRole"}}}},'
        '"AttachedManagedPolicies":[{"PolicyName":"AdministratorAccess","PolicyArn":'
        '"arn:aws:iam::aws:policy/AdministratorAccess"}]}]'
    )


_LAMBDA = _admin_role('{"Service":"lambda.amazonaws.com"}')
_PASS = f'{{"Effect":"Allow","Action":"iam:PassRole","Resource":"{_ACCOUNT}role/top"%s}},'
_CREATE = '{"Effect":"Allow","Action":["lambda:CreateFunction","lambda:InvokeFunction"],"Resource":"*"}'


class PrivilegeEscalation(HeldPolicyRule):
    """Somebody who is no administrator can become one.

    ## Why it matters
    A few actions of IAM, and passing a role to a service, are worth as much as AdministratorAccess: who may write an
    own policy, make a key for an administrator or let a service work with a strong role has every right a few requests
    later. Lists of administrators do not show them.

    In an exported account each user and role is looked at with all policies that apply, its permissions boundary, the
    service control policies where they are known, and the trust of roles. The finding tells the shortest chain of
    steps, with the statements that allow each.

    ## What to do instead
    Cut the chain at its cheapest step: name the resources (`iam:PassRole` for one role, with `iam:PassedToService`;
    keys and passwords for `user/${aws:username}`), set a permissions boundary, or deny the actions of IAM to who does
    not administer it.

    ## When it can be wrong
    Conditions that somebody can meet (a network, MFA, a time) are taken to be met, and a Deny counts only where its
    condition cannot be avoided. The level is `limited` where the account itself still stands in the way: the target has
    two access keys already, or its own boundary keeps it from every right. What a chain needs that no export tells of,
    such as a running instance, is the business of `running-role-takeover`.

    A policy by itself is looked at only in files that are no export; the level is then `limited`. Reported is one that
    lets its holder write an own policy or make a role with every right, on whatever resource.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    - https://pathfinding.cloud
    - https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 8.8
    kinds = frozenset(("identity",))
    effect = "Allow"
    actions = frozenset(
        (
            *("iam:attachgrouppolicy", "iam:attachrolepolicy", "iam:attachuserpolicy", "iam:createpolicyversion"),
            *("iam:putgrouppolicy", "iam:putrolepolicy", "iam:putuserpolicy"),
        )
    )
    principals = frozenset(("user", "role"))
    only_named = True  # `*` alone is all rights already
    only_held = True
    tags = ("security", "least-privilege", "account", "external/cwe/cwe-269")

    good = [
        Good('{"Effect":"Allow","Action":["iam:Get*","iam:List*"],"Resource":"*"}', why="reading"),
        Good(
            '{"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::111122223333:user/${aws:username}"}',
            why="an own key",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"arn:aws:iam::111122223333:user/apps/*"}',
            why="other users, who may hold nothing",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:AttachUserPolicy","Resource":"*","Condition":{"ArnEquals":'
            '{"iam:PolicyARN":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}}',
            why="only that policy",
        ),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"},'
            '{"Effect":"Deny","Action":"iam:Put*","Resource":"*"}]}',
            why="denied",
        ),
        Good(_ann(_PASS % "" + _CREATE, _admin_role('{"Service":"ec2.amazonaws.com"}')), why="Lambda cannot have it"),
        Good(
            _ann(
                _PASS % ',"Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}' + _CREATE,
                _LAMBDA,
            ),
            why="to another service only",
        ),
        Good(
            _ann(
                '{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}',
                f',"Policies":[{{"PolicyName":"cap","Arn":"{_ACCOUNT}policy/cap","DefaultVersionId":"v1",'
                '"PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17",'
                '"Statement":{"Effect":"Allow","Action":["s3:*","iam:PutUserPolicy"],"Resource":"*"}}}]}]',
                f'"PermissionsBoundary":{{"PermissionsBoundaryArn":"{_ACCOUNT}policy/cap"}},',
            ),
            why="the boundary keeps what it writes from mattering",
        ),
        Good(
            _ann('{"Effect":"Allow","Action":"*","Resource":"*"}', _LAMBDA),
            why="has it already",
        ),
        Good(
            _ann('{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}', _LAMBDA), why="the trust is for Lambda"
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":«"iam:PutUserPolicy"»,"Resource":"*"}', level="limited"),
        Bad(
            '{"Effect":"Allow","Action":["iam:GetUser",«"iam:AttachUserPolicy"»],'
            '"Resource":"arn:aws:iam::111122223333:user/${aws:username}"}',
            level="limited",
            why="to oneself",
        ),
        Bad('{"Effect":"Allow","Action":«"iam:CreatePolicyVersion"»,"Resource":"*"}', level="limited"),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":«"iam:PutRole*"»,"Resource":"*"},'
            '{"Effect":"Deny","Action":"iam:PutRolePolicy","Resource":"*","Condition":{"Bool":'
            '{"aws:MultiFactorAuthPresent":"false"}}}]}',
            level="limited",
            why="with MFA",
        ),
        Bad(
            _ann('{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}', mark='«"ann"»'),
        ),
        Bad(_ann(_PASS % "" + _CREATE, _LAMBDA, mark='«"ann"»'), why="passes the role to Lambda"),
        Bad(
            _ann(
                '{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
                _admin_role(f'{{"AWS":"{_ACCOUNT}user/ann"}}'),
                mark='«"ann"»',
            ),
            why="the role's trust is enough",
        ),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        yield from self_made_hit(self, policy)

    def check_principal(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        chain = escalation_of(principal, account)
        if chain is not None and (chain.is_sure or chain.is_near):
            level = "full" if chain.is_sure else "limited"
            yield chain_hit(self, principal, account, chain, "can become administrator", level)
