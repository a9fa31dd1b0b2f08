"""What a plan is: values only."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from iamlint.lockdown.commands import Command
from iamlint.lockdown.measures import Measure
from iamlint.lockdown.migration import Migration
from iamlint.lockdown.people import Kind
from iamlint.lockdown.proposals import Proposal, Refused
from iamlint.lockdown.verification import Line
from iamlint.model.account import User
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.finding import Finding
    from iamlint.model.account import Account


class UserPlan(NamedTuple):
    """One user: `risk` orders the plan, `reasons` say where it comes from."""

    user: User
    kind: Kind
    risk: int
    reasons: tuple[str, ...]
    measures: tuple[Measure, ...]


class Plan(NamedTuple):
    """All of one account. `remaining` are the keys that stay, by id, with their users.

    `migrations` are those of keys that were seen in use; None without a usage table.
    """

    account: "Account"
    lines: tuple[Line, ...]
    kinds: Mapping[str, Kind]
    users: tuple[UserPlan, ...]
    others: tuple[Measure, ...]
    proposals: tuple[Proposal, ...]
    refused: tuple[Refused, ...]
    commands: tuple[Command, ...]
    remaining: tuple[tuple[str, User], ...]
    migrations: tuple[Migration, ...] | None
    notes: tuple[str, ...]
    flawed: "tuple[Finding, ...]" = ()
    """What is wrong with statements that ask for MFA or a network already."""
