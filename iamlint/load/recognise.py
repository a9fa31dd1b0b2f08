"""Which values of a JSON text are policy documents, told by their shape.

The shapes are those of AWS's own answers: a bare policy, a list of policies, and what the IAM, Organizations and
resource services print (`get-policy-version`, `get-role`, `get-user-policy`, `get-bucket-policy` …). Nothing is
searched for at random: a template or a lock file has policies of its own grammar.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from iamlint.record import NamedTuple
from iamlint.syntax import Parsed, Path, Span, SyntaxProblem, parse_all, unfold

_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_STATEMENT_MARKS: Final = frozenset(("Effect", "Action", "NotAction", "Principal", "NotPrincipal", "Resource"))
_DRESSED_START: Final = ("{", '"', "%")


class Found(NamedTuple):
    """A policy document at `path`; `embedded` iff it is written inside the string there."""

    path: Path
    value: object
    kind: str | None = None
    """What the surroundings tell of the kind; None where they tell nothing."""
    certain: bool = False
    """True where the surroundings leave no other kind: nobody can override it."""
    embedded: bool = False
    repeats: bool = False
    """For an embedded document: some object in it repeats a key."""
    name: str | None = None
    arn: str | None = None
    owner: str | None = None
    problem: SyntaxProblem | None = None
    """Why the text in the string is no JSON, at its place in that text; `value` is None then."""
    length: int | None = None
    """For an embedded document: the characters of its text."""


def policies(value: object) -> Iterator[Found]:
    """The policy documents that `value` holds, in document order."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            if isinstance(entry, dict):
                for found in _of_object(entry):
                    yield found._replace(path=(index, *found.path))
    elif isinstance(value, dict):
        yield from _of_object(value)
    elif isinstance(value, str):
        yield from document(value, (), strict=True)


def is_policy(value: Mapping[str, object]) -> bool:
    """True iff `value` can only be meant as a policy document, sound or not."""
    if "Statement" in value:
        statement = value["Statement"]
        entries = statement if isinstance(statement, list) else [statement]
        if any(isinstance(entry, dict) and not _STATEMENT_MARKS.isdisjoint(entry) for entry in entries):
            return True
        return any(key.lower() == "version" for key in value) or set(value) <= {"Id", "Statement"}
    if value.get("Version") in _VERSIONS:
        return not any(key.endswith("List") for key in value)
    lower = {key.lower(): entry for key, entry in value.items()}
    return "statement" in lower and lower.get("version") in _VERSIONS


def is_attempt(value: object) -> bool:
    """True iff `value` is what somebody who calls it a policy may mean as one.

    That is anything but an object or list of other content: a lone statement is, a `package.json` is not.
    """
    if isinstance(value, dict) and value:
        parts = [value, *(entry for each in value.values() for entry in (each if isinstance(each, list) else [each]))]
        return any(isinstance(p, dict) and "Effect" in p and ("Action" in p or "NotAction" in p) for p in parts)
    if isinstance(value, list) and value:
        # AWS takes no list. One of several policies is a collection; one policy in brackets is a slip.
        return len(value) == 1 and isinstance(value[0], dict) and is_policy(value[0])
    return True


def document(
    value: object,
    path: Path,
    kind: str | None = None,
    *,
    certain: bool = False,
    strict: bool = False,
    name: str | None = None,
    arn: str | None = None,
    owner: str | None = None,
) -> Iterator[Found]:
    """The document that `value` is, or that is written in it; nothing where it is neither object nor such a string.

    `strict` is for places that may hold anything: there it must look like a policy.
    """
    if isinstance(value, dict):
        if not strict or is_policy(value):
            yield Found(path, value, kind, certain, False, False, name, arn, owner)
    elif isinstance(value, str):
        inner = _undress(value)
        if isinstance(inner, SyntaxProblem):
            if not strict or shows_marks(value):
                yield Found(path, None, kind, certain, True, False, name, arn, owner, inner)
        elif inner is not None and isinstance(inner.value, dict) and (not strict or is_policy(inner.value)):
            length = inner.end - inner.start
            yield Found(path, inner.value, kind, certain, True, inner.duplicates, name, arn, owner, None, length)


def shows_marks(text: str) -> bool:
    """True iff a text that is no JSON shows the marks of a policy: `Statement`, `Effect` and an action element.

    Each must look like a key, be it one that lacks a quote or its colon.
    """
    import re

    before, after = r"""(?:["'“”‘’\\]|%22)""", r"""(?:["'“”‘’\\]|%22|[ \t]*[:=])"""
    return all(
        re.search(f"{before}{name}{after}|{name}[ \t]*[:=]", text) for name in ("Statement", "Effect", "(?:Not)?Action")
    )


def _undress(text: str) -> Parsed | SyntaxProblem | None:
    """The object written in `text`, as JSON, percent-encoded, or inside another string; None where there is none.

    A problem is told at its place in the text that is left when all dresses are off.
    """
    if not text.lstrip(" \t\r\n").startswith(_DRESSED_START):
        return None
    token = json.dumps(text)
    inner = unfold(token, Span(0, len(token))).text
    if not inner.lstrip(" \t\r\n").startswith("{"):
        return None
    values, problem = parse_all(inner)
    if problem is None and len(values) > 1:
        problem = SyntaxProblem.at(inner, values[1].start, "unexpected text after the document")
    return problem or values[0]


def _of_object(value: dict[str, object]) -> Iterator[Found]:
    if is_policy(value):
        yield Found((), value)
        return
    from iamlint.load.exports import exported

    yield from exported(value)
