"""A request by somebody of an exported account: which policies of the export apply to it, and what it does not tell."""

from collections.abc import Iterator, Mapping, Sequence

from iamlint.analyse.evaluation import evaluate
from iamlint.analyse.matching import Question
from iamlint.analyse.principals import caller
from iamlint.analyse.request import (
    CANNOT_TELL,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    Blocker,
    Decision,
    Policies,
    Request,
)
from iamlint.model import Policy
from iamlint.model.account import Account, PolicyText, Principal, Role
from iamlint.model.fact import Fact, Unknown
from iamlint.model.spot import Spot
from iamlint.record import NamedTuple
from iamlint.syntax import nearest, printable

_FEW = 5


class Source(NamedTuple):
    """Where a policy comes from: what it is, in words, its document, and the file that holds it."""

    title: str
    spot: Spot
    file: str


class Case(NamedTuple):
    """A request and what applies to it.

    `sources` are those of the policies by the `id` of the policy; `unread` titles identity policies whose documents the
    export does not have, `unread_boundary` a boundary; `notes` say what the answer takes for granted because of the
    export.
    """

    request: Request
    policies: Policies
    sources: Mapping[int, Source]
    unread: tuple[str, ...] = ()
    unread_boundary: str | None = None
    notes: tuple[str, ...] = ()

    def decide(self, action: str | None = None, resource: str | None = None) -> Decision:
        """What AWS answers, to the same request with another action or resource where these are given."""
        request = self._about(action, resource)
        given = self.policies
        if request.resource == "*" or request.action.lower().startswith("iam:"):
            given = given._replace(resource=given.resource or ())  # no such resource has a policy
        decision = _evaluated(request, given)
        if self.unread and decision.decision == IMPLICITLY_DENIED:
            firm = _evaluated(request, given._replace(identity=None))
            decision = firm if firm.decision == CANNOT_TELL else decision
        if self.unread_boundary is not None and decision.allowed:
            name = printable(self.unread_boundary, 200)
            blocker = Blocker("boundary", f"the export has no document of the permissions boundary, {name}")
            return Decision(CANNOT_TELL, blocker.reason, None, (blocker,), decision.assumed)
        if self.unread and decision.allowed:
            names = ", ".join(printable(name, 100) for name in self.unread[:_FEW])
            assumed = f"no statement denies of the policies without a document in the export: {names}"
            decision = decision._replace(assumed=(*decision.assumed, assumed))
        if decision.decision == EXPLICITLY_DENIED or not self.notes:
            return decision
        return decision._replace(assumed=(*decision.assumed, *self.notes))

    def keys_not_given(self, action: str | None = None, resource: str | None = None) -> list[str]:
        """The condition keys that the request of `decide` does not hold and that some statement depends on."""
        request = self._about(action, resource)
        return Question(request, caller(request.principal)).keys_not_given(self.known)

    @property
    def known(self) -> Iterator[Policy]:
        """All policies at hand."""
        given = self.policies
        levels = (*(given.scps or ()), *(given.rcps or ()))
        for policies in (*levels, given.identity, given.boundary, given.resource, given.session):
            yield from policies or ()

    def _about(self, action: str | None, resource: str | None) -> Request:
        request = self.request
        return request._replace(action=action or request.action, resource=resource or request.resource)


def _evaluated(request: Request, given: Policies) -> Decision:
    return evaluate(
        request,
        given.identity,
        given.boundary,
        scps=given.scps,
        rcps=given.rcps,
        resource_policy=given.resource,
        session=given.session,
        management_account=given.management_account,
    )


def case_of(accounts: Sequence[Account], request: Request, given: Policies) -> Case:
    """The request with the policies that the exports of `accounts` hold; `given` are those of other sources.

    The principal may be the name of a user or role, which is told apart by the exports. Raises ValueError where it is
    nobody's or several have it.
    """
    account, holder, request = _resolved(accounts, request)
    sources: dict[int, Source] = {}
    unread: list[str] = []
    boundary: str | None = None
    notes: list[str] = []
    if account is not None and holder is not None:
        identity = []
        for title, document in _identity(account, holder):
            if isinstance(document, Unknown):
                unread.append(title)
            else:
                identity.append(_noted(title, document, sources))
        limits, boundary = _boundary(account, holder, sources)
        given = given._replace(identity=identity, boundary=limits)
        context = {
            **_of_same(account, request),
            **_known_keys(holder, request.principal),
            **{k.lower(): v for k, v in request.context.items()},
        }
        request = request._replace(context=context)
        if account.incomplete:
            notes.append(f"the exports of account {account.id} are complete, though one says that more follows")
    elif caller(request.principal).has_identity_policies:
        given = given._replace(identity=None)
    given = _of_organization(accounts, request, given, sources)
    trust = _trust(accounts, request)
    if given.resource is None and trust is not None:
        given = given._replace(resource=(_noted(*trust, sources),))
    return Case(request, given, sources, tuple(unread), boundary, tuple(notes))


def _resolved(accounts: Sequence[Account], request: Request) -> tuple[Account | None, Principal | None, Request]:
    """Whose policies apply, in which account, and the request with an ARN for its principal."""
    principal = request.principal
    if ":" not in principal:
        named = [(a, found) for a in accounts for found in (*a.users, *a.roles) if found.name == principal]
        if len(named) == 1:
            account, holder = named[0]
            return account, holder, request._replace(principal=holder.arn)
        if named:
            listed = ", ".join(printable(holder.arn, 200) for _, holder in named[:_FEW])
            raise ValueError(f"{printable(principal, 80)} is the name of several: {listed}")
        if principal != "anonymous" and "." not in principal:
            near = nearest(principal, [found.name for a in accounts for found in (*a.users, *a.roles)])
            advice = f"; did you mean {printable(near, 80)}?" if near else ""
            raise ValueError(f"no user and no role in the exports is named {printable(principal, 80)}{advice}")
        return None, None, request
    who = caller(principal)
    for account in accounts:
        if account.id == who.account and who.kind in ("user", "role"):
            of_session = (role for role in account.roles if role.name == who.name)
            found = next(of_session, None) if who.session is not None else account.principal(principal)
            if found is None:
                raise ValueError(f"the exports of account {account.id} have no {printable(principal, 200)}")
            return account, found, request
    return None, None, request


def _identity(account: Account, holder: Principal) -> Iterator[tuple[str, Fact[PolicyText]]]:
    """The identity policies that apply to the holder, with their titles; those of a user's groups too."""
    holders = account.holders(holder)
    if isinstance(holders, Unknown):
        yield f"the policies of the groups of user {holder.name}", holders
        holders = (holder,)
    for each in holders:
        if isinstance(each.inline, Unknown) or isinstance(each.attached, Unknown):
            yield f"the policies of {each.kind} {each.name}", Unknown("account-authorization-details")
            continue
        for inline in each.inline:
            yield f"inline policy {inline.name} of {each.kind} {each.name}", inline.document
        for attachment in each.attached:
            through = "" if each is holder else f" of group {each.name}"
            yield f"policy {attachment.arn}{through}", account.document_of(attachment)


def _boundary(
    account: Account, holder: Principal, sources: dict[int, Source]
) -> tuple[Sequence[Policy] | None, str | None]:
    """The permissions boundary; its ARN where there is one whose document the export does not have."""
    attachment = holder.boundary
    if isinstance(attachment, Unknown):
        return None, None
    if attachment is None:
        return (), None
    document = account.document_of(attachment)
    if isinstance(document, Unknown):
        return (), attachment.arn
    return (_noted(f"policy {attachment.arn}", document, sources),), None


def _of_organization(
    accounts: Sequence[Account], request: Request, given: Policies, sources: dict[int, Source]
) -> Policies:
    """`given` with the policies of the organisation that the exports have, where no others are given."""
    of_principal = caller(request.principal).account
    of_resource = request.owner or of_principal
    for account in accounts:
        if given.scps is None and account.id == of_principal and not isinstance(account.scps, Unknown):
            given = given._replace(scps=_levels("service control policy", account.scps, sources))
        if given.rcps is None and account.id == of_resource and not isinstance(account.rcps, Unknown):
            given = given._replace(rcps=_levels("resource control policy", account.rcps, sources))
    return given


def _of_same(account: Account, request: Request) -> dict[str, str]:
    """The keys that tell the organisation of the principal, and of a resource in its account."""
    if isinstance(account.organization, Unknown):
        return {}
    keys = {"aws:principalorgid": account.organization}
    if request.owner in (None, account.id):
        keys["aws:resourceorgid"] = account.organization
    return keys


def _levels(
    what: str, levels: Sequence[Sequence[PolicyText]], sources: dict[int, Source]
) -> Sequence[Sequence[Policy]]:
    return [[_noted(f"{what} {_name(text)}", text, sources) for text in level] for level in levels]


def _name(text: PolicyText) -> str:
    name = getattr(text.source, "name", None)
    return name if isinstance(name, str) else "without a name"


def _noted(title: str, document: PolicyText, sources: dict[int, Source]) -> Policy:
    policy = document.policy
    sources.setdefault(id(policy), Source(title, document.spot, document.source.file))
    return policy


def _trust(accounts: Sequence[Account], request: Request) -> tuple[str, PolicyText] | None:
    """The trust policy of the role that the request is about."""
    for account in accounts:
        role = account.principal(request.resource)
        if isinstance(role, Role) and not isinstance(role.trust, Unknown):
            return f"trust policy of role {role.name}", role.trust
    return None


def _known_keys(holder: Principal, principal: str) -> dict[str, str]:
    """The condition keys that follow from what the export tells of the principal, in lower case."""
    keys: dict[str, str] = {}
    if isinstance(holder, Role):
        keys["aws:principalarn"] = holder.arn
    if not isinstance(holder.tags, Unknown):
        keys |= {f"aws:principaltag/{key.lower()}": value for key, value in holder.tags.items()}
    if not isinstance(holder.id, Unknown):
        session = caller(principal).session
        if not isinstance(holder, Role):
            keys["aws:userid"] = holder.id
        elif session is not None:
            keys["aws:userid"] = f"{holder.id}:{session.rpartition('/')[2]}"
    return keys
