"""Who makes a request: read from its principal, with the condition keys that follow, and met by `Principal`.

Sources: AWS IAM User Guide, "AWS global condition context keys" (properties of the principal), "IAM JSON policy
elements: Principal", "IAM JSON policy elements: NotPrincipal", and the tables of "IAM policy elements: Variables and
tags" for `aws:username` and `aws:userid`.
"""

from functools import lru_cache
from typing import Final

from iamlint.analyse.variables import Context
from iamlint.model import PrincipalItem, Statement
from iamlint.record import NamedTuple

NOBODY: Final = 0
ACCOUNT: Final = 1
ROLE: Final = 2
DIRECT: Final = 3
"""How closely a statement names a caller, see `named`."""

_TYPES: Final = {
    "user": "User",
    "role": "AssumedRole",
    "root": "Account",
    "federated-user": "FederatedUser",
    "anonymous": "Anonymous",
}


class Caller(NamedTuple):
    """The principal of a request.

    `kind` is `user`, `role` (its sessions too), `root`, `federated-user`, `service`, `provider` (whoever an identity
    provider vouches for) or `anonymous`; `account` is None for the last three. `arn` is what `aws:PrincipalArn` holds:
    for a session of a role that of the role, whose path an ARN of the session does not tell. `name` is that of a
    user, role, service or provider, `session` the ARN of a session.
    """

    kind: str
    account: str | None = None
    arn: str | None = None
    name: str | None = None
    session: str | None = None

    @property
    def has_identity_policies(self) -> bool:
        """True iff identity policies can be attached: neither to the root user nor to services."""
        return self.kind in ("user", "role", "federated-user")

    def describe(self, context: Context) -> None:
        """Add the keys that follow from who this is, where they are absent."""
        context.add("aws:PrincipalIsAWSService", "true" if self.kind == "service" else "false")
        if self.account or self.kind == "anonymous":
            context.add("aws:PrincipalAccount", self.account or "anonymous")
        if self.kind in _TYPES:
            context.add("aws:PrincipalType", _TYPES[self.kind])
        if self.arn is not None:
            context.add("aws:PrincipalArn", self.arn)
        if self.kind == "user" and self.name:
            context.add("aws:username", self.name)
        if self.kind == "root" and self.account:
            context.add("aws:userid", self.account)
        if self.kind == "federated-user":
            context.add("aws:userid", f"{self.account}:{self.name}")
        if self.kind == "anonymous":
            context.add("aws:userid", "anonymous")
        if self.kind == "service" and self.name:
            context.add("aws:PrincipalServiceName", self.name)
            context.add("aws:PrincipalServiceNamesList", self.name)


@lru_cache(maxsize=256)
def caller(principal: str) -> Caller:
    """The caller that `principal` names: an ARN, a service (`lambda.amazonaws.com`) or `anonymous`.

    Raises ValueError where it names none of these.
    """
    if principal == "anonymous":
        return Caller("anonymous")
    fields = principal.split(":", 5)
    if len(fields) == 1 and "." in principal and "/" not in principal:
        return Caller("service", name=principal)
    if len(fields) == 6 and fields[0] == "arn":
        _, partition, service, _, account, resource = fields
        kind, _, name = resource.partition("/")
        if service == "iam" and resource == "root":
            return Caller("root", account, principal)
        if service == "iam" and kind in ("user", "role") and name:
            return Caller(kind, account, principal, name.rpartition("/")[2])
        if service == "iam" and kind in ("saml-provider", "oidc-provider") and name:
            return Caller("provider", name=principal)
        if service == "sts" and kind == "assumed-role" and name:
            role = name.partition("/")[0]
            return Caller("role", account, f"arn:{partition}:iam::{account}:role/{role}", role, principal)
        if service == "sts" and kind == "federated-user" and name:
            return Caller("federated-user", account, principal, name, principal)
    raise ValueError("the principal is neither an ARN of a principal, a service name nor `anonymous`")


def named(statement: Statement, who: Caller, bounded: bool = False) -> int:
    """How closely the statement of a policy on a resource names `who`.

    `DIRECT`: by its own ARN or name, or as everyone. `ROLE`: by the ARN of the role, for a session of it. `ACCOUNT`: by
    its account, which hands the decision on to the identity policies there. `NOBODY`: not at all, or the statement has
    neither `Principal` nor `NotPrincipal`, without which nobody is meant.

    `NotPrincipal` means all whom it does not name. A Deny spares only who is named as `ROLE` or closer, for its
    account must be named besides and not instead; and it spares nobody with a permissions boundary (`bounded`).
    """
    if "Principal" in statement:
        return max((_closeness(item, who) for item in statement.principals), default=NOBODY)
    if "NotPrincipal" not in statement:
        return NOBODY
    if statement.denies and bounded:
        return DIRECT
    listed = max((_closeness(item, who) for item in statement.not_principals), default=NOBODY)
    return NOBODY if listed >= (ROLE if statement.denies else ACCOUNT) else DIRECT


def spares_without_account(statement: Statement, who: Caller) -> bool:
    """True iff a Deny spares `who` by a `NotPrincipal` that does not name its account as well.

    "NotPrincipal" asks for both: a service may check the account first, and then denies.
    """
    if not statement.denies or "Principal" in statement or not who.has_identity_policies:
        return False
    found = [_closeness(item, who) for item in statement.not_principals]
    everyone = any(item.is_everyone for item in statement.not_principals)
    return max(found, default=NOBODY) >= ROLE and ACCOUNT not in found and not everyone


def _closeness(item: PrincipalItem, who: Caller) -> int:
    text = item.text
    if item.is_everyone:
        return DIRECT
    if item.type == "Service":
        return DIRECT if who.kind == "service" and text in (who.name, "*") else NOBODY
    if item.type == "Federated":  # a provider's ARN, or the domain of one that AWS knows
        return DIRECT if who.kind in ("provider", "service") and text in (who.name, "*") else NOBODY
    # IAM saves no bare text but `*`; in documents at hand it means an AWS principal.
    if item.type not in ("AWS", "") or who.account is None or who.arn is None:
        return NOBODY
    partition = who.arn.split(":", 2)[1]
    if text in (who.account, f"arn:{partition}:iam::{who.account}:root"):
        return DIRECT if who.kind == "root" else ACCOUNT
    if who.kind == "role":
        if text == who.session:
            return DIRECT
        return ROLE if text == who.arn or (who.session is not None and _is_role(text, who.arn)) else NOBODY
    return DIRECT if text == who.arn else NOBODY


def _is_role(text: str, pathless: str) -> bool:
    """True iff `text` is the ARN of a role of the same account and name as `pathless`, whatever its path.

    Names of roles are unique in an account, regardless of the path.
    """
    start, _, name = pathless.partition(":role/")
    return text.startswith(f"{start}:role/") and text.rpartition("/")[2] == name


def is_service_linked(who: Caller, arn: str | None) -> str | None:
    """How it shows that `who` is a service-linked role: `"path"` or `"name"`; None where it does not.

    Such roles have the path `/aws-service-role/` and a name that starts with `AWSServiceRoleFor` (IAM User Guide,
    "Create a service-linked role"). The ARN of a session tells only the name; `arn`, the request's `aws:PrincipalArn`,
    may tell the path.
    """
    if who.kind != "role":
        return None
    if any(text is not None and ":role/aws-service-role/" in text for text in (who.arn, arn)):
        return "path"
    return "name" if who.name is not None and who.name.startswith("AWSServiceRoleFor") else None
