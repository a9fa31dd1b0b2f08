from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, known, listing, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal

_ARN = "arn:aws:iam::111122223333:user/ann"
_USERS = f'{{"UserDetailList":[{{"UserName":"ann","Arn":"{_ARN}","CreateDate":"2024-01-01T00:00:00Z"}}]}}'


def _answer(*services: str, status: str = "COMPLETED") -> str:
    return f'{{"Arn":"{_ARN}","JobStatus":"{status}","ServicesLastAccessed":[{",".join(services)}]}}'


def _service(namespace: str, last: str | None = None, actions: str = "", mark: str = "") -> str:
    used = f',"LastAuthenticated":"{last}"' if last else ""
    closing = "»" if mark else ""
    return f'{mark}{{"ServiceName":"x","ServiceNamespace":"{namespace}"{used}{actions}}}{closing}'


_TRACKED = (
    ',"TrackedActionsLastAccessed":[{"ActionName":"GetObject","LastAccessedTime":"2026-10-01T00:00:00Z"},'
    '{"ActionName":"PutObject"}]'
)


class UnusedServicePermission(PrincipalRule):
    """Somebody may use services that it did not use in the whole tracking period.

    ## Why it matters
    What is never used can go without anybody's notice, and while it is there a stolen key can use it. AWS tells when
    each service, and for many services each action, was last tried; 400 days back.

    ## What to do instead
    Leave the services out of the policies. Leave out the actions that are tracked and were not used as well;
    they are in the finding's arguments.

    ## When it can be wrong
    Something for a yearly task, or for the case of need. AWS does not track everything: data events of S3 are not, nor
    is `iam:PassRole`. Denied attempts count as use. Only what identity policies allow is looked at. Whoever is newer
    than 90 days is left alone.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
    - https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html
    """

    severity = Severity.SUGGESTION
    security_severity = 2.5
    needs = ("account-authorization-details", "service-last-accessed")
    tags = ("security", "least-privilege", "account")

    good = [
        Good(_USERS, exports=(_answer(_service("s3", "2026-10-01T00:00:00Z")),)),
        Good(
            _USERS.replace("2024-01", "2026-10"),
            exports=(_answer(_service("s3")),),
            as_of="2026-11-01",
            why="new",
        ),
    ]
    bad = [
        Bad(
            _USERS,
            exports=(_answer(_service("s3", "2026-10-01T00:00:00Z"), _service("ec2", mark="«")),),
            as_of="2026-11-01",
        ),
        Bad(
            _USERS,
            exports=(_answer(_service("s3", "2026-10-01T00:00:00Z", _TRACKED), _service("sqs", mark="«")),),
            as_of="2026-11-01",
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        if principal.is_service_owned or (account.as_of - known(principal.created)).days < _NEW:
            return
        services = known(principal.services)
        unused = [service for service in services if service.last is None]
        if not unused:
            return
        actions = [
            f"{service.namespace}:{name}"
            for service in services
            for name, last in service.actions.items()
            if last is None
        ]
        names = [service.namespace for service in unused]
        what = f"{len(names)} of {len(services)} services" if len(services) > 1 else "one service"
        yield self.finding(
            [service.spot for service in unused],
            f"{quote(principal.name)} may use {what} that it did not use in 400 days: {listing(names)}",
            services=names,
            actions=actions,
        )


_NEW = 90
"""Days; whoever is younger had little time to use anything."""
