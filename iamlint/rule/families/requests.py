"""Concrete requests for the rules that ask `evaluate`: who calls, from where, with which resource."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from iamlint.analyse.actions import action_matches, statement_matches_action
from iamlint.model import Policy, Statement
from iamlint.model.cached import kept
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.analyse.circumstances import Circumstances, Tries
    from iamlint.analyse.evaluation import Request
    from iamlint.aws.catalogue import Catalogue
    from iamlint.config import Environment

PRESENT: Final = "aws:multifactorauthpresent"
PRINCIPAL_TAG: Final = "aws:principaltag/"
_ISSUED: Final = "2026-01-01T00:00:00Z"

LONG_LIVED: Final["Circumstances"] = {}
"""A long-lived access key: none of the keys that tell of MFA or of temporary credentials is there."""
SESSION: Final["Circumstances"] = {PRESENT: ("false",), "aws:tokenissuetime": (_ISSUED,)}
"""Temporary credentials without MFA, the console's and role sessions among them."""
MFA_SESSION: Final["Circumstances"] = {
    PRESENT: ("true",),
    "aws:multifactorauthage": ("1",),
    "aws:tokenissuetime": (_ISSUED,),
}
"""Temporary credentials with MFA."""

DIRECT: Final["Circumstances"] = {"aws:viaawsservice": ("false",), "aws:securetransport": ("true",)}
INTERNET: Final["Circumstances"] = {**DIRECT, "aws:sourceip": ("203.0.113.10",)}
ENDPOINT: Final["Circumstances"] = {
    **DIRECT,
    "aws:sourcevpc": ("vpc-0123456789abcdef0",),
    "aws:sourcevpce": ("vpce-0123456789abcdef0",),
    "aws:vpcsourceip": ("10.0.0.10",),
}
VIA_SERVICE: Final["Circumstances"] = {
    **INTERNET,
    "aws:viaawsservice": ("true",),
    "aws:calledvia": ("cloudformation.amazonaws.com",),
    "aws:calledviafirst": ("cloudformation.amazonaws.com",),
    "aws:calledvialast": ("cloudformation.amazonaws.com",),
}
"""A service calls with the caller's credentials, from an address of AWS's."""

ENDPOINT_KEYS: Final = frozenset(
    (
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:vpcsourceip",
    )
)
CALLED_VIA: Final = frozenset(("aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "kms:viaservice"))

SERVICE_KEYS: Final = frozenset(
    (
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
    )
)
"""Keys of requests that a service makes in its own name."""
_FIXED: Final = SERVICE_KEYS | {
    PRESENT,
    "aws:chatbotsourcearn",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "aws:federatedprovider",
    "aws:multifactorauthage",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principaltype",
    "aws:resourceaccount",
    "aws:securetransport",
    "aws:sourceidentity",
    "aws:tokenissuetime",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "kms:grantisforawsresource",
}
"""Keys that follow from an IAM user's own call: nobody can choose them."""


class Base(NamedTuple):
    """Where a request comes from, and which further keys stay as they are."""

    context: "Circumstances"
    fixed: frozenset[str]

    def free(self, key: str) -> bool:
        """True iff the key (lower case) may take another value than here."""
        return key not in self.fixed and key not in _FIXED


FROM_INTERNET: Final = Base(INTERNET, ENDPOINT_KEYS | CALLED_VIA)
FROM_ENDPOINT: Final = Base(ENDPOINT, CALLED_VIA | {"aws:sourceip"})


class User(NamedTuple):
    """An IAM user; `name` includes its path."""

    partition: str
    account: str
    name: str
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def arn(self) -> str:
        """The user's ARN."""
        return f"arn:{self.partition}:iam::{self.account}:user/{self.name}"

    @property
    def keys(self) -> "Circumstances":
        """The condition keys that follow from who calls."""
        return {
            "aws:principalarn": (self.arn,),
            "aws:principalaccount": (self.account,),
            "aws:principaltype": ("User",),
            "aws:principalisawsservice": ("false",),
            "aws:username": (self.name.rpartition("/")[2],),
            "aws:userid": ("AIDACKCEVSQ6C2EXAMPLE",),
            "aws:resourceaccount": (self.account,),
            "kms:grantisforawsresource": ("false",),
            **{f"{PRINCIPAL_TAG}{key.lower()}": (value,) for key, value in self.tags},
        }


def users(policies: Iterable[Policy], environment: "Environment", most: int = 6) -> list[User]:
    """Users to try: an ordinary one first, then those that conditions of the policies name."""
    from iamlint.analyse.example import common, fill
    from iamlint.analyse.resources import FIELDS, completed
    from iamlint.aws.partitions import is_partition

    account = next(iter(environment.accounts), "111122223333")
    found = {User(environment.partition, account, "example-user"): None}
    for policy in policies:
        for condition in (c for s in policy.statements for c in s.conditions):
            name = condition.key.lower()
            if name not in ("aws:principalarn", "aws:username", "aws:principalaccount"):
                continue
            for text in (item.text for item in condition.values if len(item.text) <= 512):
                if len(found) >= most:
                    return list(found)
                if name == "aws:username" and _is_name(fill(text)):
                    found[User(environment.partition, account, fill(text))] = None
                elif name == "aws:principalaccount" and _is_account(text):
                    found[User(environment.partition, text, "example-user")] = None
                elif name == "aws:principalarn":
                    fields = completed(text).split(":", FIELDS - 1)
                    tail = common(fields[5], "user/**")
                    path = (tail or "").removeprefix("user/")
                    if all(map(_is_name, path.split("/"))):
                        partition = fields[1] if is_partition(fields[1]) else environment.partition
                        owner = fields[4] if _is_account(fields[4]) else account
                        found[User(partition, owner, path)] = None
    return list(found)


def _is_account(text: str) -> bool:
    return len(text) == 12 and text.isascii() and text.isdigit()


def _is_name(text: str) -> bool:
    """True iff an IAM user can be called so ("IAM and AWS STS quotas": letters, digits and `+=,.@_-`, at most 64)."""
    plain = text.translate(dict.fromkeys(map(ord, "+=,.@_-")))
    return 0 < len(text) <= 64 and text.isascii() and (not plain or plain.isalnum())


class Ground:
    """What all requests against some policies have in common.

    `tries` is the number of contexts and patterns that may be tried for all of it, `share` that for one statement;
    `questions` how many may still be decided.
    """

    def __init__(self, policies: Sequence[Policy], environment: "Environment") -> None:
        from iamlint.analyse.circumstances import entries, mentioned_keys

        size = entries(policies)
        self.policies = policies
        statements = sum(len(policy.statements) for policy in policies)
        self.questions = _MOST_QUESTIONS
        self.too_big = size > _MOST_ENTRIES or statements > _MOST_STATEMENTS * len(policies)
        self.tries = min(10_000, 5_000_000 // (size + 1))
        self.share = max(20, self.tries // (1 + statements))
        self.keys = () if self.too_big else tuple(mentioned_keys(policies))
        self.users = [] if self.too_big else users(policies, environment)


_MOST_QUESTIONS: Final = 80
_MOST_ENTRIES: Final = 10_000
_MOST_STATEMENTS: Final = 500
"""No policy that AWS stores has so many statements, or actions, resources and values; what is bigger is not asked."""


@kept
def _grounds(policy: Policy) -> "dict[int, tuple[Environment, Ground]]":
    return {}


def ground(policy: Policy, environment: "Environment") -> Ground | None:
    """What the statement rules share about one policy, as `evaluate` reads it; None where it is too big to be asked."""
    grounds = _grounds(policy)
    if id(environment) not in grounds:
        grounds[id(environment)] = environment, Ground([readable(policy)], environment)
    known = grounds[id(environment)][1]
    return None if known.too_big else known


def filled(context: "Circumstances", keys: Iterable[str], free: Base) -> "Circumstances":
    """`context` with a plausible value for each of `keys` (lower case) that variables may ask for."""
    from iamlint.analyse.circumstances import plausible

    added = {key: (plausible(key),) for key in keys if key not in context and free.free(key)}
    return {**context, **added}


def resources(
    action: str, statement: Statement, user: User, context: "Circumstances", extra: Sequence[str], tries: "Tries"
) -> list[str]:
    """A few resources that a request for `action` can name and that the statement's patterns match.

    `extra` are further patterns to look for, where the statement is for everything. `*` for an action without one.
    """
    from iamlint.analyse.example import arn_of
    from iamlint.analyse.variables import Context, resolve
    from iamlint.aws.sensitive_arns import arn_formats

    shape = arn_formats().get(action)
    if shape is None:
        return ["*"]
    patterns = [item.text for item in statement.resources[:400]]
    if "Resource" not in statement or for_everything(statement):
        patterns = ["*", *extra]
    variables = Context(context) if statement.policy.has_variables and patterns != ["*"] else None
    found: dict[str, None] = {}
    for text in patterns:
        if "${*}" in text or "${?}" in text or not _may_be_of(text, shape.service) or not tries.take():
            continue
        pattern = resolve(text, variables)
        arn = arn_of(pattern, shape, user.partition, user.account) if pattern else None
        if arn is not None:
            found[arn] = None
            if len(found) == 4:
                break
    return list(found)


def _may_be_of(pattern: str, service: str) -> bool:
    """False where the third field of an ARN pattern is plainly another service; cheap."""
    fields = pattern.split(":", 3)
    return len(fields) < 4 or fields[2] == service or "*" in fields[2] or "?" in fields[2]


def for_everything(statement: Statement) -> bool:
    """True iff an entry of `Resource` is nothing but `*`."""
    return any(item.text and not item.text.strip("*") for item in statement.resources[:400])


def owner_of(resource: str, user: User) -> User:
    """The user, moved to the partition and account of the resource where that names one."""
    fields = resource.split(":", 5)
    if len(fields) < 6:
        return user
    return user._replace(partition=fields[1], account=fields[4] if _is_account(fields[4]) else user.account)


def entry_of(statement: Statement, action: str) -> "tuple[str | int, ...]":
    """The path of the entry of `Action` that matches `action`; of `NotAction` where the statement has that."""
    for item in statement.actions:
        if action_matches(item.text, action):
            return item.path
    return statement.at("NotAction")


def samples(statement: Statement, actions: Iterable[str], catalogue: "Catalogue") -> Iterator[str]:
    """Actions of the statement: those of `actions` that it matches, then one for each entry that matches none."""
    matched = [action for action in actions if statement_matches_action(statement, action)]
    yield from matched
    for item in statement.actions[:50]:
        if not any(action_matches(item.text, action) for action in matched):
            known = catalogue.expand(item.text) if "*" in item.text or "?" in item.text else ()
            name = known[0].qualified if known else item.text
            if name.count(":") == 1:
                yield name


def requests_of(
    statement: Statement, actions: Iterable[str], user: User, context: "Circumstances", tries: "Tries"
) -> "Iterator[Request]":
    """A request of the user for each of `actions`, for a resource within the statement; without a context."""
    from iamlint.analyse.evaluation import Request
    from iamlint.aws.sensitive_arns import arn_formats

    for action in actions:
        if action in arn_formats():
            targets = resources(action, statement, user, context, (), tries)[:1]
        else:
            targets = [_plain_resource(statement)]
        for target in targets:
            yield Request(owner_of(target, user).arn, action, target)


def _plain_resource(statement: Statement) -> str:
    """A resource within the statement for an action whose resources are not known here."""
    from iamlint.analyse.example import fill
    from iamlint.analyse.resources import completed, is_everything

    patterns = [item.text for item in statement.resources[:400] if "${" not in item.text]
    if not patterns or any(map(is_everything, patterns)):
        return "*"
    return fill(completed(patterns[0]))


def may_be_user(statement: Statement) -> bool:
    """True iff IAM users, who alone have long-lived keys, can be among the statement's principals."""
    if "Principal" not in statement:
        return True
    named = [p.text for p in statement.principals if p.type in ("AWS", "*", "")]
    return any(not text.startswith("arn:") or text.endswith(":root") or ":user/" in text for text in named)


def readable(policy: Policy) -> Policy:
    """The policy as `evaluate` reads it: a statement that needs no `Resource` gets `*`, as in trust policies."""
    if policy.kind not in ("trust", "resource") or not isinstance(policy.value, dict):
        return policy
    value = policy.value.get("Statement")
    entries = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
    told = [
        {"Resource": "*", **entry} if isinstance(entry, dict) and "NotResource" not in entry else entry
        for entry in entries
    ]
    return Policy({**policy.value, "Statement": told[0] if isinstance(value, dict) else told}, policy.kind)


def witness(request: "Request", policies: Sequence[Policy]) -> dict[str, object]:
    """The request for a finding: of its context only what the policies ask for, under the names that they use."""
    from iamlint.analyse.circumstances import mentioned_keys

    told: dict[str, str | list[str]] = {}
    for lowered, name in mentioned_keys(policies).items():
        values = request.context.get(lowered, ())
        if values:
            told[name] = values[0] if len(values) == 1 else list(values)
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "context": told,
    }
