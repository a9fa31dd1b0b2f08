from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    PrincipalRule,
    Severity,
    Unknown,
    key_name,
    known,
    overdue,
    quote,
    subject_of,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_ANN = '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}'
_ENTRY = (
    '[keys.AKIAIOSFODNN7EXAMPLE]\nuser = "ann"\npurpose = "nightly backup"\nwhere-used = "host b7"\n'
    'owner = "storage team"\nreview-date = '
)


def _keys(id_: str = '"AKIAIOSFODNN7EXAMPLE"', status: str = "Active") -> str:
    return (
        f'{{"AccessKeyMetadata":[{{"UserName":"ann","AccessKeyId":{id_},"Status":"{status}",'
        '"CreateDate":"2026-09-01T00:00:00Z"}]}'
    )


class RegisterReviewOverdue(PrincipalRule):
    """An active access key should have been reviewed by now, says the register.

    ## Why it matters
    A long-lived key is an exception that was agreed for a time. When the day passes and nobody looks, it has become a
    permanent one, and what was written about it may no longer hold.

    ## What to do instead
    Ask the owner whether the key is still needed. Delete it or replace it by a role; else rotate it and set the next
    review date.

    ## When it can be wrong
    Dates count at the date of the exports. An entry without a review date is a matter of `undocumented-access-key`.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#remove-credentials
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
    """

    severity = Severity.WARNING
    security_severity = 4.0
    needs = (("credential-report", "access-keys"), "register")
    principals = frozenset(("user",))
    tags = ("security", "access-keys", "account")

    good = [
        Good(_keys(), exports=(_ANN,), register=f"{_ENTRY}2026-11-01\n", as_of="2026-11-01", why="due today"),
        Good(_keys(), exports=(_ANN,), register=f'{_ENTRY}""\n', as_of="2026-11-01", why="not filled in: another rule"),
        Good(
            _keys(status="Inactive"),
            exports=(_ANN,),
            register=f"{_ENTRY}2020-01-01\n",
            as_of="2026-11-01",
            why="inactive",
        ),
        Good(_keys(), exports=(_ANN,), as_of="2026-11-01", why="no register: not checked"),
    ]
    bad = [
        Bad(_keys('«"AKIAIOSFODNN7EXAMPLE"»'), exports=(_ANN,), register=f"{_ENTRY}2026-10-31\n", as_of="2026-11-01"),
        Bad(
            _keys('«"AKIAIOSFODNN7EXAMPLE"»'),
            exports=(_ANN,),
            register=f'{_ENTRY}"2026-01-31"\n',
            as_of="2026-11-01",
            why="the day in quotes",
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        if ctx.register is None:
            return
        keys = known(cast("User", principal).keys)
        for key, day in overdue([key for key in keys if key.id is not None], ctx.register, account.as_of.date()):
            yield self.finding(
                key.spot,
                f"the review of {key_name(key)} of {quote(principal.name)} was due on {day}; is it still needed",
                subject=subject_of(key, account),
                due=f"{day}",
            )
        if any(key.active and key.id is None for key in keys):
            known(Unknown("access-keys"))
