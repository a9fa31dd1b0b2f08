"""From hits inside documents to findings in files: lines and columns, pointers, fingerprints."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from iamlint.finding import Edit, Finding, Folded, Hit, Note, Place, PolicyRef, Region, Related, Rewrite
from iamlint.load import PolicyDocument
from iamlint.model import Policy
from iamlint.rule import Rule
from iamlint.syntax import Lines, Path, Span, SyntaxProblem, pointer

if TYPE_CHECKING:
    from iamlint.model.spot import Source
    from iamlint.rewrite.propose import Proposal


class Locator:
    """Places of one file."""

    def __init__(self, path: str, text: str, pins: bool = False) -> None:
        """`pins`: work out the pin of every finding."""
        self._path = path
        self._pins: dict[tuple[int, Path], str] | None = {} if pins else None
        self._lines = Lines(text)
        self._counts: dict[tuple[str, ...], int] = {}
        self._addresses: dict[tuple[int, Path], tuple[object, str]] = {}
        self._sids: tuple[object, Mapping[str, int]] = (None, {})

    def finding(
        self,
        rule: Rule,
        hit: Hit,
        folded: tuple[Hit, ...],
        document: PolicyDocument,
        ref: PolicyRef,
        proposal: "Proposal | None" = None,
    ) -> Finding:
        """The finding that `hit` is in this file, with the rewrite that is proposed for it."""
        first = hit.places[0]
        regions = tuple([self._region(document, place) for place in hit.places])
        pointers = _pointers(hit.places)
        return Finding(
            rule=rule.id,
            aws=rule.aws,
            severity=rule.levels.get(hit.level, rule.severity),
            level=hit.level,
            message=hit.message,
            path=self._path,
            region=regions[0],
            pointer=pointers[0],
            pointers=pointers,
            token=first.token,
            document_pointer=document.document_pointer,
            identity=self._identity(hit, document.value),
            marked=regions,
            arguments=hit.arguments,
            policy=ref,
            subject=hit.subject,
            related=tuple(
                [Related(note.message, self._path, self._region(document, note.place)) for note in hit.related]
            ),
            folded=tuple([Folded(lesser.rule, lesser.message) for lesser in folded]),
            witness=hit.witness,
            rewrite=None if proposal is None else self.rewrite(proposal, document),
            pin=self._pin(document, first.path),
        )

    def rewrite(self, proposal: "Proposal", document: PolicyDocument) -> Rewrite | None:
        """What is proposed for a document of this file, as edits of its text; None where there are none to make."""
        edits = document.edits(proposal.changes)
        if not edits:
            return None
        regions = [Edit(Region(*self._lines.range(edit.start, edit.end)), edit.text) for edit in edits]
        made = None if proposal.never_applied else (document, proposal.changes, proposal.denies)
        return Rewrite(proposal.title, proposal.safe, tuple(regions), proposal.proof, made, proposal.denied)

    def counted(self, finding: Finding) -> Finding:
        """A finding of this file that another process made: the count of equals in its identity is set here."""
        *parts, given = finding.identity
        count = self._count(tuple(parts))
        return finding if given == count else finding._replace(identity=(*parts, count))

    def _count(self, parts: tuple[str, ...]) -> str:
        count = self._counts[parts] = self._counts.get(parts, 0) + 1
        return str(count)

    def _pin(self, document: PolicyDocument, path: Path) -> str | None:
        if self._pins is None:
            return None
        from iamlint.analyse.normal import pin

        known = id(document), path[:2] if path[1:] and isinstance(path[1], int) else path[:1]
        if known not in self._pins:
            self._pins[known] = pin(Policy(document.value, document.kind), path)
        return self._pins[known]

    def of_account(self, rule: Rule, hit: Hit, ref: PolicyRef | None, elsewhere: "Callable[[str], Locator]") -> Finding:
        """The finding that a hit of a rule about accounts is; its first place is in this file.

        `elsewhere` gives the locator of another file.
        """
        first = hit.places[0]
        here = [place for place in hit.places if _file(place) == self._path]
        regions = tuple([self._region(place.source, place) for place in here if place.source is not None])
        pointers = _pointers(here)
        others = [Note(place, "also here") for place in hit.places if _file(place) != self._path]
        related = []
        for note in (*others, *hit.related):
            source = note.place.source
            if source is not None:
                locator = elsewhere(source.file)
                related.append(Related(note.message, source.file, locator._region(source, note.place)))
        return Finding(
            rule=rule.id,
            aws=rule.aws,
            severity=rule.levels.get(hit.level, rule.severity),
            level=hit.level,
            message=hit.message,
            path=self._path,
            region=regions[0],
            pointer=pointers[0],
            pointers=pointers,
            token=first.token,
            document_pointer=first.source.document_pointer if first.source is not None else "",
            identity=self._identity_in_account(hit),
            marked=regions,
            arguments=hit.arguments,
            policy=ref,
            subject=hit.subject,
            related=tuple(related),
            witness=hit.witness,
        )

    def _region(self, document: "Source", place: Place) -> Region:
        span: Span = document.span(place.path, place.token, place.start, place.end, place.occurrence)
        return Region(*self._lines.range(span.start, span.end))

    def _identity_in_account(self, hit: Hit) -> tuple[str, ...]:
        """Rule, level, whom it is about and what kind of place: dates and counts move, and are no part of it."""
        place = hit.places[0]
        steps = "/".join(step for step in place.path if isinstance(step, str))
        subject = hit.subject
        value = getattr(place.source, "value", None)
        marked = _value_at(value, place.path) if steps.endswith(("Arn", "Name")) else None
        parts = (hit.rule, hit.level, subject.id if subject else "", steps, marked if isinstance(marked, str) else "")
        return (*parts, self._count(parts))

    def _identity(self, hit: Hit, value: object) -> tuple[str, ...]:
        place = hit.places[0]
        marked = _shortened(_canonical(_value_at(value, place.path)))
        parts = (hit.rule, hit.level, self._address(value, place.path), place.token, marked)
        return (*parts, self._count(parts))

    def _address(self, value: object, path: Path) -> str:
        """How the statement at `path` is known: by its Sid where that is unique, else by its content.

        Worked out once per statement: one with thousands of findings is not written out for each.
        """
        statements = value.get("Statement") if isinstance(value, dict) else None
        where = path[:2] if isinstance(statements, list) else path[:1]
        if path[:1] != ("Statement",):
            return ""
        known = self._addresses.get((id(value), where))
        if known is None or known[0] is not value:
            statement = _value_at(value, where)
            sid = statement.get("Sid") if isinstance(statement, dict) else None
            unique = isinstance(sid, str) and sid and self._count_of(value, statements).get(sid) == 1
            text = f"Sid {sid}" if unique else _shortened(_canonical(statement))
            known = self._addresses[id(value), where] = (value, text)
        return known[1]

    def _count_of(self, value: object, statements: object) -> Mapping[str, int]:
        if self._sids[0] is not value:
            entries = statements if isinstance(statements, list) else []
            sids = [entry.get("Sid") for entry in entries if isinstance(entry, dict)]
            texts = [sid for sid in sids if isinstance(sid, str)]
            counts = dict.fromkeys(texts, 1)
            self._sids = (value, counts if len(counts) == len(texts) else Counter(texts))
        return self._sids[1]


def _pointers(places: Sequence[Place]) -> tuple[str, ...]:
    if len(places) == 1:
        return (pointer(places[0].path),)
    return tuple(dict.fromkeys([pointer(place.path) for place in places]))


def _file(place: Place) -> str:
    return place.source.file if place.source is not None else ""


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


def _shortened(text: str) -> str:
    """`text`, or its digest where it is long: it goes into the fingerprint of each finding of a statement."""
    if len(text) < 4096:
        return text
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def _value_at(value: object, path: Path) -> object:
    for step in path:
        if isinstance(value, (dict, list)):
            try:
                value = value[step]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                return None
        else:
            return None
    return value
