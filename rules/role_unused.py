from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import Bad, Context, Good, Hit, Option, PrincipalRule, Severity, age, is_older, known, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, Role


def _role(used: str, created: str = "2020-01-01T00:00:00Z", path: str = "/", mark: str = '"app"') -> str:
    return (
        f'{{"RoleDetailList":[{{"RoleName":{mark},"Path":"{path}","Arn":"arn:aws:iam::111122223333:role{path}app",'
        f'"CreateDate":"{created}","RoleLastUsed":{{{used}}}}}]}}'
    )


class RoleUnused(PrincipalRule):
    """A role was not used for half a year.

    ## Why it matters
    Its trust and its rights stay as they were when somebody needed them. Nobody would notice if it were gone, and
    nobody would notice if somebody else used it.

    ## What to do instead
    Take its rights away (detach the policies), wait for somebody to miss it, then delete it.

    ## When it can be wrong
    A break-glass role, or one for a yearly task. AWS tracks the last 400 days; what is older counts as never. New roles
    count from their creation.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html#roles-delete_prerequisites
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#remove-credentials
    """

    severity = Severity.SUGGESTION
    security_severity = 3.0
    principals = frozenset(("role",))
    tags = ("security", "account")
    options = {"max-unused-days": Option(180, "days without use after which a role is reported")}

    good = [
        Good(_role('"LastUsedDate":"2026-10-01T00:00:00Z","Region":"us-east-1"'), as_of="2026-11-01"),
        Good(_role("", "2026-10-01T00:00:00Z"), as_of="2026-11-01", why="new"),
        Good(_role("", path="/aws-service-role/x.amazonaws.com/"), as_of="2026-11-01", why="AWS's own role"),
    ]
    bad = [
        Bad(_role("", mark='«"app"»'), as_of="2026-11-01", why="not in 400 days"),
        Bad(_role('"LastUsedDate":"2026-03-01T00:00:00Z"', mark='«"app"»'), as_of="2026-11-01"),
        Bad(
            _role('"LastUsedDate":"2026-10-01T00:00:00Z"', mark='«"app"»'),
            as_of="2026-11-01",
            options={"max-unused-days": 20},
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        role = cast("Role", principal)
        if role.is_service_owned:
            return
        limit = ctx.option(self, "max-unused-days")
        used, created = known(role.last_used), known(role.created)
        if not is_older(created, limit, account) or (used is not None and not is_older(used, limit, account)):
            return
        since = "in the 400 days that AWS tracks" if used is None else f"for {age(used, account)} days"
        yield self.finding(
            role.spot.at("RoleName"),
            f"role {quote(role.name)} was not used {since}; take its rights away, then delete it",
        )
