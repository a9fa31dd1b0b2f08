"""`register.toml`, written anew: what people wrote stays as it stands, new keys are added below."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from iamlint.config import ConfigError
from iamlint.config.register import register_in
from iamlint.record import NamedTuple
from iamlint.syntax import printable

if TYPE_CHECKING:
    from iamlint.model.account import User

NAME: Final = "register.toml"
_HEAD: Final = (
    "Long-lived access keys that remain, each with its reason. iamlint adds keys and changes nothing that is written.\n"
    "purpose, where-used, owner: text. review-date: YYYY-MM-DD. rotation-until: while two keys of a user are meant."
)


class Row(NamedTuple):
    """A key to be added."""

    key: str
    user: str
    owner: str
    hint: str


def with_rows(text: str, rows: Iterable[Row]) -> str:
    """The register with a table for each row whose key it does not have; an empty text begins one.

    `text` must be a register. What it says stays to the letter: new tables are written below it. Where TOML allows none
    there, because `keys` is written in one line, `tomlkit` puts them in.
    """
    known = register_in(text, NAME).entries
    new = [row for row in rows if row.key not in known]
    head = text if text.strip() else "".join(f"# {line}\n" for line in _HEAD.split("\n"))
    if not new:
        return text or head
    written = "\n".join([head if head.endswith("\n") else f"{head}\n", *map(_table, new)])
    try:
        register_in(written, NAME)
    except ConfigError:
        return _put_in(text, new)
    return written


def _table(row: Row) -> str:
    key = row.key if row.key.isalnum() and row.key.isascii() else _quoted(row.key)
    hint = f"# {printable(row.hint)}\n" if row.hint else ""
    user, owner = _quoted(row.user), _quoted(row.owner)
    rest = f'purpose = ""\nwhere-used = ""\nowner = {owner}\nreview-date = ""\n'
    return f"[keys.{key}]\n{hint}user = {user}\n{rest}"


def _quoted(text: str) -> str:
    """A TOML string."""
    shown = printable(text)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _put_in(text: str, rows: Iterable[Row]) -> str:
    import tomllib

    import tomlkit

    document = tomlkit.parse(text)
    for row in rows:
        table = tomlkit.inline_table()
        table.update(tomllib.loads(_table(row))["keys"][row.key])
        document["keys"][row.key] = table
    return tomlkit.dumps(document)


def owner_of(user: "User") -> str:
    """Whom the user's tags name as its owner."""
    tags = user.tags if isinstance(user.tags, Mapping) else {}
    return next((value for name, value in tags.items() if name.lower() == "owner"), "")
