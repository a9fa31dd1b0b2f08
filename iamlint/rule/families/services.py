"""Names of services in conditions that no service has: prefixes of keys, service principals as values.

Source: AWS IAM User Guide, "IAM policy validation check reference", on services that do not exist.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iamlint.model import Condition, Item, Statement
from iamlint.rule.families.key_values import plain_values

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue

_CALLERS: Final = frozenset(("aws:calledvia", "aws:calledviafirst", "aws:calledvialast"))
_OTHERS: Final = frozenset(
    ("aws:principalservicename", "aws:principalservicenameslist", "iam:awsservicename", "iam:passedtoservice")
)
_NAMING: Final = _CALLERS | _OTHERS
"""Keys whose values are names of service principals."""
_LONGEST: Final = 64
"""No prefix and no label of AWS's is so long."""


def may_name_no_service(key: str, catalogue: "Catalogue") -> bool:
    """True where `unknown_prefixes` or `unknown_principals` may have something to say of a condition with this key."""
    return key.lower() in _NAMING or _prefix(key, catalogue) is not None


def unknown_prefixes(statement: Statement, catalogue: "Catalogue") -> Iterator[tuple[Condition, str]]:
    """Each condition whose key has the prefix of no service, with that prefix.

    A prefix with a dot is the name of a provider of tokens, who makes up keys of his own.
    """
    for condition in statement.conditions:
        prefix = _prefix(condition.key, catalogue)
        if prefix is not None:
            yield condition, prefix


def _prefix(key: str, catalogue: "Catalogue") -> str | None:
    prefix, colon, name = key.partition(":")
    if not colon or not prefix or not name or not prefix.replace("-", "").isalnum() or len(prefix) > _LONGEST:
        return None
    return None if catalogue.is_key_prefix(prefix) else prefix


def unknown_principals(statement: Statement, catalogue: "Catalogue") -> Iterator[tuple[Item, str, str | None]]:
    """Each value that a service's name is compared with and that no service can have: value, label, what was meant."""
    from iamlint.aws.service_principals import is_known_service_principal, parse_service_principal

    for condition, item, text in plain_values(statement, _NAMING):
        name = parse_service_principal(text)
        if name is None or len(name.labels) > 1 or len(name.service) > _LONGEST:
            continue
        if not is_known_service_principal(name, catalogue):
            meant = _meant(name.service, catalogue)
            if meant or (condition.key.lower() in _CALLERS and not _sounds_known(name.service, catalogue)):
                yield item, name.service, f"{meant}.{name.suffix}" if meant else None


@lru_cache(maxsize=256)
def _meant(label: str, catalogue: "Catalogue") -> str | None:
    """The service of which `label` is a misspelling; None where only a number tells them apart (`macie`, `macie2`)."""
    near = catalogue.nearest_service(label)
    return None if near is None or _letters(near) == _letters(label) else near


def _letters(label: str) -> str:
    return label.rstrip("0123456789").removesuffix("v")


def _sounds_known(label: str, catalogue: "Catalogue") -> bool:
    """True iff a part of the label is a service's name: AWS publishes no list, and `ec2-images` may well exist."""
    return any(catalogue.is_service(part) for part in label.split("-"))
