from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, Unknown, makes_administrators, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Group, Principal

_ADMINISTRATOR = (
    ',"AttachedManagedPolicies":[{"PolicyName":"AdministratorAccess","PolicyArn":'
    '"arn:aws:iam::aws:policy/AdministratorAccess"}]'
)


def _account(group: str, member: str = "team", mark: str = '"team"') -> str:
    return (
        f'{{"UserDetailList":[{{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann","GroupList":["{member}"]}}],'
        f'"GroupDetailList":[{{"GroupName":{mark},"Arn":"arn:aws:iam::111122223333:group/team"{group}}}]}}'
    )


def _inline(statement: str) -> str:
    document = f'{{"Version":"2012-10-17","Statement":{statement}}}'
    return f',"GroupPolicyList":[{{"PolicyName":"own","PolicyDocument":{document}}}]'


class GroupOfAdministrators(PrincipalRule):
    """A group makes each of its members administrator.

    ## Why it matters
    Whoever is put into the group has every right, and lists of who holds AdministratorAccess show the group, not them.
    Policies of the group add up: none of them need look like every right.

    ## What to do instead
    Let people administer through a role that they assume with MFA, and only while they do. Keep the group small, and
    say in the configuration's exceptions who is in it and why.

    ## When it can be wrong
    Some group has to hold these rights. A permissions boundary of a member may keep it from them.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """

    severity = Severity.WARNING
    security_severity = 5.0
    principals = frozenset(("group",))
    tags = ("security", "least-privilege", "account")

    good = [
        Good(_account(_inline('{"Effect":"Allow","Action":"s3:*","Resource":"*"}'))),
        Good(_account(_ADMINISTRATOR, "other"), why="nobody is in it"),
        Good(
            _account(
                _inline(
                    '[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}]'
                )
            ),
            why="without IAM",
        ),
    ]
    bad = [
        Bad(_account(_ADMINISTRATOR, mark='«"team"»')),
        Bad(
            _account(
                _inline(
                    '[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"},{"Effect":"Allow","Action":"iam:*","Resource":"*"}]'
                ),
                mark='«"team"»',
            ),
            why="both together",
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        group = cast("Group", principal)
        if not makes_administrators(group, account):
            return
        members = [
            user.name
            for user in account.users
            if not isinstance(user.groups, Unknown) and any(each.name == group.name for each in user.groups)
        ]
        if members:
            count = f"{len(members)} members" if len(members) > 1 else "only member"
            yield self.finding(
                group.spot.at("GroupName"),
                f"group {quote(group.name)} gives every right to its {count}; let them assume a role instead",
                members=len(members),
            )
