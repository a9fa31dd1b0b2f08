"""`register.toml`, written anew: what people wrote stays as it stands, new keys are added below."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

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


def owner_of(user: "User") -> str:
    """Whom the user's tags name as its owner."""
    tags = user.tags if isinstance(user.tags, Mapping) else {}
    return next((value for name, value in tags.items() if name.lower() == "owner"), "")
