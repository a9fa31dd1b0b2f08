"""Condition keys and what AWS lists of them: whether they exist, of which type their values are, and how many."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iamlint.analyse.conditions import Operator, parse_operator
from iamlint.model import Condition, Statement
from iamlint.record import NamedTuple
from iamlint.rule.context import Context
from iamlint.syntax import nearest

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue
    from iamlint.aws.service import ConditionKey

_LONGEST: Final = 512
"""Longer keys are not looked up; AWS lists none, and a tag key has at most 128 characters."""
OLD_CALLER: Final = "aws:arn"
"""The name that `aws:PrincipalArn` once had, in lower case."""


class KeyUse(NamedTuple):
    """A condition whose operator IAM knows and whose key AWS lists."""

    condition: Condition
    operator: Operator
    key: "ConditionKey"


def key_uses(statement: Statement, ctx: Context) -> tuple[KeyUse, ...]:
    """The conditions of the statement about which there is something to know."""
    return _read(statement, ctx.catalogue).uses


def faulty_keys(statement: Statement, ctx: Context, fault: str) -> Iterator[Condition]:
    """Each condition whose key has this fault, see `key_fault`."""
    return (condition for condition, found in _read(statement, ctx.catalogue).faults if found == fault)


class _Reading(NamedTuple):
    uses: tuple[KeyUse, ...]
    faults: tuple[tuple[Condition, str], ...]


@lru_cache(maxsize=4)
def _read(statement: Statement, catalogue: "Catalogue") -> _Reading:
    """Many rules ask this of one statement after another."""
    uses, faults = [], []
    for condition in statement.conditions:
        key = _listed(catalogue, condition.key)
        if key is None:
            if fault := _fault(catalogue, condition.key):
                faults.append((condition, fault))
        elif operator := parse_operator(condition.operator):
            uses.append(KeyUse(condition, operator, key))
    return _Reading(tuple(uses), tuple(faults))


def condition_key(name: str, ctx: Context) -> "ConditionKey | None":
    """What AWS lists or listed of the key; None where it does not, or the name is longer than any."""
    return _listed(ctx.catalogue, name)


def _listed(catalogue: "Catalogue", name: str) -> "ConditionKey | None":
    return _condition_key(catalogue, name) if len(name) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _condition_key(catalogue: "Catalogue", name: str) -> "ConditionKey | None":
    return catalogue.condition_key(name)


def key_fault(name: str, ctx: Context) -> str | None:
    """What keeps a request from ever having the key.

    `format`: it is not `prefix:name`. `tag`: it is about a tag and names none. `global`, `service`: AWS lists no such
    key, under `aws:` or for the service whose prefix it has. `old`: the former name of `aws:PrincipalArn`. None where
    nothing is wrong, or where nobody can tell: a provider of tokens makes up its own keys, a retired service has lists
    no longer.
    """
    return None if condition_key(name, ctx) else _fault(ctx.catalogue, name)


def _fault(catalogue: "Catalogue", name: str) -> str | None:
    prefix, _, rest = name.partition(":")
    if not prefix or not rest:
        return "format"
    if len(name) > _LONGEST:
        return None
    stem = name.removesuffix("/")
    if stem.lower().endswith("tag") and _listed(catalogue, f"{stem}/x"):
        return "tag"
    if prefix.lower() == "aws" and prefix.isascii():
        return "old" if name.lower() == OLD_CALLER else "global"
    return "service" if catalogue.service_status(prefix) == "current" else None


def nearest_condition_key(name: str, ctx: Context) -> str | None:
    """The listed key that somebody may have meant by `name`, what stands behind a `/` kept; None if none is near."""
    from iamlint.aws.global_keys import global_keys

    prefix, _, rest = name.partition(":")
    if len(name) > _LONGEST:
        return None
    if prefix.lower() == "aws":
        keys = global_keys()
    elif (known := condition_key(f"aws:{rest}", ctx)) is not None:
        return f"aws:{rest}" if is_template(known) else known.name
    else:
        service = ctx.catalogue.service(prefix)
        keys = (
            {key: entry for key, entry in service.condition_keys.items() if not key.startswith("aws:")}
            if service
            else {}
        )
    stem, slash, tail = name.partition("/")
    stems = [key.name.partition("/") for key in keys.values()]
    near = nearest(stem, [known for known, with_tail, _ in stems if with_tail == slash])
    return f"{near}{slash}{tail}" if near and near.lower() != stem.lower() else None


_FITTING: Final = {
    "ARN": ("Arn", "String"),
    "Binary": ("Binary",),
    "Bool": ("Bool",),
    "Date": ("Date",),
    "IPAddress": ("IpAddress",),
    "Numeric": ("Numeric",),
    "String": ("String", "Arn"),
}
"""Type of a key → families of operators that compare its values."""
_SECONDS: Final = frozenset(("aws:EpochTime", "kms:ValidTo"))
"""Dates that requests hold as seconds since 1970, so that numeric operators compare them as well.

From "AWS global condition context keys" (IAM User Guide) and "AWS KMS condition keys" (KMS Developer Guide).
"""


def misfit(use: KeyUse) -> tuple[str, ...]:
    """The families of operators that compare the key, best first, if the one in use is none of these; else ().

    A tag may hold a number or a date, so any will do. Only operators on strings and ARNs can compare with a variable:
    where all values hold one, any key may stand under them.
    """
    key, family = use.key, use.operator.family
    fitting = _FITTING.get(key.value_type or "", ())
    if not fitting or family == "Null" or family in fitting or is_template(key):
        return ()
    if family == "Numeric" and key.name in _SECONDS:
        return ()
    if family in ("String", "Arn") and all("${" in item.text for item in use.condition.values):
        return ()
    return fitting


def is_template(key: "ConditionKey") -> bool:
    """True iff a part of the key's name is for the policy's author to choose, as the key of a tag is."""
    return "${" in key.name or "<" in key.name or key.name.endswith("/tag-key")


_EITHER: Final = frozenset(("codestar-connections:ProviderAction", "organizations:ServicePrincipal"))
"""Listed as String; AWS's validation takes several values of them, too, since 2023."""


def is_single_valued(key: "ConditionKey") -> bool:
    """True only if a request never holds more than one value of the key."""
    return key.multivalued is False and key.name not in _EITHER


_PATTERNS: Final = frozenset(("StringLike", "StringNotLike", "ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"))


def lone_wildcards(statement: Statement, *, with_key: bool, without_key: bool) -> Iterator[Condition]:
    """Each condition with the pattern `*` and no other that holds for just these requests: with the key, without it."""
    for condition in statement.conditions:
        if len(condition.values) != 1 or condition.values[0].text != "*":
            continue
        operator = parse_operator(condition.operator)
        if operator is None or operator.name not in _PATTERNS:
            continue
        if (not operator.negated, operator.holds_without_key) == (with_key, without_key):
            yield condition
