from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import Bad, Context, Good, Hit, Option, PrincipalRule, Severity, age, is_older, known, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_COLUMNS = "user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active\n"
_ANN = "ann,arn:aws:iam::111122223333:user/ann"


class ConsolePasswordUnused(PrincipalRule):
    """A console password has not been used for a long time.

    ## Why it matters
    Its owner has left, changed the job or signs in otherwise. The password stays, as does everything that it opens, and
    nobody would notice a stranger who guessed or found it.

    ## What to do instead
    Take the password away (`aws iam delete-login-profile`); it can be given again. Remove the user if it has no keys.

    ## When it can be wrong
    A password that was never used counts from the creation of its user, though it may have been set later. AWS notes
    uses since 20 October 2014.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#remove-credentials
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html
    """

    severity = Severity.WARNING
    security_severity = 5.5
    needs = ("credential-report",)
    principals = frozenset(("user",))
    tags = ("security", "passwords", "account")
    options = {"max-unused-days": Option(180, "days without use after which a password is reported")}

    good = [
        Good(
            f"{_COLUMNS}{_ANN},2020-01-01T00:00:00Z,true,2026-10-01T00:00:00Z,true,false\n",
            as_of="2026-11-01",
        ),
        Good(f"{_COLUMNS}{_ANN},2020-01-01T00:00:00Z,false,N/A,true,true\n", as_of="2026-11-01", why="no password"),
        Good(
            f"{_COLUMNS}{_ANN},2026-10-01T00:00:00Z,true,no_information,true,false\n",
            as_of="2026-11-01",
            why="a new user",
        ),
    ]
    bad = [
        Bad(
            f"{_COLUMNS}{_ANN},2020-01-01T00:00:00Z,true,«2026-05-04T00:00:00Z»,true,false\n",
            as_of="2026-11-01",
        ),
        Bad(
            f"{_COLUMNS}{_ANN},2020-01-01T00:00:00Z,true,«no_information»,true,false\n",
            as_of="2026-11-01",
            why="never used",
        ),
        Bad(
            f"{_COLUMNS}{_ANN},2020-01-01T00:00:00Z,true,«2026-09-01T00:00:00Z»,true,false\n",
            as_of="2026-11-01",
            options={"max-unused-days": 45},
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        user = cast("User", principal)
        if not known(user.has_password):
            return
        used = known(user.password_last_used)
        last = used or known(user.created)
        if is_older(last, ctx.option(self, "max-unused-days"), account):
            days = age(last, account)
            unused = f"was not used for {days} days" if used else f"was never used in the {days} days of its user"
            yield self.finding(
                user.report_spot("password_last_used"),
                f"the console password of {quote(user.name)} {unused}; take it away",
                days=days,
            )
