from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    PrincipalRule,
    Severity,
    action_path,
    holders_of_all,
    known,
    listing,
    quote,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, Role

_ACCOUNT = "arn:aws:iam::111122223333:"


def _account(statement: str, trust: str, condition: str = "") -> str:
    return (
        f'{{"UserDetailList":[{{"UserName":"ann","Arn":"{_ACCOUNT}user/ann","UserPolicyList":[{{"PolicyName":"own",'
        f'"PolicyDocument":{{"Version":"2012-10-17","Statement":[{statement}]}}}}]}}],"RoleDetailList":[{{"RoleName":'
        f'"billing","Arn":"{_ACCOUNT}role/billing","AssumeRolePolicyDocument":{{"Version":"2012-10-17","Statement":'
        f'{{"Effect":"Allow","Principal":{{"AWS":{trust}}},"Action":"sts:AssumeRole"{condition}}}}}}}]}}'
    )


_ALL = '{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}'
_ROOT = f'"{_ACCOUNT}root"'
_MFA = ',"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}'


class RoleAssumableByWildcard(PrincipalRule):
    """Users may assume a role only because a policy lets them assume every role.

    ## Why it matters
    The trust policy lets the whole account in, which leaves the choice to the policies of its users; and one of these
    policies chooses nothing. Whoever finds a key of such a user has the rights of this role as well, and of the next
    role that somebody makes in the same way.

    ## What to do instead
    Name the roles in the users' policy (`"Resource": "arn:aws:iam::111122223333:role/NAME"`), or the users and roles
    in the trust policy in place of the account.

    ## When it can be wrong
    The users are meant to have it, and the policy is only written broadly. Administrators are not counted, nor are
    those whose policy names the role or a part of all roles. The level is `limited` where a condition of either policy
    must be met, such as MFA.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """

    severity = Severity.WARNING
    levels = {"full": Severity.WARNING, "limited": Severity.SUGGESTION}
    security_severity = 5.0
    principals = frozenset(("role",))
    tags = ("security", "least-privilege", "account", "external/cwe/cwe-269")

    good = [
        Good(
            _account(f'{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"{_ACCOUNT}role/billing"}}', _ROOT),
            why="the policy names the role",
        ),
        Good(
            _account(f'{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"{_ACCOUNT}role/bill*"}}', _ROOT),
            why="a part of all roles",
        ),
        Good(_account(_ALL, f'"{_ACCOUNT}user/ann"'), why="the trust names her"),
        Good(_account(_ALL, f'"{_ACCOUNT}user/bob"'), why="the trust is for somebody else"),
        Good(_account('{"Effect":"Allow","Action":"*","Resource":"*"}', _ROOT), why="an administrator"),
        Good(
            _account(
                f'{_ALL},{{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"{_ACCOUNT}role/billing"}}', _ROOT
            ),
            why="denied",
        ),
        Good(
            _account(_ALL, _ROOT, ',"Condition":{"StringEquals":{"aws:username":"bob"}}'), why="the condition names bob"
        ),
    ]
    bad = [
        Bad(_account(_ALL, f"«{_ROOT}»")),
        Bad(_account('{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}', '«"111122223333"»'), why="with all else"),
        Bad(
            _account('{"Effect":"Allow","Action":"sts:*","Resource":"arn:aws:iam::*:role/*"}', f"«{_ROOT}»"),
            why="every role",
        ),
        Bad(_account(_ALL, f"«{_ROOT}»", _MFA), level="limited", why="with MFA"),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        role = cast("Role", principal)
        holders = holders_of_all(role, account)
        if holders.found:
            first = min(holders.found, key=lambda holder: holder.is_limited)
            named = (account.id, account.arn)
            paths = [item.path for item in first.trust.principals if item.text in named]
            source = first.grant.document
            grant = [] if source is None else [source.spot.at(*action_path(first.grant, "sts:AssumeRole"))]
            names = listing([holder.user.name for holder in holders.found], 3)
            yield self.finding(
                [known(role.trust).spot.at(*path) for path in paths],
                f"role {quote(role.name)} lets the account in, and {names} may assume every role; name the roles in "
                "that policy, or who is meant in this one",
                level="limited" if first.is_limited else "full",
                related=[(spot, f"{quote(first.user.name)} may assume every role") for spot in grant],
                users=len(holders.found),
            )
        if holders.unknown is not None:
            known(holders.unknown)
