"""All rules over one document: one walk, each rule tried only where its subject stands."""

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial

from iamlint.engine.calls import Calls, Content, fits
from iamlint.finding import Hit, Place
from iamlint.model import Policy, Statement
from iamlint.record import NamedTuple
from iamlint.rule import Context, Document, PolicyRule, Rule, StatementRule, TextRule
from iamlint.syntax import Path


class Crash(NamedTuple):
    """A rule that raised instead of answering."""

    rule: str
    error: Exception


class Dispatcher:
    """Hands each document, policy and statement to the rules that its content calls for.

    INVARIANT: a rule's hits depend on the document's text, kind and type of resource and on the context alone, so that
    documents equal in these share one analysis.
    """

    def __init__(self, rules: Iterable[Rule], ctx: Context) -> None:
        self._ctx = ctx
        everything = [rule for rule in rules if not rule.asks_for or ctx.tells(rule.asks_for)]
        self._text_rules = [r for r in everything if isinstance(r, TextRule)]
        self._policy_rules = [r for r in everything if isinstance(r, PolicyRule)]
        self._statement_rules = [r for r in everything if isinstance(r, StatementRule)]
        self._calls = Calls((*self._statement_rules, *self._policy_rules), ctx)
        self._mirrored = frozenset(r.id for r in everything if r.aws and r.aws != "DATA_TYPE_MISMATCH")
        self._sizes = sorted({rule.larger_than for rule in self._policy_rules})
        self._shapes: dict[object, _Shape] = {}
        self._plans: dict[Content, _Plan] = {}
        self._bits = {rule: 1 << number for number, rule in enumerate(self._policy_rules)}
        self._unasked = sum(bit for rule, bit in self._bits.items() if not self._asks(rule))
        """The rules that are for policies whatever their statements are, one bit each."""
        self._fitting: dict[object, int] = {}
        self._by_bits: dict[int, tuple[PolicyRule, ...]] = {}

    def text(self, document: Document, kind: str | None) -> Iterator[Hit | Crash]:
        """What the text rules say of `document`; `kind` is None where the text could not be read."""
        unreadable = document.problem is not None
        if not unreadable and not document.may_repeat_keys:
            return
        for rule in self._text_rules:
            if rule.only_unreadable is unreadable and (kind is None or kind in rule.kinds):
                yield from tried(rule, partial(rule.check, document, self._ctx))

    def policy(self, policy: Policy) -> list[Hit | Crash]:
        """What the policy and statement rules say of `policy`."""
        found: list[Hit | Crash] = []
        statements = [(statement, self._plan(statement)) for statement in policy.statements]
        for rule in self._of_policy(policy, [plan for _, plan in statements]):
            try:
                found.extend(rule.check(policy, self._ctx))
            except Exception as error:  # see `tried`
                found.append(Crash(rule.id, error))
        for statement, plan in statements:
            for each in plan.rules:
                try:
                    found.extend(each.check(statement, self._ctx))
                except Exception as error:
                    found.append(Crash(each.id, error))
        return found if policy.is_regular else self._readable(policy, found)

    def _readable(self, policy: Policy, found: list[Hit | Crash]) -> list[Hit | Crash]:
        """`found` without what else AWS's checks would say of a value of a wrong JSON type: AWS says that only."""
        from iamlint.rule.families.grammar import wrong_elements

        wrong = {element for element, _ in wrong_elements(policy)} if found else set()
        if not wrong:
            return found
        return [
            hit
            for hit in found
            if isinstance(hit, Crash)
            or hit.rule not in self._mirrored
            or not any(_is_inside(place, wrong) for place in hit.places)
        ]

    def _plan(self, statement: Statement) -> "_Plan":
        """Which rules a statement calls for: few plans, many statements."""
        content = self._calls.content(statement)
        found = self._plans.get(content)
        if found is None:
            shape = self._shape(content)
            marks = content.marks
            fit = {wants for wants in shape.wants if fits(marks, wants)}
            found = _Plan(
                tuple([rule for rule, wants in shape.rules if wants in fit]),
                sum([self._bits[rule] for rule, wants in shape.asking if wants in fit]),
            )
            if len(self._plans) < _MOST_PLANS and len(content.elements) < _MOST_ELEMENTS:
                self._plans[content] = found
        return found

    def _shape(self, content: Content) -> "_Shape":
        """The rules for statements of this kind and effect with these elements: few shapes, many plans."""
        key = (content.kind, content.effect, content.elements, content.regular)
        found = self._shapes.get(key)
        if found is None:
            rules = [
                rule
                for rule in self._statement_rules
                if content.kind in rule.kinds
                and content.shape_fits(rule)
                and not (rule.only_irregular and content.regular)
            ]
            asking = [rule for rule in self._policy_rules if self._asks(rule) and content.shape_fits(rule)]
            found = _Shape(rules, asking, self._calls)
            if len(self._shapes) < _MOST_PLANS and len(content.elements) < _MOST_ELEMENTS:
                self._shapes[key] = found
        return found

    def _asks(self, rule: PolicyRule) -> bool:
        """True iff the rule wants a certain statement; the others run on policies without any as well."""
        return bool(rule.effect or rule.elements or self._calls.wants(rule))

    def _of_policy(self, policy: Policy, plans: Sequence["_Plan"]) -> tuple[PolicyRule, ...]:
        extent = float("inf") if policy.extent is None else policy.extent
        several = len(plans) > 1
        key = (policy.kind, policy.is_regular, several, bisect_left(self._sizes, extent))
        fitting = self._fitting.get(key)
        if fitting is None:
            fitting = self._fitting[key] = sum(
                bit
                for rule, bit in self._bits.items()
                if policy.kind in rule.kinds
                and not (rule.only_irregular and policy.is_regular)
                and extent > rule.larger_than
                and (several or not rule.several)
            )
        called = self._unasked
        for plan in plans:
            called |= plan.called
        bits = called & fitting
        found = self._by_bits.get(bits)
        if found is None:
            found = tuple([rule for rule, bit in self._bits.items() if bit & bits])
            if len(self._by_bits) < _MOST_PLANS:
                self._by_bits[bits] = found
        return found


def _is_inside(place: Place, paths: Container[Path]) -> bool:
    """True iff the place is the value at one of these paths, or inside of it."""
    end = len(place.path) + (place.token != "key")
    return any(place.path[:length] in paths for length in range(end))


_MOST_PLANS = 10_000
"""Plans that are kept: a hostile document may give every statement one of its own."""
_MOST_ELEMENTS = 16
"""No statement that IAM knows has so many elements."""


class _Shape:
    """The rules for statements of one shape, and the policy rules that ask for one, each with what it wants.

    What fits one rule fits all that want the same: `wants` has each of these once.
    """

    __slots__ = ("asking", "rules", "wants")

    def __init__(self, rules: Sequence[StatementRule], asking: Sequence[PolicyRule], calls: Calls) -> None:
        self.rules = [(rule, calls.wants(rule)) for rule in rules]
        self.asking = [(rule, calls.wants(rule)) for rule in asking]
        self.wants = {wants for _, wants in (*self.rules, *self.asking)}


class _Plan:
    """The rules for a statement, and the policy rules that it calls for, one bit each."""

    __slots__ = ("called", "rules")

    def __init__(self, rules: tuple[StatementRule, ...], called: int) -> None:
        self.rules = rules
        self.called = called


def tried(rule: Rule, check: Callable[[], Iterable[Hit]]) -> Iterator[Hit | Crash]:
    """The hits of `rule`; a rule that raises gives a `Crash` and the others go on."""
    try:
        yield from check()
    except Exception as error:  # any fault of any rule: it must neither stop the run nor pass for a clean result
        yield Crash(rule.id, error)


def fold(hits: list[Hit], rules: Mapping[str, Rule]) -> list[tuple[Hit, tuple[Hit, ...]]]:
    """Each hit that stays, with those in the same statement that it covers.

    A hit is covered by one whose rule `supersedes` its rule; rules that mirror a check of AWS are never folded.
    """
    covering: dict[tuple[tuple[str | int, ...], str], Hit] = {}
    for hit in hits:
        for lesser in rules[hit.rule].supersedes:
            covering.setdefault((_statement(hit), lesser), hit)
    folded: dict[int, list[Hit]] = {}
    kept = []
    for hit in hits:
        cover = hit
        for _ in rules:  # a cover may itself be covered; bounded, should rules supersede each other in a circle
            above = covering.get((_statement(cover), cover.rule)) if rules[cover.rule].aws is None else None
            if above is None or above is cover:
                break
            cover = above
        if cover is hit:
            kept.append(hit)
        else:
            folded.setdefault(id(cover), []).append(hit)
    return [(hit, tuple(folded.get(id(hit), ()))) for hit in kept]


def _statement(hit: Hit) -> tuple[str | int, ...]:
    path = hit.places[0].path
    return path[:2] if len(path) > 1 and isinstance(path[1], int) else path[:1]
