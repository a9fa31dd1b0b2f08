"""`register.toml`: which long-lived keys remain, whose, what for, and until when that was agreed.

One table `[keys.AKIA…]` each. It is people's file: what they wrote stays as it stands, new keys are added below.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from iamlint.lockdown.problem import LockdownError
from iamlint.record import NamedTuple
from iamlint.syntax import printable

if TYPE_CHECKING:
    from iamlint.model.account import AccessKey, User

NAME: Final = "register.toml"
_HEAD: Final = (
    "Long-lived access keys that remain, each with its reason. iamlint adds keys and changes nothing that is written.\n"
    "purpose, where-used, owner: text. review-date: YYYY-MM-DD. rotation-until: while two keys of a user are meant."
)
_WANTED: Final = ("purpose", "where-used", "owner")


class Entry(NamedTuple):
    """What the register says of one key. `missing` names what is not filled in."""

    user: str
    missing: tuple[str, ...]
    review: date | None
    rotation_until: date | None


class Register(NamedTuple):
    """The entries by key id; `text` is the file's."""

    text: str
    entries: Mapping[str, Entry]


class Row(NamedTuple):
    """A key to be added."""

    key: str
    user: str
    owner: str
    hint: str


def parse(text: str, where: str) -> Register:
    """The register in `text`. Raises `LockdownError` for what is no register."""
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise LockdownError(f"{printable(where)}: not TOML: {printable(str(error))}") from error
    keys = value.get("keys", {})
    if not isinstance(keys, dict):
        raise LockdownError(f"{printable(where)}: `keys` must be a table with a table for each key")
    entries = {}
    for id_, table in keys.items():
        if not isinstance(table, dict):
            raise LockdownError(f"{printable(where)}: [keys.{printable(id_, 40)}] must be a table")
        entries[id_] = Entry(
            str(table.get("user", "")),
            tuple(name for name in _WANTED if not str(table.get(name, "")).strip()),
            _day(table.get("review-date"), where, id_),
            _day(table.get("rotation-until"), where, id_),
        )
    return Register(text, entries)


def _day(value: object, where: str, id_: str) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        place = f"{printable(where)}: [keys.{printable(id_, 40)}]"
        raise LockdownError(f"{place}: {printable(str(value), 40)} is no day; write YYYY-MM-DD") from error


def with_rows(text: str, rows: Iterable[Row]) -> str:
    """The register with a table for each row whose key it does not have; an empty text begins one."""
    import tomlkit
    from tomlkit.items import Table

    document = tomlkit.parse(text)
    if not text.strip():
        for line in _HEAD.split("\n"):
            document.add(tomlkit.comment(line))
    keys = document.get("keys")
    new = [row for row in rows if keys is None or row.key not in keys]
    if not new:
        return text or tomlkit.dumps(document)
    if keys is None:
        keys = tomlkit.table(is_super_table=True)
        document["keys"] = keys
    for row in new:
        table: Table = tomlkit.table()
        if row.hint:
            table.add(tomlkit.comment(printable(row.hint)))
        table["user"] = printable(row.user)
        table["purpose"] = ""
        table["where-used"] = ""
        table["owner"] = printable(row.owner)
        table["review-date"] = ""
        keys[row.key] = table
    return tomlkit.dumps(document)


def is_rotating(keys: Iterable["AccessKey"], register: Register | None, day: date) -> bool:
    """True iff the register documents that the keys are there for a rotation, which is not over on `day`."""
    if register is None:
        return False
    entries = [register.entries.get(key.id or "") for key in keys]
    return any(entry and entry.rotation_until and entry.rotation_until >= day for entry in entries)


def undocumented(keys: Iterable["AccessKey"], register: Register) -> list[tuple["AccessKey", str]]:
    """The live keys that the register does not have, or not wholly, with what is missing."""
    found = []
    for key in keys:
        entry = register.entries.get(key.id or "")
        if key.active and entry is None:
            found.append((key, "is not in the register"))
        elif key.active and entry is not None and (entry.missing or entry.review is None):
            lacks = (*entry.missing, *(() if entry.review else ("review-date",)))
            found.append((key, f"lacks {', '.join(lacks)} in the register"))
    return found


def overdue(keys: Iterable["AccessKey"], register: Register, day: date) -> list[tuple["AccessKey", date]]:
    """The live keys whose review date in the register is past on `day`."""
    found = []
    for key in keys:
        entry = register.entries.get(key.id or "")
        if key.active and entry is not None and entry.review is not None and entry.review < day:
            found.append((key, entry.review))
    return found


def owner_of(user: "User") -> str:
    """Whom the user's tags name as its owner."""
    tags = user.tags if isinstance(user.tags, Mapping) else {}
    return next((value for name, value in tags.items() if name.lower() == "owner"), "")
