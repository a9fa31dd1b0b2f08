from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, Unknown, known, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_COLUMNS = (
    "user,arn,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated"
    ",access_key_2_active,access_key_2_last_rotated\n"
)
_ANN = "ann,arn:aws:iam::111122223333:user/ann"


class UserWithoutMfa(PrincipalRule):
    """A user signs in, or calls AWS with a long-lived key, and has no second factor.

    ## Why it matters
    A password or a key that leaks is enough then to act as the user. Where a second factor is enrolled, a policy can
    ask for it, on the console and, through `sts:GetSessionToken`, on the command line.

    ## What to do instead
    A person: enrol a second factor; a passkey or security key for the console, and a one-time-code application where
    the command line needs MFA. A machine cannot type codes: replace its key by a role (instance profile, task role,
    OpenID Connect, IAM Roles Anywhere); until then bind the key to networks and to a narrow boundary.

    ## When it can be wrong
    The level is `limited` for users without a console password: most of them are machines.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#enable-mfa-iam-users
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 8.0
    needs = (("credential-report", "mfa-devices"),)
    principals = frozenset(("user",))
    tags = ("security", "mfa", "account", "external/cwe/cwe-308")

    good = [
        Good(f"{_COLUMNS}{_ANN},true,true,false,N/A,false,N/A\n"),
        Good(f"{_COLUMNS}{_ANN},TRUE,TRUE,TRUE,2026-09-01T00:00:00+00:00,false,N/A\n", why="as the guide spells it"),
        Good(f"{_COLUMNS}{_ANN},false,false,false,N/A,false,N/A\n", why="can do nothing"),
        Good(f"{_COLUMNS}{_ANN},false,false,false,2026-09-01T00:00:00Z,false,N/A\n", why="its key is inactive"),
        Good(
            '{"AccessKeyMetadata":[{"UserName":"ann","AccessKeyId":"AKIAIOSFODNN7EXAMPLE","Status":"Active",'
            '"CreateDate":"2026-09-01T00:00:00Z"}]}',
            exports=(
                '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann"}]}',
                '{"VirtualMFADevices":[]}',
            ),
            why="the list of virtual devices does not tell who has none",
        ),
    ]
    bad = [
        Bad(f"{_COLUMNS}{_ANN},true,«false»,false,N/A,false,N/A\n"),
        Bad(f"{_COLUMNS}{_ANN},true,«FALSE»,TRUE,2026-09-01T00:00:00+00:00,false,N/A\n"),
        Bad(f"{_COLUMNS}{_ANN},false,«false»,true,2026-09-01T00:00:00Z,false,N/A\n", level="limited"),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        user = cast("User", principal)
        if known(user.has_mfa):
            return
        where, who = user.report_spot("mfa_active"), quote(user.name)
        if not isinstance(user.has_password, Unknown) and user.has_password:
            yield self.finding(where, f"{who} has a console password and no second factor; enrol one")
            return
        if any(key.active for key in known(user.keys)):
            fix = "give a machine a role, a person a second factor"
            yield self.finding(where, f"{who} has an active access key and no second factor; {fix}", level="limited")
        known(user.has_password)
