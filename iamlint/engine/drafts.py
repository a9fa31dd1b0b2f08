"""`--add-exceptions`: exceptions for findings, written at the end of the configuration."""

import os
from collections.abc import Iterable, Mapping

from iamlint.config import ConfigError, Settings
from iamlint.engine.exceptions import Root, marked_value, sid, statement_index
from iamlint.finding import Finding
from iamlint.record import NamedTuple
from iamlint.rule import Rule

_MOST = 200
"""Characters of a marked value that is written into an exception; a longer one is left out, its statement is named."""


class Drafts(NamedTuple):
    """The text of the drafted exceptions, how many tables that is, and the findings that they cover."""

    text: str
    tables: int
    findings: tuple[Finding, ...]


def draft(findings: Iterable[Finding], settings: Settings, rules: Mapping[str, Rule], reason: str) -> Drafts:
    """Exceptions that cover `findings`, as narrow as each finding allows, as TOML to append to the configuration.

    Findings in one statement share an exception. Left out are findings of rules that take no exceptions, and those
    whose place cannot be named.
    """
    root = Root(settings.root)
    tables: dict[tuple[str, ...], dict[str, None]] = {}
    covered = []
    for finding in findings:
        lines = None if rules[finding.rule].unsuppressible else _lines(finding, root)
        if lines is None:
            continue
        covered.append(finding)
        values = tables.setdefault(tuple(lines), {})
        if (value := marked_value(finding)) is not None:
            values[value] = None
    head = ".".join((*settings.table, "exceptions"))
    text = []
    for fields, values in tables.items():
        text += ["", f"[[{head}]]", *fields]
        listed = [_toml(value) for value in values]
        if listed and all(entry is not None and len(entry) <= _MOST for entry in listed):
            text.append(f"applies-to = [{', '.join(map(str, listed))}]")
        text.append(f"reason = {_toml(reason) or ''}")
    return Drafts("".join(f"{line}\n" for line in text), len(tables), tuple(covered))


def append(text: str, settings: Settings) -> str:
    """Writes `text` at the end of the configuration, a new `iamlint.toml` where there is none; returns its path.

    Raises `ConfigError` where the file cannot be written, or holds its exceptions as an inline list.
    """
    import tempfile
    import tomllib

    path = os.path.realpath(settings.path or os.path.join(settings.root, "iamlint.toml"))
    before = settings.text
    if before and not before.endswith("\n"):
        before += "\n"
    after = before + (text if before else text.lstrip("\n"))
    try:
        tomllib.loads(after)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{settings.where('exceptions')}: exceptions can be added to [[exceptions]] tables only, not to a list"
        ) from error
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=os.path.dirname(path), prefix=".iamlint-", delete=False
        ) as file:
            file.write(after)
        if os.path.exists(path):
            os.chmod(file.name, os.stat(path).st_mode & 0o777)
        else:
            os.chmod(file.name, 0o644)
        os.replace(file.name, path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot write the configuration: {error.strerror}") from error
    return os.path.relpath(path) if not os.path.relpath(path).startswith("..") else path


def _lines(finding: Finding, root: Root) -> list[str] | None:
    """The exception's lines but for its values and its reason; None where nothing names the place."""
    fields: dict[str, str | int | None] = {"rule": finding.rule}
    policy, subject = finding.policy, finding.subject
    known = (subject and subject.id) or (policy and policy.arn)
    if known:
        fields["arn"] = known
    else:
        fields["path"] = _pattern(root.relative(finding.path))
    if finding.pin is not None and finding.pointer.startswith("/Statement"):
        name = sid(finding)
        if name is not None and _toml(name) is not None and finding.identity[2] == f"Sid {name}":
            fields["sid"] = name
        else:
            fields["statement"] = statement_index(finding)
    fields["pin"] = finding.pin
    lines = []
    for key, value in fields.items():
        if value is not None:
            written = str(value) if isinstance(value, int) else _toml(value)
            if written is None:
                return None
            lines.append(f"{key} = {written}")
    return lines


def _pattern(path: str) -> str:
    """The pattern that matches exactly this path."""
    for char in "\\*?[":
        path = path.replace(char, f"\\{char}")
    if path.endswith(" "):
        path = f"{path[:-1]}\\ "
    return path if "/" in path and path[0] not in "#!" else f"/{path}"


def _toml(text: str) -> str | None:
    """`text` as a TOML string; None where it has half a surrogate pair, which TOML cannot write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    written = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in written) + '"'
