"""The register: which long-lived keys remain, whose, what for, and until when that was agreed.

A TOML file with one table `[keys.AKIA…]` each. `lockdown` writes it, people fill it in, rules and verdicts read it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from iamlint.config import ConfigError
from iamlint.record import NamedTuple
from iamlint.syntax import printable

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


def read_register(path: str) -> Register:
    """The register in a file. Raises `ConfigError` where it cannot be read or is none."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
    except OSError as error:
        raise ConfigError(f"{printable(path, 300)}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{printable(path, 300)}: not UTF-8 text") from error
    return register_in(text, path)


def register_in(text: str, where: str) -> Register:
    """The register in `text`. Raises `ConfigError` for what is no register."""
    import tomllib

    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{printable(where, 300)}: not TOML: {printable(str(error))}") from error
    keys = value.get("keys", {})
    if not isinstance(keys, dict):
        raise ConfigError(f"{printable(where, 300)}: `keys` must be a table with a table for each key")
    entries = {}
    for id_, table in keys.items():
        if not isinstance(table, dict):
            raise ConfigError(f"{printable(where, 300)}: [keys.{printable(id_, 40)}] must be a table")
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
        place = f"{printable(where, 300)}: [keys.{printable(id_, 40)}]"
        raise ConfigError(f"{place}: {printable(str(value), 40)} is no day; write YYYY-MM-DD") from error
