"""Concrete texts that patterns match: what a request would name."""

from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iamlint.analyse.resources import FIELDS, completed, is_everything
from iamlint.analyse.wildcards import matches

if TYPE_CHECKING:
    from iamlint.aws.sensitive_arns import ArnFormat

WORD: Final = "example"
_LONGEST: Final = 512
_MOST_STATES: Final = 1000
_REGIONS: Final = ("us-east-1", "eu-central-1", "ap-southeast-1", "us-gov-west-1", "cn-north-1")
_HOME: Final = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


def fill(pattern: str, word: str = WORD) -> str:
    """`pattern` with each run of `*` as `word` and each `?` as `x`: a text that it matches."""
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    return pattern.replace("*", word).replace("?", "x")


def common(pattern: str, shape: str) -> str | None:
    """A text that both match; None where there is none, or where `pattern` is longer than any that IAM takes.

    In `pattern`, `*` and `?` are IAM's wildcards; in `shape`, `*` is one or more characters other than `/` and `**`
    one or more of any. Nice texts are tried first, then the shortest is found by walking both at once, unless the
    pattern is so long that this takes time.
    """
    if len(pattern) > _LONGEST:
        return None
    nice = fill(shape)
    if matches(pattern, nice):
        return nice
    if "*" in pattern or "?" in pattern:
        nice = fill(pattern)
        if _shortest(nice, shape, wildcards=False) is not None:
            return nice
        return _shortest(pattern, shape, wildcards=True) if len(pattern) * len(shape) <= _MOST_STATES else None
    return _shortest(pattern, shape, wildcards=False)


def _tokens(shape: str) -> list[str]:
    """Characters; `?` for one other than `/`, `*` for any number of those, `??` and `**` with slashes."""
    tokens: list[str] = []
    for number, plain in enumerate(shape.replace("**", "\0").replace("*", "\1").split("\0")):
        tokens += ["??", "**"] if number else []
        for inner, text in enumerate(plain.split("\1")):
            tokens += ["?", "*"] if inner else []
            tokens += text
    return tokens


def _shortest(pattern: str, shape: str, wildcards: bool) -> str | None:
    tokens = _tokens(shape)
    end = (len(pattern), len(tokens))
    came: dict[tuple[int, int], tuple[tuple[int, int], str] | None] = {(0, 0): None}
    queue = deque([(0, 0)])
    while queue and end not in came:
        at = queue.popleft()
        for there, char in _steps(pattern, tokens, at, wildcards):
            if there not in came:
                came[there] = (at, char)
                queue.append(there) if char else queue.appendleft(there)
    if end not in came:
        return None
    found: list[str] = []
    step = came[end]
    while step is not None:
        found.append(step[1])
        step = came[step[0]]
    return "".join(reversed(found))


def _steps(
    pattern: str, tokens: list[str], at: tuple[int, int], wildcards: bool
) -> Iterator[tuple[tuple[int, int], str]]:
    i, j = at
    ours = pattern[i] if i < len(pattern) else ""
    theirs = tokens[j] if j < len(tokens) else ""
    star = wildcards and ours == "*"
    if star:
        yield (i + 1, j), ""
    if theirs in ("*", "**"):
        yield (i, j + 1), ""
    if not ours or not theirs:
        return
    free = star or (wildcards and ours == "?")
    char = ("x" if theirs[0] in "*?" else theirs) if free else ours
    if char == theirs or theirs in ("??", "**") or (theirs in ("?", "*") and char != "/"):
        yield (i if star else i + 1, j if theirs in ("*", "**") else j + 1), char


def arn_of(pattern: str, shape: "ArnFormat", partition: str, account: str) -> str | None:
    """An ARN of this format that `pattern` matches; None where there is none.

    Where the pattern leaves a choice, the ARN lies in `partition` and `account`. Variables in `pattern` must have been
    replaced.
    """
    ask = _arn_of if len(pattern) <= _KEPT else _arn_of.__wrapped__
    return ask(pattern, shape, partition, account)


_KEPT: Final = 512
"""Longer patterns are not remembered."""


@lru_cache(maxsize=1024)  # actions on the same resources are asked about one after another
def _arn_of(pattern: str, shape: "ArnFormat", partition: str, account: str) -> str | None:
    if is_everything(pattern):
        home = _HOME.get(partition, _REGIONS[0]) if shape.regional else ""
        return f"arn:{partition}:{shape.service}:{home}:{account if shape.has_account else ''}:{fill(shape.tail)}"
    fields = completed(pattern).split(":", FIELDS - 1)
    if len(fields) != FIELDS or not matches(fields[0], "arn") or not matches(fields[2], shape.service):
        return None
    where = _first(fields[1], (partition, *_HOME))
    regions = (_HOME.get(where or "", _REGIONS[0]), *_REGIONS)
    region = _first(fields[3], regions) if shape.regional else _first(fields[3], ("",))
    owner = _first(fields[4], (account,)) if shape.has_account else _first(fields[4], ("",))
    if where is None or region is None or owner is None:
        return None
    tail = common(fields[5], shape.tail)
    return None if tail is None else ":".join(("arn", where, shape.service, region, owner, tail))


def _first(pattern: str, choices: tuple[str, ...]) -> str | None:
    """The first of `choices` that `pattern` matches, else the pattern where it is a plain text that may stand here."""
    for choice in choices:
        if matches(pattern, choice):
            return choice
    plain = pattern.replace("-", "").isalnum() and pattern.isascii()
    return pattern if plain and choices != ("",) else None
