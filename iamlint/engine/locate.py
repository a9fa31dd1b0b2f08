"""From hits inside documents to findings in files: lines and columns, pointers, fingerprints."""

import json
from collections.abc import Mapping

from iamlint.finding import Finding, Folded, Hit, Place, PolicyRef, Region, Related
from iamlint.load import PolicyDocument
from iamlint.model import Policy
from iamlint.rule import Rule
from iamlint.syntax import Lines, Path, Span, SyntaxProblem, pointer


class Locator:
    """Places of one file."""

    def __init__(self, path: str, text: str, pins: bool = False) -> None:
        """`pins`: work out the pin of every finding."""
        self._path = path
        self._pins: dict[tuple[int, Path], str] | None = {} if pins else None
        self._lines = Lines(text)
        self._counts: dict[tuple[str, ...], int] = {}

    def finding(
        self,
        rule: Rule,
        hit: Hit,
        folded: tuple[Hit, ...],
        document: PolicyDocument,
        ref: PolicyRef,
    ) -> Finding:
        """The finding that `hit` is in this file."""
        first = hit.places[0]
        regions = tuple(self._region(document, place) for place in hit.places)
        return Finding(
            rule=rule.id,
            aws=rule.aws,
            severity=rule.levels.get(hit.level, rule.severity),
            level=hit.level,
            message=hit.message,
            path=self._path,
            region=regions[0],
            pointer=pointer(first.path),
            pointers=tuple(dict.fromkeys(pointer(place.path) for place in hit.places)),
            token=first.token,
            document_pointer=document.document_pointer,
            identity=self._identity(hit, document.value),
            marked=regions,
            arguments=hit.arguments,
            policy=ref,
            subject=hit.subject,
            related=tuple(
                Related(note.message, self._path, self._region(document, note.place)) for note in hit.related
            ),
            folded=tuple(Folded(lesser.rule, lesser.message) for lesser in folded),
            witness=hit.witness,
            pin=self._pin(document, first.path),
        )

    def _pin(self, document: PolicyDocument, path: Path) -> str | None:
        if self._pins is None:
            return None
        from iamlint.analyse.normal import pin

        known = id(document), path[:2] if path[1:] and isinstance(path[1], int) else path[:1]
        if known not in self._pins:
            self._pins[known] = pin(Policy(document.value, document.kind), path)
        return self._pins[known]

    def _region(self, document: PolicyDocument, place: Place) -> Region:
        span: Span = document.span(place.path, place.token, place.start, place.end, place.occurrence)
        return Region(*self._lines.position(span.start), *self._lines.position(span.end))

    def _identity(self, hit: Hit, value: object) -> tuple[str, ...]:
        place = hit.places[0]
        marked = _canonical(_value_at(value, place.path))
        parts = (hit.rule, hit.level, _address(value, place.path), place.token, marked)
        count = self._counts[parts] = self._counts.get(parts, 0) + 1
        return (*parts, str(count))


def syntax_finding(rule: Rule, hit: Hit, path: str, problem: SyntaxProblem) -> Finding:
    """The finding for a text that could not be read: there is no document, only the place of the problem."""
    region = Region(problem.line, problem.column, problem.line, problem.column + 1)
    return Finding(
        rule=rule.id,
        aws=rule.aws,
        severity=rule.severity,
        level=hit.level,
        message=hit.message,
        path=path,
        region=region,
        pointer="",
        pointers=("",),
        token="value",
        document_pointer="",
        identity=(rule.id, problem.message, "1"),
        marked=(region,),
        arguments=hit.arguments,
    )


def _address(value: object, path: Path) -> str:
    """How the statement at `path` is known: by its Sid where that is unique, else by its content."""
    if path[:1] != ("Statement",) or not isinstance(value, Mapping):
        return ""
    statements = value.get("Statement")
    statement = _value_at(value, path[:2] if isinstance(statements, list) else path[:1])
    sid = statement.get("Sid") if isinstance(statement, Mapping) else None
    if isinstance(sid, str) and sid and isinstance(statements, list):
        same = sum(1 for s in statements if isinstance(s, Mapping) and s.get("Sid") == sid)
        if same == 1:
            return f"Sid {sid}"
    return _canonical(statement)


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _value_at(value: object, path: Path) -> object:
    for step in path:
        if isinstance(value, (Mapping, list)):
            try:
                value = value[step]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                return None
        else:
            return None
    return value
