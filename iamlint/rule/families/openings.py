"""Which sensitive actions a policy leaves open to a long-lived access key."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary

from iamlint.analyse.actions import statement_matches_action
from iamlint.finding import Hit
from iamlint.model import Policy, Statement
from iamlint.rule.base import Rule, key, quote
from iamlint.rule.families.requests import (
    CALLED_VIA,
    ENDPOINT_KEYS,
    FROM_ENDPOINT,
    FROM_INTERNET,
    INTERNET,
    LONG_LIVED,
    PRINCIPAL_TAG,
    Base,
    Ground,
    User,
    entry_of,
    filled,
    for_everything,
    owner_of,
    resources,
    witness,
)

if TYPE_CHECKING:
    from iamlint.analyse.circumstances import Circumstances
    from iamlint.analyse.evaluation import Decision, Request
    from iamlint.config import Environment


class Opening(NamedTuple):
    """A request of a long-lived key that the policies allow, and the statement that allows it.

    `outright` is false where a policy on the resource, a key policy say, has the last word.
    """

    action: str
    statement: Statement
    request: "Request"
    outright: bool


class Openings(NamedTuple):
    """What was found; `closed` are sensitive actions that a statement allows, but not to such a key."""

    open: tuple[Opening, ...]
    closed: tuple[str, ...]

    @property
    def first(self) -> Opening:
        """The gravest one, if possible one that is allowed outright."""
        return next((opening for opening in self.open if opening.outright), self.open[0])


def open_without_mfa(
    policies: Sequence[Policy],
    environment: "Environment",
    caller: User | None = None,
    boundary: Sequence[Policy] = (),
) -> Openings:
    """The sensitive actions that `policies` together allow to a user's long-lived key, from wherever it calls.

    `caller` is one user, within its permissions boundary: the first action that is open to it ends the search. None:
    any user; all that is open is told.
    """
    return _openings(policies, environment, (FROM_INTERNET, FROM_ENDPOINT), caller, boundary)


def open_from_outside(policies: Sequence[Policy], environment: "Environment") -> Openings:
    """As `open_without_mfa`, from an address in none of the environment's networks."""
    from iamlint.analyse.addresses import address_outside

    allowed = [network.cidr for network in environment.networks]
    named = [
        item.text
        for policy in policies
        for statement in policy.statements
        for condition in statement.conditions
        if condition.key.lower() == "aws:sourceip"
        for item in condition.values
    ]
    # An address of no network named anywhere, then one in each that the policies name beside the allowed ones.
    addresses = [address_outside([*allowed, *named]), *(address_outside(allowed, (text,)) for text in named[:_MOST])]
    fixed = ENDPOINT_KEYS | CALLED_VIA | {"aws:sourceip"}
    bases = [Base({**INTERNET, "aws:sourceip": (found,)}, fixed) for found in dict.fromkeys(addresses) if found]
    return _openings(policies, environment, bases)


_MOST: Final = 20


def _openings(
    policies: Sequence[Policy],
    environment: "Environment",
    bases: Sequence[Base],
    caller: User | None = None,
    boundary: Sequence[Policy] = (),
) -> Openings:
    from iamlint.aws.sensitive import sensitive_actions

    grants = [granted for policy in policies if (granted := sensitive_grants(policy))]
    if not grants:
        return Openings((), ())
    search = _Search(policies, environment, bases, caller, boundary)
    found, closed = [], []
    for action in sensitive_actions():
        statements = [statement for granted in grants for statement in granted.get(action, ())]
        if statements:
            opening = None if search.exhausted else search.opening(action, statements)
            if opening is not None:
                found.append(opening)
                if caller is not None and opening.outright:
                    break
            elif search.exhausted:
                break
            else:
                closed.append(action)
    if closed and not search.exhausted and (not found or caller is None):
        wanted = {action: [s for granted in grants for s in granted.get(action, ())] for action in closed}
        found += search.overlooked(wanted)
        closed = [action for action in closed if action not in {opening.action for opening in found}]
    return Openings(tuple(found), () if search.exhausted or search.unsure else tuple(closed))


_granted: "WeakKeyDictionary[Policy, Mapping[str, list[Statement]]]" = WeakKeyDictionary()


def sensitive_grants(policy: Policy) -> Mapping[str, list[Statement]]:
    """Each sensitive action that the policy allows somehow, with the statements; worked out once per policy."""
    found = _granted.get(policy)
    if found is None:
        found = {}
        for statement in policy.statements:
            for action in _sensitive_of(statement) if statement.allows else ():
                found.setdefault(action, []).append(statement)
        _granted[policy] = found
    return found


def _sensitive_of(statement: Statement) -> Iterable[str]:
    """The sensitive actions that the statement is about."""
    from iamlint.aws.sensitive import sensitive_actions

    if "NotAction" in statement:
        return [action for action in sensitive_actions() if statement_matches_action(statement, action)]
    texts = frozenset([item.text for item in statement.actions])
    return _sensitive(texts) if sum(map(len, texts)) < _LONG else _sensitive.__wrapped__(texts)


_LONG: Final = 4096
"""Characters of actions whose answer is kept: a hostile file must not fill the memory."""


@lru_cache(maxsize=4096)
def _sensitive(listed: frozenset[str]) -> tuple[str, ...]:
    """The sensitive actions that a list of actions and patterns is about."""
    from iamlint.analyse.actions import ActionSet

    lowered = [text.lower() for text in listed]
    names = _names()
    found = names.keys() & lowered
    patterns = [text for text in lowered if _is_wild(text) and _may_be_sensitive(text.partition(":")[0])]
    if patterns:
        matching = ActionSet(patterns)
        found |= {name for name in names if matching.matches(name)}
    return tuple(action for name, action in names.items() if name in found) if found else ()


@cache
def _names() -> Mapping[str, str]:
    """The sensitive actions by their names in lower case."""
    from iamlint.aws.sensitive import sensitive_actions

    return {action.lower(): action for action in sensitive_actions()}


def _may_be_sensitive(prefix: str) -> bool:
    return _is_wild(prefix) or prefix in _services()


@cache
def _services() -> frozenset[str]:
    return frozenset(name.partition(":")[0] for name in _names())


def _is_wild(text: str) -> bool:
    return "*" in text or "?" in text


class _Search:
    def __init__(
        self,
        policies: Sequence[Policy],
        environment: "Environment",
        bases: Sequence[Base],
        caller: User | None,
        boundary: Sequence[Policy],
    ) -> None:
        from iamlint.analyse.circumstances import Tries

        shared = self._shared = Ground([*policies, *boundary], environment)
        self._policies = policies
        self._boundary = boundary
        self._bases = bases
        self._users = shared.users
        self._keys = shared.keys
        self._caller = caller
        if caller is not None:
            self._users = [caller]
            tags = frozenset(key for key in shared.keys if key.startswith(PRINCIPAL_TAG))
            self._bases = [base._replace(fixed=base.fixed | tags) for base in bases]
        self.unsure = False
        """True iff something could not be decided."""
        self._tries = Tries(-1 if shared.too_big else shared.tries)
        self._denies = any(s.denies for policy in policies for s in policy.statements)
        self._likewise: dict[Statement, tuple[Opening, User]] = {}
        self._starts: dict[tuple[User, int], Circumstances] = {}
        # What a Deny leaves out is where a request for everything may still get through.
        self._spared = [
            item.text for policy in policies for s in policy.statements if s.denies for item in s.not_resources[:_MOST]
        ]

    @property
    def exhausted(self) -> bool:
        """True iff there was no time to look any further."""
        return self._tries.left < 0

    def opening(self, action: str, statements: Sequence[Statement]) -> Opening | None:
        for statement in statements:
            if statement in self._likewise:
                found = self._as_before(action, statement)
                if found is not None:
                    return found
            for base in self._bases:
                for user in self._users:
                    found = self._through(action, statement, base, user)
                    if found is not None or self.exhausted:
                        return found
        return None

    def overlooked(self, wanted: Mapping[str, Sequence[Statement]]) -> list[Opening]:
        """Openings for these actions that trying has not found: decided of all requests."""
        from iamlint.rule.families.decided import as_user, facts

        statements = list({id(s): s for each in wanted.values() for s in each}.values())
        if not self._denies and not any(s.value.get("Condition") for s in statements):
            return []  # nothing stands in the way but resources, which have been tried
        # Most are closed to every long-lived key, wherever it calls from and whose it is.
        sessions = facts({}, [key for key in self._keys if key in _OF_SESSIONS], lambda key: False)
        if self._decided([{"Action": list(wanted)}, *sessions], statements) is None:
            return []
        found: dict[str, Opening] = {}
        for base, user in product(self._bases, self._users):
            start = self._start(user, base)
            known = facts(start, self._keys, base.free)
            left = {action: granting for action, granting in wanted.items() if action not in found}
            if not left or self._decided([{"Action": list(left)}, *known], statements) is None:
                continue
            for action, granting in left.items():
                request = self._decided([{"Action": action, **_resource_of(action, user)}, *known], granting)
                if request is not None and not isinstance(request, str):
                    opening = self._confirmed(action, as_user(request, user, start, base.free))
                    found.update({action: opening} if opening else {})
        return list(found.values())

    def _decided(
        self, parts: Sequence[Mapping[str, object]], statements: Sequence[Statement]
    ) -> "Request | str | None":
        from iamlint.rule.families.decided import request_through

        found = request_through(self._shared, parts, statements, self._policies, self._boundary)
        self.unsure = self.unsure or isinstance(found, str)
        return found

    def _confirmed(self, action: str, request: "Request") -> Opening | None:
        from iamlint.analyse.evaluation import evaluate

        request = request._replace(action=action)
        decision = evaluate(request, self._policies)
        if decision.statement is None or not decision.allowed or not self._is_within(request):
            return None
        return Opening(action, decision.statement, request, outright=True)

    def _as_before(self, action: str, statement: Statement) -> Opening | None:
        """The request that got through the statement, with another of its actions.

        Where nothing denies and the statement is for all resources, the action makes no difference: most policies with
        a sensitive action are like that.
        """
        known, user = self._likewise[statement]
        found = resources(action, statement, user, {}, (), self._tries)
        if not found or action.startswith("kms:"):  # the policy of the KMS key has a say
            return None
        request = known.request._replace(action=action, resource=found[0])
        return known._replace(action=action, request=request) if self._is_within(request) else None

    def _is_within(self, request: "Request") -> bool:
        """True iff the boundary lets the request through."""
        from iamlint.analyse.evaluation import evaluate

        if not self._boundary:
            return True
        return not any(b.step == "boundary" for b in evaluate(request, self._policies, self._boundary).blockers)

    def _start(self, user: User, base: Base) -> "Circumstances":
        key_ = user, self._bases.index(base)
        if key_ not in self._starts:
            self._starts[key_] = filled({**base.context, **LONG_LIVED, **user.keys}, self._keys, base)
        return self._starts[key_]

    def _through(self, action: str, statement: Statement, base: Base, user: User) -> Opening | None:
        from iamlint.analyse.circumstances import around_denies, satisfying
        from iamlint.analyse.evaluation import Request

        policy, start = statement.policy, self._start(user, base)
        for resource in resources(action, statement, user, start, self._spared, self._tries):
            caller = self._caller or owner_of(resource, user)
            context = start if caller == user else {**start, **caller.keys}
            met = satisfying(statement.conditions, policy, context, base.free, self._tries)
            if met is None:
                continue
            request = Request(caller.arn, action, resource, None, met)
            found = around_denies(request, self._policies, base.free, (statement.conditions, policy), self._tries)
            if found is not None and not self._is_within(found[0]):
                continue
            if found is not None and found[1].statement is not None:
                opening = Opening(action, found[1].statement, found[0], outright=True)
                if not self._denies and found[1].statement is statement and for_everything(statement):
                    self._likewise[statement] = opening, caller
                return opening
            if found is not None and _up_to_the_resource(found[1]):
                return Opening(action, statement, found[0], outright=False)
        return None


_OF_SESSIONS: Final = frozenset(("aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime"))
"""Keys that no request of a long-lived key has, in lower case."""


def _resource_of(action: str, user: User) -> Mapping[str, object]:
    """The part of a statement that fits the resources which a request for a sensitive action can name."""
    from iamlint.aws.sensitive_arns import arn_formats

    shape = arn_formats()[action]
    if shape is None:
        return {"NotResource": "arn:*"}
    region, account = "*" if shape.regional else "", user.account if shape.has_account else ""
    tail = shape.tail.replace("**", "*").replace("*", "?*")
    return {"Resource": f"arn:{user.partition}:{shape.service}:{region}:{account}:{tail}"}


def _up_to_the_resource(decision: "Decision") -> bool:
    """True iff nothing but a policy on the resource stands in the way."""
    return all(blocker.step == "resource" for blocker in decision.blockers)


def opening_hit(rule: Rule, policies: Sequence[Policy], found: Openings, what: str, fix: str, level: str) -> Hit:
    """A hit at the entry of the statement that opens the gravest action; `what` such a key is, `fix` what to add."""
    first = found.first
    entry = entry_of(first.statement, first.action)
    return rule.finding(
        key(entry) if entry[-1] == "NotAction" else entry,
        opening_message(found, what, fix),
        level=level,
        witness=witness(first.request, policies) if first.outright else None,
        open=[opening.action for opening in found.open],
        closed=list(found.closed),
    )


def opening_message(found: Openings, what: str, fix: str) -> str:
    """What `what` may do, and what to do about it."""
    from iamlint.aws.sensitive import SENSITIVE

    first = found.first
    others = [opening.action for opening in found.open if opening is not first]
    reason = next(group.reason for group in SENSITIVE if first.action in group.actions)
    more = f", and {len(others)} more sensitive actions" if len(others) > 1 else ""
    more = more or "".join(f", and {quote(action)}" for action in others)
    shut = f" (it cannot use {len(found.closed)} more that the policy allows)" if found.closed else ""
    return f"{what} may use {quote(first.action)} to {reason}{more}{shut}; {fix}"
