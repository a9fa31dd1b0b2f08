from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    PrincipalRule,
    Severity,
    foreign_trusts,
    known,
    quote,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, Role


def _role(principal: str, condition: str = "", action: str = '"sts:AssumeRole"') -> str:
    return (
        '{"RoleDetailList":[{"RoleName":"app","Arn":"arn:aws:iam::111122223333:role/app","AssumeRolePolicyDocument":'
        f'{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":{principal}}},"Action":{action}'
        f"{condition}}}}}}}]}}"
    )


class CrossAccountTrustWithoutExternalId(PrincipalRule):
    """Another account may assume a role without an external id.

    ## Why it matters
    Where the other account is a provider's that works for many customers, any of them who learns the role's ARN can
    have the provider use it: the confused deputy. The external id ties the role to one customer's order.

    ## What to do instead
    Add a condition on `sts:ExternalId` with the value that the provider gave you. For an own account say so in
    `[environment] accounts`, or ask for `aws:PrincipalOrgID`.

    ## When it can be wrong
    The other account is your own, but neither the configuration nor the exports at hand say so. A condition on who
    calls (`aws:PrincipalOrgID`, `aws:PrincipalArn` …) or on MFA, which no provider has, keeps the rule silent.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """

    severity = Severity.WARNING
    security_severity = 5.0
    principals = frozenset(("role",))
    tags = ("security", "account", "external/cwe/cwe-441")

    good = [
        Good(_role('"444455556666"', ',"Condition":{"StringEquals":{"sts:ExternalId":"8d1f0c7e"}}')),
        Good(_role('"arn:aws:iam::111122223333:role/ci"'), why="the same account"),
        Good(_role('"444455556666"', ',"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}')),
        Good(_role('"444455556666"', ',"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}'), why="a person"),
        Good(_role('"444455556666"'), environment={"accounts": ["111122223333", "444455556666"]}, why="an own account"),
        Good(_role('"*"'), why="everybody is another rule"),
        Good(_role('"444455556666"', action='"sts:TagSession"'), why="assumes nothing"),
    ]
    bad = [
        Bad(_role('«"arn:aws:iam::444455556666:root"»')),
        Bad(_role('["111122223333",«"444455556666"»]')),
        Bad(_role('«"arn:aws:iam::444455556666:role/vendor"»', action='"sts:*"')),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        role = cast("Role", principal)
        if role.is_service_owned:
            return
        document = known(role.trust)
        own = {account.id, *ctx.accounts}
        for item in foreign_trusts(document.policy, own):
            yield self.finding(
                document.spot.at(*item.path),
                f"{quote(item)}, of another account, may assume {quote(role.name)} without an external id; ask for "
                "`sts:ExternalId`, or list the account among your own",
            )
