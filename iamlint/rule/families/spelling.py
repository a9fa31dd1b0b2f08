"""What a misspelt name evidently stands for: enough to write it, where a hint may guess.

AWS names new actions and services every day, and most of them are near to older ones. A name is only taken for a slip
of another where a word of it is none that the service uses, or where a plural makes the difference.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iamlint.analyse.conditions import parse_operator
from iamlint.finding import Draft
from iamlint.model import Condition, Policy, Statement
from iamlint.rule.families.condition_keys import condition_key
from iamlint.rule.families.drafts import key_written
from iamlint.rule.families.names import NamedAction, named_actions
from iamlint.syntax import nearest

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue
    from iamlint.rule.context import Context

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[*?]+|.")
_LONGEST: Final = 128
"""No action has so long a name."""
_OPPOSITES: Final = (
    "attach block decrypt deregister detach disable enable encrypt export get import install link lock post put "
    "register set subscribe tag uninstall unlink unlock unsubscribe untag"
)
"""Verbs that few letters tell apart: none is a slip of another, whether the service has it or not."""


def is_slip(word: str, meant: str) -> bool:
    """True iff one letter, or two in a long word, make `word` into `meant`; case and numbers aside."""
    if _digits(word) != _digits(meant):
        return False
    return nearest(word, (meant,), limit=1 if len(word) < _LONG else 2) is not None


_LONG: Final = 8


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def is_region_misspelt(text: str, region: str) -> bool:
    """True iff `text` is evidently `region`: case and hyphens aside the same, or one letter away and no number."""
    bare = [word.replace("-", "").replace("_", "").replace(" ", "").lower() for word in (text, region)]
    return bare[0] == bare[1] or (_digits(text) == _digits(region) and nearest(text, (region,), limit=1) is not None)


def meant_action(action: NamedAction, catalogue: "Catalogue") -> str | None:
    """The action, or pattern of actions, that somebody evidently meant by one that AWS does not list; else None."""
    if not action.is_pattern:
        permitting = catalogue.api_hint(action.prefix, action.name)
        if permitting:
            return permitting[0] if len(permitting) == 1 else None
    if len(action.name) > _LONGEST:
        return None
    text = _respelt(action.name, _vocabulary(action.prefix.lower(), catalogue))
    if action.is_pattern:
        return f"{action.prefix}:{text}" if text and catalogue.matches(f"{action.prefix}:{text}") else None
    near = catalogue.nearest_action(action.prefix, action.name)
    if near is None:
        return None
    name, meant = action.name.lower(), near.partition(":")[2].lower()
    if text is not None:
        return near if text.lower() == meant else None
    is_plural = f"{name}s" == meant or name == f"{meant}s"
    return near if is_plural or (action.name.islower() and is_slip(name, meant)) else None


def _respelt(name: str, vocabulary: frozenset[str]) -> str | None:
    """`name` with each word that is not in the vocabulary put right; None where none is wrong, or one too wrong."""
    words = _WORDS.findall(name)
    unknown = [word for word in words if len(word) > 1 and word.isalpha() and word.lower() not in vocabulary]
    if not unknown:
        return None
    for index, word in enumerate(words):
        if word in unknown:
            near = nearest(word, sorted(vocabulary))
            if near is None or word.lower() in _OPPOSITES.split() or not is_slip(word, near):
                return None
            words[index] = near.capitalize() if word[:1].isupper() else near
    return "".join(words)


@lru_cache(maxsize=64)
def _vocabulary(prefix: str, catalogue: "Catalogue") -> frozenset[str]:
    """The words, in lower case, that the names of the service's actions are made of."""
    words = (word for name in catalogue.names(f"{prefix}:*") for word in _WORDS.findall(name.partition(":")[2]))
    return frozenset(word.lower() for word in words if len(word) > 1 and word.isalpha())


def well_formed(statement: Statement, text: str, catalogue: "Catalogue") -> str | None:
    """The action that AWS lists, or pattern of some, of which `text` only lacks the form; else None.

    Where it lacks the service, that is the one of the statement's other actions.
    """
    text = "".join(text.split())
    if not text or len(text) > _LONGEST:
        return None
    prefix, name = _SEPARATOR.split(text, maxsplit=1) if _SEPARATOR.search(text) else ("", text)
    if catalogue.service_status(text.rstrip("*")) == "current":
        prefix, name = text.rstrip("*"), "*"
    if not prefix:
        others = {action.prefix.lower() for action in named_actions(statement.policy) if _is_in(action, statement)}
        prefix = others.pop() if len(others) == 1 else ""
    if not prefix or not name or catalogue.service_status(prefix) != "current" or not _has(prefix, name, catalogue):
        return None
    return f"{prefix}:{name}"


_SEPARATOR: Final = re.compile(r"[:;.,/_=]+")


def _is_in(action: NamedAction, statement: Statement) -> bool:
    return action.item.path[: len(statement.path)] == statement.path


def meant_service(policy: Policy, prefix: str, near: str | None, catalogue: "Catalogue") -> str | None:
    """`near` where it has every action that the policy names with the unknown `prefix`; else None."""
    if near is None:
        return None
    from iamlint.aws.api_names import prefix_of

    if prefix_of(prefix.lower()) != near and nearest(prefix, (near,), limit=1 if len(prefix) < _LONG else 2) is None:
        return None
    for action in named_actions(policy):
        if action.prefix == prefix and not _has(near, action.name, catalogue):
            return None
    return near


def meant_key_written(statement: Statement, condition: Condition, near: str | None, ctx: "Context") -> Draft | None:
    """The condition is on the key `near`, where that is evidently meant and may stand under the operator."""
    if near is None:
        return None
    only_prefix = condition.key.partition(":")[2].lower() == near.partition(":")[2].lower()
    if not only_prefix and not is_slip(condition.key.partition("/")[0], near.partition("/")[0]):
        return None
    operator, key = parse_operator(condition.operator), condition_key(near, ctx)
    needs_set = key is not None and key.multivalued and operator is not None and operator.family != "Null"
    if needs_set and operator is not None and not operator.quantifier:
        return None
    return key_written(statement, condition, near)


def _has(prefix: str, name: str, catalogue: "Catalogue") -> bool:
    if "*" in name or "?" in name:
        return not name.strip("*") or catalogue.matches(f"{prefix}:{name}")
    return catalogue.action_status(prefix, name) == "current"
