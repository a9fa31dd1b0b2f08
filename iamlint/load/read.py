"""Bytes and text of one file → the policy documents in it, or why there are none."""

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.config import Settings
from iamlint.load.document import LoadedFile, LoadedValue, PolicyDocument
from iamlint.load.recognise import Found, is_attempt, is_policy, policies, shows_marks
from iamlint.model import detect_kind, kind_and_type
from iamlint.syntax import MAX_SIZE, Lines, Parsed, SyntaxProblem, decode, parse_all

if TYPE_CHECKING:
    from iamlint.load.export import Exported


def load_text(
    path: str, text: str, settings: Settings, *, kind: str | None = None, named_alone: bool = False
) -> LoadedFile:
    """What `text` holds. `kind` overrides the policies' kinds; `named_alone` says that the user named this file only.

    Broken text is a problem if the file was named alone or shows the marks of a policy, else it is skipped.
    Raises `ConfigError` where a configured selector is wrong.
    """
    export = _export(path, text)
    if export is not None:
        return LoadedFile(path, text, export=export)
    values, problem = parse_all(text)
    holders = [LoadedValue(text, parsed) for parsed in values]
    if problem is not None and not values:
        encoded = _percent_encoded(text)
        if encoded is not None:
            holders, problem = [encoded], None
    configured = kind or _configured_kind(path, settings)
    several = len(holders) > 1
    documents: list[PolicyDocument] = []
    problems: list[SyntaxProblem] = []
    lines: Lines | None = None
    for index, holder in enumerate(holders):
        holder.file = path
        prefix = (index,) if several else ()
        for found in _found(path, holder.parsed.value, settings, named_alone and not several):
            if found.problem is None:
                documents.append(PolicyDocument(holder, found, _kind(found, configured), prefix))
            else:
                lines = lines or Lines(text)
                problems.append(in_file(found.problem, holder, found, lines))
    if problem is None and several:
        problem = _strung_together(text, values)
    if problem is not None:
        if named_alone or documents or problems or shows_marks(text):
            problems.append(problem)
        else:
            return LoadedFile(path, text, skipped=f"not JSON ({_where(problem)}: {problem.message})")
    told = _of_organization(path, text, holders, documents)
    if problem is None and not documents and not problems and told is None:
        from iamlint.load.exports import described

        return LoadedFile(path, text, skipped=described(values[0].value if len(values) == 1 else None))
    return LoadedFile(path, text, tuple(documents), tuple(problems), export=told)


def load_bytes(
    path: str, data: bytes, settings: Settings, *, kind: str | None = None, named_alone: bool = False
) -> LoadedFile:
    """As `load_text`, from bytes in UTF-8 or UTF-16, or of a text in gzip."""
    try:
        if data.startswith(b"\x1f\x8b"):
            from iamlint.load.compressed import expanded

            data = expanded(data, MAX_SIZE)
        text = decode(data).text
    except SyntaxProblem as problem:
        # As Latin-1 every byte is a character; in UTF-16 every other one is NUL.
        if named_alone or (problem.kind != "size" and shows_marks(data.replace(b"\0", b"").decode("latin-1"))):
            return LoadedFile(path, None, problems=(problem,))
        where = "" if problem.kind == "size" else f" ({_where(problem)})"
        return LoadedFile(path, None, skipped=f"not read: {problem.message}{where}")
    return load_text(path, text, settings, kind=kind, named_alone=named_alone)


_EXPORT_MARKS = (
    'DetailList"',
    '"PolicyVersionList"',
    '"ReportFormat"',
    "mfa_active",
    '"AccessKeyMetadata"',
    '"AccessKeyLastUsed"',
    'MFADevices"',
    '"SummaryMap"',
    '"PasswordPolicy"',
    '"Users"',
    '"ServiceSpecificCredentials"',
    '"SSHPublicKeys"',
    '"CertificateId"',
    '"ServicesLastAccessed"',
    '"OpenIDConnectProviderList"',
    '"SAMLProviderList"',
)
"""One of these is a key at the start of every export of an account, or stands in the header of the report in CSV."""
_COLON = re.compile(r"[ \t\n\r]*+(?::|\Z)")


def shows_export(head: str) -> bool:
    """True iff a text that starts with `head` may be an export of an account."""
    return any(_holds_key(head, mark) for mark in _EXPORT_MARKS if mark in head)


def _holds_key(head: str, mark: str) -> bool:
    """True iff `mark` is one of a table, or ends a key in `head`: policies have such words among their actions."""
    if mark[-1] != '"':
        return True
    at = head.find(mark)
    while at >= 0:
        if _COLON.match(head, at + len(mark)):
            return True
        at = head.find(mark, at + 1)
    return False


def _export(path: str, text: str) -> "Exported | None":
    """What of an account stands in `text`; None for any other text, and for one that is broken."""
    if not shows_export(text[:HEAD]):
        return None
    from iamlint.load.export import exported

    try:
        return exported(path, text)
    except SyntaxProblem:
        return None  # told by those who read the text as a whole


def _of_organization(
    path: str, text: str, holders: list[LoadedValue], documents: list[PolicyDocument]
) -> "Exported | None":
    """What `text` tells of an organisation; None for any other text."""
    if not any(mark in text for mark in ('"PolicySummary"', '"TargetId"', '"Parents"')):
        return None
    from iamlint.load.export import of_organization

    return of_organization(path, [holder.parsed.value for holder in holders], documents)


HEAD = 1 << 16
"""Code points at the start of a text in which an export shows itself."""


def _where(problem: SyntaxProblem) -> str:
    return f"line {problem.line}, column {problem.column}"


def _found(path: str, value: object, settings: Settings, named_alone: bool) -> Iterator[Found]:
    found = list(policies(value))
    if settings.sources:
        from iamlint.load.select import selected

        known = {entry.path for entry in found}
        for entry in selected(value, from_root(path, settings), settings):
            if entry.path not in known:
                known.add(entry.path)
                found.append(entry)
    if named_alone and not any(entry.path == () for entry in found) and is_attempt(value):
        yield Found((), value)  # the user calls it a policy: the grammar rules say what is wrong with it
    yield from found


def _kind(found: Found, configured: str | None) -> str:
    """Of the kinds that the surroundings, the user and the document itself tell, the one that counts most.

    A type of resource if that is what is told.
    """
    if found.certain and found.kind is not None:
        narrower = configured is not None and kind_and_type(configured)[0] == found.kind
        return configured if configured and narrower else found.kind
    return configured or found.kind or detect_kind(found.value)


def _configured_kind(path: str, settings: Settings) -> str | None:
    """The kind that `[policy-kinds]` gives to this path; the last pattern that matches decides."""
    if not settings.policy_kinds:
        return None
    from iamlint.load.globs import Patterns

    relative = from_root(path, settings)
    kinds = [kind for pattern, kind in settings.policy_kinds if Patterns((pattern,)).matches(relative)]
    return kinds[-1] if kinds else None


def from_root(path: str, settings: Settings) -> str:
    """The path relative to the configuration's folder, which its patterns start from; `path` where it is elsewhere."""
    start = os.path.join(settings.root, "")
    absolute = os.path.abspath(path)
    return (absolute[len(start) :] if absolute.startswith(start) else path).replace(os.sep, "/").lstrip("/")


def _percent_encoded(text: str) -> LoadedValue | None:
    """A file that holds a percent-encoded policy and no quotes around it, as if it stood in quotes."""
    body = text.strip(" \t\r\n")
    if not body.startswith("%") or not body.isprintable() or '"' in body or "\\" in body:
        return None
    token = f'"{body}"'
    if not any(policies(body)):
        return None
    return LoadedValue(token, Parsed(body, 0, len(token), False), shift=text.index(body) - 1)


def in_file(problem: SyntaxProblem, holder: LoadedValue, found: Found, lines: Lines) -> SyntaxProblem:
    """A problem of the text inside a string, at its place in the file."""
    if not found.embedded:
        return problem
    offset = holder.inner(found.path).origin(problem.offset or 0) + holder.shift
    line, column = lines.position(offset)
    message = f"in the policy inside this string: {problem.message}"
    return SyntaxProblem(message, line=line, column=column, offset=offset, kind=problem.kind)


def _strung_together(text: str, values: list[Parsed]) -> SyntaxProblem | None:
    """The problem that a file of bare policies is which are not one a line: AWS takes no text after a policy.

    JSON Lines and the answers of several commands in one file are exports, and fine.
    """
    first, second = values[0], values[1]
    if not all(isinstance(each.value, dict) and is_policy(each.value) for each in (first, second)):
        return None
    if "\n" not in text[first.start : first.end] and "\n" in text[first.end : second.start]:
        return None
    return SyntaxProblem.at(text, second.start, "a second policy after the first; a policy document is one JSON object")
