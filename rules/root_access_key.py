from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import AccountRule, Bad, Context, Good, Hit, Severity, Subject, Unknown, known

if TYPE_CHECKING:
    from iamlint.rule import Account

_COLUMNS = (
    "user,arn,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated\n"
)
_ROOT = "<root_account>,arn:aws:iam::111122223333:root,true"


class RootAccessKey(AccountRule):
    """The root user has an access key.

    ## Why it matters
    Whoever has it can do everything in the account, close it included; no policy, no boundary and, outside of an
    organization, nothing else limits it.

    ## What to do instead
    Find out what uses it (its last use is in the credential report), give that a role, and delete the key. In an
    organization, root credentials of member accounts can be removed altogether.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 9.5
    needs = (("credential-report", "account-summary"),)
    tags = ("security", "root", "access-keys", "account")

    good = [
        Good(f"{_COLUMNS}{_ROOT},false,N/A,false,N/A\n"),
        Good('{"SummaryMap":{"AccountAccessKeysPresent":0,"AccountMFAEnabled":1}}'),
    ]
    bad = [
        Bad(f"{_COLUMNS}{_ROOT},«true»,2020-01-01T00:00:00Z,false,N/A\n"),
        Bad(f"{_COLUMNS}{_ROOT},«TRUE»,2020-01-01T00:00:00+00:00,«TRUE»,2020-01-01T00:00:00+00:00\n"),
        Bad(
            '{"SummaryMap":{"AccountAccessKeysPresent":«1»,"AccountMFAEnabled":1}}',
            exports=('{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}',),
        ),
    ]

    def check(self, account: "Account", ctx: Context) -> Iterator[Hit]:
        root = account.root
        if not known(root.has_access_key):
            return
        spots = [] if isinstance(root.keys, Unknown) else [key.at("active") for key in root.keys]
        entry = root.spot("has_access_key", "access_key_1_active")
        if not spots and entry is not None:
            spots = [entry]
        if spots:
            yield self.finding(
                [*spots],
                "the root user has an access key, which nothing limits; give what uses it a role and delete the key",
                subject=Subject("user", root.arn, account.id),
            )
