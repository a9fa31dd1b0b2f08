"""What of a statement calls for a rule: told cheaply, so that a rule costs nothing where it can have nothing to say."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from iamlint.analyse.conditions import parse_operator
from iamlint.model import Statement
from iamlint.record import NamedTuple
from iamlint.rule import Context, PolicyRule, StatementRule

_ANY_SERVICE = "*"
_MOST_KEPT = 1 << 14
_LONGEST_KEPT = 4096
"""Characters of texts whose result is kept: a hostile file must not fill the memory."""
_NOTHING: frozenset[str] = frozenset()
_SERVICE = frozenset(("service",))
_WIDE = frozenset(("wide",))
_ACTION = frozenset(("action",))
_LONGEST = 256
"""No operator and no condition key has so long a name; longer ones are not kept."""


class Calls:
    """What the rules that look at statements ask of them: all that a plan can depend on."""

    def __init__(self, rules: Iterable[StatementRule | PolicyRule], ctx: Context) -> None:
        rules = tuple(rules)
        self._ctx = ctx
        self._named_actions = frozenset().union(*(rule.actions for rule in rules))
        self._services_of_actions = _prefixes(self._named_actions) | {_ANY_SERVICE}
        self._named_services = frozenset().union(*(rule.services for rule in rules)) | {_ANY_SERVICE}
        self._named_operators = frozenset().union(*(rule.operators for rule in rules))
        self._named_keys = frozenset().union(*(rule.condition_keys for rule in rules))
        self._named_faults = frozenset().union(*(rule.faults for rule in rules))
        self._named_lists = frozenset().union(*(rule.lists for rule in rules))
        self._actions = _Kept(self._actions_of)
        self._resources = _Kept(self._resource_faults)
        self._conditions = _Kept(self._conditions_of)

    def content(self, statement: Statement) -> "Content":
        """What of the statement can call for a rule."""
        value = statement.value
        actions, block = value.get("Action"), value.get("Condition")
        texts = actions if isinstance(actions, list) else [actions]
        if isinstance(block, dict):
            operators = [*block]
            keys = [key for keys in block.values() if isinstance(keys, dict) for key in keys]
        else:
            operators = keys = []
        effect = value.get("Effect")
        named = self._actions[tuple([text for text in texts if isinstance(text, str)])]
        conditions = self._conditions[(*operators, None, *keys)]
        return Content(
            statement.policy.kind,
            effect if effect in ("Allow", "Deny") else None,
            tuple(value),
            statement.is_regular,
            not statement.is_regular or _holds_dollar(value, block),
            named,
            conditions,
            self._faults(value) | conditions.faults | (_ACTION if "NotAction" in value else named.faults),
            frozenset([name for name in self._named_lists if _is_long(value.get(name))]),
        )

    def _faults(self, value: dict[str, Any]) -> frozenset[str]:
        if not self._named_faults:
            return _NOTHING
        if value.get("Resource") in ("*", ["*"]) and "NotResource" not in value:
            return _WIDE
        given = [value.get("Resource"), value.get("NotResource")]
        texts = [text for each in given for text in (each if isinstance(each, list) else [each])]
        found: frozenset[str] = self._resources[tuple([text for text in texts if isinstance(text, str)])]
        return found

    def _resource_faults(self, texts: tuple[str, ...]) -> frozenset[str]:
        from iamlint.rule.families.arns import arn_faults, outline

        catalogue = self._ctx.catalogue
        alike = {outline(text, catalogue) for text in texts}
        found = frozenset().union(*[arn_faults(text, catalogue) for text in alike if text != "*"])
        if any(text.endswith("*") and _is_every_arn(text) for text in alike):
            found |= _WIDE
        return found & self._named_faults

    def _actions_of(self, texts: tuple[str, ...]) -> "Actions":
        lowered = frozenset([text.lower() for text in texts])
        services = _prefixes(lowered)
        open_ = _prefixes([text for text in lowered if "*" in text or "?" in text])
        return Actions(
            not services <= {_ANY_SERVICE},
            services & self._named_services,
            bool(open_),
            open_ & self._services_of_actions,
            lowered & self._named_actions,
            self._action_faults(texts),
        )

    def _action_faults(self, texts: tuple[str, ...]) -> frozenset[str]:
        if _ACTION.isdisjoint(self._named_faults):
            return _NOTHING
        asked = [text for text in texts if text != "*"]
        if not asked:
            return _NOTHING
        from iamlint.rule.families.names import all_listed

        return _NOTHING if all_listed(asked, self._ctx.catalogue) else _ACTION

    def _conditions_of(self, texts: tuple[str | None, ...]) -> "Conditions":
        end = texts.index(None)
        operators = frozenset().union(*(_operator_tokens(text) for text in texts[:end] if text is not None))
        keys = frozenset().union(*(_key_tokens(text) for text in texts[end + 1 :] if text is not None))
        return Conditions(
            operators & self._named_operators, keys & self._named_keys, self._key_faults(texts[end + 1 :])
        )

    def _key_faults(self, keys: Iterable[str | None]) -> frozenset[str]:
        named = [key for key in keys if key]
        if "service" not in self._named_faults or not named:
            return _NOTHING
        from iamlint.rule.families.services import may_name_no_service

        catalogue = self._ctx.catalogue
        return _SERVICE if any(may_name_no_service(key, catalogue) for key in named) else _NOTHING


class _Kept(dict[tuple[Any, ...], Any]):
    """What is worked out once for equal texts, and equal results as one object: statements are much alike."""

    def __init__(self, work_out: Callable[[Any], object]) -> None:
        self._work_out = work_out
        self._results: dict[object, object] = {}

    def __missing__(self, texts: tuple[str | None, ...]) -> object:
        result = self._work_out(texts)
        if len(self) < _MOST_KEPT and sum([len(text or "") for text in texts]) < _LONGEST_KEPT:
            result = self[texts] = self._results.setdefault(result, result)
        return result


class Actions(NamedTuple):
    """What the entries of `Action` name, in lower case, as far as some rule is for it: equal for many statements."""

    is_named: bool
    """True iff a service is written out."""
    services: frozenset[str]
    """Prefixes; `*` where a wildcard may be any."""
    is_open: bool
    """True iff there is an entry with a wildcard."""
    open: frozenset[str]
    """The prefixes of the entries with a wildcard."""
    named: frozenset[str]
    """Those that some rule is for."""
    faults: frozenset[str]
    """`action` where AWS may not list one of them."""


class Conditions(NamedTuple):
    """What the condition block names, as far as some rule is for it."""

    operators: frozenset[str]
    """Families, names, quantifiers and suffixes of the operators; `?` for one that IAM does not know."""
    keys: frozenset[str]
    """Each key without its tag key, its prefix (`s3:`) and its last part (`:aud`)."""
    faults: frozenset[str]
    """`service` where a key, or a value that it is compared with, may name a service that does not exist."""


class Content(NamedTuple):
    """All that tells which rules a statement calls for; equal for statements that call for the same ones."""

    kind: str
    effect: str | None
    elements: tuple[str, ...]
    regular: bool
    dollar: bool
    """True iff a resource or a condition value may hold a variable, or the statement is not regular."""
    actions: Actions
    conditions: Conditions
    faults: frozenset[str]
    """What is wrong with ARNs and, perhaps, with names of services, as far as some rule is for it."""
    lists: frozenset[str]
    """Elements with several entries, as far as some rule is for them."""

    def shape_fits(self, rule: StatementRule | PolicyRule) -> bool:
        """True iff `rule` is for statements of this effect with these elements."""
        return rule.effect in (None, self.effect) and (not rule.elements or not rule.elements.isdisjoint(self.elements))

    def names_fit(self, rule: StatementRule | PolicyRule) -> bool:
        """True iff the statement may be about what `rule` is for: names of all sorts, variables, faults."""
        return (
            (not rule.only_variables or self.dollar)
            and (not rule.faults or not self.faults.isdisjoint(rule.faults))
            and (not rule.lists or not self.lists.isdisjoint(rule.lists))
            and (not rule.operators or not self.conditions.operators.isdisjoint(rule.operators))
            and (not rule.condition_keys or not self.conditions.keys.isdisjoint(rule.condition_keys))
            and ("NotAction" in self.elements or self._actions_fit(rule))
        )

    def _actions_fit(self, rule: StatementRule | PolicyRule) -> bool:
        is_named, services, is_open, open_, named, _ = self.actions
        if (rule.only_named and not is_named) or (rule.only_wildcards and not is_open):
            return False
        if rule.services and _ANY_SERVICE not in services and services.isdisjoint(rule.services):
            return False
        if not rule.actions or not named.isdisjoint(rule.actions):
            return True
        if rule.only_spelled:
            return False
        if _ANY_SERVICE in open_:
            return True
        return any(action.partition(":")[0] in open_ for action in rule.actions)


def _is_long(value: Any) -> bool:
    """True iff `value` is a list of several entries."""
    return isinstance(value, list) and len(value) > 1


def _holds_dollar(value: dict[str, Any], block: Any) -> bool:
    """True iff there is a `$` in a resource or a condition value of a regular statement."""
    values = [value.get("Resource"), value.get("NotResource")]
    if block:
        values.extend([given for keys in block.values() for given in keys.values()])
    for given in values:
        if isinstance(given, list):
            given = given[0] if len(given) == 1 else " ".join([text for text in given if isinstance(text, str)])
        if isinstance(given, str) and "$" in given:
            return True
    return False


def _is_every_arn(text: str) -> bool:
    if text == "*":
        return True
    from iamlint.rule.families.limits import is_every_arn

    return is_every_arn(text)


def _prefixes(actions: Iterable[str]) -> frozenset[str]:
    prefixes = {action.partition(":")[0] for action in actions}
    return frozenset([_ANY_SERVICE if "*" in p or "?" in p else p for p in prefixes])


def _operator_tokens(text: str) -> frozenset[str]:
    return _known_operator(text) if len(text) < _LONGEST else frozenset("?")


@lru_cache(maxsize=1024)
def _known_operator(text: str) -> frozenset[str]:
    operator = parse_operator(text)
    if operator is None:
        return frozenset("?")
    tokens = {operator.family.lower(), operator.name.lower(), operator.quantifier.lower()}
    return frozenset(tokens | {"ifexists"} if operator.if_exists else tokens) - {""}


def _key_tokens(text: str) -> frozenset[str]:
    return _known_key(text) if len(text) < _LONGEST else _tokens_of(text)


@lru_cache(maxsize=4096)
def _known_key(text: str) -> frozenset[str]:
    return _tokens_of(text)


def _tokens_of(text: str) -> frozenset[str]:
    text = text.lower()
    name = text.partition("/")[0]
    # A provider's name may hold slashes (`oidc.eks.eu-west-1.amazonaws.com/id/A1:aud`), a tag key may hold colons.
    return frozenset((name, name.partition(":")[0] + ":", ":" + name.rpartition(":")[2], ":" + text.rpartition(":")[2]))
