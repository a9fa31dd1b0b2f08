"""Reading one table of the configuration; where its keys stand in the file."""

from collections.abc import Collection, Mapping
from typing import NoReturn, overload

from iamlint.config import ConfigError
from iamlint.syntax import Path, nearest, printable


class Table:
    """Reads one table of the configuration; what nobody asked for is an error of `finish`.

    Each method raises `ConfigError` with the line where the value is of another type.
    """

    def __init__(self, table: Mapping[str, object], path: str, text: str, keys: Path) -> None:
        self._table = table
        self._path = path
        self._text = text
        self._keys = keys
        self._asked: dict[str, None] = {}

    def fail(self, key: str, message: str) -> NoReturn:
        raise ConfigError(f"{where(self._path, self._text, (*self._keys, key))}: {message}")

    def _get(self, key: str) -> object:
        self._asked[key] = None
        return self._table.get(key)

    def names(self) -> Collection[str]:
        return list(self._table)

    def values(self) -> Mapping[str, object]:
        return dict(self._table)

    def scalars(self, key: str) -> tuple[str, ...]:
        """The texts of one string, boolean or whole number, or of a list of them, as IAM compares them."""
        value = self._get(key)
        entries = value if isinstance(value, list) else [value]
        if not entries or not all(isinstance(entry, (str, bool, int)) for entry in entries):
            self.fail(key, f"`{key}` must be a string, true or false, a whole number, or a list of such")
        return tuple(str(entry).lower() if isinstance(entry, bool) else str(entry) for entry in entries)

    def string(self, key: str) -> str | None:
        value = self._get(key)
        if value is not None and not isinstance(value, str):
            self.fail(key, f"`{key}` must be a string")
        return value

    def text(self, key: str, what: str) -> str:
        """A string that must be there and say something."""
        value = self.string(key)
        if value is None or not value.strip():
            self.fail(key, f"`{key}` must say {what}")
        return value

    def one_or_more(self, key: str) -> tuple[str, ...]:
        """A list of strings, or one string alone."""
        value = self._get(key)
        return (value,) if isinstance(value, str) else self.strings(key)

    def strings(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self._get(key)
        if value is None:
            return default
        if not isinstance(value, (list, tuple)) or not all(isinstance(entry, str) for entry in value):
            self.fail(key, f"`{key}` must be a list of strings")
        return tuple(value)

    def choice(self, key: str, allowed: Collection[str]) -> str | None:
        value = self.string(key)
        if value is not None and value not in allowed:
            near = nearest(value, list(allowed))
            advice = f"did you mean {near}?" if near else f"known are {', '.join(allowed)}"
            self.fail(key, f"{printable(value, 40)} is not known here; {advice}")
        return value

    def flag(self, key: str) -> bool:
        value = self._get(key)
        if value is not None and not isinstance(value, bool):
            self.fail(key, f"`{key}` must be true or false")
        return bool(value)

    @overload
    def number(self, key: str, default: int) -> int: ...
    @overload
    def number(self, key: str, default: None = None) -> int | None: ...
    def number(self, key: str, default: int | None = None) -> int | None:
        value = self._get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fail(key, f"`{key}` must be a whole number")
        return value

    def day(self, key: str) -> str | None:
        value = self._get(key)
        if value is None:
            return None
        from datetime import date

        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            self.fail(key, f"`{key}` must be a day such as 2026-12-31")

    def table(self, key: str) -> "Table":
        value = self._get(key)
        if value is not None and not isinstance(value, Mapping):
            self.fail(key, f"`{key}` must be a table")
        return Table(value or {}, self._path, self._text, (*self._keys, key))

    def tables(self, key: str) -> list["Table"]:
        value = self._get(key)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)) or not all(isinstance(entry, Mapping) for entry in value):
            self.fail(key, f"`{key}` must be a list of tables, [[{key}]]")
        return [Table(entry, self._path, self._text, (*self._keys, key, n)) for n, entry in enumerate(value)]

    def finish(self) -> None:
        """Raises `ConfigError` for the first key that nobody asked for, with the nearest that there is."""
        for key in self._table:
            if key not in self._asked:
                near = nearest(key, list(self._asked))
                advice = f"did you mean `{near}`?" if near else f"known are {', '.join(self._asked)}"
                self.fail(key, f"unknown key `{printable(key, 40)}`; {advice}")


def where(path: str, text: str, keys: Path) -> str:
    """`path` with the line of the last of `keys` that stands in `text`."""
    number = line(text, keys)
    return f"{path}:{number}" if number else path


def line(text: str, keys: Path) -> int | None:
    """The line, from 1, of the last of `keys` that stands in `text`."""
    from iamlint.syntax.toml import toml_lines

    lines = toml_lines(text)
    return next((lines[keys[:length]] for length in range(len(keys), 0, -1) if keys[:length] in lines), None)
