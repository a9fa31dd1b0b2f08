"""Patterns of `.gitignore` files, matched in time that no pattern can blow up.

A `.gitignore` is part of what is scanned, so its patterns never become regular expressions: `*a*a*a*a*b` against a
long name takes a backtracking engine seconds. Meaning: git's manual, "gitignore", section "Pattern format".
"""

from collections.abc import Callable, Iterable, Sequence

from iamlint.record import NamedTuple

_CLASSES: dict[str, Callable[[str], bool]] = {
    "alnum": str.isalnum,
    "alpha": str.isalpha,
    "digit": str.isdigit,
    "lower": str.islower,
    "upper": str.isupper,
    "space": str.isspace,
    "blank": lambda char: char in " \t",
    "cntrl": lambda char: not char.isprintable(),
    "graph": lambda char: char.isprintable() and char != " ",
    "print": str.isprintable,
    "punct": lambda char: char.isprintable() and not char.isalnum() and char != " ",
    "xdigit": lambda char: char in "0123456789abcdefABCDEF",
}


class Patterns:
    """The lines of one `.gitignore`, or patterns written in its language."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._patterns = [pattern for line in lines if (pattern := _pattern(line)) is not None]
        self._named: dict[str, list[int]] = {}
        self._others: list[int] = []
        for index in reversed(range(len(self._patterns))):
            pattern = self._patterns[index]
            if pattern.name is not None and isinstance(whole := pattern.name.whole, str):
                self._named.setdefault(whole, []).append(index)
            else:
                self._others.append(index)

    def verdict(self, path: str, folder: bool = False) -> bool | None:
        """True where `path` is matched, False where a `!` pattern takes it back, None where no pattern speaks of it.

        `path` is relative to where the patterns stand, with `/`; the last pattern that matches decides. Only `path`
        itself is looked at: what lies in a folder that is matched is for the caller to leave out.
        """
        name = path.rpartition("/")[2]
        decides = next((i for i in self._named.get(name, ()) if folder or not self._patterns[i].folders_only), -1)
        steps: list[str] | None = None
        for index in self._others:
            if index < decides:
                break
            pattern = self._patterns[index]
            if pattern.folders_only and not folder:
                continue
            if pattern.name is not None:
                matched = pattern.name.matches(name)
            else:
                steps = path.split("/") if steps is None else steps
                matched = _matches_steps(pattern.runs, steps)
            if matched:
                decides = index
                break
        return None if decides < 0 else not self._patterns[decides].takes_back

    def matches(self, path: str, folder: bool = False) -> bool:
        """True iff `path` or a folder that it lies in is matched, as git sees it."""
        end = path.find("/")
        while end >= 0:
            if self.verdict(path[:end], folder=True):
                return True
            end = path.find("/", end + 1)
        return bool(self.verdict(path, folder))


class _Class(NamedTuple):
    """`[a-z]`: a set of characters."""

    negated: bool
    ranges: tuple[tuple[str, str], ...]
    named: tuple[str, ...]

    def holds(self, char: str) -> bool:
        inside = any(low <= char <= high for low, high in self.ranges) or (
            char.isascii() and any(_CLASSES[name](char) for name in self.named)
        )
        return inside != self.negated


_Test = str | _Class | None
"""One character: this one, one of a class, or (None) any."""
_Block = str | tuple[_Test, ...]
"""What stands between two `*`: plain text where it can be."""


class _Name:
    """A pattern for one name, without `/`."""

    __slots__ = ("_blocks", "_shortest")

    def __init__(self, blocks: tuple[_Block, ...]) -> None:
        self._blocks = blocks
        self._shortest = sum(map(len, blocks))

    @property
    def whole(self) -> _Block | None:
        """The pattern itself where it has no `*`."""
        return self._blocks[0] if len(self._blocks) == 1 else None

    def matches(self, name: str) -> bool:
        # Each block is placed as early as it fits, which leaves most room for the rest: never a step back.
        blocks = self._blocks
        if len(blocks) == 1:
            return len(name) == self._shortest and _stands(blocks[0], name, 0)
        end = len(name) - len(blocks[-1])
        if len(name) < self._shortest or not _stands(blocks[0], name, 0) or not _stands(blocks[-1], name, end):
            return False
        at = len(blocks[0])
        for block in blocks[1:-1]:
            found = _find(block, name, at, end)
            if found < 0:
                return False
            at = found + len(block)
        return True


class _Pattern(NamedTuple):
    takes_back: bool
    folders_only: bool
    name: _Name | None
    """For a pattern without `/`, which is about names at any depth."""
    runs: tuple[tuple[_Name, ...], ...]
    """For a pattern with `/`: the names between two `**`."""


def _stands(block: _Block, text: str, at: int) -> bool:
    if isinstance(block, str):
        return text.startswith(block, at)
    return all(_passes(test, char) for test, char in zip(block, text[at : at + len(block)], strict=True))


def _passes(test: _Test, char: str) -> bool:
    return test is None or (test == char if isinstance(test, str) else test.holds(char))


def _find(block: _Block, text: str, start: int, end: int) -> int:
    if isinstance(block, str):
        return text.find(block, start, end)
    return next((at for at in range(start, end - len(block) + 1) if _stands(block, text, at)), -1)


def _matches_steps(runs: Sequence[tuple[_Name, ...]], steps: list[str]) -> bool:
    """The same as `_Name.matches`, with names for characters and `**` for `*`."""
    first, last = runs[0], runs[-1]
    if len(runs) == 1:
        return len(steps) == len(first) and _run_stands(first, steps, 0)
    end = len(steps) - len(last)
    if sum(map(len, runs)) > len(steps) or not _run_stands(first, steps, 0) or not _run_stands(last, steps, end):
        return False
    at = len(first)
    for run in runs[1:-1]:
        while at + len(run) <= end and not _run_stands(run, steps, at):
            at += 1
        at += len(run)
        if at > end:
            return False
    return True


def _run_stands(run: tuple[_Name, ...], steps: list[str], at: int) -> bool:
    return all(name.matches(step) for name, step in zip(run, steps[at : at + len(run)], strict=True))


def _pattern(line: str) -> _Pattern | None:
    """None for a blank line, a comment, and a pattern that can match nothing."""
    line = line.rstrip("\r\n")
    stripped = line.rstrip(" ")
    if stripped != line and (len(stripped) - len(stripped.rstrip("\\"))) % 2:
        stripped += " "  # the backslash keeps this space
    if not stripped or stripped.startswith("#"):
        return None
    takes_back = stripped.startswith("!")
    body = stripped[takes_back:]
    folders_only = body.endswith("/")
    body = body[: len(body) - folders_only]
    if not body:
        return None
    if "/" not in body:
        name = _name(body)
        return None if name is None else _Pattern(takes_back, folders_only, name, ())
    runs: list[list[_Name]] = [[]]
    steps = body.removeprefix("/").split("/")
    for step in [*steps, "*"] if _is_any_depth(steps[-1]) else steps:  # `a/**` is what lies in `a`, not `a`
        if _is_any_depth(step):
            runs.append([])
        elif (name := _name(step)) is None:
            return None
        else:
            runs[-1].append(name)
    return _Pattern(takes_back, folders_only, None, tuple(map(tuple, runs)))


def _is_any_depth(step: str) -> bool:
    """True iff this is `**`; git takes more stars for the same."""
    return len(step) > 1 and not step.strip("*")


def _name(text: str) -> _Name | None:
    """None where a `[` is not closed or a backslash ends the text: git matches nothing then either."""
    blocks: list[list[_Test]] = [[]]
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "*":
            if blocks[-1] or len(blocks) == 1:
                blocks.append([])
        elif char == "?":
            blocks[-1].append(None)
        elif char == "[":
            found = _class(text, at)
            if found is None:
                return None
            class_, at = found
            blocks[-1].append(class_)
        elif char == "\\":
            if at == len(text):
                return None
            blocks[-1].append(text[at])
            at += 1
        else:
            blocks[-1].append(char)
    return _Name(tuple(map(_plain, blocks)))


def _plain(tests: list[_Test]) -> _Block:
    chars = [test for test in tests if isinstance(test, str)]
    return "".join(chars) if len(chars) == len(tests) else tuple(tests)


def _class(text: str, at: int) -> tuple[_Class, int] | None:
    """The class whose `[` ends at `at`, and the offset after its `]`; None where there is none."""
    negated = at < len(text) and text[at] in "!^"
    at += negated
    ranges: list[tuple[str, str]] = []
    named: list[str] = []
    first = True
    while at < len(text):
        if text[at] == "]" and not first:
            return _Class(negated, tuple(ranges), tuple(named)), at + 1
        first = False
        if text.startswith("[:", at) and (end := text.find(":]", at + 2)) >= 0:
            if text[at + 2 : end] not in _CLASSES:
                return None
            named.append(text[at + 2 : end])
            at = end + 2
            continue
        low, at = _member(text, at)
        high = low
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high, at = _member(text, at + 1)
        ranges.append((low, high))
    return None


def _member(text: str, at: int) -> tuple[str, int]:
    if text[at] == "\\" and at + 1 < len(text):
        at += 1
    return text[at], at + 1
