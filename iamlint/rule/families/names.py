"""What actions of a policy are called, and whether AWS knows these names.

Source: AWS IAM User Guide, "IAM JSON policy elements: Action"; the Service Authorization Reference lists the names.
"""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iamlint.model import Item, Policy, Statement
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue

MOST_PATTERNS: Final = 2000
"""So many different patterns of one policy are held against AWS's lists: more do not fit into one that IAM accepts."""
MOST_HINTS: Final = 50
"""So many names of one policy are looked for under what was meant."""


class NamedAction(NamedTuple):
    """An entry of Action or NotAction that is well-formed and names its service."""

    item: Item
    prefix: str
    name: str

    @property
    def is_pattern(self) -> bool:
        """True iff the name holds a wildcard."""
        return "*" in self.name or "?" in self.name


def has_wildcard(text: str) -> bool:
    """True iff `text` holds a `*` or `?`."""
    return "*" in text or "?" in text


def is_every_action(text: str) -> bool:
    """True iff `text` is `*`, in one of its spellings without a colon."""
    return bool(text) and not text.strip("*")


def malformed(text: str) -> str | None:
    """Why `text` cannot stand in Action or NotAction, in words; None where it can.

    Text with a policy variable is not judged.
    """
    if is_every_action(text) or "${" in text:
        return None
    if " " in text or not text.isprintable():
        return "holds white space or a control character"
    service, colon, name = text.partition(":")
    if not colon:
        return "names no service" if text else "is empty"
    if ":" in name:
        return f"has {text.count(':')} colons where IAM takes one"
    if not service:
        return "has no service before the colon"
    return None if name else "has no action after the colon"


def action_items(statement: Statement) -> tuple[Item, ...]:
    """The entries of Action and NotAction."""
    return statement.actions + statement.not_actions


def resource_items(statement: Statement) -> tuple[Item, ...]:
    """The entries of Resource and NotResource."""
    return statement.resources + statement.not_resources


def named_actions(policy: Policy) -> tuple[NamedAction, ...]:
    """The well-formed entries of Action and NotAction whose service is written out."""
    found = (_named(item) for statement in policy.statements for item in action_items(statement))
    return tuple([action for action in found if action is not None])


def _named(item: Item) -> NamedAction | None:
    prefix, colon, name = item.text.partition(":")
    if colon and not has_wildcard(prefix) and "${" not in item.text and malformed(item.text) is None:
        return NamedAction(item, prefix, name)
    return None


@lru_cache(maxsize=1)  # several rules ask, one after another
def doubtful(policy: Policy, catalogue: "Catalogue") -> tuple[NamedAction, ...]:
    """The `named_actions` but for names that AWS lists and patterns that match one of these.

    After `MOST_PATTERNS` different patterns the others are taken to match.
    """
    found = []
    patterns: set[str] = set()
    left = MOST_PATTERNS
    for statement in policy.statements:
        texts = _action_texts(statement)
        if len(texts) <= left:  # nearly always all are current, and nothing has to be made of them
            left -= len(texts)
            if all_listed(texts, catalogue):
                continue
        unsure = frozenset(_not_plain(texts, catalogue))
        for item in action_items(statement):
            text = item.text
            action = _named(item) if text in unsure else None
            if action is None:
                continue
            if action.is_pattern:
                if text not in patterns and len(patterns) >= MOST_PATTERNS:
                    continue
                patterns.add(text)
            if len(text) >= _LONG or not _is_current(text, catalogue):
                found.append(action)
    return tuple(found)


def all_listed(texts: Collection[str], catalogue: "Catalogue") -> bool:
    """True only if AWS lists each of these actions, and one for each of the patterns. False says nothing."""
    return len(texts) <= MOST_PATTERNS and all(is_listed(text, catalogue) for text in _not_plain(texts, catalogue))


def is_listed(text: str, catalogue: "Catalogue") -> bool:
    """True only if AWS lists the action, or one that the pattern matches. False says nothing."""
    return len(text) < _LONG and _is_current(text, catalogue)


def _not_plain(texts: Collection[str], catalogue: "Catalogue") -> Iterator[str]:
    """All but the names of actions that AWS lists: those are cheap to tell, and nearly all."""
    return (text for text, row in zip(texts, catalogue.rows_of(texts), strict=True) if row is None)


def _action_texts(statement: Statement) -> list[str]:
    texts = []
    for element in ("Action", "NotAction"):
        value = statement.value.get(element)
        texts += [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
    return texts


_LONG: Final = 128


@lru_cache(maxsize=1 << 14)
def _is_current(text: str, catalogue: "Catalogue") -> bool:
    if text == "*":
        return True
    prefix, colon, name = text.partition(":")
    wild = has_wildcard(name)
    if not colon or has_wildcard(prefix) or "${" in text or malformed(text) is not None:
        return False
    if catalogue.service_status(prefix) != "current":
        return False
    if wild:
        return not name.strip("*") or catalogue.matches(text)
    return catalogue.action_status(prefix, name) == "current"


def known_until(catalogue: "Catalogue") -> str:
    """The day (ISO) of AWS's lists."""
    return catalogue.day
