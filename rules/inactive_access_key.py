from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, key_name, known, quote, subject_of

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_COLUMNS = (
    "user,arn,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated\n"
)
_ANN = "ann,arn:aws:iam::111122223333:user/ann,true"


class InactiveAccessKey(PrincipalRule):
    """An inactive access key is left lying.

    ## Why it matters
    One request makes it work again, and whoever kept a copy of its secret is back. It also takes one of the two places
    that a user has for keys, so that the next rotation cannot begin.

    ## What to do instead
    Delete it (`aws iam delete-access-key`) once nothing missed it.

    ## When it can be wrong
    It was deactivated some days ago, to see whether somebody misses it.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
    """

    severity = Severity.SUGGESTION
    security_severity = 2.5
    needs = (("credential-report", "access-keys"),)
    principals = frozenset(("user",))
    tags = ("security", "access-keys", "account")

    good = [
        Good(f"{_COLUMNS}{_ANN},true,2026-09-01T00:00:00Z,false,N/A\n"),
        Good(f"{_COLUMNS}{_ANN},false,N/A,false,N/A\n", why="there is no key"),
    ]
    bad = [
        Bad(f"{_COLUMNS}{_ANN},«false»,2026-09-01T00:00:00Z,false,N/A\n"),
        Bad(
            '{"AccessKeyMetadata":[{"UserName":"ann","AccessKeyId":"AKIAIOSFODNN7EXAMPLE","Status":«"Inactive"»,'
            '"CreateDate":"2026-01-01T00:00:00Z"}]}',
            exports=('{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}',),
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        for key in known(cast("User", principal).keys):
            if not key.active:
                yield self.finding(
                    key.at("active"),
                    f"{key_name(key)} of {quote(principal.name)} is inactive; delete it",
                    subject=subject_of(key, account),
                )
