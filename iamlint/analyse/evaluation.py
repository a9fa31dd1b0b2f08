"""One request, answered in the order of the AWS IAM User Guide's page "Policy evaluation logic".

1. A Deny that matches, in any policy, ends it.
2. Where a policy on the resource has the last word (another account, a KMS key, a role to assume) it must allow.
3. An identity policy must allow.
4. The permissions boundary, where there is one, must allow.

Each step says why it stands in the way. Steps for organisation, resource and session policies have their
place between these.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from iamlint.analyse.actions import prepared_actions
from iamlint.analyse.conditions import conditions_hold
from iamlint.analyse.principals import Caller, caller
from iamlint.analyse.resources import is_everything, resource_matches
from iamlint.analyse.variables import Context
from iamlint.model import Policy, Statement

ALLOWED: Final = "Allowed"
IMPLICITLY_DENIED: Final = "ImplicitlyDenied"
EXPLICITLY_DENIED: Final = "ExplicitlyDenied"

# AWS STS API Reference, "GetCallerIdentity": needs no permission, and an explicit deny changes nothing.
_NEEDS_NO_PERMISSION: Final = frozenset(("sts:getcalleridentity",))
_ROLE_ACTIONS: Final = frozenset(
    ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession")
)


class Request(NamedTuple):
    """One request to AWS.

    `principal` is an ARN (user, role, role session, federated user, root), a service name or `anonymous`;
    `action` is a full name; `resource` an ARN, or `*` for an action without one. `resource_account` owns the
    resource; where it is None the ARN tells, or the principal's account is assumed. `context` holds condition
    keys, in any case, with a value or a list of them; keys that follow from the principal are added where
    they are absent.
    """

    principal: str
    action: str
    resource: str = "*"
    resource_account: str | None = None
    context: Mapping[str, str | Sequence[str]] = {}


class Blocker(NamedTuple):
    """What stands in the way of a request: the step, a sentence, and the statement if it is one that denies."""

    step: str
    reason: str
    statement: Statement | None = None


class Decision(NamedTuple):
    """The answer to a request.

    `decision` is `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`. `statement` is the one that decided:
    the first that allows, or the first that denies; None where nothing matches or no policy is asked.
    `blockers` are all steps that deny, in order; empty iff allowed. `assumed` says what the answer takes for
    granted.
    """

    decision: str
    reason: str
    statement: Statement | None = None
    blockers: tuple[Blocker, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """True iff the request is allowed."""
        return self.decision == ALLOWED


class _Prepared:
    """A statement with what every request asks of it at hand."""

    __slots__ = (
        "all_resources",
        "allows",
        "denies",
        "listed",
        "negated",
        "others",
        "resources",
        "statement",
    )

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.allows, self.denies = statement.allows, statement.denies
        self.listed, self.others = prepared_actions(statement)
        self.negated = "Resource" not in statement
        items = statement.not_resources if self.negated else statement.resources
        self.resources = tuple(item.text for item in items)
        self.all_resources = any(map(is_everything, self.resources))
        if self.negated and "NotResource" not in statement:
            self.negated = False  # Neither element: an identity policy must have one, so nothing matches.


_prepared: "WeakKeyDictionary[Policy, tuple[_Prepared, ...]]" = WeakKeyDictionary()


def _statements(policy: Policy) -> tuple[_Prepared, ...]:
    found = _prepared.get(policy)
    if found is None:
        found = _prepared[policy] = tuple(map(_Prepared, policy.statements))
    return found


class _Question:
    """A request under one of the two readings of resource patterns."""

    def __init__(self, request: Request, who: Caller, across_colons: bool) -> None:
        self.action = request.action.lower()
        self.resource = request.resource
        self.across_colons = across_colons
        self.readings_differ = False
        self.context = Context(request.context)
        who.describe(self.context)
        if owner := _owner(request):
            self.context.add("aws:ResourceAccount", owner)

    def matching(self, policies: Iterable[Policy]) -> list[_Prepared]:
        """The statements that this request meets, in order."""
        action = self.action
        return [
            prepared
            for policy in policies
            for prepared in _statements(policy)
            if prepared.listed.matches(action) is not prepared.others
            and self._resource_matches(prepared)
            and conditions_hold(prepared.statement, self.context)
        ]

    def _resource_matches(self, prepared: _Prepared) -> bool:
        if prepared.all_resources:
            return not prepared.negated
        variables = self.context if prepared.statement.policy.has_variables else None
        found = False
        for pattern in prepared.resources:
            says = resource_matches(pattern, self.resource, variables, self.across_colons)
            if says is None and prepared.negated:
                return False  # A variable without a value: the statement cannot match.
            if says:
                found = True
                break
            if not self.readings_differ and says is False:
                self.readings_differ = bool(resource_matches(pattern, self.resource, variables, True))
        return found is not prepared.negated


def _owner(request: Request) -> str | None:
    """The account that owns the resource, as far as the request tells."""
    fields = request.resource.split(":", 5)
    return request.resource_account or (fields[4] if len(fields) == 6 and fields[4].isdigit() else None)


def _outside_say(request: Request, who: Caller, action: str) -> str | None:
    """Why the request needs the Allow of a policy on the resource; None where it does not.

    "Cross-account policy evaluation logic"; AWS KMS Developer Guide, "Key policies in AWS KMS"; IAM User
    Guide, "IAM JSON policy elements: Principal" for the trust policy of a role.
    """
    if not who.has_identity_policies and who.kind != "root":
        return "only a policy on the resource can allow a request of a service or without credentials"
    owner = _owner(request)
    if owner is not None and owner != who.account:
        return "the resource belongs to another account, whose policy on it must allow the request too"
    named = request.resource.split(":", 5)[-1]
    if action.startswith("kms:") and named.startswith("key/"):
        return "the key policy of the KMS key must allow the request too"
    if action in _ROLE_ACTIONS and named.startswith("role/"):
        return "the trust policy of the role must allow the request too"
    return None


def _place(prepared: _Prepared) -> str:
    sid = prepared.statement.sid
    number = prepared.statement.path[-1]
    where = f"statement {number + 1}" if isinstance(number, int) else "the statement"
    return f"{where} ({sid[:80]!a})" if sid else where


def _decide(
    request: Request, who: Caller, question: _Question, identity: Sequence[Policy], boundary: Sequence[Policy]
) -> Decision:
    if question.action in _NEEDS_NO_PERMISSION and who.account:
        return Decision(ALLOWED, "the action needs no permission")
    attached = question.matching(identity) if who.has_identity_policies else []
    limiting = question.matching(boundary) if who.has_identity_policies else []

    blockers = [
        Blocker(step, f"{_place(found)} of the {name} denies", found.statement)
        for step, name, matching in (
            ("identity", "identity policies", attached),
            ("boundary", "permissions boundary", limiting),
        )
        for found in matching
        if found.denies
    ]
    if blockers:
        return Decision(EXPLICITLY_DENIED, blockers[0].reason, blockers[0].statement, tuple(blockers))

    outside = _outside_say(request, who, question.action)
    assumed: tuple[str, ...] = ()
    if outside is not None:
        blockers.append(Blocker("resource", outside))
        assumed = ("no policy on the resource allows the request",)
    granting = next((found for found in attached if found.allows), None)
    if who.has_identity_policies:
        if granting is None:
            blockers.append(Blocker("identity", "no statement of the identity policies allows the request"))
        if boundary and not any(found.allows for found in limiting):
            blockers.append(Blocker("boundary", "no statement of the permissions boundary allows the request"))
    if blockers:
        return Decision(IMPLICITLY_DENIED, blockers[0].reason, None, tuple(blockers), assumed)
    if granting is None:
        return Decision(ALLOWED, "the root user may do everything in its account")
    return Decision(ALLOWED, f"{_place(granting)} of the identity policies allows", granting.statement)


def evaluate(request: Request, identity: Sequence[Policy] = (), boundary: Sequence[Policy] | None = None) -> Decision:
    """What AWS answers to `request`.

    `identity` are all policies of the principal, those of a user's groups among them; `boundary` is its
    permissions boundary, None or empty where there is none. Whatever kind the policies are of, they are read
    as identity policies, so a `Principal` in them counts for nothing.

    Raises ValueError where the action is not a full name of one action, or the principal none that IAM knows.
    """
    if request.action.count(":") != 1:
        raise ValueError("the action is not of the form `service:Name`")
    who = caller(request.principal)
    limits = boundary or ()
    question = _Question(request, who, across_colons=False)
    decision = _decide(request, who, question, identity, limits)
    if question.readings_differ:
        wider = _decide(request, who, _Question(request, who, across_colons=True), identity, limits)
        if wider.decision != decision.decision:
            note = (
                "wildcards in the first five fields of an ARN stop at the colon; "
                f"if they go on, the request is {wider.decision}"
            )
            return decision._replace(assumed=(*decision.assumed, note))
    return decision
