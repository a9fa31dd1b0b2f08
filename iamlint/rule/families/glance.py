"""What is plain to see of two statements, before the decision procedure is asked about them.

Actions are compared by service first, then one by one, resources as texts: what holds in the wider reading of wildcards
(see `iamlint.analyse.resources`) does in the narrower one. Conditions and principals are not looked at. Cheap: texts
that are equal need no comparison of patterns, and where there is too much to compare nothing is plain.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from iamlint.analyse.actions import action_covers, action_meets
from iamlint.analyse.conditions import parse_operator
from iamlint.analyse.granted import resource_meets
from iamlint.analyse.resources import FIELDS, completed, is_everything
from iamlint.analyse.variables import variable_parts
from iamlint.analyse.wildcards import covers, meets
from iamlint.model import Policy, Statement
from iamlint.model.cached import cached, kept

_MOST_ENTRIES: Final = 400
_MOST_COMPARISONS: Final = 20_000
"""Pairs of patterns that are compared for one question."""
_ANY: Final = frozenset(("*",))


class Glance:
    """A statement as it is looked at here."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.services = _services(statement)
        """The services of its actions in lower case; only `*` where it may be any."""

    @property
    def is_any(self) -> bool:
        """True iff its actions may be of any service."""
        return self.services == _ANY

    @property
    def names_principals(self) -> bool:
        """True iff it is for certain principals, or for all but some."""
        return "Principal" in self.statement.value or "NotPrincipal" in self.statement.value

    @cached
    def is_plain(self) -> bool:
        """True iff it only lists actions and resources, without variables, for everybody in all circumstances."""
        elements = self.statement.value
        if "NotAction" in elements or "NotResource" in elements or "Resource" not in elements:
            return False
        entries = len(self.actions) + len(self.resources)
        return not (self.keys or self.names_principals or self.has_variables) and entries <= _MOST_ENTRIES

    @cached
    def keys(self) -> frozenset[str]:
        """The keys of its conditions, in lower case; one that it cannot have where the block cannot be read."""
        conditions = self.statement.conditions
        if not conditions and self.statement.value.get("Condition"):
            return frozenset(("",))
        return frozenset([condition.key.lower() for condition in conditions])

    @cached
    def is_turned(self) -> bool:
        """True iff some condition holds for requests without its key, or for values other than those listed."""
        operators = [parse_operator(condition.operator) for condition in self.statement.conditions]
        return any(o is None or o.negated or o.holds_without_key or o.name in ("Null", "Bool") for o in operators)

    @cached
    def values(self) -> Mapping[str, frozenset[str]]:
        """The keys that it asks for one of these very values."""
        found: dict[str, frozenset[str]] = {}
        for condition in self.statement.conditions:
            operator = parse_operator(condition.operator)
            if operator is None or operator.if_exists or operator.quantifier:
                continue
            texts = frozenset([item.text for item in condition.values])
            if operator.name in ("StringEquals", "StringLike") and all(_head(text) == text for text in texts):
                found[condition.key.lower()] = texts
        return found

    @cached
    def everywhere(self) -> bool:
        """True iff it may be about every resource."""
        value = self.statement.value
        return "Resource" not in value or any(is_everything(item.text) for item in self.statement.resources)

    @cached
    def actions(self) -> frozenset[str]:
        """Its actions in lower case; `*` stands for all but some."""
        if "NotAction" in self.statement:
            return _ANY
        return frozenset([item.text.lower() for item in self.statement.actions])

    @cached
    def action_patterns(self) -> tuple[str, ...]:
        """Those with wildcards."""
        return tuple(text for text in self.actions if "*" in text or "?" in text)

    @cached
    def resources(self) -> frozenset[str]:
        """Its resources with all fields, a `*` for each variable."""
        opened = map(_opened, self.statement.resources) if self.has_variables else self.statement.resources
        return frozenset([completed(str(text)) for text in opened])

    @cached
    def has_variables(self) -> bool:
        """True iff a resource holds a variable."""
        return any("${" in item.text for item in self.statement.resources) and self.statement.policy.has_variables

    @cached
    def resource_patterns(self) -> tuple[str, ...]:
        """Those with wildcards."""
        return tuple(text for text in self.resources if "*" in text or "?" in text)


def _opened(item: object) -> str:
    return "".join(text if inside is None else "*" for text, inside in variable_parts(str(item)))


@kept
def is_judged(policy: Policy) -> bool:
    """True iff the policy has no more entries than fit into one that IAM accepts."""
    count = 0
    for statement in policy.statements:
        for element in ("Action", "NotAction", "Resource", "NotResource"):
            given = statement.value.get(element)
            count += len(given) if isinstance(given, list) else 1
    return count <= _MOST_ENTRIES


def suspects(glances: Sequence[Glance]) -> Iterator[tuple[Glance, list[Glance]]]:
    """Each statement that others may cover together, with those."""
    by_service: dict[str, list[Glance]] = {}
    for glance in glances:
        for service in glance.services:
            by_service.setdefault(service, []).append(glance)
    any_service = by_service.get("*", [])
    shared = {service for service, near in by_service.items() if len(near) > 1}
    asked = glances if any_service else [glance for glance in glances if glance.services <= shared]
    if not asked:
        return  # each has a service of its own: the usual policy
    near_by = [glance for glance in glances if not glance.services.isdisjoint(shared)]
    alone = frozenset() if any_service else _said_once(near_by)
    for glance in asked:
        if not alone.isdisjoint(glance.actions):
            continue
        lists = [any_service, *(by_service[service] for service in glance.services)]
        near = {id(other): other for each in lists for other in each if other is not glance}
        found = coverers(glance, list(near.values()))
        if found:
            yield glance, found


def _said_once(glances: Sequence[Glance]) -> frozenset[str]:
    """Actions that one of the statements lists and none else can be about; all have actions of certain services."""
    counts = Counter(text for glance in glances for text in glance.actions)
    open_services = {text.partition(":")[0] for glance in glances for text in glance.action_patterns}
    once = [text for text, count in counts.items() if count == 1 and text.count(":") == 1]
    return frozenset([text for text in once if text.partition(":")[0] not in open_services])


def coverers(glance: Glance, others: Sequence[Glance]) -> list[Glance]:
    """Those of `others` that may cover a part of the statement; none where some of it is plainly left."""
    near = [o for o in others if o.is_any or glance.is_any or not o.services.isdisjoint(glance.services)]
    if glance.everywhere:
        near = [other for other in near if other.everywhere]
    near = _sharing(glance.actions, near, _covered_actions)
    if near and not glance.everywhere:
        near = _sharing(glance.resources, near, _covered_resources)
    bearing = _bearing(glance, near) if near else near
    if len(bearing) < len(near):
        return coverers(glance, bearing)
    return [] if len(near) == 1 and _leaves_out(near[0], glance) else near


def plainly_covers(others: Sequence[Glance], glance: Glance) -> bool | None:
    """Whether every request that the statement matches is matched by one of `others`, where that is plain."""
    if glance.has_variables or glance.names_principals or "NotAction" in glance.statement:
        return None
    plain = [other for other in others if other.is_plain]
    resources = _ANY if glance.everywhere else glance.resources
    if "NotResource" in glance.statement or len(glance.actions) * len(resources) > _MOST_COMPARISONS:
        return None
    left = {(action, resource) for action in glance.actions for resource in resources}
    for other in plain:
        actions = _covered_actions(other, glance.actions)
        places = [resource for resource in resources if _covers_place(other, resource)] if actions else ()
        left.difference_update([(action, place) for action in actions for place in places])
        if not left:
            return True
    if len(plain) < len(others) or glance.everywhere:
        return None
    # One of a kind: what none of these matches, they do not match together either.
    return None if all(map(_is_open, left)) else False


def _is_open(pair: tuple[str, str]) -> bool:
    return any("*" in text or "?" in text for text in pair)


def _covers_place(glance: Glance, resource: str) -> bool:
    """True iff a resource of the statement, which is plain, covers the pattern in both readings."""
    if glance.everywhere or resource in glance.resources:
        return True
    fields = resource.split(":", FIELDS - 1)
    return any(
        covers(pattern, resource) and all(map(covers, pattern.split(":", FIELDS - 1), fields))
        for pattern in glance.resource_patterns
    )


def _sharing(
    texts: frozenset[str], others: Iterable[Glance], covered: Callable[[Glance, frozenset[str]], frozenset[str]]
) -> list[Glance]:
    """Those of `others` that cover some of the texts, if together they cover all."""
    left = set(texts)
    found = []
    for other in others:
        part = covered(other, texts)
        if part:
            found.append(other)
            left -= part
    return [] if left else found


def _covered_actions(glance: Glance, texts: frozenset[str]) -> frozenset[str]:
    """Those of `texts` of which the statement does not plainly leave out some actions."""
    if "NotAction" in glance.statement:
        return texts.difference([item.text.lower() for item in glance.statement.not_actions])
    patterns = glance.action_patterns
    if len(patterns) * len(texts) > _MOST_COMPARISONS:
        return texts
    listed = glance.actions
    if not patterns:
        return texts & listed
    return frozenset([text for text in texts if text in listed or any(action_covers(p, text) for p in patterns)])


def _covered_resources(glance: Glance, texts: frozenset[str]) -> frozenset[str]:
    """Those of `texts` of which the statement does not plainly leave out some resources."""
    patterns = glance.resource_patterns
    if glance.everywhere or len(patterns) * len(texts) > _MOST_COMPARISONS:
        return texts
    listed = glance.resources
    if not patterns:
        return texts & listed
    return frozenset([text for text in texts if text in listed or any(covers(p, text) for p in patterns)])


def _bearing(glance: Glance, others: list[Glance]) -> list[Glance]:
    """Those of `others` that hang on no condition key but the statement's own, or take turns with others on theirs.

    One alone that asks for something else leaves out requests without it; so do several, unless one asks for its
    absence or for other values. Where principals are named, nothing is plain.
    """
    if glance.names_principals or not any(other.keys for other in others):
        return others
    foreign = Counter(other.keys - glance.keys for other in others)
    turned = {other.keys - glance.keys for other in others if other.is_turned}
    near = [other for other in others if not (k := other.keys - glance.keys) or (foreign[k] > 1 and k in turned)]
    return [other for other in near if not _are_apart(glance, other)]


def _are_apart(one: Glance, other: Glance) -> bool:
    """True only if both ask a key for values of which none is among the other's."""
    return any(key in other.values and values.isdisjoint(other.values[key]) for key, values in one.values.items())


def _leaves_out(one: Glance, other: Glance) -> bool:
    """True only if `other` is about requests that `one` plainly is not: of another value of a key, or without it."""
    for key, values in one.values.items():
        if not other.values.get(key, values) <= values:
            return True
        asked = [parse_operator(c.operator) for c in other.statement.conditions if c.key.lower() == key]
        if all(operator is not None and operator.holds_without_key for operator in asked) and _may_be_absent(key):
            return True
    return False


def _may_be_absent(key: str) -> bool:
    from iamlint.analyse.decide.assumptions import ALWAYS_PRESENT, presence

    return presence(key, frozenset((ALWAYS_PRESENT,))) is not True


def share_actions(one: Glance, other: Glance) -> bool:
    """True unless the statements plainly have no action in common."""
    if not (one.is_any or other.is_any) and one.services.isdisjoint(other.services):
        return False
    if any("NotAction" in s for s in (one.statement, other.statement)):
        return True
    ours, theirs = one.actions, other.actions
    if not ours.isdisjoint(theirs) or len(ours) * len(theirs) > _MOST_COMPARISONS:
        return True
    return any(action_meets(a, b) for a in ours for b in theirs)


def meeting(deny: Glance, allow: Glance) -> bool | None:
    """Whether some request meets both statements, where that is plain; conditions of one alone are taken to hold."""
    if not share_actions(deny, allow):
        return False
    elements = deny.statement.value.keys() | allow.statement.value.keys()
    if not elements.isdisjoint(("NotAction", "NotResource")):
        return None
    if max(len(deny.resources) * len(allow.resources), len(deny.actions) * len(allow.actions)) > _MOST_COMPARISONS:
        return None
    shared = deny.everywhere or allow.everywhere or not deny.resources.isdisjoint(allow.resources)
    if not shared and not any(meets(a, b) for a in deny.resources for b in allow.resources):
        return False
    if deny.names_principals or deny.has_variables or allow.has_variables or (deny.keys and allow.keys):
        return None
    if shared or any(resource_meets(a, b) for a in deny.resources for b in allow.resources):
        return True
    return None


def _services(statement: Statement) -> frozenset[str]:
    if "NotAction" in statement.value:
        return _ANY
    given = statement.value.get("Action")
    texts = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    prefixes = {text.partition(":")[0] for text in texts if isinstance(text, str)}
    if any("*" in prefix or "?" in prefix for prefix in prefixes):
        return _ANY
    return frozenset(map(str.lower, prefixes))


def _head(pattern: str) -> str:
    """What stands before the first wildcard or variable."""
    return min((pattern.partition(char)[0] for char in "*?$"), key=len)
