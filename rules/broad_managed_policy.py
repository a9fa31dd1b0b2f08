from collections.abc import Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from iamlint.rule import (
    Bad,
    Context,
    Draft,
    Good,
    HeldPolicyRule,
    Hit,
    Item,
    Path,
    Policy,
    Severity,
    Statement,
    Unknown,
    is_all_actions,
    is_every_arn,
    key,
    known,
    level_of,
    listing,
    matching_services,
    of_services,
    quote,
    statement_matches_action,
    whole_services,
)

if TYPE_CHECKING:
    from iamlint.rule import Account, Attachment, Principal

_BROADEST = frozenset(("AdministratorAccess", "AWSOrganizationsFullAccess", "IAMFullAccess", "PowerUserAccess"))
_SERVICES = {
    "iam": ("IAMFullAccess", "whoever holds it can become administrator"),
    "organizations": ("AWSOrganizationsFullAccess", "whoever holds it sets the limits of all accounts"),
}
"""Services whose every action AWS grants in a policy of that name, and what comes of it."""
_GIVING_RIGHTS = (
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreatePolicyVersion",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
)


_worst: "WeakKeyDictionary[Policy, str | None]" = WeakKeyDictionary()
"""The gravest level of what the rule says of a policy."""


class _Granted(NamedTuple):
    """The entry that grants a whole service, and the level of a finding about it."""

    statement: Statement
    item: Item
    level: str


class BroadManagedPolicy(HeldPolicyRule):
    """A policy grants what one of AWS's broadest managed policies grants, or somebody holds such a policy.

    ## Why it matters
    Lists of who holds AdministratorAccess, PowerUserAccess or IAMFullAccess miss a customer's copy of them. What counts
    is what the document grants, in all of its statements: every action on every resource, all but those of at most one
    service in twenty, or every action of IAM or AWS Organizations, with which the rest is one request away.

    In an exported account, whoever such a policy is attached to is reported as well, by the name of the policy where
    AWS's document is not in the export; for holders of AWS's policies with full access to one service, of a name that
    ends with `FullAccess`, the level is `limited`.

    ## What to do instead
    Grant what the job needs. Keep full rights to break-glass roles, watched and with MFA, and cap what delegated
    administrators may hand out with a permissions boundary. What is used `iamlint check --usage` tells. Without it
    the list of what `iam:*` or `organizations:*` is today is shown, to be shortened by hand: all of it is as broad.

    ## When it can be wrong
    Some role has to hold these rights. The level is `limited` where a condition, or a Deny of the same policy on all of
    it, stands in between.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 9.0
    kinds = frozenset(("identity",))
    effect = "Allow"
    elements = frozenset(("Resource",))
    faults = frozenset(("wide",))
    supersedes = frozenset(
        ("not-action-in-allow", "privilege-escalation", "wildcard-resource", "wildcard-service-action")
    )
    only_wildcards = True
    tags = ("security", "least-privilege", "external/cwe/cwe-250")

    good = [
        Good('{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::reports/*"}', why="on named resources"),
        Good('{"Effect":"Allow","Action":["iam:Get*","iam:List*"],"Resource":"*"}', why="reading"),
        Good('{"Effect":"Allow","Action":"s3:*","Resource":"*"}', why="another service in full is another rule"),
        Good('{"Effect":"Allow","NotAction":"*:Delete*","Resource":"*"}', why="some of every service is left out"),
        Good('{"Effect":"Deny","Action":"iam:*","Resource":"*"}', why="a Deny narrows"),
        Good('{"Effect":"Allow","Action":"*","Resource":"*"}', kind="boundary", why="a ceiling, not a grant"),
        Good(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},'
            '{"Effect":"Deny","NotAction":[],"Resource":"*"}]}',
            why="all of it is denied",
        ),
        Good(
            '{"RoleDetailList":[{"RoleName":"AWSServiceRoleForX","Path":"/aws-service-role/x.amazonaws.com/","Arn":'
            '"arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",'
            '"AttachedManagedPolicies":[{"PolicyName":"XFullAccess","PolicyArn":"arn:aws:iam::aws:policy/XFullAccess"}]'
            "}]}",
            why="AWS's own role",
        ),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":«"*"»,"Resource":"*"}'),
        Bad('{"Effect":"Allow","Action":["s3:GetObject",«"IAM:*"»],"Resource":["arn:aws:*"]}'),
        Bad('{"Effect":"Allow","Action":«"organizations:*"»,"Resource":"*"}'),
        Bad('{"Effect":"Allow",«"NotAction"»:["iam:*","organizations:*","account:*"],"Resource":"*"}'),
        Bad('{"Effect":"Allow",«"NotAction"»:"iam:DeleteUser","Resource":"*"}', why="the rest makes an administrator"),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",«"NotAction"»:"iam:*","Resource":"*"},'
            '{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}',
            why="together it is all",
        ),
        Bad('{"Effect":"Allow",«"Action"»:["?*:*"],"Resource":"*"}', why="service by service, in short"),
        Bad(
            '{"Effect":"Allow","Action":«"*"»,"Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}',
            level="limited",
        ),
        Bad(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":«"iam:*"»,"Resource":"*"},{"Effect":"Deny",'
            '"NotAction":"iam:*MFADevice","Resource":"*","Condition":{"Null":{"aws:MultiFactorAuthAge":"true"}}}]}',
            level="limited",
        ),
        Bad(
            '{"UserDetailList":[{"UserName":"ann","Arn":"arn:aws:iam::111122223333:user/ann","AttachedManagedPolicies":'
            '[{"PolicyName":"AdministratorAccess","PolicyArn":«"arn:aws:iam::aws:policy/AdministratorAccess"»}]}],'
            '"GroupDetailList":[{"GroupName":"iam","Arn":"arn:aws:iam::111122223333:group/iam","AttachedManagedPolicies"'
            ':[{"PolicyName":"own","PolicyArn":«"arn:aws:iam::111122223333:policy/own"»}]}],"Policies":[{"PolicyName":'
            '"own","Arn":"arn:aws:iam::111122223333:policy/own","DefaultVersionId":"v1","PolicyVersionList":[{'
            '"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":'
            '{"Effect":"Allow","Action":«"iam:*"»,"Resource":"*"}}}]}]}',
            why="who holds them, and the policy itself",
        ),
        Bad(
            '{"RoleDetailList":[{"RoleName":"app","Arn":"arn:aws:iam::111122223333:role/app","AttachedManagedPolicies":'
            '[{"PolicyName":"AmazonS3FullAccess","PolicyArn":«"arn:aws:iam::aws:policy/AmazonS3FullAccess"»}]}]}',
            level="limited",
        ),
    ]

    def check_principal(self, principal: "Principal", account: "Account", ctx: Context) -> Iterator[Hit]:
        if principal.is_service_owned:
            return
        unread = []
        for attachment in known(principal.attached):
            level = self._level(attachment, account, ctx)
            if isinstance(level, Unknown):
                unread.append(level)
            elif level:
                what = "which grants far more than a job needs" if level == "full" else "all of a service"
                yield self.finding(
                    attachment.spot,
                    f"{quote(principal.name)} holds {quote(attachment.name)}, {what}; grant what is used",
                    level=level,
                )
        for document in unread:
            known(document)

    def _level(self, attachment: "Attachment", account: "Account", ctx: Context) -> str | Unknown | None:
        """The level of a finding about who holds this policy; None for a policy that is not broad."""
        owner, _, name = attachment.arn.partition(":policy/")
        if owner.endswith(":iam::aws"):
            name = name.rpartition("/")[2]
            if name in _BROADEST:
                return "full"
            if name.endswith("FullAccess"):
                return "limited"
        document = account.document_of(attachment)
        if isinstance(document, Unknown):
            return document
        if document.policy not in _worst:  # many hold the same policy
            levels = {hit.level for hit in self.check(document.policy, ctx)}
            _worst[document.policy] = "full" if "full" in levels else min(levels, default=None)
        return _worst[document.policy]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        wide = [s for s in policy.statements if s.allows and any(is_every_arn(r.text) for r in s.resources)]
        everything = list(self._everything(wide))
        if everything:
            yield next((hit for hit in everything if hit.level == "full"), everything[0])
            return
        whole = _whole(wide, ctx)
        rest = list(self._all_but_few(wide, whole, ctx))
        if rest:
            yield next((hit for hit in rest if hit.level == "full"), rest[0])
            return
        for service, (name, effect) in _SERVICES.items():
            if service in whole:
                granted = whole[service]
                what = f"{quote(granted.item)} on every resource is what the AWS managed policy {name} grants"
                yield self.finding(
                    granted.item,
                    f"{what}: {effect}; list the actions in use",
                    level=granted.level,
                    rewrite=partial(_today, granted, service, ctx),
                )

    def _everything(self, wide: list[Statement]) -> Iterator[Hit]:
        """Every action in a single entry."""
        for statement in wide:
            for item in statement.actions:
                if is_all_actions(item.text) and (level := level_of(statement, "*")):
                    what = f"{quote(item)} on every resource is what the AWS managed policy AdministratorAccess grants"
                    yield self.finding(item, f"{what}; grant what the job needs", level=level)

    def _all_but_few(self, wide: list[Statement], whole: dict[str, _Granted], ctx: Context) -> Iterator[Hit]:
        """All but the actions of few services: by NotAction, or service by service."""
        for statement in wide:
            level = level_of(statement, "*")
            prefixes = {item.text.lower().partition(":")[0] for item in statement.not_actions}
            found = [matching_services(statement.policy, prefix, ctx.catalogue) for prefix in prefixes]
            if "NotAction" not in statement or level is None or None in found:
                continue
            left_out = {service for services in found for service in services or ()} - whole.keys()
            gives = any(statement_matches_action(statement, action) for action in _GIVING_RIGHTS)
            if _few(left_out, ctx):
                message = _message("NotAction", left_out, gives or "iam" not in left_out)
                yield self.finding(key(statement.at("NotAction")), message, level=level)
        rest = ctx.catalogue.services() - whole.keys() if len(whole) > 1 else None
        if rest is not None and _few(rest, ctx):
            level = "full" if all(granted.level == "full" for granted in whole.values()) else "limited"
            elements = dict.fromkeys(_element(granted.item) for granted in whole.values())
            message = _message("Action", rest, "iam" not in rest)
            yield self.finding([key(path) for path in elements], message, level=level)


def _element(item: Item) -> Path:
    """The path of the element that holds the entry."""
    return item.path[:-1] if isinstance(item.path[-1], int) else item.path


def _whole(wide: list[Statement], ctx: Context) -> dict[str, _Granted]:
    """Each service of which every action is granted on every resource, with the entry that does."""
    found: dict[str, _Granted] = {}
    for statement in wide:
        for item, services in whole_services(statement, ctx.catalogue):
            level = level_of(statement, item.text)
            for service in services if level else ():
                if service not in found or found[service].level != "full":
                    found[service] = _Granted(statement, item, str(level))
    return found


def _today(granted: _Granted, service: str, ctx: Context) -> Draft | None:
    """What the service has today, for people to choose from."""
    draft = of_services(granted.statement, granted.item, [service], (), ctx.catalogue)
    return None if draft is None else draft._replace(never_applied=True)


def _few(left_out: Collection[str], ctx: Context) -> bool:
    return len(left_out) * 20 <= len(ctx.catalogue.services())


def _message(subject: str, left_out: Collection[str], administrator: bool) -> str:
    name = "AdministratorAccess" if administrator else "PowerUserAccess"
    what = f"everything but actions of {listing(sorted(left_out))}" if left_out else "the rest of everything"
    effect = ", and the holder can give itself the rest" if administrator and left_out else ""
    like = f"about as the AWS managed policy {name} does{effect}"
    return f"{subject} grants {what} on every resource, {like}; grant what the job needs"
