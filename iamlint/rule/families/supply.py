"""Which condition keys the requests for a statement's actions can hold."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iamlint.aws.glob import is_pattern
from iamlint.memo import Memo
from iamlint.model import Condition, Statement
from iamlint.rule.context import Context
from iamlint.rule.families.condition_keys import key_uses

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue

_MOST_ACTIONS: Final = 2_000
"""No policy that IAM accepts names so many; statements with more are not judged."""
_OF_CALLER: Final = frozenset(
    (
        "ec2:roledelivery",
        "ec2:sourceinstancearn",
        "glue:credentialissuingservice",
        "glue:roleassumedby",
        "identitystore:userid",
        "lambda:sourcefunctionarn",
        "ssm:sourceinstancearn",
    )
)
"""Keys of services that come with the caller's credentials, whatever the request is for.

From "AWS global condition context keys" (IAM User Guide), section "Properties of a role session", "Condition keys for
Amazon EC2" and "Using condition keys with AWS Glue".
"""


def unsupplied_keys(statement: Statement, ctx: Context) -> Iterator[tuple[Condition, list[str]]]:
    """Each condition whose key no action of the statement supplies, with the actions of its service that do.

    Only where that is certain as far as AWS's lists go: they know each action of the statement, each that a wildcard
    stands for, and some action of the service that supplies the key.
    """
    asked = [use for use in key_uses(statement, ctx) if _is_asked(use.key.name.lower())]
    left = _unsupplied(statement, {_stem(use.key.name) for use in asked}, ctx.catalogue) if asked else ()
    for use in asked if left else ():
        name = _stem(use.key.name)
        if name in left and (suppliers := _suppliers(use.key.name.partition(":")[0].lower(), ctx.catalogue, name)):
            yield use.condition, suppliers


def _is_asked(name: str) -> bool:
    prefix = name.partition(":")[0]
    return prefix != "aws" and "." not in prefix and name not in _OF_CALLER


def _unsupplied(statement: Statement, stems: set[str], catalogue: "Catalogue") -> set[str]:
    """Those keys, as `_stem` has them, that no action of the statement supplies; none where that is not certain."""
    texts = [item.text for item in statement.actions]
    if not texts or len(texts) > _MOST_ACTIONS or not all(map(str.isascii, texts)):
        return set()
    left = stems
    for action in dict.fromkeys(map(str.lower, texts)):
        prefix, _, pattern = action.partition(":")
        supplied = {} if is_pattern(prefix) else _supplied(prefix, catalogue)
        if pattern.strip("*"):
            names = [name for _, name in catalogue.matching(action)] if is_pattern(pattern) else [pattern]
        else:
            names = list(supplied)
        if not names:
            return set()
        for name in names:
            keys = supplied.get(name)
            if keys is None:
                return set()
            if not left.isdisjoint(keys):
                left = left - keys
        if not left:  # the usual end, after the first action
            return left
    return left


@lru_cache(maxsize=512)
def _supplied(prefix: str, catalogue: "Catalogue") -> dict[str, frozenset[str]]:
    """The keys that each action of a service supplies, by its name in lower case."""
    stems = {keys: frozenset(map(_stem, keys)) for keys in set(catalogue.supplied_keys(prefix).values())}
    return {name: stems[keys] for name, keys in catalogue.supplied_keys(prefix).items()}


@lru_cache(maxsize=256)
def _suppliers(prefix: str, catalogue: "Catalogue", stem: str) -> list[str]:
    """The actions of a service that supply the key."""
    return [
        action
        for action in catalogue.names(f"{prefix}:*")
        if stem in _supplied(prefix, catalogue).get(action.partition(":")[2].lower(), ())
    ]


def _stem_of(key: str) -> str:
    """The key in lower case up to what the policy's author chooses; a service's own name for a tag as the global one.

    Services list `aws:ResourceTag/${TagKey}` and their own form of it (`ec2:ResourceTag/${TagKey}`) at will.
    """
    name = key.lower().partition("${")[0].partition("<")[0].removesuffix("tag-key")
    own, slash, _ = name.partition("/")
    kind = own.partition(":")[2]
    return f"aws:{kind}/" if slash and kind in ("resourcetag", "requesttag") else name


_stem: Final = Memo(_stem_of).__getitem__
"""As `_stem_of`: services supply much the same keys."""
