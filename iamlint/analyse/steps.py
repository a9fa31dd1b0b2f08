"""The steps of the AWS IAM User Guide's page "Policy evaluation logic", in its order, for one reading of the request.

1. A Deny that matches, in any policy, ends it.
2. The resource control policies of the resource's account must allow, at every level.
3. So must the service control policies of the principal's account.
4. A policy on the resource may allow by itself, within one account; how far that reaches depends on how closely it
   names the principal. Where it has the last word (another account, a KMS key, a role to assume) it must allow.
5. An identity policy must allow.
6. The permissions boundary, where there is one, must allow.
7. So must the session policy.

All steps are asked, so that a denial names everything that stands in the way.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from iamlint.analyse.matching import Named, Question
from iamlint.analyse.principals import DIRECT, NOBODY, ROLE, is_service_linked
from iamlint.analyse.request import (
    ALLOWED,
    CANNOT_TELL,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    Blocker,
    Decision,
    Policies,
)
from iamlint.model import Policy, Statement
from iamlint.record import NamedTuple

# AWS STS API Reference, "GetCallerIdentity": needs no permission, and an explicit deny changes nothing.
_NEEDS_NO_PERMISSION: Final = frozenset(("sts:getcalleridentity",))
_ROLE_ACTIONS: Final = frozenset(
    (
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:tagsession",
        "sts:setsourceidentity",
        "sts:setcontext",
    )
)
_NAMES: Final = {
    "rcp": "resource control policies",
    "scp": "service control policies",
    "resource": "policy on the resource",
    "identity": "identity policies",
    "boundary": "permissions boundary",
    "session": "session policy",
}


class _Level(NamedTuple):
    """The statements of one kind of policy that the request meets; of one level where there are several."""

    step: str
    name: str
    statements: Sequence[Statement]

    @property
    def allows(self) -> bool:
        return any(statement.allows for statement in self.statements)


def decide(question: Question, given: Policies) -> Decision:
    """What AWS answers to the question."""
    if question.action in _NEEDS_NO_PERMISSION and question.who.account:
        return Decision(ALLOWED, "the action needs no permission")
    return _Steps(question, given).decision()


class _Steps:
    """The statements that the request meets, kind by kind, and what follows from them."""

    def __init__(self, question: Question, given: Policies) -> None:
        self.question, self.given = question, given
        who = self.who = question.who
        self.linked = is_service_linked(who, question.context.single("aws:PrincipalArn"))
        self.is_same_account = question.owner is None or question.owner == who.account
        bounded = given.boundary if who.has_identity_policies else ()
        self.rcps = self._levels("rcp", given.rcps, self._exempt(question.owner or who.account))
        self.scps = self._levels("scp", given.scps, who.account is None or self._exempt(who.account))
        self.named: list[Named] = question.matching_for(given.resource, bool(bounded)) if given.resource else []
        allowing = [found.closeness for found in self.named if found.statement.allows]
        self.reach = max(allowing, default=NOBODY)
        """How closely the policy on the resource names the principal where it allows."""
        self.alone = self.reach if self.is_same_account else NOBODY
        """The same where that policy can allow by itself, which it can within one account."""
        self.identity = self._met("identity", given.identity)
        self.boundary = self._met("boundary", given.boundary)
        self.session = self._met("session", given.session)
        self.outside = _outside_say(question, self.is_same_account)

    def _exempt(self, account: str | None) -> bool:
        """Whether organisation policies do not bind: in the management account, and for service-linked roles.

        AWS Organizations User Guide, "Service control policies (SCPs)" and "Resource control policies (RCPs)".
        """
        return self.linked is not None or (account is not None and account == self.given.management_account)

    def _levels(self, step: str, levels: Sequence[Sequence[Policy]] | None, exempt: bool) -> list[_Level]:
        if not levels or exempt:
            return []
        matching = self.question.matching_for_all if step == "rcp" else self.question.matching
        name = _NAMES[step]
        if len(levels) == 1:
            return [_Level(step, name, matching(levels[0]))]
        names = (f"{name} of level {number} of {len(levels)}" for number in range(1, len(levels) + 1))
        return [_Level(step, name, matching(level)) for name, level in zip(names, levels, strict=True)]

    def _met(self, step: str, policies: Sequence[Policy] | None) -> _Level:
        asked = policies if self.who.has_identity_policies else None
        return _Level(step, _NAMES[step], self.question.matching(asked) if asked else ())

    def decision(self) -> Decision:
        denials = list(self._denials())
        standing = list(self._standing())
        firm = [blocker for blocker, known in standing if known]
        unknown = [blocker for blocker, known in standing if not known]
        blockers = (*denials, *firm, *unknown)
        if denials:
            return Decision(EXPLICITLY_DENIED, denials[0].reason, denials[0].statement, blockers)
        if firm:
            return Decision(IMPLICITLY_DENIED, firm[0].reason, None, blockers, tuple(self._unless(firm)))
        if unknown:
            return Decision(CANNOT_TELL, unknown[0].reason, None, blockers, tuple(self._assumed()))
        level, statement = self._granting()
        if level is None or statement is None:
            return Decision(ALLOWED, "the root user may do everything in its account", assumed=tuple(self._assumed()))
        return Decision(ALLOWED, f"{_place(statement)} of the {level} allows", statement, (), tuple(self._assumed()))

    def _denials(self) -> Iterator[Blocker]:
        resource = _Level("resource", _NAMES["resource"], [found.statement for found in self.named])
        for level in (*self.rcps, *self.scps, resource, self.identity, self.boundary, self.session):
            for statement in level.statements:
                if statement.denies:
                    yield Blocker(level.step, f"{_place(statement)} of the {level.name} denies", statement)

    def _standing(self) -> Iterator[tuple[Blocker, bool]]:
        """The steps that do not allow; with False where only policies that are not known could."""
        given, who = self.given, self.who
        for level in (*self.rcps, *self.scps):
            if not level.allows:
                yield Blocker(level.step, f"no statement of the {level.name} allows the request"), True
        if self.outside is not None and self.reach == NOBODY:
            yield Blocker("resource", self.outside), given.resource is not None
        if not who.has_identity_policies:
            return
        # "Identity-based policies and resource-based policies", the table of principals and resource-based policies.
        if self.alone < ROLE and not self.identity.allows:
            if given.identity is None:
                yield Blocker("identity", "the identity policies are not known"), False
            else:
                yield Blocker("identity", "no statement of the identity policies allows the request"), True
        if self.alone == DIRECT:
            return
        if given.boundary and not self.boundary.allows:
            yield Blocker("boundary", "no statement of the permissions boundary allows the request"), True
        if given.session and not self.session.allows:
            yield Blocker("session", "no statement of the session policy allows the request"), True
        if given.session is not None and not given.session and who.kind == "federated-user":
            # AWS STS API Reference, "GetFederationToken".
            yield Blocker("session", "a federated user without a session policy has no permissions of its own"), True

    def _granting(self) -> tuple[str | None, Statement | None]:
        """The kind of policy that decided, and its statement."""
        allowing = [found for found in self.named if found.statement.allows]
        if allowing and (self.alone >= ROLE or not self.identity.allows):
            return _NAMES["resource"], max(allowing, key=lambda found: found.closeness).statement
        return _NAMES["identity"], next((found for found in self.identity.statements if found.allows), None)

    def _unless(self, firm: Iterable[Blocker]) -> Iterator[str]:
        """What could turn an implicit denial: only a policy on the resource, or a grant of a KMS key."""
        if any(blocker.step in ("rcp", "scp") for blocker in firm):
            return
        if self.given.resource is None and (self.is_same_account or self.outside is None):
            yield "no policy on the resource allows the request"
        if _is_key(self.question):
            yield "no grant of the KMS key allows the request"

    def _assumed(self) -> Iterator[str]:
        """What an Allow takes for granted."""
        if self.linked == "name" and (self.given.scps or self.given.rcps):
            yield "the role is service-linked, as its name says, so that no organisation policy binds it"
        if self.question.owner is None and self.who.account and self.question.request.resource != "*":
            yield "the resource belongs to the account of the principal"
        missing = ", ".join(self._not_known())
        if missing:
            yield f"not known, and taken not to stand in the way: {missing}"
        if self.question.context.values("aws:SourceVpce"):
            yield "the policy of the VPC endpoint allows the request"
        for statement in self.question.spared_without_account:
            yield (
                f"the NotPrincipal of {_place(statement)} of the policy on the resource spares the principal, "
                "though it does not name its account too"
            )

    def _not_known(self) -> Iterator[str]:
        given, who = self.given, self.who
        if given.rcps is None and self.linked is None:
            yield _NAMES["rcp"]
        if given.scps is None and self.linked is None and who.account is not None:
            yield _NAMES["scp"]
        if given.resource is None and self.outside is None:
            yield "a policy on the resource"
        if who.has_identity_policies and self.alone < DIRECT:
            if given.boundary is None:
                yield "a permissions boundary"
            if given.session is None and who.kind != "user":
                yield "a session policy"


def _outside_say(question: Question, is_same_account: bool) -> str | None:
    """Why the request needs the Allow of a policy on the resource; None where it does not.

    "Cross-account policy evaluation logic"; AWS KMS Developer Guide, "Key policies in AWS KMS"; IAM User
    Guide, "IAM JSON policy elements: Principal" for the trust policy of a role.
    """
    who = question.who
    if not who.has_identity_policies and who.kind != "root":
        return "only a policy on the resource can allow a request of a service or without credentials"
    if not is_same_account:
        return "the resource belongs to another account, whose policy on it must allow the request too"
    if _is_key(question):
        return "the key policy of the KMS key must allow the request too"
    if question.action in _ROLE_ACTIONS and _tail(question).startswith("role/"):
        return "the trust policy of the role must allow the request too"
    return None


def _tail(question: Question) -> str:
    return question.request.resource.split(":", 5)[-1]


def _is_key(question: Question) -> bool:
    return question.action.startswith("kms:") and _tail(question).startswith("key/")


def _place(statement: Statement) -> str:
    number = statement.path[-1]
    where = f"statement {number + 1}" if isinstance(number, int) else "the statement"
    return f"{where} ({statement.sid[:80]!a})" if statement.sid else where
