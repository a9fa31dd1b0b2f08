"""The credential report: a CSV file, or the CLI's JSON with the CSV in base64.

Columns and values as the IAM User Guide, "Generate credential reports for your AWS account", has them. Read by the
names of the columns: tools prepend columns or drop some, AWS adds some.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Final

from iamlint.load.entity import Entity
from iamlint.load.times import when
from iamlint.model.account import AccessKey, Certificate
from iamlint.model.fact import Fact, Unknown
from iamlint.model.spot import Spot
from iamlint.syntax import Path, Span

ROOT: Final = "<root_account>"
_NEEDED: Final = frozenset(("user", "mfa_active", "access_key_1_active"))
_MISSING: Final = Unknown("credential-report")
# A field in quotes, in which a quote is doubled, or one without; then what ends it.
_FIELD: Final = re.compile(r'(?:"((?:[^"]|"")*+)"|([^,\r\n]*+))(,|\r\n|\r|\n|\Z)')


def is_header(line: str) -> bool:
    """True iff `line` is the first line of a credential report."""
    return {name.strip(' "\r') for name in line.split(",")} >= _NEEDED


class Table:
    """The text of a credential report; a path in it is the row from 1 (0 is the header), then the column's name."""

    document_pointer = ""

    def __init__(self, file: str, text: str, within: tuple[Entity, Path] | None = None) -> None:
        """`within` is the JSON string that holds the text in base64, where there is one."""
        self.file = file
        self.complete = True
        """False where the last row is cut off."""
        self._text = text
        self._within = within
        self._starts: list[int] = []
        self._columns: dict[str, int] = {}
        if within is not None:
            self.document_pointer = within[0].document_pointer
        self.rows: list[Row] = []
        for start, fields in _records(text):
            self._starts.append(start)
            if not self._columns:
                self._columns = {name.strip().lower(): index for index, name in enumerate(fields)}
            elif fields != [""]:
                self.rows.append(Row(self, len(self._starts) - 1, fields, self._columns))
                self.complete = len(fields) >= len(self._columns)

    def span(
        self,
        path: Path,
        token: str = "value",
        start: int | None = None,
        end: int | None = None,
        occurrence: int | None = None,
    ) -> Span:
        """The cell, or the row's first cell where the path names no column; of base64, the whole string."""
        if self._within is not None:
            entity, where = self._within
            return entity.span(where)
        row = path[0] if path and isinstance(path[0], int) and path[0] < len(self._starts) else 0
        column = self._columns.get(str(path[1]), 0) if len(path) > 1 else self._columns.get("user", 0)
        at = self._starts[row] if self._starts else 0
        for index, found in enumerate(_FIELD.finditer(self._text, at)):
            if index == column:
                return Span(found.start(), found.start(3))
            if found[3] != ",":
                break
        return Span(at, at)


class Row:
    """What the report says of one user."""

    def __init__(self, table: Table, number: int, fields: list[str], columns: Mapping[str, int]) -> None:
        self._fields = fields
        self._columns = columns
        self.spot = Spot(table, (number,))

    def __getitem__(self, column: str) -> str | None:
        """The cell; None where there is no such column, or the row is too short."""
        index = self._columns.get(column)
        return self._fields[index].strip() if index is not None and index < len(self._fields) else None

    @property
    def name(self) -> str:
        """The user's name, or `ROOT`."""
        return self["user"] or ""

    @property
    def is_root(self) -> bool:
        """True iff this is the account's root user."""
        return self.name == ROOT or (self["arn"] or "").endswith(":root")

    def flag(self, column: str) -> Fact[bool]:
        """A yes or no; `Unknown` where the cell says neither."""
        text = (self[column] or "").lower()
        return True if text == "true" else False if text == "false" else _MISSING

    def time(self, column: str) -> Fact[datetime | None]:
        """A time; None where the cell says that there was none, `Unknown` where it says nothing."""
        text = self[column]
        found = when(text)
        if found is not None:
            return found
        # AWS tells "not in the time since it notes it" and "no such thing" by these two.
        return None if text is not None and text.lower() in ("n/a", "no_information") else _MISSING

    @cached_property
    def keys(self) -> Fact[tuple[AccessKey, ...]]:
        """The access keys that exist. An inactive key keeps its dates; where there is no key, there are none."""
        found: list[AccessKey] = []
        for number in (1, 2):
            prefix = f"access_key_{number}_"
            active, rotated = self.flag(f"{prefix}active"), self.time(f"{prefix}last_rotated")
            if isinstance(active, Unknown):
                return _MISSING
            if not active and (isinstance(rotated, Unknown) or rotated is None):
                if isinstance(rotated, Unknown) and self[f"{prefix}last_rotated"] is None:
                    return _MISSING  # without that column, an inactive key looks like none
                continue
            used = self.time(f"{prefix}last_used_date")
            service = self[f"{prefix}last_used_service"]
            found.append(
                AccessKey(
                    owner=self["arn"] or "",
                    id=None,
                    number=number,
                    active=active,
                    created=Unknown("access-keys"),
                    rotated=_MISSING if rotated is None else rotated,
                    last_used=used,
                    last_used_service=service if when(self[f"{prefix}last_used_date"]) and service else _MISSING,
                    spot=self.spot.at(f"{prefix}active"),
                    spots={
                        "active": self.spot.at(f"{prefix}active"),
                        "rotated": self.spot.at(f"{prefix}last_rotated"),
                        "last_used": self.spot.at(f"{prefix}last_used_date"),
                    },
                )
            )
        return tuple(found)

    @cached_property
    def certificates(self) -> Fact[tuple[Certificate, ...]]:
        """The signing certificates that exist."""
        found: list[Certificate] = []
        for number in (1, 2):
            active = self.flag(f"cert_{number}_active")
            rotated = self.time(f"cert_{number}_last_rotated")
            if isinstance(active, Unknown):
                return _MISSING
            if active or (not isinstance(rotated, Unknown) and rotated is not None):
                time = _MISSING if rotated is None else rotated
                found.append(Certificate(number, active, time, self.spot.at(f"cert_{number}_active")))
        return tuple(found)


def decoded(content: str) -> str | None:
    """The CSV that is written in base64; None where it is none."""
    import base64

    try:
        return base64.b64decode(content, validate=False).decode("utf-8-sig")
    except ValueError:
        return None


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the offset where it starts (RFC 4180)."""
    fields: list[str] = []
    start = 0
    for found in _FIELD.finditer(text):
        quoted, bare, end = found.groups()
        fields.append(quoted.replace('""', '"') if quoted is not None else bare)
        if end != ",":
            if fields != [""] or end:
                yield start, fields
            fields, start = [], found.end()
            if not end:
                return
