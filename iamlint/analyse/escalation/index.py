"""Which of many ARNs a list of patterns matches."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from iamlint.analyse.resources import resource_matches


class Arns:
    """ARNs, in the order that they came; found by the plain start of a pattern."""

    def __init__(self, arns: Iterable[str]) -> None:
        self._all = tuple(dict.fromkeys(arns))
        self._known = frozenset(self._all)
        self._sorted = sorted(self._all)
        self._found: dict[str, tuple[str, ...]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def within(self, patterns: Sequence[str] | None) -> Iterable[str]:
        """Those that a pattern matches; None stands for a pattern that matches all."""
        if patterns is None:
            return self._all
        if len(patterns) == 1:
            return self._of(patterns[0])
        return dict.fromkeys(arn for pattern in patterns for arn in self._of(pattern))

    def _of(self, pattern: str) -> tuple[str, ...]:
        if "*" not in pattern and "?" not in pattern:
            return (pattern,) if pattern in self._known else ()
        found = self._found.get(pattern)
        if found is None:
            start = pattern.partition("*")[0].partition("?")[0]
            first = bisect_left(self._sorted, start)
            last = bisect_left(self._sorted, start + "\U0010ffff", first)
            inside = (arn for arn in self._sorted[first:last] if resource_matches(pattern, arn))
            found = self._found[pattern] = tuple(inside)
        return found
