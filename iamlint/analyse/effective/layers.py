"""The policies that apply to a principal, in layers of which each has to allow; and questions about them."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations, product
from typing import Final

from iamlint.analyse.decide.assumptions import LONG_TERM, NO_USER, TEMPORARY, USUAL
from iamlint.analyse.decide.clauses import Clause, reading
from iamlint.analyse.decide.decision import MOST_WORK, Decision, Question
from iamlint.analyse.decide.questions import Answer
from iamlint.analyse.decide.replay import allows
from iamlint.analyse.decide.search import Options
from iamlint.analyse.request import Request
from iamlint.model import Policy
from iamlint.model.account import Account, PolicyText, Principal, User
from iamlint.model.fact import Fact, Unknown

Layer = tuple[Policy, ...]
_MFA: Final = "aws:MultiFactorAuthPresent"


class Effective:
    """What applies to one principal, with the answers that were worked out for others of whom the same holds.

    `layers` are the identity policies, the boundary where there is one, the SCPs of each level; a request is allowed
    iff every layer allows it and none denies. `unknown` names what may limit it further and is in no export.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        kind: str,
        values: Mapping[str, str],
        unknown: tuple[str, ...],
        key: Hashable,
        kept: dict[Hashable, object],
    ) -> None:
        self.layers = tuple(layers)
        self.kind = kind
        self.unknown = unknown
        self._values = values
        self._key = key
        self._kept = kept

    def can(
        self,
        actions: Sequence[str],
        resources: Sequence[str] = ("*",),
        conditions: Mapping[str, Mapping[str, object]] | None = None,
        *,
        assume: Iterable[str] = USUAL,
        budget: int = MOST_WORK,
    ) -> Answer:
        """yes iff some request for one of `actions` on one of `resources`, all patterns, is allowed.

        `conditions`, as a policy's `Condition`, says more of the request. The witness is such a request, no means that
        there is none at all, cannot-tell has a reason. What the request is about may have a policy of its own, which is
        taken to neither allow nor deny.
        """
        key = (self._key, tuple(actions), tuple(resources), _frozen(conditions or {}), frozenset(assume), budget)
        found = self._kept.get(key)
        if not isinstance(found, Answer):
            found = self._kept[key] = self._asked(actions, resources, conditions or {}, assume, budget)
        return found

    def can_without_mfa(self, actions: Sequence[str], resources: Sequence[str] = ("*",)) -> Answer:
        """yes iff some request without MFA is allowed: of a user's long-lived key, or of temporary credentials."""
        session = {"Bool": {_MFA: "false"}, "Null": {"aws:MultiFactorAuthAge": "true"}}
        found = self.can(actions, resources, session, assume=(*USUAL, TEMPORARY))
        if found.verdict == "yes" or self.kind != "user":
            return found
        key = self.can(actions, resources, assume=(*USUAL, LONG_TERM))
        return key if key.verdict == "yes" or found.verdict == "no" else found

    def can_from_outside(
        self, actions: Sequence[str], networks: Sequence[str], resources: Sequence[str] = ("*",)
    ) -> Answer:
        """yes iff some request from an address in none of `networks` is allowed, made by the principal itself."""
        outside: dict[str, dict[str, object]] = {
            "NotIpAddress": {"aws:SourceIp": list(networks)},
            "Null": {"aws:SourceIp": "false", "aws:SourceVpce": "true"},
            "Bool": {"aws:ViaAWSService": "false"},
        }
        return self.can(actions, resources, outside)

    def _asked(
        self,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Mapping[str, Mapping[str, object]],
        assume: Iterable[str],
        budget: int,
    ) -> Answer:
        if any("$" in value or "*" in value or "?" in value for value in self._values.values()):
            return Answer("cannot-tell", reason="a name or tag of the principal holds `$`, `*` or `?`")
        block = {operator: dict(keys) for operator, keys in conditions.items()}
        if self._values:
            block["StringEquals"] = {**block.get("StringEquals", {}), **self._values}
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources), "Condition": block}
        asked = Policy({"Version": "2012-10-17", "Statement": statement}, "identity")
        assumed = frozenset((*assume, NO_USER) if self.kind != "user" else assume)
        layers = [(asked,), *self.layers]
        decision = Decision([policy for layer in layers for policy in layer], Options(assume=assumed), budget)
        found = decision.first(_questions(layers), lambda request: all(allows(layer, request) for layer in layers))
        if isinstance(found, Request):
            return Answer("yes", found)
        if found is not None:
            return Answer("cannot-tell", reason=found)
        return Answer("no", assumes=decision.assumes())

    @cached_property
    def policy(self) -> Policy | None:
        """All of it as one identity policy in normal form; None where one cannot say it, or not in reasonable length.

        What all layers allow together, and every Deny.
        """
        key = (self._key, "policy")
        if key not in self._kept:
            from iamlint.analyse.effective.together import together

            self._kept[key] = together(self.layers)
        found = self._kept[key]
        return found if isinstance(found, Policy) else None


def _questions(layers: Sequence[Layer]) -> Iterator[Question]:
    denies = [clause for layer in layers for policy in layer for clause in reading(policy).denies]
    allowing = [[clause for policy in layer for clause in reading(policy).allows] for layer in layers]
    asked = allowing[0]
    # Statements about other services than those asked about cannot be part of an answer.
    rest = [[clause for clause in layer if any(_may_meet(clause, one) for one in asked)] for layer in allowing[1:]]
    for granting in product(asked, *rest):
        if all(_may_meet(one, other) for one, other in combinations(granting, 2)):
            yield Question(granting, denies)


def _may_meet(one: Clause, other: Clause) -> bool:
    return one.services is None or other.services is None or not one.services.isdisjoint(other.services)


def _frozen(value: object) -> Hashable:
    if isinstance(value, Mapping):
        return tuple((key, _frozen(entry)) for key, entry in value.items())
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) else str(value)


def of(principal: Principal, account: Account) -> Fact[Effective]:
    """What applies to a user, group or role; `Unknown` where a policy or boundary of it is in no export.

    Principals with equal policies share the answers, unless the policies tell one from another.
    """
    identity = account.documents(principal)
    if isinstance(identity, Unknown):
        return identity
    texts: list[tuple[PolicyText, ...]] = [identity]
    if principal.kind != "group":
        boundary = principal.boundary
        if isinstance(boundary, Unknown):
            return boundary
        if boundary is not None:
            document = account.document_of(boundary)
            if isinstance(document, Unknown):
                return document
            texts.append((document,))
    unknown: tuple[str, ...] = ()
    if isinstance(account.scps, Unknown):
        unknown = ("service control policies",)
    elif not principal.path.startswith("/aws-service-role/"):
        texts += account.scps
    distinct = [tuple({text.key: text for text in layer}.values()) for layer in texts]
    layers = [tuple(text.policy for text in layer) for layer in distinct]
    values = _values(principal, account, layers)
    key = (principal.kind == "user", tuple(tuple(t.key for t in layer) for layer in distinct), tuple(values.items()))
    return Effective(layers, principal.kind, values, unknown, key, account.kept)


def _values(principal: Principal, account: Account, layers: Iterable[Layer]) -> dict[str, str]:
    """What is known of the principal under the condition keys that its policies read."""
    from iamlint.analyse.circumstances import mentioned_keys

    if principal.kind == "group":
        return {}
    known = {"aws:principalarn": principal.arn, "aws:principalaccount": account.id}
    known["aws:principaltype"] = "User" if principal.kind == "user" else "AssumedRole"
    if isinstance(principal, User):
        known["aws:username"] = principal.name
    if not isinstance(principal.tags, Unknown):
        known.update({f"aws:principaltag/{name.lower()}": value for name, value in principal.tags.items() if value})
    mentioned = mentioned_keys([policy for layer in layers for policy in layer])
    return {mentioned[key]: value for key, value in known.items() if key in mentioned}
