"""Chains to administrator as findings: one finding for who goes it, its steps as related places, in order."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.analyse.actions import action_matches
from iamlint.finding import Hit
from iamlint.model import Policy, Spot
from iamlint.model.fact import known
from iamlint.rule.base import Rule, Where, quote
from iamlint.syntax import Path

if TYPE_CHECKING:
    from iamlint.analyse.escalation import Chain, Step
    from iamlint.analyse.escalation.entries import Entry
    from iamlint.model.account import Account, Principal

_MOST_TOLD = 4


def escalation_of(principal: "Principal", account: "Account") -> "Chain | None":
    """The shortest chain of a user or role to every right of the account; None where there is none, or it has them.

    Raises `NotKnown` where the exports do not tell enough of it, or of somebody whom it can become.
    """
    from iamlint.analyse.escalation import escalations

    found = escalations(account)
    if principal.arn in found.unknown and principal.arn not in found.chains:
        known(found.unknown[principal.arn])
    return found.chains.get(principal.arn)


def is_administrator(principal: "Principal", account: "Account") -> bool:
    """True iff the policies of a user or role allow everything, and no boundary, SCP or Deny stops it.

    Raises `NotKnown` where the exports do not tell.
    """
    from iamlint.analyse.escalation import escalations

    found = escalations(account)
    if principal.arn in found.unknown:
        known(found.unknown[principal.arn])
    return principal.arn in found.administrators


def chain_hit(
    rule: Rule, principal: "Principal", account: "Account", chain: "Chain", end: str, level: str = "full"
) -> Hit:
    """A finding about who goes the chain; `end` says what it comes to."""
    from iamlint.analyse.escalation import escalations

    told = [f"{step.does} {quote(_short(step.on))}" for step in chain.steps[:_MOST_TOLD]]
    if len(chain.steps) > _MOST_TOLD:
        told.append(f"and {len(chain.steps) - _MOST_TOLD} more steps")
    count = f" in {len(chain.steps)} steps" if len(chain.steps) > 1 else ""
    message = f"{quote(principal.name)} {end}{count}: {'; then '.join(told)}"
    if chain.waits_for is not None and chain.waits_for not in message:
        message += f"; needs {chain.waits_for}"
    if chain.assumes:
        message += f" (taken for granted: {', '.join(chain.assumes)})"
    name = "UserName" if principal.kind == "user" else "RoleName"
    return rule.finding(
        principal.spot.at(name) if name in principal.value else principal.spot,
        message,
        level=level,
        related=list(_places(chain)),
        chain=True,
        assumes=[*escalations(account).assumed, *chain.assumes],
        steps=[
            {"principal": step.source, "actions": list(step.actions), "on": step.on, "does": step.does}
            for step in chain.steps
        ],
    )


def _short(arn: str) -> str:
    """`user/ann` of an ARN: the account is that of the finding."""
    return arn.split(":", 5)[-1]


def _places(chain: "Chain") -> Iterator[tuple[Where, str]]:
    for number, step in enumerate(chain.steps, 1):
        told = f"step {number}: {quote(_short(step.source))} {step.does} {quote(_short(step.on))}"
        places = dict(_spots(step))
        if step.trust is not None:
            statement, document = step.trust
            places[document.spot.at(*statement.path)] = "the trust policy of the role allows it"
        for index, (spot, what) in enumerate(places.items()):
            yield spot, told if index == 0 else f"step {number}: {what}"


def _spots(step: "Step") -> Iterator[tuple[Spot, str]]:
    for entry, action in zip(step.grants, _in_order(step), strict=False):
        if entry.document is not None:
            yield entry.document.spot.at(*action_path(entry, action)), f"this allows {quote(action)}"


def _in_order(step: "Step") -> Iterator[str]:
    """The action that each of `step.grants` allows."""
    rest = list(step.actions)
    for entry in step.grants:
        found = next((action for action in rest if action.lower() in entry.actions), step.actions[0])
        if found in rest:
            rest.remove(found)
        yield found


def action_path(entry: "Entry", action: str) -> Path:
    """Where a statement names the action: the entry of `Action`, else the whole `NotAction`."""
    for item in entry.statement.actions:
        if action_matches(item.text, action):
            return item.path
    return entry.statement.at("NotAction")


def self_made_hit(rule: Rule, policy: Policy) -> Iterator[Hit]:
    """A finding about a policy whose holder gives itself every right."""
    from iamlint.analyse.escalation.textual import self_made

    found = self_made(policy)
    if not found:
        return
    first, *others = found
    places: list[Where] = [
        action_path(entry, action) for entry, action in zip(first.grants, first.actions, strict=True)
    ]
    more = f", and {len(others)} other {'ways' if len(others) > 1 else 'way'}" if others else ""
    ways = " with ".join(quote(action) for action in first.actions)
    message = f"whoever holds this policy can give itself every right: {ways}{more}"
    yield rule.finding(
        list(dict.fromkeys(places)), message, level="limited", ways=["+".join(way.actions) for way in found]
    )
