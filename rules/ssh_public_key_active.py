from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, known, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_EXPORT = "ssh-public-keys"
_USERS = '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}'


def _list(status: str) -> str:
    return (
        f'{{"SSHPublicKeys":[{{"UserName":"ann","SSHPublicKeyId":"APKAEXAMPLE123EXAMPLE","Status":{status},'
        '"UploadDate":"2026-01-01T00:00:00Z"}]}'
    )


class SshPublicKeyActive(PrincipalRule):
    """A user has an active SSH public key.

    ## Why it matters
    Whoever holds the private key reads and writes CodeCommit repositories as this user, without MFA and for as long as
    nobody looks. Neither lists of access keys nor the credential report show it.

    ## What to do instead
    Use `git-remote-codecommit` with temporary credentials. Deactivate the key (`aws iam update-ssh-public-key --status
    Inactive`), then delete it.

    ## When it can be wrong
    Somebody works with CodeCommit over SSH on purpose: then the key needs an owner and a date, like an access key.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_ssh-keys.html
    - https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html
    """

    severity = Severity.SUGGESTION
    security_severity = 3.0
    needs = (_EXPORT,)
    principals = frozenset(("user",))
    tags = ("security", "account")

    good = [
        Good(_USERS, exports=(_list('"Inactive"'),), why="inactive"),
        Good(_USERS, exports=('{"SSHPublicKeys":[]}',)),
    ]
    bad = [Bad(_USERS, exports=(_list('«"Active"»'),))]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        for key in known(cast("User", principal).credentials_of(_EXPORT)):
            if key.active:
                yield self.finding(
                    key.spot,
                    f"SSH public key {quote(key.id)} of {quote(principal.name)} is active; use temporary credentials",
                )
