from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from iamlint.rule import (
    Bad,
    Context,
    Good,
    Hit,
    PrincipalRule,
    Severity,
    escalation_of,
    is_administrator,
    key_name,
    known,
    quote,
    subject_of,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal, User

_COLUMNS = (
    "user,arn,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated\n"
)
_ANN = f"{_COLUMNS}ann,arn:aws:iam::111122223333:user/ann,true"
_KEY = "2026-09-01T00:00:00Z,false,N/A\n"


def _user(statement: str) -> str:
    return (
        '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann","UserPolicyList":[{"PolicyName":'
        f'"own","PolicyDocument":{{"Version":"2012-10-17","Statement":{statement}}}}}]}}]}}'
    )


class AccessKeyOfAdministrator(PrincipalRule):
    """An active access key belongs to somebody who is, or can become, administrator.

    ## Why it matters
    A long-lived key lies in files and build systems, works from anywhere and for years. Whoever finds this one owns the
    account. Of all keys these are the first to replace.

    ## What to do instead
    Deactivate it and let people administer through IAM Identity Center or a role with MFA, machines through a role of
    their own. Until then, cut the user's rights to what the key is used for.

    ## When it can be wrong
    Counted is who holds every right, and who comes to that by steps that nothing stands in the way of; see
    `privilege-escalation`. Conditions such as MFA or a network are taken to be met.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#lock-away-credentials
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    """

    severity = Severity.SECURITY_WARNING
    security_severity = 8.0
    needs = ("account-authorization-details", ("credential-report", "access-keys"))
    principals = frozenset(("user",))
    tags = ("security", "access-keys", "account", "external/cwe/cwe-250")

    good = [
        Good(f"{_ANN},true,{_KEY}", exports=(_user('{"Effect":"Allow","Action":"s3:*","Resource":"*"}'),)),
        Good(
            f"{_ANN},false,{_KEY}",
            exports=(_user('{"Effect":"Allow","Action":"*","Resource":"*"}'),),
            why="inactive: another rule",
        ),
        Good(
            f"{_ANN},true,{_KEY}",
            exports=(
                _user(
                    '[{"Effect":"Allow","Action":"*","Resource":"*"},'
                    '{"Effect":"Deny","Action":["iam:*","sts:*"],"Resource":"*"}]'
                ),
            ),
            why="without IAM",
        ),
    ]
    bad = [
        Bad(f"{_ANN},«true»,{_KEY}", exports=(_user('{"Effect":"Allow","Action":"*","Resource":"*"}'),)),
        Bad(
            f"{_ANN},«true»,{_KEY}",
            exports=(_user('{"Effect":"Allow","Action":"iam:AttachUserPolicy","Resource":"*"}'),),
            why="who can become one",
        ),
    ]

    def check(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        active = [key for key in known(cast("User", principal).keys) if key.active]
        if not active:
            return
        if is_administrator(principal, account):
            what = "is an administrator"
        else:
            chain = escalation_of(principal, account)
            if chain is None or not chain.is_sure:
                return
            what = "can become an administrator"
        for key in active:
            yield self.finding(
                key.at("active"),
                f"{key_name(key)} is active, and its owner {quote(principal.name)} {what}; replace it first",
                subject=subject_of(key, account),
            )
