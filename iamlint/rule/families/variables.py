"""Policy variables `${key}` and `${key, 'default'}`: how they are written, where they may stand, what they stand for.

Source: AWS IAM User Guide, "IAM policy elements: Variables and tags".
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import Final

from iamlint.analyse.conditions import parse_operator
from iamlint.finding import Draft, Hit
from iamlint.model import Item, Statement
from iamlint.record import NamedTuple
from iamlint.rule.base import Rule
from iamlint.rule.families.names import resource_items

ESCAPES: Final = frozenset("*?$")
"""`${*}` is a plain `*`: no variable."""
COMPARING: Final = frozenset(("String", "Arn"))
"""Families of operators whose values take variables."""


class Variable(NamedTuple):
    """What follows one `${`; `text` is all of it as written, `default` what follows the comma, None without one."""

    text: str
    name: str
    default: str | None
    fault: str | None
    """What is wrong with the spelling: `brace` (never closed), `empty`, `space` or `quote`; None if nothing is."""

    @property
    def key(self) -> str:
        """The condition key that it reads."""
        return self.name.strip()


def variables(text: str) -> Iterable[Variable]:
    """The variables of `text` in order, but for escapes. One that the next `${` comes before is never closed."""
    return _variables(text) if len(text) < _LONG else _read(text)


_LONG: Final = 1024


@lru_cache(maxsize=1024)  # each rule about variables asks
def _variables(text: str) -> tuple[Variable, ...]:
    return tuple(_read(text))


def _read(text: str) -> Iterator[Variable]:
    for rest in text.split("${")[1:]:
        inside, brace, _ = rest.partition("}")
        if not brace:
            yield Variable("${" + rest, rest, None, "brace")
        elif inside not in ESCAPES:
            name, comma, default = inside.partition(",")
            yield Variable("${" + inside + "}", name, default if comma else None, _fault(name, default, bool(comma)))


def _fault(name: str, default: str, has_default: bool) -> str | None:
    words = name.split()
    if not words:
        return "empty"
    if words != [name]:
        return "space"
    default = default.strip()
    if has_default and not (len(default) > 1 and default[0] == default[-1] == "'"):
        return "quote"
    return None


def variable_items(statement: Statement) -> Iterator[Item]:
    """The resources and condition values of the statement that hold variables; none in a version without them."""
    if not statement.policy.has_variables:
        return
    for item in resource_items(statement):
        if "${" in item.text:
            yield item
    for condition in statement.conditions:
        for item in condition.values:
            if "${" in item.text:
                yield item


def variable_hits(
    rule: Rule,
    statement: Statement,
    fault: str,
    says: Callable[[Variable], str],
    meant: Callable[[Variable], str | None] | None = None,
) -> Iterator[Hit]:
    """A hit for each resource or condition value with a variable that is so misspelt; `says` is the message.

    `meant` is the variable as it is evidently meant; None where nobody knows.
    """
    for item in variable_items(statement):
        for variable in variables(item.text):
            if variable.fault == fault:
                rewrite = partial(_written, statement, item, fault, meant) if meant else None
                yield rule.finding(item, says(variable), rewrite=rewrite)
                break


def _written(statement: Statement, item: Item, fault: str, meant: Callable[[Variable], str | None]) -> Draft | None:
    from iamlint.rule.families.drafts import entry_written

    text, at = "", 0
    for variable in variables(item.text):
        start = item.text.index(variable.text, at)
        better = meant(variable) if variable.fault == fault else variable.text
        if better is None:
            return None
        text += item.text[at:start] + better
        at = start + len(variable.text)
    return entry_written(statement.policy, item.path, text + item.text[at:])


def variables_read(statement: Statement) -> Iterator[tuple[Item, Variable]]:
    """Each well-written variable where one may stand: in resources, and in values that are compared as strings."""
    if not statement.policy.has_variables:
        return
    for item in resource_items(statement):
        yield from _well_written(item)
    for condition in statement.conditions:
        operator = parse_operator(condition.operator)
        if operator is not None and operator.family in COMPARING:
            for item in condition.values:
                yield from _well_written(item)


def _well_written(item: Item) -> Iterator[tuple[Item, Variable]]:
    if "${" in item.text:
        for variable in variables(item.text):
            if variable.fault is None:
                yield item, variable
