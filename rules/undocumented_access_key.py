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
    quote,
    subject_of,
    undocumented,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_ANN = '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}'
_HEAD = "[keys.AKIAIOSFODNN7EXAMPLE]\n"
_ENTRY = f'{_HEAD}user = "ann"\npurpose = "nightly backup"\nwhere-used = "host b7"\nowner = "storage team"\n'


def _keys(id_: str = '"AKIAIOSFODNN7EXAMPLE"', status: str = "Active") -> str:
    return (
        f'{{"AccessKeyMetadata":[{{"UserName":"ann","AccessKeyId":{id_},"Status":"{status}",'
        '"CreateDate":"2026-09-01T00:00:00Z"}]}'
    )


class UndocumentedAccessKey(PrincipalRule):
    """An active access key is not in the register of keys that remain, or not wholly.

    ## Why it matters
    A key that nobody can say the purpose of is a key that nobody dares to rotate or to delete. Written down with its
    purpose, the place where it is used, an owner and a review date, it can be asked for, and ends some day.

    ## What to do instead
    Replace the key by a role. Where that cannot be done yet, write it into the register: `iamlint lockdown SNAPSHOT
    --out DIR` makes one with a table for each key. `--register FILE`, or `register` in the configuration, names it.

    ## When it can be wrong
    The register is kept elsewhere: the rule is only run with one, and says that it was not run without.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#lock-away-credentials
    """

    severity = Severity.WARNING
    security_severity = 4.0
    needs = (("credential-report", "access-keys"), "register")
    principals = frozenset(("user",))
    tags = ("security", "access-keys", "account")

    good = [
        Good(_keys(), exports=(_ANN,), register=f"{_ENTRY}review-date = 2027-01-31\n"),
        Good(_keys(status="Inactive"), exports=(_ANN,), register="", why="inactive: another rule"),
        Good(
            _keys(),
            exports=(_ANN,),
            register=f'{_ENTRY}review-date = "2020-01-31"\n',
            why="an overdue review is another rule",
        ),
        Good(_keys(), exports=(_ANN,), why="no register: not checked"),
    ]
    bad = [
        Bad(_keys('«"AKIAIOSFODNN7EXAMPLE"»'), exports=(_ANN,), register=""),
        Bad(_keys('«"AKIAIOSFODNN7EXAMPLE"»'), exports=(_ANN,), register=_ENTRY, why="without a review date"),
        Bad(
            _keys('«"AKIAI44QH8DHBEXAMPLE"»'),
            exports=(_ANN,),
            register=f"{_ENTRY}review-date = 2027-01-31\n",
            why="that is another key",
        ),
        Bad(
            _keys('«"AKIAIOSFODNN7EXAMPLE"»'),
            exports=(_ANN,),
            register=f'{_HEAD}purpose = " "\nwhere-used = "b7"\nowner = "ann"\nreview-date = 2027-01-31\n',
            why="the purpose is not filled in",
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        if ctx.register is None:
            return
        keys = known(cast("User", principal).keys)
        for key, what in undocumented([key for key in keys if key.id is not None], ctx.register):
            yield self.finding(
                key.spot,
                f"{key_name(key)} of {quote(principal.name)} {what}; say what it is for, where and whose it is",
                subject=subject_of(key, account),
            )
        if any(key.active and key.id is None for key in keys):
            known(Unknown("access-keys"))
