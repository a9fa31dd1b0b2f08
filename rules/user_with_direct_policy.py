from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, known, listing, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal

_ANN = '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann",'


class UserWithDirectPolicy(PrincipalRule):
    """A user has policies of its own instead of those of its groups.

    ## Why it matters
    Rights that hang on single users are seen by nobody who reviews groups, and stay when their owner changes jobs.

    ## What to do instead
    Give people access through IAM Identity Center, else put the policy on a group and the user into it; give a machine
    a role.

    ## When it can be wrong
    A machine's user with one narrow policy is no worse than a group of one. Turn the rule off where that is the rule.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html
    """

    severity = Severity.SUGGESTION
    security_severity = 2.5
    principals = frozenset(("user",))
    tags = ("security", "account")

    good = [
        Good(_ANN + '"GroupList":["staff"],"AttachedManagedPolicies":[]}]}'),
        Good(
            '{"RoleDetailList":[{"RoleName":"app","Arn":"arn:aws:iam::111122223333:role/app","RolePolicyList":[],'
            '"AttachedManagedPolicies":[{"PolicyName":"p","PolicyArn":"arn:aws:iam::111122223333:policy/p"}]}]}',
            why="roles and groups are what policies are for",
        ),
    ]
    bad = [
        Bad(
            _ANN + '"AttachedManagedPolicies":['
            '{"PolicyName":"p","PolicyArn":«"arn:aws:iam::111122223333:policy/p"»},'
            '{"PolicyName":"q","PolicyArn":«"arn:aws:iam::111122223333:policy/q"»}]}]}'
        ),
        Bad(
            _ANN + '"UserPolicyList":[{"PolicyName":«"inline"»,"PolicyDocument":{"Version":"2012-10-17",'
            '"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}}],'
            '"AttachedManagedPolicies":[]}]}'
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        inline, attached = known(principal.inline), known(principal.attached)
        names = [policy.name for policy in inline] + [policy.name for policy in attached]
        spots = [policy.spot for policy in inline] + [policy.spot for policy in attached]
        if names:
            own = "policy of its own" if len(names) == 1 else "policies of its own"
            yield self.finding(
                [*spots], f"{quote(principal.name)} has {len(names)} {own}, {listing(names)}; use groups or a role"
            )
