"""Policies that are larger than what takes them, and the cheapest way to make them smaller."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import Final

from iamlint.finding import Draft, Hit
from iamlint.model import Policy
from iamlint.model.cached import kept
from iamlint.record import NamedTuple
from iamlint.rule.base import Rule

_SMALL: Final = 2048
"""No limit is lower; most policies are smaller."""

_HUGE: Final = 1_000_000
"""No writing it differently helps a policy of so many characters."""

_ATTACHED: Final = {
    "dynamodb": "AWS::DynamoDB::Table",
    "ecr": "AWS::ECR::Repository",
    "elasticfilesystem": "AWS::EFS::FileSystem",
    "events": "AWS::Events::EventBus",
    "execute-api": "AWS::ApiGateway::RestApi",
    "kms": "AWS::KMS::Key",
    "lambda": "AWS::Lambda::Function",
    "logs": "AWS::Logs::ResourcePolicy",
    "s3": "AWS::S3::Bucket",
    "secretsmanager": "AWS::SecretsManager::Secret",
    "sns": "AWS::SNS::Topic",
    "sqs": "AWS::SQS::Queue",
}
"""Service → what a policy with nothing but its actions is attached to, as far as size goes."""


class Excess(NamedTuple):
    """How far a policy is beyond a limit, in characters."""

    characters: int
    limit: int
    over: int
    whitespace_counts: bool


def size(policy: Policy, whitespace_counts: bool) -> int:
    """Characters of the document.

    Where white space counts and the document has a text of its own, that text's; else as it is printed in one line.
    """
    if whitespace_counts and policy.length is not None:
        return policy.length
    return _least(policy, whitespace_counts)


def _least(policy: Policy, whitespace_counts: bool) -> int:
    """Characters as printed in one line."""
    compact, spaces = _measures(policy)
    return compact if whitespace_counts else compact - spaces


def excess(policy: Policy, kind: str, *, limit: int | None = None, added: int = 0) -> Excess | None:
    """By how much `policy` is larger than the quota of `kind` allows (see `iamlint.aws.quotas`); None where it is not.

    `limit` stands in for that quota's limit, `added` is what AWS's count comes to beyond the characters themselves.
    """
    if max(_measures(policy)[0], policy.length or 0) < min(_SMALL, limit or _SMALL):
        return None
    from iamlint.aws.quotas import quota

    allowed = quota(kind, policy.resource_type or _attached_to(policy))
    if allowed is None:
        return None
    characters = size(policy, allowed.whitespace_counts)
    most = allowed.limit if limit is None else limit
    over = characters + added - most
    return Excess(characters, most, over, allowed.whitespace_counts) if over > 0 else None


def size_hit(rule: Rule, policy: Policy, excess: Excess | None, taker: str) -> Iterator[Hit]:
    """A hit on the whole policy where there is an `excess`; `taker` says who takes no more than the limit."""
    if excess is not None:
        counted = "" if excess.whitespace_counts else " without white space"
        message = (
            f"{excess.characters} characters{counted} where {taker} takes {excess.limit}; "
            f"{excess.over} must go: {_advice(policy, excess)}"
        )
        # Where white space counts, how large the text becomes is for whoever writes it to say.
        counts = excess.whitespace_counts and policy.length is not None
        rewrite = None if counts or excess.characters > _HUGE else partial(_fitted, policy, excess)
        yield rule.finding((), message, size=excess.characters, limit=excess.limit, over=excess.over, rewrite=rewrite)


def _fitted(policy: Policy, excess: Excess) -> Draft | None:
    from iamlint.rule.families.fitting import fitted

    return fitted(policy, excess.characters - excess.over, lambda value: _measured(value, excess))


def _advice(policy: Policy, excess: Excess) -> str:
    left, savings = excess.over, []
    for what, saved in _savings(policy, excess) if excess.characters < _HUGE else ():
        savings.append(f"{what} saves {saved}")
        left -= saved
        if left <= 0:
            return ", ".join(savings)
    rest = f"the other {left}" if savings else "them"
    return "; ".join((*([", ".join(savings)] if savings else []), f"move {rest} to another policy"))


def _savings(policy: Policy, excess: Excess) -> Iterator[tuple[str, int]]:
    """What can be done without a change of meaning, and the characters that it saves."""
    spaces = excess.characters - _least(policy, excess.whitespace_counts)
    if spaces > 0:
        yield "leaving out white space", spaces
    yield from _kept(policy, excess.whitespace_counts)


class _Kept(Iterable[tuple[str, int]]):
    """What an iterator gives, kept for whoever asks again; it is asked no further than somebody wants to know."""

    def __init__(self, given: Iterator[tuple[str, int]]) -> None:
        self._given = given
        self._known: list[tuple[str, int]] = []

    def __iter__(self) -> Iterator[tuple[str, int]]:
        yield from self._known
        for each in self._given:
            self._known.append(each)
            yield each


@lru_cache(maxsize=2)  # a policy may be too large for several, which are asked one after another
def _kept(policy: Policy, whitespace_counts: bool) -> _Kept:
    from iamlint.rule.families.savings import savings

    size = partial(_characters, whitespace_counts=whitespace_counts)
    return _Kept(savings(policy, _least(policy, whitespace_counts), size))


def _measured(value: object, excess: Excess) -> int:
    return _characters(value, excess.whitespace_counts)


def _characters(value: object, whitespace_counts: bool) -> int:
    text = _printed(value)
    return len(text) if whitespace_counts else len(text) - text.count(" ")


@kept  # several rules ask
def _measures(policy: Policy) -> tuple[int, int]:
    """Characters as printed in one line, and how many of them are spaces, inside of strings."""
    text = _printed(policy.value)
    return len(text), text.count(" ")


def _printed(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _attached_to(policy: Policy) -> str | None:
    """The type of the resource that a resource policy is for, if its actions are of one service and that tells it."""
    if policy.kind != "resource":
        return None
    services = {item.text.partition(":")[0].lower() for s in policy.statements for item in (*s.actions, *s.not_actions)}
    return _ATTACHED.get(services.pop()) if len(services) == 1 else None
