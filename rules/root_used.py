from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import (
    AccountRule,
    Bad,
    Context,
    Good,
    Hit,
    Option,
    Severity,
    Subject,
    Unknown,
    age,
    is_older,
    key_name,
    known,
)

if TYPE_CHECKING:
    from iamlint.rule import Account

_COLUMNS = (
    "user,arn,password_enabled,password_last_used,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date\n"
)
_ROOT = "<root_account>,arn:aws:iam::111122223333:root,not_supported"


class RootUsed(AccountRule):
    """The root user was used lately.

    ## Why it matters
    Few tasks need the root user. Daily work with it is work without any limit and without a name in the log; and if
    nobody knows of the use, somebody else has the credentials.

    ## What to do instead
    Find out who signed in and for what. Let administrators use roles, lock the root credentials away, and raise an
    alarm on every use of them.

    ## When it can be wrong
    The account was just set up, or a task that only the root user can do was done. Uses of the last 90 days are
    reported; the option changes that.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-tasks.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
    """

    severity = Severity.WARNING
    security_severity = 5.5
    needs = ("credential-report",)
    tags = ("security", "root", "account")
    options = {"max-age-days": Option(90, "days for which a use of the root user is reported")}

    good = [
        Good(f"{_COLUMNS}{_ROOT},2026-01-01T00:00:00Z,true,false,N/A,N/A,false,N/A,N/A\n", as_of="2026-11-01"),
        Good(f"{_COLUMNS}{_ROOT},no_information,true,false,N/A,N/A,false,N/A,N/A\n", as_of="2026-11-01"),
        Good(
            f"{_COLUMNS}{_ROOT},2026-10-01T00:00:00Z,true,false,N/A,N/A,false,N/A,N/A\n",
            as_of="2026-11-01",
            options={"max-age-days": 30},
        ),
    ]
    bad = [
        Bad(f"{_COLUMNS}{_ROOT},«2026-10-01T00:00:00Z»,true,false,N/A,N/A,false,N/A,N/A\n", as_of="2026-11-01"),
        Bad(
            f"{_COLUMNS}{_ROOT},2026-01-01T00:00:00Z,true,true,2020-01-01T00:00:00Z,«2026-10-31T00:00:00Z»,"
            "false,N/A,N/A\n",
            as_of="2026-11-01",
        ),
    ]

    def check(self, account: "Account", ctx: Context) -> Iterator[Hit]:
        root, limit = account.root, ctx.option(self, "max-age-days")
        subject = Subject("user", root.arn, account.id)
        advice = "find out who used it and for what"
        used = known(root.password_last_used)
        where = root.spot("password_last_used", "password_last_used")
        if used is not None and where is not None and not is_older(used, limit, account):
            what = f"the root user signed in {_ago(age(used, account))}"
            yield self.finding(where, f"{what}; {advice}", subject=subject)
        for key in known(root.keys):
            last = key.last_used
            if not isinstance(last, Unknown) and last is not None and not is_older(last, limit, account):
                what = f"{key_name(key)} of the root user was used {_ago(age(last, account))}"
                yield self.finding(key.at("last_used"), f"{what}; {advice}", subject=subject)


def _ago(days: int) -> str:
    return f"{days} days ago" if days > 1 else "within two days"
