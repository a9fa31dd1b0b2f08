"""A statement as a product: what it asks of the action, of the resource, of the principal and of each condition key.

A request is matched by a statement iff each of these holds by itself; only variables tie one to another. Where the
condition keys that a statement's variables read have values, its resources and conditions are plain patterns again.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from iamlint.analyse.actions import action_parts, prepared_actions
from iamlint.analyse.decide.checks import Check
from iamlint.analyse.decide.lookup import Lookup
from iamlint.analyse.decide.patterns import canonical
from iamlint.analyse.decide.products import Product, product_matches
from iamlint.analyse.principals import NOBODY, Caller, named
from iamlint.analyse.resources import FIELDS, completed, is_everything
from iamlint.analyse.variables import Context, keys_read, resolve_pattern
from iamlint.model import Condition, Policy, PrincipalItem, Statement
from iamlint.model.cached import kept
from iamlint.record import NamedTuple

WITH_PRINCIPALS: Final = frozenset(("resource", "trust", "rcp", "endpoint"))
"""Kinds of policies whose statements say whom they are for."""

_IMPLY_RESOURCE: Final = frozenset(("resource", "trust"))
_READ_IN: Final = frozenset(("String", "Arn", "Bool"))


class Test(NamedTuple):
    """What a statement asks of one condition key. `reads` are the keys that its variables read."""

    key: str
    conditions: tuple[Condition, ...]
    reads: frozenset[str]
    fixed: tuple[Check, ...]
    """The conditions made ready, where none of them has a variable."""

    def checks(self, variables: Context | None) -> tuple[Check, ...]:
        """The conditions made ready, with variables read from the context."""
        return self.fixed if not self.reads else tuple(Check(condition, variables) for condition in self.conditions)

    def holds(self, values: Sequence[str], variables: Context | None) -> bool:
        """True iff the key may have these values."""
        return all(check.holds(values) for check in self.checks(variables))


class Resources:
    """The resources that a statement matches, once its variables have values.

    Rows are the six fields of an ARN, or the ARN in one piece where wildcards reach across colons; None stands for
    the resource `*` of a request that has none.
    """

    __slots__ = ("_heads", "all", "cost", "patterns", "spares")

    def __init__(self, patterns: Iterable[Product], everything: bool, spares: bool) -> None:
        self.patterns = tuple(dict.fromkeys(patterns))
        self.all = everything
        self.spares = spares
        tails: dict[Product, list[str]] = {}
        for pattern in self.patterns:
            tails.setdefault(pattern[:-1], []).append(pattern[-1])
        self._heads = [(head, Lookup((tail, 1) for tail in found)) for head, found in tails.items()]
        self.cost = 1 + sum(lookup.cost for _, lookup in self._heads)
        """Steps that it takes to match."""

    def match(self, row: Sequence[str] | None) -> bool:
        """True iff the statement is about this resource."""
        return self._listed(row) is not self.spares

    def _listed(self, row: Sequence[str] | None) -> bool:
        if self.all or row is None:
            return self.all
        head, tail = row[:-1], row[-1]
        return any(product_matches(pattern, head) and lookup.find(tail) for pattern, lookup in self._heads)


class Principals:
    """A list of principals by look-up: `mean` is `principals.named` of a statement that has them, but for how closely.

    Also for canonical users, which are not known there.
    """

    def __init__(self, items: Iterable[PrincipalItem]) -> None:
        self.count = 0
        self._everyone = False
        self._by_type: dict[str, set[str]] = {}
        self._roles: set[tuple[str, str]] = set()
        for item in items:
            self.count += 1
            self._everyone = self._everyone or item.is_everyone
            self._by_type.setdefault(item.type or "AWS", set()).add(item.text)
            account, role, name = item.text.partition(":role/")
            if role and item.type in ("AWS", ""):
                self._roles.add((account, name.rpartition("/")[2]))

    def mean(self, who: Caller) -> bool:
        """True iff one of them means this principal."""
        if self._everyone:
            return True
        if who.kind == "canonical-user":
            return who.name in self._by_type.get("CanonicalUser", ())
        if who.kind in ("service", "provider"):
            types = ("Service", "Federated") if who.kind == "service" else ("Federated",)
            return any(not {who.name, "*"}.isdisjoint(self._by_type.get(type_, ())) for type_ in types)
        if who.account is None or who.arn is None:
            return False
        partition = who.arn.split(":", 2)[1]
        texts = self._by_type.get("AWS", set())
        if not texts.isdisjoint((who.account, f"arn:{partition}:iam::{who.account}:root", who.arn, who.session)):
            return True
        account, _, name = who.arn.partition(":role/")
        return who.kind == "role" and who.session is not None and (account, name) in self._roles


class Clause:
    """One statement that allows or denies, taken apart."""

    def __init__(self, statement: Statement, with_principals: bool) -> None:
        self.statement = statement
        self.with_principals = with_principals
        self.has_variables = statement.policy.has_variables
        self.listed, self.spares_actions = prepared_actions(statement)
        items = statement.not_actions if self.spares_actions else statement.actions
        parts = (action_parts(item.text) for item in items)
        self.actions: tuple[Product, ...] = tuple(
            dict.fromkeys((canonical(p[0]), canonical(p[1])) for p in parts if p is not None)
        )
        self.counts = any("?" in part for pattern in self.actions for part in pattern)
        self.spares_resources = "Resource" not in statement and "NotResource" in statement
        items = statement.not_resources if self.spares_resources else statement.resources
        self.resources = tuple(dict.fromkeys(item.text for item in items))
        implied = statement.policy.kind in _IMPLY_RESOURCE and not {"Resource", "NotResource"} & statement.value.keys()
        self.everywhere = implied or any(map(is_everything, self.resources))

    @cached_property
    def services(self) -> frozenset[str] | None:
        """The services of its actions; None where it may be about any."""
        found = frozenset(service for service, _ in self.actions)
        return None if self.spares_actions or any("*" in text or "?" in text for text in found) else found

    def matches_action(self, lowered: str) -> bool:
        """True iff the statement is about this action, which is given in lower case and has one colon."""
        return self.listed.matches(lowered) is not self.spares_actions

    @cached_property
    def tests(self) -> Mapping[str, Test]:
        """What it asks of condition keys, by the key in lower case."""
        grouped: dict[str, list[Condition]] = {}
        for condition in self.statement.conditions:
            grouped.setdefault(condition.key.lower(), []).append(condition)
        return {key: self._test(key, tuple(conditions)) for key, conditions in grouped.items()}

    def _test(self, key: str, conditions: tuple[Condition, ...]) -> Test:
        reads: set[str] = set()
        checks = []
        for condition in conditions:
            if self.has_variables and any("${" in item.text for item in condition.values):
                check = Check(condition, Context({}))
                if check.family in _READ_IN:
                    reads.update(key for item in condition.values for key in keys_read(item.text))
            else:
                check = Check(condition)
            checks.append(check)
        return Test(key, conditions, frozenset(reads), tuple(checks))

    @cached_property
    def resource_reads(self) -> frozenset[str]:
        """The condition keys that variables in its resources read."""
        if not self.has_variables or (self.everywhere and not self.spares_resources):
            return frozenset()
        return frozenset(key for text in self.resources if "${" in text for key in keys_read(text))

    @cached_property
    def reads(self) -> frozenset[str]:
        """The condition keys that its variables read."""
        return self.resource_reads.union(*(test.reads for test in self.tests.values()))

    def arns(self, variables: Context, across_colons: bool) -> Resources | None:
        """Its resources, with variables read from the context; None where it matches none then, whatever is asked for.

        AWS IAM User Guide, "IAM policy elements: Variables and tags": a variable without a value makes the entry
        match nothing, and a statement with `NotResource` nothing at all.
        """
        found = []
        for text in self.resources:
            if is_everything(text):
                continue
            if self.has_variables and "${" in text:
                early = text.count(":", 0, text.index("${")) < FIELDS - 1
                resolved = None if early else resolve_pattern(text, variables)
                if resolved is None:
                    if self.spares_resources and not self.everywhere:
                        return None
                    continue
                text = resolved
            found.append(arn_product(text, across_colons))
        return Resources(found, self.everywhere, self.spares_resources)

    def is_for(self, who: Caller) -> bool:
        """True iff the statement is about this principal; always, in policies that are attached to one."""
        if not self.with_principals:
            return True
        statement = self.statement
        if statement.policy.kind == "rcp" and "Principal" not in statement and "NotPrincipal" not in statement:
            return True
        if "Principal" in statement:
            return self.principals.mean(who)
        if who.kind == "canonical-user" and self.principals.mean(who):
            return False
        return named(statement, who) != NOBODY

    @cached_property
    def principals(self) -> "Principals":
        """Whom its `Principal`, else its `NotPrincipal`, lists."""
        statement = self.statement
        return Principals(statement.principals if "Principal" in statement else statement.not_principals)

    @cached_property
    def form(self) -> str:
        """Equal for statements that are written alike but for their `Sid`."""
        value = {element: entry for element, entry in self.statement.value.items() if element != "Sid"}
        return f"{self.has_variables} {self.with_principals} {json.dumps(value, sort_keys=True)}"


def arn_product(text: str, across_colons: bool) -> Product:
    """A pattern of resources, not `*` alone, as a row of patterns."""
    text = completed(text)
    return (canonical(text),) if across_colons else tuple(map(canonical, text.split(":", FIELDS - 1)))


class Reading(NamedTuple):
    """A policy taken apart, with the characters that its actions and its other texts hold."""

    allows: tuple[Clause, ...]
    denies: tuple[Clause, ...]
    action_characters: frozenset[str]
    characters: frozenset[str]
    with_braces: tuple[str, ...]
    """The texts that hold `${`."""


@kept
def reading(policy: Policy) -> Reading:
    """The policy taken apart; kept as long as it lives."""
    with_principals = policy.kind in WITH_PRINCIPALS
    clauses = [Clause(s, with_principals) for s in policy.statements if s.allows or s.denies]
    texts = [text for clause in clauses for text in _texts(clause)]
    return Reading(
        tuple(clause for clause in clauses if clause.statement.allows),
        tuple(clause for clause in clauses if clause.statement.denies),
        frozenset("".join(part for clause in clauses for pattern in clause.actions for part in pattern)),
        frozenset("".join(texts).lower()),
        tuple(text for text in texts if "${" in text),
    )


def _texts(clause: Clause) -> Iterator[str]:
    yield from clause.resources
    for condition in clause.statement.conditions:
        yield from (item.text for item in condition.values)
    yield from (item.text for item in clause.statement.principals)
    yield from (item.text for item in clause.statement.not_principals)
