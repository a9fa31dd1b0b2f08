from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, known, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_COLUMNS = (
    "user,arn,mfa_active,access_key_1_active,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"
)
_ANN = "ann,arn:aws:iam::111122223333:user/ann,true,false"


class SigningCertificateActive(PrincipalRule):
    """A user has an active X.509 signing certificate.

    ## Why it matters
    It signs requests as an access key does, for as long as nobody looks, but key rotation and lists of keys miss it.
    Only old SOAP interfaces and tools still ask for one.

    ## What to do instead
    Deactivate it (`aws iam update-signing-certificate --status Inactive`), wait for somebody to miss it, then delete
    it.

    ## When it can be wrong
    Some tool still signs with it: then it needs an owner and a date, like an access key.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
    - https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSigningCertificate.html
    """

    severity = Severity.WARNING
    security_severity = 4.0
    needs = ("credential-report",)
    principals = frozenset(("user",))
    tags = ("security", "account")

    good = [
        Good(f"{_COLUMNS}{_ANN},false,N/A,false,N/A\n"),
        Good(f"{_COLUMNS}{_ANN},false,2020-01-01T00:00:00Z,false,N/A\n", why="inactive"),
    ]
    bad = [
        Bad(f"{_COLUMNS}{_ANN},«true»,2020-01-01T00:00:00Z,false,N/A\n"),
        Bad(f"{_COLUMNS}{_ANN},false,N/A,«true»,2020-01-01T00:00:00Z\n"),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        for certificate in known(cast("User", principal).certificates):
            if certificate.active:
                yield self.finding(
                    certificate.spot,
                    f"signing certificate {certificate.number} of {quote(principal.name)} is active; deactivate it, "
                    "then delete it",
                )
