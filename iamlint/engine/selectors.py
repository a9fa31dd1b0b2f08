"""JSONPath selectors over a policy document, in bounded work.

The syntax is that of `jsonpath-ng`'s plain parser; the walk is ours. Its own keeps a chain of objects for every match,
knows no bound, and `parent` can make the matches of each step as many as the square of those before.

A policy may write a list of one entry as that entry, so a value that is no list counts as a list of one where an index,
a slice or `[*]` asks for entries. `*` on an object gives its members.
"""

from iamlint.analyse.work import Budget
from iamlint.record import NamedTuple
from iamlint.syntax import Path, printable

_LONGEST = 1000

_Trail = tuple["_Trail", str | int] | None
"""The way to a value: that to the one above, and the last step. Many values share theirs."""


class Match(NamedTuple):
    """A value that a selector selects, and the path that leads to it."""

    path: Path
    value: object


class _Step(NamedTuple):
    """`kind` is `names`, `entries` (some of a list), `all` or `below` (the value itself and all inside)."""

    kind: str
    names: tuple[str, ...] = ()
    wanted: tuple[int, ...] | slice = ()


class Selector:
    """A row of steps.

    `within_statements` selects the same inside one statement; it is None unless the first steps are `$.Statement[*]`.
    """

    def __init__(self, steps: tuple[_Step, ...]) -> None:
        self._steps = steps
        self.within_statements = Selector(steps[2:]) if steps[:2] == _STATEMENTS else None

    @property
    def selects_statements(self) -> bool:
        """True iff it selects nothing but entries of `Statement`."""
        return len(self._steps) == 2 and self._steps[0] == _STATEMENTS[0] and self._steps[1].kind in ("all", "entries")

    def find(self, value: object, budget: Budget) -> list[Match]:
        """What it selects in `value`. Raises `TooMuchWork` where that takes more visits than `budget` has."""
        nodes: list[tuple[_Trail, object]] = [(None, value)]
        for step in self._steps:
            found: list[tuple[_Trail, object]] = []
            for trail, node in nodes:
                budget.spend()
                _take(step, trail, node, found, budget)
            nodes = found
        return [Match(_path(trail, budget), node) for trail, node in nodes]


_STATEMENTS = (_Step("names", ("Statement",)), _Step("all"))


def parse_selector(text: str) -> Selector:
    """The selector that `text` writes. Raises `ValueError`, to be read after the text, where it is none."""
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.parser import parse

    if len(text) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST} characters")
    try:
        return Selector(tuple(_steps(parse(text))))
    except (JSONPathError, RecursionError) as error:
        raise ValueError(f"is no JSONPath: {printable(str(error), 120)}") from error


def _take(step: _Step, trail: _Trail, node: object, found: list[tuple[_Trail, object]], budget: Budget) -> None:
    """Adds to `found` what `step` selects in `node`."""
    if step.kind == "names":
        if isinstance(node, dict):
            found += [((trail, name), node[name]) for name in step.names if name in node]
    elif step.kind == "below":
        stack = [(trail, node)]
        while stack:
            budget.spend()
            entry = stack.pop()
            found.append(entry)
            stack += reversed(_inside(*entry))
    elif step.kind == "all":
        found += _inside(trail, node) if isinstance(node, (dict, list)) else [(trail, node)]
    elif not isinstance(node, list):
        found += [(trail, node)] if _picked(step, 1) else []
    else:
        found += [((trail, index), node[index]) for index in _picked(step, len(node))]


def _inside(trail: _Trail, node: object) -> list[tuple[_Trail, object]]:
    if isinstance(node, dict):
        return [((trail, name), value) for name, value in node.items()]
    if isinstance(node, list):
        return [((trail, index), value) for index, value in enumerate(node)]
    return []


def _picked(step: _Step, length: int) -> list[int]:
    if isinstance(step.wanted, slice):
        return list(range(length)[step.wanted])
    return [index % length for index in step.wanted if -length <= index < length]


def _path(trail: _Trail, budget: Budget) -> Path:
    steps: list[str | int] = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    budget.spend(len(steps))
    return tuple(reversed(steps))


def _steps(node: object) -> list[_Step]:
    """The parsed JSONPath as a row of steps."""
    kind = type(node).__name__
    if kind in ("Root", "This"):
        return []
    if kind in ("Child", "Descendants"):
        left, right = node.left, node.right  # type: ignore[attr-defined]
        if type(right).__name__ == "Root":
            raise ValueError("has a `$` in its middle")
        return [*_steps(left), *([_Step("below")] if kind == "Descendants" else []), *_steps(right)]
    if kind == "Fields":
        names = tuple(node.fields)  # type: ignore[attr-defined]
        return [_Step("all") if "*" in names else _Step("names", names)]
    if kind == "Wildcard":
        return [_Step("all")]
    if kind == "Index":
        indices = getattr(node, "indices", None) or (node.index,)  # type: ignore[attr-defined]
        return [_Step("entries", wanted=tuple(indices))]
    if kind == "Slice":
        wanted = slice(node.start, node.end, node.step)  # type: ignore[attr-defined]
        if wanted.step == 0:
            raise ValueError("has a slice with the step 0")
        return [_Step("all") if wanted == slice(None) else _Step("entries", wanted=wanted)]
    raise ValueError(
        f"uses what is not known here ({kind.strip('_').lower()}); known are names, `[*]`, `*`, `..`, "
        "indexes and slices"
    )
