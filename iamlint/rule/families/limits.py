"""How far an Allow reaches, and what the Deny statements of its own policy leave of it.

What counts as a limit is what bears on the whole grant: a condition on the statement, or a Deny of all that it
grants. A Deny of some of its actions is none: what is left still grows with every action that AWS adds.
"""

from collections.abc import Callable, Iterable

from iamlint.analyse.actions import action_covers, action_meets
from iamlint.analyse.resources import FIELDS, completed
from iamlint.analyse.wildcards import covers
from iamlint.model import Item, Policy, Statement
from iamlint.model.cached import kept

_MOST_COMPARISONS = 200_000
"""Pairs of patterns compared per policy; no policy that IAM accepts needs so many. What lies beyond limits nothing."""


def is_every_arn(pattern: str) -> bool:
    """True iff the pattern matches every ARN, at least of one partition: `*`, `arn:*`, `arn:aws:*:*:*:*`."""
    if not pattern.strip("*"):
        return bool(pattern)
    if pattern[-2:] not in (":*", "**") and pattern.count(":") >= FIELDS - 1:
        return False  # nearly every ARN: its last field says something
    fields = completed(pattern).split(":", FIELDS - 1)
    return covers(fields[0], "arn") and bool(fields[1]) and all(f and not f.strip("*") for f in fields[2:])


def is_whole_service(pattern: str) -> bool:
    """True iff the pattern leaves the last field of the ARN open: `*`, `arn:aws:s3:::*`, `arn:aws:sqs:*:*:*`."""
    last = completed(pattern).split(":", FIELDS - 1)[-1]
    return bool(pattern) and not last.strip("*")


def reaches(statement: Statement, wide: Callable[[str], bool]) -> bool:
    """True iff one of the statement's resources is `wide`, or its `NotResource` leaves out some only."""
    if "Resource" in statement:
        return any(wide(item.text) for item in statement.resources)
    return "NotResource" in statement and not any(is_every_arn(item.text) for item in statement.not_resources)


def one_service_each(resources: Iterable[Item]) -> bool:
    """True iff there are resources, and each is an ARN whose service is written out."""
    services = [completed(item.text).split(":", FIELDS - 1)[2] for item in resources]
    return bool(services) and not any("*" in service or "?" in service for service in services)


class Denials:
    """Some Deny statements, prepared for questions about action patterns."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._listed: list[tuple[str, bool]] = []
        self._others: list[tuple[tuple[str, ...], bool]] = []
        for statement in statements:
            conditional = bool(statement.value.get("Condition"))
            if "Action" in statement:
                self._listed += [(item.text, conditional) for item in statement.actions]
            elif "NotAction" in statement:
                self._others.append((tuple(item.text for item in statement.not_actions), conditional))
        self._size = len(self._listed) + sum(2 * len(spared) + 1 for spared, _ in self._others)
        self._left_to_compare = _MOST_COMPARISONS
        self._answers: dict[str, str | None] = {}

    def __bool__(self) -> bool:
        """False only if nothing is denied."""
        return self._size > 0

    def leaves(self, pattern: str) -> str | None:
        """What is left of an Allow of `pattern`.

        `full`; `limited` where all of it is denied under conditions, or all but what some NotAction leaves out; None
        where nothing is left.
        """
        if not self._size:
            return "full"
        if pattern not in self._answers:
            if self._left_to_compare < self._size:
                return "full"
            self._left_to_compare -= self._size
            self._answers[pattern] = self._left(pattern)
        return self._answers[pattern]

    def _left(self, pattern: str) -> str | None:
        left = "full"
        for denied, conditional in self._listed:
            if action_covers(denied, pattern):
                if not conditional:
                    return None
                left = "limited"
        for spared, conditional in self._others:
            if any(action_covers(entry, pattern) for entry in spared):
                continue
            if not conditional and not any(action_meets(entry, pattern) for entry in spared):
                return None
            left = "limited"
        return left


@kept
def denials(policy: Policy) -> Denials:
    """The Deny statements of `policy` that bind everybody on every resource; kept while it lives."""
    return Denials(s for s in _binding(policy) if any(is_every_arn(item.text) for item in s.resources))


@kept
def denials_elsewhere(policy: Policy) -> Denials:
    """The Deny statements of `policy` that bind everybody on all resources but some (`NotResource`)."""
    return Denials(s for s in _binding(policy) if s.not_resources)


def _binding(policy: Policy) -> Iterable[Statement]:
    for statement in policy.statements:
        if statement.denies:
            named = "Principal" in statement or "NotPrincipal" in statement
            if not named or any(p.is_everyone for p in statement.principals):
                yield statement


def level_of(statement: Statement, pattern: str) -> str | None:
    """The level of a finding about the grant of `pattern`: `full`, `limited`, or None where a Deny takes it all."""
    left = denials(statement.policy).leaves(pattern)
    return "limited" if left == "full" and statement.conditions else left
