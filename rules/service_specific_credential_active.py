from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, known, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_EXPORT = "service-specific-credentials"
_USERS = '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}'


def _list(status: str) -> str:
    return (
        '{"ServiceSpecificCredentials":[{"UserName":"ann","ServiceSpecificCredentialId":"ACCAEXAMPLE123EXAMPLE",'
        f'"ServiceName":"codecommit.amazonaws.com","Status":{status},"CreateDate":"2026-01-01T00:00:00Z"}}]}}'
    )


class ServiceSpecificCredentialActive(PrincipalRule):
    """A user has an active password or API key for one service.

    ## Why it matters
    User name and password for CodeCommit, a key for Bedrock or CloudWatch: these live as long as an access key, need no
    MFA, and stand neither in lists of access keys nor in the credential report.

    ## What to do instead
    Use roles and temporary credentials: `git-remote-codecommit` for CodeCommit, a role for Bedrock. Deactivate the
    credential (`aws iam update-service-specific-credential --status Inactive`), then delete it.

    ## When it can be wrong
    A tool takes nothing else: then the credential needs an owner and a date, like an access key.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_service-specific-creds.html
    - https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html
    """

    severity = Severity.WARNING
    security_severity = 4.0
    needs = (_EXPORT,)
    principals = frozenset(("user",))
    tags = ("security", "account")

    good = [
        Good(_USERS, exports=(_list('"Inactive"'),), why="inactive"),
        Good(_USERS, exports=('{"ServiceSpecificCredentials":[]}',)),
    ]
    bad = [Bad(_USERS, exports=(_list('«"Active"»'),))]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        for credential in known(cast("User", principal).credentials_of(_EXPORT)):
            if credential.active:
                service = f" for {quote(credential.service)}" if credential.service else ""
                yield self.finding(
                    credential.spot,
                    f"credential {quote(credential.id)} of {quote(principal.name)}{service} is active; use a role",
                )
