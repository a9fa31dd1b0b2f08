"""Asks the search some questions until one finds a request that the plain evaluator confirms."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from iamlint.analyse.decide.assumptions import bearing
from iamlint.analyse.decide.clauses import Clause, reading
from iamlint.analyse.decide.letters import Letters
from iamlint.analyse.decide.replay import as_request
from iamlint.analyse.decide.search import Finder, Found, Options
from iamlint.analyse.decide.wording import worded
from iamlint.analyse.request import Request
from iamlint.analyse.work import Budget, TooMuchWork
from iamlint.model import Policy
from iamlint.record import NamedTuple

MOST_WORK: Final = 1_000_000
"""Steps for one answer: a second or two."""

_FIRST_SHARE: Final = 16
_EACH: Final = 10  # steps for any question
_TOO_MUCH: Final = "it takes more work than is allowed"
_RESERVED: Final = frozenset(map(chr, (0xFDD0, 0xFDD1, *range(0xE000, 0xE040))))
"""Characters that stand for something else here; IAM takes none of them in a policy."""


class Question(NamedTuple):
    """Is there a request that all of `musts` match and none of `escapes`?"""

    musts: Sequence[Clause]
    escapes: Sequence[Clause]
    """Best the same sequence for many questions: it is indexed."""


class Decision:
    """Answers questions about some policies within one budget."""

    def __init__(self, policies: Sequence[Policy], options: Options, budget: int) -> None:
        self._readings = [reading(policy) for policy in policies]
        self._options = options
        self._left = budget
        used = frozenset().union(*(found.characters for found in self._readings))
        self._unreadable = not used.isdisjoint(_RESERVED)
        self._letters = Letters(used)
        self._action_letters = Letters(frozenset().union(*(found.action_characters for found in self._readings)))
        self._finder = Finder(self._letters, self._action_letters.of("action"), options)

    def first(self, questions: Iterable[Question], confirms: Callable[[Request], bool]) -> Request | str | None:
        """A request that answers one of the questions; None iff there is none; a text that says why it cannot be told.

        `confirms` is the plain evaluator's word on a request.
        """
        if self._unreadable:
            return "a policy holds characters that IAM does not take"
        waiting: list[Question] = []
        reason: str | None = None
        # A question that takes long must not keep an easy one from being answered.
        for share in (max(1, self._left // _FIRST_SHARE), None):
            asked, waiting = questions if share else waiting, []
            for question in asked:
                self._left -= _EACH
                if self._left < 0:
                    return _TOO_MUCH
                budget = Budget(self._left if share is None else min(share, self._left))
                start = budget.left
                try:
                    found = self._finder.find(question.musts, question.escapes, budget)
                except TooMuchWork:
                    found = None
                    waiting.append(question)
                self._left -= start - max(budget.left, 0)
                if found is not None:
                    request = self._confirmed(found, confirms)
                    if request is not None:
                        return request
                    reason = "a request was found that the evaluator does not confirm"
                elif self._finder.doubt is not None:
                    reason = self._finder.doubt
        return _TOO_MUCH if waiting else reason

    def _confirmed(self, found: Found, confirms: Callable[[Request], bool]) -> Request | None:
        request = as_request(found.action, found.resource, found.principal, found.context)
        if not confirms(request):
            return None
        nice = worded(request, self._action_letters.handed_out, self._letters.handed_out)
        return nice if nice != request and confirms(nice) else request

    def assumes(self) -> tuple[str, ...]:
        """The assumptions that say something of these policies."""
        families: dict[str, set[str]] = {}
        for policy in self._readings:
            for clause in (*policy.allows, *policy.denies):
                for key, test in clause.tests.items():
                    for check in test.fixed:
                        families.setdefault(key, set()).update([check.family], ["several"] if check.quantified else [])
                for key in clause.reads:
                    families.setdefault(key, set())
        return tuple(bearing(families, self._options.assume))
