"""The search for a request of a long-lived access key that policies allow."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Final

from iamlint.model import Policy, Statement
from iamlint.record import NamedTuple
from iamlint.rule.families.requests import (
    LONG_LIVED,
    PRINCIPAL_TAG,
    Base,
    Ground,
    User,
    filled,
    for_everything,
    owner_of,
    resources,
)

if TYPE_CHECKING:
    from iamlint.analyse.circumstances import Circumstances
    from iamlint.analyse.evaluation import Decision, Request
    from iamlint.config import Environment

_MOST: Final = 20


class Opening(NamedTuple):
    """A request of a long-lived key that the policies allow, and the statement that allows it.

    `outright` is false where a policy on the resource, a key policy say, has the last word.
    """

    action: str
    statement: Statement
    request: "Request"
    outright: bool


class Search:
    """The requests of a long-lived key that policies let through, action by action."""

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
            plainly = self._is_plain(action, statement)
            for base in self._bases:
                for user in self._users:
                    found = (self._plainly if plainly else self._through)(action, statement, base, user)
                    if found is not None or self.exhausted:
                        return found
        return None

    def _is_plain(self, action: str, statement: Statement) -> bool:
        """True only if the statement allows the action where its conditions hold, and nothing else has a say."""
        return (
            not (self._denies or self._boundary)
            and statement.is_regular
            and "Resource" in statement
            and not any("$" in item.text for item in statement.resources)
            and len(self._policies) == 1
            and self._policies[0].kind == "identity"
            and not action.startswith(_WITH_A_SAY)
        )

    def _plainly(self, action: str, statement: Statement, base: Base, user: User) -> Opening | None:
        """As `_through`, where the answer is plain."""
        from iamlint.analyse.circumstances import satisfying
        from iamlint.analyse.request import Request

        start = self._start(user, base)
        for resource in resources(action, statement, user, start, self._spared, self._tries):
            if resource == "*" and not for_everything(statement):
                continue
            caller = self._caller or owner_of(resource, user)
            if resource.split(":", 5)[4:5] not in ([], [""], [caller.account]):  # somebody else's
                return self._through(action, statement, base, user)
            context = start if caller == user else {**start, **caller.keys}
            met = satisfying(statement.conditions, statement.policy, context, base.free, self._tries)
            if met is None:
                continue
            opening = Opening(action, statement, Request(caller.arn, action, resource, None, met), outright=True)
            if for_everything(statement):
                self._likewise[statement] = opening, caller
            return opening
        return None

    def overlooked(self, wanted: Mapping[str, Sequence[Statement]]) -> list[Opening]:
        """Openings for these actions that trying has not found: decided of all requests."""
        from iamlint.rule.families.decided import as_user, facts

        statements = list({id(s): s for each in wanted.values() for s in each}.values())
        if not self._denies and not any(s.value.get("Condition") for s in statements):
            return []  # nothing stands in the way but resources, which have been tried
        shut = {id(statement) for statement in statements if self._is_shut(statement)}
        if shut:
            statements = [statement for statement in statements if id(statement) not in shut]
            left_over = {action: [s for s in each if id(s) not in shut] for action, each in wanted.items()}
            wanted = {action: each for action, each in left_over.items() if each}
        if not wanted:
            return []
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

    def _is_shut(self, statement: Statement) -> bool:
        """True only if wherever a key calls from, some condition fails over a condition key that nobody can choose."""
        from iamlint.analyse.circumstances import all_hold, by_key

        if not statement.is_regular:
            return False
        asked = [
            (key, own)
            for key, own in by_key(statement.conditions).items()
            if not (statement.policy.has_variables and any("$" in item.text for c in own for item in c.values))
        ]

        def fails(base: Base, user: User) -> bool:
            fixed = [own for key, own in asked if not base.free(key)]
            return not all(all_hold(own, statement.policy, self._start(user, base)) for own in fixed)

        return all(fails(base, user) for base, user in product(self._bases, self._users))

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


_WITH_A_SAY: Final = ("kms:", "sts:")
"""Services whose resources have a policy that has to allow the request as well."""
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
