"""A finding as a JSON object in one line, with the keys of version 1 in their order.

Of a big account a hundred thousand are written, most of them about the same few policies: what equals the last one is
not put into words again.
"""

import json
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring_ascii as quoted
from typing import TypeVar

from iamlint.finding import Finding, PolicyRef, Region, Related, Rewrite, Subject
from iamlint.report.plain import plain

_T = TypeVar("_T")
dumps = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode
"""JSON in one line of ASCII."""


class FindingText:
    """The text of one finding after the other."""

    def __init__(self) -> None:
        self._heads: dict[tuple[object, ...], str] = {}
        self._policy: tuple[PolicyRef | None, str] = (None, "null")
        self._document: tuple[str, str] = ("", '""')
        self._path: tuple[str, str] = ("", '""')

    def __call__(self, finding: Finding) -> str:
        """The object."""
        rule, aws, severity, level, message, path, region, pointer, pointers, token, document, *_ = finding
        head = rule, aws, severity, level
        start = self._heads.get(head)
        if start is None:
            start = self._heads[head] = (
                f'{{"rule": {quoted(rule)}, "aws": {dumps(aws)}, '
                f'"severity": {quoted(severity.value)}, "level": {quoted(level)}, "message": '
            )
        policy = finding.policy
        if policy is not self._policy[0]:
            self._policy = policy, dumps(None if policy is None else policy._asdict())
        if document is not self._document[0]:
            self._document = document, quoted(document)
        if path is not self._path[0]:
            self._path = path, quoted(path)
        at = quoted(pointer)
        return (
            f'{start}{quoted(message)}, "arguments": {_plain(finding.arguments)}, '
            f'"path": {self._path[1]}, {_region(region)}, "pointer": {at}, '
            f'"pointers": {f"[{at}]" if pointers == (pointer,) else dumps(pointers)}, '
            f'"token": {quoted(token)}, "document_pointer": {self._document[1]}, "policy": {self._policy[1]}, '
            f'"subject": {_subject(finding.subject)}, "related": {_list(_related, finding.related)}, '
            f'"folded": {dumps([e._asdict() for e in finding.folded]) if finding.folded else "[]"}, '
            f'"witness": {_plain(finding.witness)}, '
            f'"rewrite": {"null" if finding.rewrite is None else dumps(_rewrite(finding.rewrite))}, '
            f'"fingerprint": "{finding.fingerprint}"}}'
        )


def _plain(value: object) -> str:
    return "null" if value is None else dumps(plain(value)) if value else "{}"


def _list(entry: Callable[[_T], str], values: Sequence[_T]) -> str:
    return f"[{', '.join(map(entry, values))}]" if values else "[]"


def _region(region: Region) -> str:
    line, column, end_line, end_column = region
    return f'"line": {line}, "column": {column}, "end_line": {end_line}, "end_column": {end_column}'


def _subject(subject: Subject | None) -> str:
    if subject is None:
        return "null"
    account = "null" if subject.account is None else quoted(subject.account)
    return f'{{"kind": {quoted(subject.kind)}, "id": {quoted(subject.id)}, "account": {account}}}'


def _related(entry: Related) -> str:
    return f'{{"message": {quoted(entry.message)}, "path": {quoted(entry.path)}, {_region(entry.region)}}}'


def _rewrite(rewrite: Rewrite) -> dict[str, object]:
    proof = rewrite.proof
    replayed = {} if rewrite.denied is None else {"denied": rewrite.denied}
    return {
        "title": rewrite.title,
        "safe": rewrite.safe,
        **replayed,
        "edits": [{**edit.region._asdict(), "text": edit.text} for edit in rewrite.edits],
        "proof": {
            "verdict": proof.verdict,
            "reason": proof.reason,
            "witness": plain(proof.witness),
            "assumes": proof.assumes,
        },
    }
