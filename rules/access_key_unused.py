from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    Option,
    PrincipalRule,
    Severity,
    Unknown,
    age,
    is_older,
    key_name,
    known,
    quote,
    subject_of,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_COLUMNS = (
    "user,arn,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date"
    ",access_key_2_active,access_key_2_last_rotated\n"
)
_ANN = "ann,arn:aws:iam::111122223333:user/ann,true"
_LIST = (
    '{"AccessKeyMetadata":[{"UserName":"ann","AccessKeyId":"AKIAIOSFODNN7EXAMPLE","Status":"Active",'
    '"CreateDate":"2026-01-01T00:00:00Z"}]}'
)


class AccessKeyUnused(PrincipalRule):
    """An active access key has not been used for a long time.

    ## Why it matters
    Nobody would notice if it were gone, and nobody would notice if somebody else used it.

    ## What to do instead
    Deactivate it (`aws iam update-access-key --status Inactive`), wait for somebody to miss it, then delete it.

    ## When it can be wrong
    A key for a yearly task: it had better be made for the task, or be a role. A key that was never used counts from its
    creation. AWS notes uses since 22 April 2015.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#remove-credentials
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html
    """

    severity = Severity.WARNING
    security_severity = 5.5
    needs = (("credential-report", "access-keys"),)
    principals = frozenset(("user",))
    tags = ("security", "access-keys", "account")
    options = {"max-unused-days": Option(180, "days without use after which an active key is reported")}

    good = [
        Good(f"{_COLUMNS}{_ANN},true,2020-01-01T00:00:00Z,2026-10-01T00:00:00Z,false,N/A\n", as_of="2026-11-01"),
        Good(
            f"{_COLUMNS}{_ANN},false,2020-01-01T00:00:00Z,2021-01-01T00:00:00Z,false,N/A\n",
            as_of="2026-11-01",
            why="inactive",
        ),
        Good(f"{_COLUMNS}{_ANN},false,N/A,N/A,false,N/A\n", as_of="2026-11-01", why="no key"),
        Good(
            f"{_COLUMNS}{_ANN},true,2026-09-01T00:00:00Z,N/A,false,N/A\n",
            exports=(_LIST.replace("2026-01-01", "2026-09-01"),),
            as_of="2026-11-01",
            why="new and not used yet",
        ),
    ]
    bad = [
        Bad(f"{_COLUMNS}{_ANN},true,2020-01-01T00:00:00Z,«2026-05-04T00:00:00Z»,false,N/A\n", as_of="2026-11-01"),
        Bad(
            f"{_COLUMNS}{_ANN},true,2026-01-01T00:00:00Z,«N/A»,false,N/A\n",
            as_of="2026-11-01",
            why="never used since it was made",
        ),
        Bad(
            f"{_COLUMNS}{_ANN},true,2020-01-01T00:00:00Z,«2026-09-01T00:00:00Z»,false,N/A\n",
            as_of="2026-11-01",
            options={"max-unused-days": 45},
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        limit = ctx.option(self, "max-unused-days")
        undecided = []
        for key in known(cast("User", principal).keys):
            if not key.active:
                continue
            if isinstance(key.last_used, Unknown):
                undecided.append(key.last_used)
                continue
            last = key.last_used or known(key.since)
            if is_older(last, limit, account):
                days = age(last, account)
                unused = f"was not used for {days} days" if key.last_used else f"was never used in {days} days"
                yield self.finding(
                    key.at("last_used"),
                    f"{key_name(key)} of {quote(principal.name)} {unused}; deactivate it, then delete it",
                    subject=subject_of(key, account),
                    days=days,
                )
            elif key.last_used is None and isinstance(key.created, Unknown):
                undecided.append(key.created)
        for fact in undecided:
            known(fact)
