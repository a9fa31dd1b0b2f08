"""Files, folders and standard input, one after another."""

import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from iamlint.config import Settings
from iamlint.finding import RunError, Skipped
from iamlint.load.document import LoadedFile, LoadedValue, PolicyDocument
from iamlint.load.recognise import Found, is_policy, kind_of, policies
from iamlint.syntax import MAX_SIZE, SyntaxProblem, decode, parse_all, printable

Event = LoadedFile | RunError | Skipped
"""What comes of one name: a file, an error, or why nothing was looked at."""

_QUOTE = r"""[\s"'“”\\]"""
_MARKS: Final = (
    rf"{_QUOTE}Statement{_QUOTE}",
    rf"{_QUOTE}Effect{_QUOTE}",
    rf"{_QUOTE}(?:Not)?Action{_QUOTE}",
)
"""What a text that is no JSON must show to pass for a broken policy."""


def load_text(
    path: str, text: str, settings: Settings, *, kind: str | None = None, named_alone: bool = False
) -> LoadedFile:
    """What `text` holds. `kind` overrides the policies' kinds; `named_alone` says that the user named this file only.

    Broken text is a `problem` if the file was named alone or shows the marks of a policy, else it is skipped.
    Raises `ConfigError` where a configured selector is wrong.
    """
    values, problem = parse_all(text)
    documents: list[PolicyDocument] = []
    faults: list[str] = []
    for index, parsed in enumerate(values):
        holder = LoadedValue(text, parsed)
        prefix = (index,) if len(values) > 1 else ()
        for found in _found(path, parsed.value, settings, named_alone and len(values) == 1):
            document = PolicyDocument(
                holder,
                found.path,
                found.value,
                kind or _configured_kind(path, settings) or kind_of(found),
                embedded=found.embedded,
                prefix=prefix,
                name=found.name,
                arn=found.arn,
                owner=found.owner,
            )
            if found.fault:
                faults.append(f"{document.document_pointer}: {found.fault}")
            else:
                documents.append(document)
    if problem is not None and not (named_alone or documents or _shows_marks(text)):
        return LoadedFile(path, text, skipped=f"not JSON ({_where(problem)}: {problem.message})")
    if problem is None and not documents and not faults:
        return LoadedFile(path, text, skipped="no policy document")
    return LoadedFile(path, text, tuple(documents), problem, None, tuple(faults))


def load_bytes(
    path: str, data: bytes, settings: Settings, *, kind: str | None = None, named_alone: bool = False
) -> LoadedFile:
    """As `load_text`, from bytes in UTF-8 or UTF-16."""
    try:
        text = decode(data).text
    except SyntaxProblem as problem:
        if named_alone or _shows_marks(data[:MAX_SIZE].decode("latin-1")):
            return LoadedFile(path, None, problem=problem)
        return LoadedFile(path, None, skipped=f"not text ({_where(problem)}: {problem.message})")
    return load_text(path, text, settings, kind=kind, named_alone=named_alone)


def _where(problem: SyntaxProblem) -> str:
    return f"line {problem.line}, column {problem.column}"


def _shows_marks(text: str) -> bool:
    return all(re.search(mark, text) for mark in _MARKS)


def _found(path: str, value: object, settings: Settings, named_alone: bool) -> Iterator[Found]:
    found = list(policies(value))
    if settings.sources:
        from iamlint.load.select import selected

        known = {entry.path for entry in found}
        found += [entry for entry in selected(value, path, settings) if entry.path not in known]
    if not found and named_alone and not _is_other_json(value):
        found = [Found((), value)]  # the user calls it a policy: the grammar rules say what is wrong with it
    yield from found


def _is_other_json(value: object) -> bool:
    """True iff `value` is an object or list with content, which may be anything but an attempt at a policy."""
    return bool(value) and (isinstance(value, list) or (isinstance(value, dict) and not is_policy(value)))


def _configured_kind(path: str, settings: Settings) -> str | None:
    """The kind that `[policy-kinds]` gives to this path; the last pattern that matches wins."""
    if not settings.policy_kinds:
        return None
    from iamlint.load.select import matches

    kinds = [kind for pattern, kind in settings.policy_kinds if matches(path, (pattern,))]
    return kinds[-1] if kinds else None


class Loader:
    """Loads everything that the user named; `notes` tells afterwards what the user should know."""

    def __init__(
        self,
        settings: Settings,
        *,
        kind: str | None = None,
        force_exclude: bool = False,
        stdin_name: str | None = None,
    ) -> None:
        self.notes: list[str] = []
        self._settings = settings
        self._kind = kind
        self._force_exclude = force_exclude
        self._stdin_name = stdin_name
        self._root = os.getcwd()

    def load(self, paths: Sequence[str]) -> Iterator[Event]:
        """Each file once, folders in the order of their names."""
        seen: set[str] = set()
        # A hook's list may be cut to one file by chance; that must not change what is said of it.
        alone = len(paths) == 1 and not self._force_exclude
        for name in paths:
            if name == "-":
                data = sys.stdin.buffer.read(MAX_SIZE + 1)
                shown = self._stdin_name or "<stdin>"
                yield load_bytes(shown, data, self._settings, kind=self._kind, named_alone=alone)
                continue
            try:
                mode = os.stat(name).st_mode
            except (OSError, ValueError) as error:
                yield RunError("input", self._shown(name), f"cannot read: {getattr(error, 'strerror', None) or error}")
                continue
            if stat.S_ISDIR(mode):
                for event in self._walk(name):
                    if isinstance(event, str):
                        yield from self._once(event, seen, alone=False)
                    else:
                        yield event
            elif self._force_exclude and self._is_excluded(name):
                continue
            else:
                yield from self._once(name, seen, alone)

    def _once(self, name: str, seen: set[str], alone: bool) -> Iterator[LoadedFile | RunError]:
        real = os.path.realpath(name)
        if real in seen:
            return
        seen.add(real)
        shown = self._shown(name)
        try:
            if not stat.S_ISREG(os.stat(name).st_mode):
                yield RunError("input", shown, "not a regular file")
                return
            with open(name, "rb") as file:
                data = file.read(MAX_SIZE + 1)
        except OSError as error:
            yield RunError("input", shown, f"cannot read: {error.strerror}")
            return
        yield load_bytes(shown, data, self._settings, kind=self._kind, named_alone=alone)

    def _shown(self, name: str) -> str:
        """The path as it is told: relative to the working directory where below it, with `/`."""
        path = os.path.abspath(name)
        root = self._root
        relative = os.path.relpath(path, root) if path == root or path.startswith(root + os.sep) else name
        return relative.replace(os.sep, "/").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

    def _is_excluded(self, name: str) -> bool:
        from iamlint.load.walk import Excludes

        return Excludes(self._settings, self._root).excludes(os.path.abspath(name))

    def _walk(self, name: str) -> Iterator[str | RunError | Skipped]:
        from iamlint.load.walk import Excludes, walk

        excludes = Excludes(self._settings, self._root)
        for event in walk(name, excludes):
            if isinstance(event, OSError):
                yield RunError("input", self._shown(str(event.filename)), f"cannot read: {event.strerror}")
            elif isinstance(event, tuple):
                yield Skipped(self._shown(event[0]), event[1])
            else:
                yield event
        used = os.path.realpath(self._settings.path) if self._settings.path else None
        for config in excludes.configurations:
            if os.path.realpath(config) != used:
                shown = printable(self._shown(config))
                self.notes.append(f"{shown} is not used: one configuration per run, the nearest at or above the start")
