from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, is_rotating, known, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_COLUMNS = (
    "user,arn,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated\n"
)
_USER = '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}'
_TWO = (
    '{"AccessKeyMetadata":[{"UserName":"ann","AccessKeyId":"AKIAIOSFODNN7EXAMPLE","Status":«"Active"»,'
    '"CreateDate":"2026-01-01T00:00:00Z"},{"UserName":"ann","AccessKeyId":"AKIAI44QH8DHBEXAMPLE",'
    '"Status":«"Active"»,"CreateDate":"2026-09-01T00:00:00Z"}]}'
)
_ANN = "ann,arn:aws:iam::111122223333:user/ann,true"


class MoreThanOneActiveKey(PrincipalRule):
    """A user has two active access keys.

    ## Why it matters
    The second key is there for the days of a rotation. Where both stay active, there are two secrets to leak, and the
    next rotation has no place for its new key.

    ## What to do instead
    Find out from its last use which key is still needed, deactivate the other, watch for errors, delete it.

    ## When it can be wrong
    A rotation is under way: say so with `rotation-until` of one of the keys in the register (`--register`), or write
    an exception that expires.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
    """

    severity = Severity.WARNING
    security_severity = 2.5
    needs = (("credential-report", "access-keys"),)
    principals = frozenset(("user",))
    tags = ("security", "access-keys", "account")

    good = [
        Good(f"{_COLUMNS}{_ANN},true,2026-09-01T00:00:00Z,false,N/A\n"),
        Good(f"{_COLUMNS}{_ANN},true,2026-09-01T00:00:00Z,false,2026-01-01T00:00:00Z\n", why="the old one is inactive"),
        Good(f"{_COLUMNS}{_ANN},false,N/A,true,2026-09-01T00:00:00Z\n"),
        Good(
            _TWO.replace("«", "").replace("»", ""),
            exports=(_USER,),
            register="[keys.AKIAI44QH8DHBEXAMPLE]\nrotation-until = 2026-10-01\n",
            as_of="2026-09-15",
            why="the register says until when",
        ),
    ]
    bad = [
        Bad(f"{_COLUMNS}{_ANN},«true»,2026-01-01T00:00:00Z,«true»,2026-09-01T00:00:00Z\n"),
        Bad(_TWO, exports=(_USER,)),
        Bad(
            _TWO,
            exports=(_USER,),
            register="[keys.AKIAI44QH8DHBEXAMPLE]\nrotation-until = 2026-10-01\n",
            as_of="2026-10-02",
            why="the rotation should be over",
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        active = [key for key in known(cast("User", principal).keys) if key.active]
        if len(active) > 1 and not is_rotating(active, ctx.register, account.as_of.date()):
            yield self.finding(
                [key.at("active") for key in active],
                f"{quote(principal.name)} has {len(active)} active access keys; deactivate the one that is not needed",
            )
