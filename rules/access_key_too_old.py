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
    age,
    is_older,
    key_name,
    known,
    quote,
    subject_of,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_LIST = '{"AccessKeyMetadata":[{"UserName":"ann","AccessKeyId":"AKIAIOSFODNN7EXAMPLE",'
_ANN = '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}'
_COLUMNS = (
    "user,arn,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated\n"
)


class AccessKeyTooOld(PrincipalRule):
    """An active access key is older than the organisation allows.

    ## Why it matters
    Keys leak slowly: into repositories, logs, laptops that were given away, the memory of people who left. A key that
    is replaced regularly bounds how long an unnoticed leak works.

    ## What to do instead
    Better no key: a role gives temporary credentials. Else make a second key, move its user over, deactivate the old
    one, watch for errors, delete it.

    ## When it can be wrong
    Ages count at the date of the exports. The credential report knows only when a key was last changed; a key that was
    changed lately may be older, and is reported as not checked until the list of access keys is there.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#update-access-keys
    """

    severity = Severity.WARNING
    security_severity = 5.5
    needs = (("credential-report", "access-keys"),)
    principals = frozenset(("user",))
    tags = ("security", "access-keys", "account", "external/cwe/cwe-324")
    options = {"max-age-days": Option(90, "days after which an active key is too old")}

    good = [
        Good(_LIST + '"Status":"Active","CreateDate":"2026-08-03T00:00:00Z"}]}', exports=(_ANN,), as_of="2026-11-01"),
        Good(
            _LIST + '"Status":"Inactive","CreateDate":"2020-01-01T00:00:00Z"}]}',
            exports=(_ANN,),
            as_of="2026-11-01",
            why="an inactive key is another rule",
        ),
        Good(
            f"{_COLUMNS}ann,arn:aws:iam::111122223333:user/ann,true,true,2026-10-01T00:00:00Z,false,N/A\n",
            exports=(_LIST + '"Status":"Active","CreateDate":"2026-10-01T00:00:00Z"}]}',),
            as_of="2026-11-01",
        ),
        Good(
            _LIST + '"Status":"Active","CreateDate":"2026-01-01T00:00:00Z"}]}',
            exports=(_ANN,),
            as_of="2026-11-01",
            options={"max-age-days": 365},
        ),
    ]
    bad = [
        Bad(_LIST + '"Status":"Active","CreateDate":«"2026-08-02T00:00:00Z"»}]}', exports=(_ANN,), as_of="2026-11-01"),
        Bad(
            f"{_COLUMNS}ann,arn:aws:iam::111122223333:user/ann,true,true,«2026-08-02T00:00:00Z»,false,N/A\n",
            as_of="2026-11-01",
            why="last changed so long ago, so it is at least as old",
        ),
        Bad(
            _LIST + '"Status":"Active","CreateDate":«"2026-10-01 00:00:00+00:00"»}]}',
            exports=(_ANN,),
            as_of="2026-11-01",
            options={"max-age-days": 30},
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        limit = ctx.option(self, "max-age-days")
        undecided = []
        for key in known(cast("User", principal).keys):
            if not key.active:
                continue
            since = known(key.since)
            if is_older(since, limit, account):
                days = age(since, account)
                yield self.finding(
                    key.at("created" if since is key.created else "rotated"),
                    f"{key_name(key)} of {quote(principal.name)} is {days} days old, {limit} are allowed; replace it",
                    subject=subject_of(key, account),
                    days=days,
                )
            elif since is not key.created:
                undecided.append(key.created)
        for created in undecided:
            known(created)
