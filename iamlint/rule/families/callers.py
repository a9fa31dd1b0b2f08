"""Users of an account as callers: what their own keys can do, with all policies and the boundary that apply."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from iamlint.model.fact import Unknown, known
from iamlint.record import NamedTuple
from iamlint.rule.families.openings import Openings, open_without_mfa, sensitive_grants
from iamlint.rule.families.requests import User, entry_of

if TYPE_CHECKING:
    from iamlint.config import Environment
    from iamlint.model import Policy, Spot
    from iamlint.model.account import Account, PolicyText
    from iamlint.model.account import User as AccountUser


class CallerOpenings(NamedTuple):
    """What is open to a user's long-lived key; `spot` is the entry that opens the gravest action."""

    found: Openings
    policies: "tuple[Policy, ...]"
    spot: "Spot | None"


class _Answers:
    """What was found out about an account: users share policies, and sets of policies."""

    def __init__(self) -> None:
        self.openings: dict[tuple[object, ...], tuple[Openings, tuple[Policy, ...]]] = {}
        self.facts: dict[Hashable, _Facts] = {}

    def of(self, text: "PolicyText") -> "_Facts":
        found = self.facts.get(text.key)
        if found is None:
            found = self.facts[text.key] = _Facts(_is_personal(text.policy), bool(sensitive_grants(text.policy)))
        return found


class _Facts(NamedTuple):
    is_personal: bool
    grants_sensitive: bool


_answers: "WeakKeyDictionary[Account, _Answers]" = WeakKeyDictionary()
_PERSONAL: Final = ("aws:username", "aws:userid", "aws:principal")
"""Keys whose value tells one user from another."""


def caller_openings(user: "AccountUser", account: "Account", environment: "Environment") -> CallerOpenings:
    """The sensitive actions that a key of `user` may use without MFA, asked once for users with equal policies.

    Raises `NotKnown` where a policy of the user, or its boundary, is not in the exports.
    """
    texts = tuple({text.key: text for text in known(account.documents(user))}.items())
    boundary = known(user.boundary)
    limit = None if boundary is None else known(account.document_of(boundary))
    answers = _answers.setdefault(account, _Answers())
    if not any(answers.of(text).grants_sensitive for _, text in texts):
        return CallerOpenings(Openings((), ()), (), None)
    limits = [] if limit is None else [limit]
    personal = any(answers.of(text).is_personal for text in (*(text for _, text in texts), *limits))
    caller = _caller(user, account)
    key = (tuple(key for key, _ in texts), limit and limit.key, caller if personal else None)
    if key not in answers.openings:
        policies = tuple(text.policy for _, text in texts)
        found = open_without_mfa(policies, environment, caller, [text.policy for text in limits])
        answers.openings[key] = (found, policies)
    found, asked = answers.openings[key]
    return CallerOpenings(found, asked, _spot(found, asked, [text for _, text in texts]))


def _caller(user: "AccountUser", account: "Account") -> User:
    tags = () if isinstance(user.tags, Unknown) else tuple(user.tags.items())
    return User(account.partition, account.id, f"{user.path}{user.name}".lstrip("/"), tags)


def _spot(found: Openings, asked: "tuple[Policy, ...]", texts: "list[PolicyText]") -> "Spot | None":
    if not found.open:
        return None
    first = found.first
    for policy, text in zip(asked, texts, strict=True):
        if policy is first.statement.policy:
            return text.spot.at(*entry_of(first.statement, first.action))
    return None


def _is_personal(policy: "Policy") -> bool:
    """True iff the policy may treat one user otherwise than another."""
    import json

    text = json.dumps(policy.value).lower()
    return any(key in text for key in _PERSONAL)
