"""What of a statement calls for a rule: told cheaply, so that a rule costs nothing where it can have nothing to say."""

from collections.abc import Iterable
from functools import cached_property, lru_cache

from iamlint.analyse.conditions import parse_operator
from iamlint.model import Statement
from iamlint.rule import PolicyRule, StatementRule

_ANY_SERVICE = "*"
_LONGEST = 256
"""No operator and no condition key has so long a name; longer ones are not kept."""


class Calls:
    """What the rules that look at statements ask of them: all that a plan can depend on."""

    def __init__(self, rules: Iterable[StatementRule | PolicyRule]) -> None:
        rules = tuple(rules)
        self._actions = frozenset().union(*(rule.actions for rule in rules))
        self._operators = frozenset().union(*(rule.operators for rule in rules))
        self._keys = frozenset().union(*(rule.condition_keys for rule in rules))

    def key(self, content: "Content") -> tuple[object, ...]:
        """Equal for statements that call for the same rules."""
        return (
            content.effect,
            content.elements,
            content.regular,
            content.services,
            content.open,
            content.actions & self._actions,
            content.operators & self._operators,
            content.keys & self._keys,
            content.dollar,
        )


class Content:
    """What a statement holds, in lower case where IAM ignores case; each worked out when first asked for."""

    def __init__(self, statement: Statement) -> None:
        self._value = value = statement.value
        self.effect = "Allow" if statement.allows else "Deny" if statement.denies else None
        self.elements = frozenset(value)
        self.regular = statement.is_regular

    def shape_fits(self, rule: StatementRule | PolicyRule) -> bool:
        """True iff `rule` is for statements of this effect with these elements."""
        return rule.effect in (None, self.effect) and (not rule.elements or not rule.elements.isdisjoint(self.elements))

    def names_fit(self, rule: StatementRule | PolicyRule) -> bool:
        """True iff the statement may be about what `rule` is for: services, actions, operators, keys, variables."""
        return (
            (not rule.only_variables or self.dollar)
            and (not rule.operators or not self.operators.isdisjoint(rule.operators))
            and (not rule.condition_keys or not self.keys.isdisjoint(rule.condition_keys))
            and ("NotAction" in self.elements or self._actions_fit(rule))
        )

    def _actions_fit(self, rule: StatementRule | PolicyRule) -> bool:
        if rule.only_named and self.services <= {_ANY_SERVICE}:
            return False
        if rule.only_wildcards and not self.open:
            return False
        if rule.services and _ANY_SERVICE not in self.services and self.services.isdisjoint(rule.services):
            return False
        return not rule.actions or not self.actions.isdisjoint(rule.actions) or self._may_match(rule.actions)

    def _may_match(self, actions: frozenset[str]) -> bool:
        if not self.open or _ANY_SERVICE in self.open:
            return bool(self.open)
        return any(action.partition(":")[0] in self.open for action in actions)

    @cached_property
    def actions(self) -> frozenset[str]:
        """The entries of `Action`."""
        actions = self._value.get("Action")
        entries = actions if isinstance(actions, list) else [actions]
        return frozenset([action.lower() for action in entries if isinstance(action, str)])

    @cached_property
    def services(self) -> frozenset[str]:
        """The prefixes of `actions`; `*` where a wildcard may be any."""
        return _prefixes(self.actions)

    @cached_property
    def open(self) -> frozenset[str]:
        """The prefixes of the actions with a wildcard."""
        return _prefixes([action for action in self.actions if "*" in action or "?" in action])

    @cached_property
    def _block(self) -> dict[str, dict[str, object]]:
        block = self._value.get("Condition")
        return {op: keys for op, keys in block.items() if isinstance(keys, dict)} if isinstance(block, dict) else {}

    @cached_property
    def operators(self) -> frozenset[str]:
        """Families, names, quantifiers and suffixes of the operators; `?` for one that IAM does not know."""
        block = self._value.get("Condition")
        return frozenset().union(*map(_operator_tokens, block)) if isinstance(block, dict) else frozenset()

    @cached_property
    def keys(self) -> frozenset[str]:
        """Each condition key without its tag key, its prefix (`s3:`) and its last part (`:aud`)."""
        return frozenset().union(*(_key_tokens(key) for keys in self._block.values() for key in keys))

    @cached_property
    def dollar(self) -> bool:
        """True iff a resource or a condition value may hold a variable, or the statement is not regular."""
        value = self._value
        if not self.regular:
            return True
        values = [value.get("Resource"), value.get("NotResource")]
        values.extend(given for keys in self._block.values() for given in keys.values())
        return any(
            any("$" in entry for entry in given if isinstance(entry, str))
            if isinstance(given, list)
            else isinstance(given, str) and "$" in given
            for given in values
        )


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
