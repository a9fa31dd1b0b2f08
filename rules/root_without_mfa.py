from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import AccountRule, Bad, Context, Good, Hit, Severity, Subject, Unknown, known

if TYPE_CHECKING:
    from iamlint.rule import Account

_COLUMNS = "user,arn,password_enabled,mfa_active,access_key_1_active\n"
_ROOT = "<root_account>,arn:aws:iam::111122223333:root"


class RootWithoutMfa(AccountRule):
    """The root user has no second factor.

    ## Why it matters
    Its password, or access to its mailbox, is enough then to take the whole account.

    ## What to do instead
    Register at least two second factors for the root user, best of all security keys that are kept apart. In an
    organization, root credentials of member accounts can be removed altogether.

    ## When it can be wrong
    The exports tell of the root user of a member account whether it has a password only through the account summary.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 9.5
    needs = (("credential-report", "account-summary"),)
    tags = ("security", "root", "mfa", "account", "external/cwe/cwe-308")

    good = [
        Good(f"{_COLUMNS}{_ROOT},not_supported,true,false\n"),
        Good('{"SummaryMap":{"AccountMFAEnabled":1,"AccountAccessKeysPresent":0}}'),
        Good(
            f"{_COLUMNS}{_ROOT},not_supported,false,false\n",
            exports=('{"SummaryMap":{"AccountMFAEnabled":0,"AccountPasswordPresent":0,"AccountAccessKeysPresent":0}}',),
            why="its credentials were removed",
        ),
    ]
    bad = [
        Bad(f"{_COLUMNS}{_ROOT},not_supported,«false»,false\n"),
        Bad(
            '{"SummaryMap":{"AccountMFAEnabled":«0»,"AccountAccessKeysPresent":0,"AccountPasswordPresent":1}}',
            exports=('{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}',),
        ),
    ]

    def check(self, account: "Account", ctx: Context) -> Iterator[Hit]:
        root = account.root
        if known(root.has_mfa):
            return
        has_password = isinstance(root.has_password, Unknown) or root.has_password
        has_key = isinstance(root.has_access_key, Unknown) or root.has_access_key
        where = root.spot("has_mfa", "mfa_active")
        if where is not None and (has_password or has_key):
            yield self.finding(
                where,
                "the root user has no second factor; register two, kept apart",
                subject=Subject("user", root.arn, account.id),
            )
