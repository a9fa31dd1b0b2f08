from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.rule import (
    Bad,
    Context,
    Good,
    HeldPolicyRule,
    Hit,
    Policy,
    Severity,
    breaches,
    held_breaches,
    key,
    quote,
    replayable,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Principal

_BACKUPS = {
    "name": "backups stay",
    "actions": ["s3:DeleteObject*", "s3:DeleteBucket"],
    "resources": ["arn:aws:s3:::backups", "arn:aws:s3:::backups/*"],
}
_KEYS = {
    "name": "only the platform team makes keys",
    "actions": ["iam:CreateAccessKey"],
    "except-principals": ["arn:aws:iam::*:role/platform/*"],
}
_DECRYPT = {
    "name": "no key from outside",
    "actions": ["kms:Decrypt"],
    "conditions": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
}


def _account(user: str, boundary: str) -> str:
    return (
        f'{{"UserDetailList":[{{"UserName":{user},"Arn":"arn:aws:iam::111122223333:user/ann","GroupList":["ops"],'
        '"AttachedManagedPolicies":[],"PermissionsBoundary":{"PermissionsBoundaryType":"Policy",'
        '"PermissionsBoundaryArn":"arn:aws:iam::111122223333:policy/b"}}],"GroupDetailList":[{"GroupName":"ops","Arn":'
        '"arn:aws:iam::111122223333:group/ops","AttachedManagedPolicies":[],"GroupPolicyList":[{"PolicyName":"s3",'
        '"PolicyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}}]}],'
        '"Policies":[{"PolicyName":"b","Arn":"arn:aws:iam::111122223333:policy/b","DefaultVersionId":"v1",'
        '"PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":'
        f'{{"Effect":"Allow","Action":"*","Resource":"{boundary}"}}}}}}]}}]}}'
    )


class ForbiddenAccess(HeldPolicyRule):
    """A policy grants what the configuration forbids.

    ## Why it matters
    The organization has decided that nobody is to have this access, and wrote it down as `[[forbidden-access]]`.

    For each of these tables it is proven that a policy grants nothing of it, over all actions, resources, principals
    and conditions; or the finding shows a request that it allows. In an exported account each user and role is asked
    about with all of its policies and its boundary, and single policies are not.

    ## What to do instead
    Narrow the statement, or deny what is forbidden in the same policy. If the access is meant, say so in the table,
    with `except-principals` or `conditions`.

    ## When it can be wrong
    The level is `limited` where it cannot be told whether a policy grants it; the message says why. Service control
    policies and policies of other resources are not asked: they may deny it, or grant it. A role's trust policy counts
    where what is forbidden is for every resource, since it does not tell of which role it is. Service-linked roles,
    which only AWS's services can use, are left out.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 8.0
    kinds = frozenset(("identity", "resource", "trust"))
    effect = "Allow"
    asks_for = "forbidden_access"
    principals = frozenset(("user", "role"))
    only_held = True
    tags = ("security", "organization")

    good = [
        Good('{"Effect":"Allow","Action":"*","Resource":"*"}', why="nothing is forbidden"),
        Good('{"Effect":"Allow","Action":["s3:Get*","s3:Put*"],"Resource":"*"}', forbidden=(_BACKUPS,)),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::backup-*"}', forbidden=(_BACKUPS,)),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:DeleteB*","Resource":"*"},'
            '{"Effect":"Deny","Action":"s3:DeleteObject*","Resource":"arn:aws:s3:::backups/*"},'
            '{"Effect":"Deny","Action":"s3:Delete*","Resource":"arn:aws:s3:::backups"}',
            forbidden=(_BACKUPS,),
            why="several Deny statements together",
        ),
        Good(
            '{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"ArnLike":{'
            '"aws:PrincipalArn":"arn:aws:iam::111122223333:role/platform/admin"}}}',
            forbidden=(_KEYS,),
            why="the team",
        ),
        Good(
            '{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{'
            '"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            forbidden=(_DECRYPT,),
        ),
        Good(_account('"ann"', "arn:aws:s3:::logs/*"), forbidden=(_BACKUPS,), why="the boundary leaves it out"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":["s3:Get*",«"s3:d*"»],"Resource":"*"}', forbidden=(_BACKUPS,)),
        Bad(
            '{"Effect":"Allow",«"NotAction"»:"iam:*","Resource":"arn:aws:s3:::*"},'
            '{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}',
            forbidden=(_BACKUPS,),
            why="s3:DeleteObjectVersion is left",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"s3:*"»,"Resource":"*"},{"Effect":"Deny","Action":"s3:Delete*","Resource":"*",'
            '"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}',
            forbidden=(_BACKUPS,),
            why="allowed without the key, and with MFA",
        ),
        Bad('{"Effect":"Allow","Action":«"iam:*AccessKey"»,"Resource":"*"}', forbidden=(_KEYS,)),
        Bad(
            '{"Effect":"Allow","Principal":"*","Action":«"kms:*"»,"Resource":"*","Condition":{"StringEqualsIfExists":{'
            '"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}',
            forbidden=(_DECRYPT,),
        ),
        Bad(_account('«"ann"»', "arn:aws:s3:::b*"), forbidden=(_BACKUPS,), why="through a group"),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        for spec, (statement, action), asked, request, reason in breaches(policy, ctx):
            place = key(statement.at("NotAction")) if action is None else action
            entry, name = quote("NotAction" if action is None else action), quote(spec.name)
            if request is None:
                message = f"it cannot be told whether {entry} grants what {name} forbids: {reason}"
                yield self.finding(place, f"{message}; write it more plainly, or deny it", level="limited")
                continue
            shown = replayable(request, [policy, *asked], ctx.catalogue)
            message = f"{entry} grants what {name} forbids: {_told(shown)}"
            yield self.finding(place, f"{message}; narrow the statement, or deny it", witness=shown)

    def check_principal(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        if principal.path.startswith("/aws-service-role/"):
            return
        for (spec, _, asked, request, reason), spot, policies in held_breaches(principal, account, ctx):
            place = principal.spot.at("UserName" if principal.kind == "user" else "RoleName")
            who, name = quote(principal.name), quote(spec.name)
            if request is None:
                message = f"it cannot be told whether {who} may do what {name} forbids: {reason}"
                yield self.finding(place, f"{message}; write its policies more plainly, or deny it", level="limited")
                continue
            shown = replayable(request, [*policies, *asked], ctx.catalogue)
            message = f"{who} may do what {name} forbids: {_told(shown)}; narrow its policies, or deny it"
            yield self.finding(place, message, related=[(spot, "this allows it")], witness=shown)


def _told(witness: dict[str, object]) -> str:
    return f"{quote(witness['action'])} on {quote(witness['resource'])}"
