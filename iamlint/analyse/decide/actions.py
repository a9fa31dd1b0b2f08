"""The actions that stand for all: of a service and with a name that few patterns match, or those that AWS lists."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from iamlint.analyse.decide.cover import Option
from iamlint.analyse.decide.lookup import Lookup
from iamlint.analyse.decide.products import Product, chosen, marks, rows
from iamlint.analyse.work import Budget

if TYPE_CHECKING:
    from iamlint.analyse.decide.clauses import Clause

_FIELDS = 2


class ActionIndex:
    """Statements by the actions that they match, one bit for each."""

    def __init__(self, clauses: "Sequence[Clause]") -> None:
        self.clauses = clauses
        self.everything = (1 << len(clauses)) - 1
        listed: dict[Product, int] = {}
        self._spared = 0
        for place, clause in enumerate(clauses):
            for pattern in clause.actions:
                listed[pattern] = listed.get(pattern, 0) | 1 << place
            if clause.spares_actions:
                self._spared |= 1 << place
        # An action has one colon, and so has a pattern: as texts they match iff their fields do.
        self._lookup = Lookup(("*" if p == ("*", "*") else ":".join(p), found) for p, found in listed.items())
        self.cost = self._lookup.cost
        """Steps that it takes to ask about an action."""

    def escaped(self, action: str) -> int:
        """The statements that do not match the action, which is in lower case."""
        return self.everything & ~(self._lookup.find(action) ^ self._spared)


def action_options(
    musts: "Sequence[Clause]", index: ActionIndex, letter: str, known: bool, budget: Budget
) -> list[Option[str]]:
    """Actions, in lower case, that all `musts` match, with the set of the indexed statements that do not match each.

    Whatever action there is, one of these is matched by all `musts` too and escapes at least as much. Raises
    `TooMuchWork`.
    """
    options = []
    for action in dict.fromkeys((_known if known else _all)(musts, index.clauses, letter, budget)):
        budget.spend(1 + index.cost // 2)
        if all(must.matches_action(action) for must in musts):
            options.append((action, index.escaped(action)))
    return options


def _all(musts: "Sequence[Clause]", escapes: "Sequence[Clause]", letter: str, budget: Budget) -> Iterator[str]:
    needed = sorted((clause.actions for clause in musts if not clause.spares_actions), key=len)
    welcome = [clause.actions for clause in escapes if clause.spares_actions]
    start: Iterable[Product] = needed.pop(0) if needed else (("*",) * _FIELDS,)
    counted = marks(_unwanted(musts, escapes), _FIELDS)
    for pattern in chosen(start, needed, welcome, budget):
        for row in rows(pattern, letter, counted):
            budget.spend()
            yield ":".join(row)


def _unwanted(musts: "Sequence[Clause]", escapes: "Sequence[Clause]") -> Iterator[Product]:
    for clause in (*(m for m in musts if m.spares_actions), *(e for e in escapes if not e.spares_actions)):
        if clause.counts:
            yield from clause.actions


def _known(musts: "Sequence[Clause]", escapes: "Sequence[Clause]", letter: str, budget: Budget) -> Iterator[str]:
    from iamlint.aws.catalogue import catalogue

    listed = min((clause.actions for clause in musts if not clause.spares_actions), key=len, default=(("*", "*"),))
    for service, name in listed:
        for prefix, known in catalogue().matching(f"{service}:{name}"):
            budget.spend()
            yield f"{prefix}:{known}"
