"""Is there a request that some statements match and others do not?

    find(musts, escapes)  =  a request that every statement of `musts` matches and none of `escapes`,
                             or None, iff there is no such request

This is region subtraction: the region of `musts` less those of `escapes`, one after the other, is empty or not. It is
decided unknown by unknown, over a few values that stand for all. Of a value only matters which of the `escapes` it
escapes, and more is better; each of them has to be escaped by some unknown, and one suffices.

1. The action, on which most statements differ.
2. The principal, in policies that name principals, and the condition keys that variables read: what else is asked
   depends on their values.
3. The resource and all other condition keys, independent of each other now: a set cover (see `cover`).

Values grow with the number of patterns, and faster only where a `Not` element or a negated operator of `escapes`
welcomes a match. The set cover is exponential at worst. All work is counted; what goes beyond the budget raises
`TooMuchWork`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from iamlint.analyse.decide import callers
from iamlint.analyse.decide.actions import ActionIndex, action_options
from iamlint.analyse.decide.assumptions import presence
from iamlint.analyse.decide.checks import Check, plain, written
from iamlint.analyse.decide.clauses import Clause, Resources, Test
from iamlint.analyse.decide.cover import Option, bits, cover, largest
from iamlint.analyse.decide.letters import Letters
from iamlint.analyse.decide.outsiders import TELLING, is_strange, is_stranger
from iamlint.analyse.decide.products import Product, chosen, marks, rows, split_at_colons
from iamlint.analyse.decide.references import (
    Group,
    Read,
    condition_templates,
    patterns_of_values,
    patterns_read,
    resource_template,
)
from iamlint.analyse.decide.values import Asked, Values, candidates
from iamlint.analyse.resources import FIELDS
from iamlint.analyse.variables import Context
from iamlint.analyse.work import Budget
from iamlint.record import NamedTuple

Environment = Mapping[str, Values]
"""Condition keys, in lower case, that have been chosen."""

_LETTERS_READ = 6  # of a value that variables put into other texts


class Options(NamedTuple):
    """What is asked of all requests. `known_actions` restricts actions to those that AWS lists."""

    known_actions: bool = False
    across_colons: bool = False
    assume: frozenset[str] = frozenset()
    outsiders: bool = False
    """Only requests of strangers, see `outsiders`."""


class Found(NamedTuple):
    """A request. `principal` is None where it does not matter; a key without values has to be absent."""

    action: str
    principal: str | None
    resource: str
    context: Environment


class Finder:
    """Answers `find` for some policies."""

    def __init__(self, letters: Letters, action_letter: str, options: Options) -> None:
        self.letters = letters
        self.action_letter = action_letter
        self.options = options
        self.doubt: str | None = None
        """Why the last answer may have overlooked a request; None where it cannot have."""
        self._index: ActionIndex | None = None
        self._arns: dict[tuple[int, object], Resources | None] = {}

    def find(self, musts: Sequence[Clause], escapes: Sequence[Clause], budget: Budget) -> Found | None:
        """A request that all `musts` match and none of `escapes`; None if there is none, or there is a `doubt`.

        Raises `TooMuchWork`.
        """
        self.doubt = None
        if self._index is None or self._index.clauses is not escapes:
            self._index = ActionIndex(escapes)
        options = action_options(musts, self._index, self.action_letter, self.options.known_actions, budget)
        for action, escaped in largest(options, budget):
            left = [escapes[bit] for bit in bits(self._index.everything & ~escaped)]
            found = _Search(self, musts, left, budget).found()
            if found is not None:
                return found._replace(action=action)
        return None

    def arns(self, clause: Clause, env: Environment) -> Resources | None:
        """The resources of a statement where the keys that it reads have these values."""
        reads = clause.resource_reads
        key = (id(clause), tuple((name, env.get(name)) for name in reads))
        if key not in self._arns:
            chosen_keys = Context({name: env.get(name, ()) for name in reads})
            self._arns[key] = clause.arns(chosen_keys, self.options.across_colons)
        return self._arns[key]


class _Search:
    """The search for all but the action: for statements that the action does not tell apart."""

    def __init__(self, finder: Finder, musts: Sequence[Clause], escapes: Sequence[Clause], budget: Budget) -> None:
        self.finder = finder
        self.musts = musts
        self.escapes = escapes
        self.budget = budget
        self.assume = finder.options.assume
        self.read = frozenset(key for clause in (*musts, *escapes) for key in clause.reads)
        self.groups: Sequence[Group] = ()
        self.patterns = Read()

    def found(self) -> Found | None:
        if self.read:
            self.groups = list(self._groups())
            self.patterns = patterns_read(self.groups, self.budget)
            self._doubt_unless(
                self.patterns.complete, "a variable stands at several places of texts that have to agree"
            )
        keys = list(self._in_order())
        if not any(clause.with_principals for clause in self.musts):
            return self._choose(keys, {}, self.escapes, None)
        for candidate, env, left in self._callers():
            later = [key for key in keys if key not in env]
            if (found := self._choose(later, env, left, candidate.text)) is not None:
                return found
        return None

    def _doubt_unless(self, complete: bool, reason: str) -> None:
        if not complete and self.finder.doubt is None:
            self.finder.doubt = reason

    # What variables read.

    def _groups(self) -> Iterator[Group]:
        """Texts that have to match, or may, with their variables."""
        across = self.finder.options.across_colons
        for clause, must in chain(((c, True) for c in self.musts), ((c, False) for c in self.escapes)):
            if must is not clause.spares_resources and not (clause.everywhere and must):
                yield Group("", [resource_template(text, clause.has_variables, across) for text in clause.resources])
            for key, test in clause.tests.items():
                for condition, check in zip(test.conditions, test.fixed, strict=True):
                    if check.quantified or must is not check.negated:
                        yield Group(key, list(condition_templates(condition, clause.has_variables)))

    def _in_order(self) -> Iterator[str]:
        """The keys that are read, each after those that its own conditions read, as far as there is no circle."""
        before: dict[str, set[str]] = {key: set() for key in self.read}
        for clause in (*self.musts, *self.escapes):
            for key, test in clause.tests.items():
                if key in before:
                    before[key] |= test.reads - {key}
        while before:
            ready = sorted(key for key, others in before.items() if not others & before.keys()) or sorted(before)[:1]
            yield from ready
            for key in ready:
                del before[key]

    def _choose(
        self, keys: Sequence[str], env: Environment, left: Sequence[Clause], principal: str | None
    ) -> Found | None:
        """A request with a value for each of `keys`, in this order, and for all that is not chosen yet."""
        still_read = frozenset(key for clause in (*self.musts, *left) for key in clause.reads)
        keys = [key for key in keys if key in still_read]
        if not keys:
            return self._complete(env, left, principal)
        key, *later = keys
        options: dict[tuple[Values, tuple[int, ...]], None] = {}
        for values in self._values(key, left, env):
            self.budget.spend(4 * (1 + len(self.musts) + len(left)))
            chosen_keys = {**env, key: values}
            if all(self._holds(clause, key, chosen_keys) for clause in self.musts):
                still = tuple(i for i, clause in enumerate(left) if self._holds(clause, key, chosen_keys))
                options[values, still] = None
        for values, still in sorted(options, key=lambda option: len(option[1])):
            found = self._choose(later, {**env, key: values}, [left[i] for i in still], principal)
            if found is not None:
                return found
        return None

    def _holds(self, clause: Clause, key: str, env: Environment) -> bool:
        """False iff a condition of the statement fails that is decided now that `key` has been chosen."""
        tests = clause.tests
        variables = Context(env) if clause.has_variables else None
        return all(
            test.holds(env[test.key], variables)
            for test in ([tests[key]] if key in tests else [])
            + [test for test in tests.values() if key in test.reads and test.key != key]
            if test.key in env and test.reads <= env.keys()
        )

    def _values(self, key: str, left: Sequence[Clause], env: Environment) -> list[Values]:
        """Values of a key that stand for all."""
        context = Context(env)
        read: list[list[Product]] = [[(p,) for p in group] for group in self.patterns.groups.get(key, ())]
        single = {name: plain(values[0]) for name, values in env.items() if len(values) == 1}
        if key in self.read and single:
            read += [[(p,) for p in group] for group in patterns_of_values(key, self.groups, single, self.budget)]
        musts: list[Check] = []
        escapes: list[list[Check]] = []
        typed = False
        for clause in (*self.musts, *left):
            test = clause.tests.get(key)
            if test is None:
                continue
            typed = typed or any(check.family not in ("String", "Arn", "Null", "Bool", "") for check in test.fixed)
            if test.reads <= env.keys():
                checks = test.checks(context if clause.has_variables else None)
                if clause in self.musts:
                    musts += checks
                else:
                    escapes.append(list(checks))
            else:
                for condition in test.conditions:
                    templates = condition_templates(condition, clause.has_variables)
                    read += [list(group) for group in self.patterns.ways(templates, single)]
        letters = self.finder.letters.of(key, _LETTERS_READ if key in self.read else 2)
        counted = self._counted if key in self.read else 0
        values, complete = candidates(Asked(musts, escapes, read, counted), letters, self.assume, self.budget)
        self._doubt_unless(complete, f"operators of different types meet at `{key[:80]}`")
        self._doubt_unless(not typed or key not in self.read, f"a variable reads `{key[:80]}`, which is no text")
        if self.finder.options.outsiders and key in TELLING:
            networks = {network for clause in (*self.musts, *left) for network in _networks(clause.tests.get(key))}
            values = [value for value in values if is_strange(value, letters, networks)]
        present = presence(key, self.assume)
        return values if present is None else [value for value in values if bool(value) is present]

    @cached_property
    def _counted(self) -> int:
        """The most `?` that a pattern has which a key that is read may become part of."""
        texts = [text for clause in (*self.musts, *self.escapes) for text in clause.resources]
        texts += [
            item.text
            for clause in (*self.musts, *self.escapes)
            for test in clause.tests.values()
            for condition in test.conditions
            for item in condition.values
        ]
        return max((text.count("?") for text in texts), default=0)

    # Principals.

    def _callers(self) -> Iterator[tuple[callers.Candidate, Environment, Sequence[Clause]]]:
        """Principals with the keys that follow from them and the statements that are still to be escaped."""
        options: dict[object, tuple[callers.Candidate, Environment, int]] = {}
        for candidate in self._candidates():
            env: Environment = {key: candidate.following(key) for key in callers.FOLLOWING}
            self.budget.spend(4 + 4 * len(self.escapes))
            if all(self._is_met(clause, candidate, env) for clause in self.musts):
                escaped = sum(1 << i for i, c in enumerate(self.escapes) if not self._is_met(c, candidate, env))
                what_is_read = tuple(env[key] for key in callers.FOLLOWING if key in self.read)
                options.setdefault((escaped, what_is_read), (candidate, env, escaped))
        ordered: Iterable[tuple[callers.Candidate, Environment, int]] = options.values()
        if not self.read.intersection(callers.FOLLOWING):
            ordered = [(c, env, bits) for (c, env), bits in largest([((c, e), b) for c, e, b in ordered], self.budget)]
        for candidate, env, escaped in ordered:
            yield candidate, env, [clause for i, clause in enumerate(self.escapes) if not escaped >> i & 1]

    def _is_met(self, clause: Clause, candidate: callers.Candidate, env: Environment) -> bool:
        return clause.is_for(candidate.who) and all(self._holds(clause, key, env) for key in callers.FOLLOWING)

    def _candidates(self) -> Iterator[callers.Candidate]:
        clauses = (*self.musts, *self.escapes)
        arns: list[Product] = []
        for key in callers.FOLLOWING:
            patterns: list[Product] = [(pattern,) for group in self.patterns.groups.get(key, ()) for pattern in group]
            for clause in clauses:
                for condition in clause.tests[key].conditions if key in clause.tests else ():
                    patterns += [t.open() for t in condition_templates(condition, clause.has_variables) if t]
            if key == "aws:principalaccount":
                arns += [("*", "*", "*", "*", pattern[0], "*") for pattern in patterns if len(pattern) == 1]
            else:
                for pattern in patterns:
                    one = len(pattern) == 1
                    arns += split_at_colons(pattern[0], FIELDS, self.budget) if one else [pattern]
        items = [i for c in clauses for i in (*c.statement.principals, *c.statement.not_principals)]
        letters = self.finder.letters.of("principal", 3)
        for candidate in callers.candidates(items, arns, arns, letters, self.budget):
            if not self.finder.options.outsiders or is_stranger(candidate.text, letters):
                yield candidate

    # The resource and the other keys.

    def _complete(self, env: Environment, left: Sequence[Clause], principal: str | None) -> Found | None:
        """A request with these keys; the resource and all other keys are independent of each other."""
        self.budget.spend(20 + 10 * (len(self.musts) + len(left)))
        keys = dict.fromkeys(key for clause in (*self.musts, *left) for key in clause.tests if key not in env)
        unknowns: list[Sequence[Option[Values]]] = [list(self._resources(env, left))]
        for key in keys:
            if not unknowns[-1]:
                return None
            unknowns.append(list(self._key_options(key, env, left)))
        got = cover(unknowns, (1 << len(left)) - 1, self.budget)
        if got is None:
            return None
        (resource,), *values = got
        return Found("", principal, resource, {**env, **dict(zip(keys, values, strict=True))})

    def _key_options(self, key: str, env: Environment, left: Sequence[Clause]) -> Iterator[Option[Values]]:
        context = Context(env)
        musts = [(c.tests[key], c) for c in self.musts if key in c.tests]
        tests = [(i, [*_checks(c.tests[key], c, context)]) for i, c in enumerate(left) if key in c.tests]
        needed = [check for test, clause in musts for check in _checks(test, clause, context)]
        for values in self._values(key, left, env):
            self.budget.spend(1 + len(tests))
            if all(check.holds(values) for check in needed):
                yield values, sum(1 << i for i, checks in tests if not all(check.holds(values) for check in checks))

    def _resources(self, env: Environment, left: Sequence[Clause]) -> Iterator[Option[Values]]:
        """Resources that stand for all, ARNs first, then that of a request without a resource."""
        musts = [self.finder.arns(clause, env) for clause in self.musts]
        if None in musts:
            return
        wanted = [found for found in musts if found is not None]
        others = [self.finder.arns(clause, env) for clause in left]
        cost = sum(found.cost for found in (*wanted, *others) if found is not None)
        everything = (1 << len(others)) - 1
        for row in chain(self._arn_rows(wanted, others), (None,)):
            self.budget.spend(4 + cost)
            if all(found.match(row) for found in wanted):
                escaped = sum(1 << i for i, found in enumerate(others) if found is None or not found.match(row))
                yield ("*" if row is None else written(":".join(row)),), escaped
                if escaped == everything:
                    return

    def _arn_rows(self, wanted: Sequence[Resources], others: Sequence[Resources | None]) -> Iterator[Sequence[str]]:
        across = self.finder.options.across_colons
        start: Product = (("arn" + ":*" * (FIELDS - 1)),) if across else ("arn", *["*"] * (FIELDS - 1))
        needed = [found.patterns for found in wanted if not found.spares and not found.all]
        welcome = [found.patterns for found in others if found is not None and found.spares]
        unwanted = [p for found in wanted if found.spares for p in found.patterns]
        unwanted += [p for found in others if found is not None and not found.spares for p in found.patterns]
        counted = marks(unwanted, len(start))
        for pattern in chosen({start: None}, needed, welcome, self.budget):
            yield from rows(pattern, self.finder.letters.of("resource"), counted)


def _networks(test: Test | None) -> Iterator[tuple[int, int, int]]:
    for check in test.fixed if test is not None else ():
        if check.family == "IpAddress":
            yield from check.addresses


def _checks(test: Test, clause: Clause, context: Context) -> Sequence[Check]:
    return test.checks(context if clause.has_variables else None)
