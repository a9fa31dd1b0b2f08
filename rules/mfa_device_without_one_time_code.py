from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import Bad, Context, Good, Hit, PrincipalRule, Severity, known, mfa_reading, quote

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_COLUMNS = (
    "user,arn,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated\n"
)
_REPORT = f"{_COLUMNS}ann,arn:aws:iam::111122223333:user/ann,true,%s,2026-09-01T00:00:00Z,false,N/A\n"


def _user(operator: str) -> str:
    return (
        '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann","UserPolicyList":[{"PolicyName":'
        '"own","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},'
        '{"Effect":"Deny","NotAction":"sts:GetSessionToken","Resource":"*","Condition":'
        f'{{"{operator}":{{"aws:MultiFactorAuthPresent":"false"}}}}}}]}}}}]}}]}}'
    )


def _devices(*serials: str) -> str:
    entries = ",".join(
        f'{{"UserName":"ann","SerialNumber":{serial},"EnableDate":"2026-09-01T00:00:00Z"}}' for serial in serials
    )
    return f'{{"MFADevices":[{entries}]}}'


_FIDO = '"arn:aws:iam::111122223333:u2f/user/ann/key-ABCDEFGHIJ"'
_VIRTUAL = '"arn:aws:iam::111122223333:mfa/ann"'


class MfaDeviceWithoutOneTimeCode(PrincipalRule):
    """A user with an active access key must use MFA and has only devices that the command line cannot use.

    ## Why it matters
    A policy denies requests without MFA, and a key carries MFA only through `sts:GetSessionToken`, which takes one-time
    codes. Passkeys and security keys give none. So the key is dead for whatever the policy denies, until somebody
    takes the Deny off in a hurry.

    ## What to do instead
    Add a virtual device (an app with one-time codes) beside the security key: a user can have eight. Better, let people
    sign in with `aws login` or IAM Identity Center, and delete the key.

    ## When it can be wrong
    The key is not meant to be used for what the policy denies.

    ## References
    - https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html
    """

    severity = Severity.WARNING
    needs = ("account-authorization-details", "mfa-devices", ("credential-report", "access-keys"))
    principals = frozenset(("user",))
    tags = ("mfa", "availability", "account")

    good = [
        Good(
            _user("BoolIfExists"),
            exports=(_devices(_FIDO, _VIRTUAL), _REPORT % "true"),
            why="one with codes as well",
        ),
        Good(_user("BoolIfExists"), exports=(_devices(_FIDO), _REPORT % "false"), why="the key is inactive"),
        Good(_user("Bool"), exports=(_devices(_FIDO), _REPORT % "true"), why="that Deny misses keys: another rule"),
        Good(_user("BoolIfExists"), exports=(_devices('"GAHT12345678"'), _REPORT % "true"), why="a hardware token"),
    ]
    bad = [
        Bad(_user("BoolIfExists"), exports=(_devices(f"«{_FIDO}»"), _REPORT % "true")),
        Bad(_user("BoolIfExists"), exports=(_devices(f"«{_FIDO}»", _FIDO.replace("key", "key2")), _REPORT % "true")),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        user = cast("User", principal)
        if not any(key.active for key in known(user.keys)):
            return
        devices = known(user.mfa_devices)
        if not devices or any(device.kind != "u2f" for device in devices):
            return
        for document in known(account.documents(user)):
            for statement in document.policy.statements:
                reading = mfa_reading(statement) if statement.denies else None
                if reading is not None and reading.long_lived and not reading.mfa:
                    yield self.finding(
                        devices[0].spot,
                        f"{quote(user.name)} must use MFA but has no device with one-time codes, which a key needs for "
                        "sts:GetSessionToken; add a virtual device",
                        related=[(document.spot.at(*statement.path), "this denies requests without MFA")],
                    )
                    return
