"""Who makes a request, read from its principal, and the condition keys that follow from it.

Source: AWS IAM User Guide, "AWS global condition context keys" (properties of the principal).
"""

from typing import NamedTuple

from iamlint.analyse.variables import Context

_TYPES = {
    "user": "User",
    "role": "AssumedRole",
    "root": "Account",
    "federated-user": "FederatedUser",
    "anonymous": "Anonymous",
}


class Caller(NamedTuple):
    """The principal of a request.

    `kind` is `user`, `role` (its sessions too), `root`, `federated-user`, `service` or `anonymous`; `account`
    is None for the last two. `arn` is what `aws:PrincipalArn` holds: for a session of a role that of the
    role, whose path an ARN of the session does not tell. `name` is that of a user.
    """

    kind: str
    account: str | None
    arn: str | None
    name: str | None

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
        if self.kind == "anonymous":
            context.add("aws:userid", "anonymous")


def caller(principal: str) -> Caller:
    """The caller that `principal` names: an ARN, a service (`lambda.amazonaws.com`) or `anonymous`.

    Raises ValueError where it names none of these.
    """
    if principal == "anonymous":
        return Caller("anonymous", None, None, None)
    fields = principal.split(":", 5)
    if len(fields) == 1 and "." in principal and "/" not in principal:
        return Caller("service", None, None, principal)
    if len(fields) == 6 and fields[0] == "arn":
        _, partition, service, _, account, resource = fields
        kind, _, name = resource.partition("/")
        if service == "iam" and resource == "root":
            return Caller("root", account, principal, None)
        if service == "iam" and kind in ("user", "role") and name:
            return Caller(kind, account, principal, name.rpartition("/")[2])
        if service == "sts" and kind == "assumed-role" and name:
            role = name.partition("/")[0]
            return Caller("role", account, f"arn:{partition}:iam::{account}:role/{role}", None)
        if service == "sts" and kind == "federated-user" and name:
            return Caller("federated-user", account, principal, name)
    raise ValueError("the principal is neither an ARN of a principal, a service name nor `anonymous`")
