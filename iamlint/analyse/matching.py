"""Which statements a request meets: by action, resource, conditions and, in policies on resources, principal.

What a statement asks of every request is worked out once and kept as long as its policy lives.
"""

from collections.abc import Iterable

from iamlint.analyse.actions import prepared_actions
from iamlint.analyse.conditions import conditions_hold
from iamlint.analyse.principals import NOBODY, Caller, named, spares_without_account
from iamlint.analyse.request import Request
from iamlint.analyse.resources import is_everything, resource_matches
from iamlint.analyse.variables import Context, variable_parts
from iamlint.model import Policy, Statement
from iamlint.model.cached import kept
from iamlint.record import NamedTuple


class _Prepared:
    """A statement with what every request asks of it at hand."""

    __slots__ = (
        "all_resources",
        "implied",
        "listed",
        "negated",
        "others",
        "resources",
        "statement",
    )

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.listed, self.others = prepared_actions(statement)
        self.negated = "Resource" not in statement and "NotResource" in statement
        items = statement.not_resources if self.negated else statement.resources
        self.resources = tuple(item.text for item in items)
        self.all_resources = any(map(is_everything, self.resources))
        self.implied = "Resource" not in statement and not self.negated
        """Neither element: in a policy on a resource it is that resource, in any other nothing."""


@kept
def _statements(policy: Policy) -> tuple[_Prepared, ...]:
    return tuple(map(_Prepared, policy.statements))


class Named(NamedTuple):
    """A statement of a policy on a resource, and how closely it names the caller."""

    statement: Statement
    closeness: int


class Question:
    """A request under one of the two readings of resource patterns (see `iamlint.analyse.resources`)."""

    def __init__(self, request: Request, who: Caller, across_colons: bool = False) -> None:
        self.request = request
        self.who = who
        self.action = request.action.lower()
        self.owner = request.owner
        self.context = Context(request.context)
        who.describe(self.context)
        if self.owner:
            self.context.add("aws:ResourceAccount", self.owner)
        self.readings_differ = False
        """Whether some pattern that was asked so far matches under the other reading only."""
        self.spared_without_account: list[Statement] = []
        """Statements met so far but for a `NotPrincipal` that does not name the caller's account."""
        self._across_colons = across_colons

    def matching(self, policies: Iterable[Policy]) -> list[Statement]:
        """The statements of policies without principals that this request meets, in order."""
        action = self.action
        return [
            prepared.statement
            for policy in policies
            for prepared in _statements(policy)
            if prepared.listed.matches(action) is not prepared.others
            and self._resource_matches(prepared)
            and conditions_hold(prepared.statement, self.context)
        ]

    def matching_for(self, policies: Iterable[Policy], bounded: bool) -> list[Named]:
        """The statements of policies on the resource that this request meets; `bounded`: the caller has a boundary."""
        found = []
        for policy in policies:
            for prepared in _statements(policy):
                if (
                    prepared.listed.matches(self.action) is prepared.others
                    or not (prepared.implied or self._resource_matches(prepared))
                    or not conditions_hold(prepared.statement, self.context)
                ):
                    continue
                closeness = named(prepared.statement, self.who, bounded)
                if closeness != NOBODY:
                    found.append(Named(prepared.statement, closeness))
                elif spares_without_account(prepared.statement, self.who):
                    self.spared_without_account.append(prepared.statement)
        return found

    def matching_for_all(self, policies: Iterable[Policy]) -> list[Statement]:
        """The statements of resource control policies that this request meets; their only principal is everyone."""
        return [
            statement
            for statement in self.matching(policies)
            if "Principal" not in statement or named(statement, self.who) != NOBODY
        ]

    def keys_not_given(self, policies: Iterable[Policy]) -> list[str]:
        """The condition keys that the request does not hold and on which some statement depends, as written there.

        Asked are the conditions and variables of the statements that the request meets but for those.
        """
        found: dict[str, str] = {}
        for policy in policies:
            for prepared in _statements(policy):
                if prepared.listed.matches(self.action) is prepared.others:
                    continue
                texts = [text for text in prepared.resources if "${" in text]
                if not (texts or prepared.implied or self._resource_matches(prepared)):
                    continue
                names = [condition.key for condition in prepared.statement.conditions]
                texts += [item.text for condition in prepared.statement.conditions for item in condition.values]
                if policy.has_variables:
                    insides = [inside for text in texts for _, inside in variable_parts(text) if inside]
                    names += [name for inside in insides if ":" in (name := inside.partition(",")[0].strip())]
                for name in names:
                    if not self.context.values(name):
                        found.setdefault(name.lower(), name)
        return list(found.values())

    def _resource_matches(self, prepared: _Prepared) -> bool:
        if prepared.all_resources:
            return not prepared.negated
        variables = self.context if prepared.statement.policy.has_variables else None
        resource = self.request.resource
        found = False
        for pattern in prepared.resources:
            says = resource_matches(pattern, resource, variables, self._across_colons)
            if says is None and prepared.negated:
                return False  # A variable without a value: the statement cannot match.
            if says:
                found = True
                break
            if not self.readings_differ and says is False:
                self.readings_differ = bool(resource_matches(pattern, resource, variables, True))
        return found is not prepared.negated
