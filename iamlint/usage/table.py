"""The usage table: its rows, how it is written and read back."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from iamlint.record import NamedTuple
from iamlint.usage.problem import UsageError


class Row(NamedTuple):
    """Calls that differ in time only, with one action that they needed.

    `principal` is an ARN, sessions folded to their role; or a service, or an account. `access_key` is a long-lived
    key's id, or `temporary`, or empty. `event` is `service:EventName`; `status` is one of `mapping`; an event that
    needed several actions has a row for each, numbered by `nth`: rows with `nth` 0 count the calls. `resources` is
    empty where the event does not tell. `denied` is None where the answer tells nothing, as when calls are throttled.
    `mfa` is None for calls that have no session, as those with long-lived keys. `via` is the service that called on
    the principal's behalf.
    """

    account: str
    principal: str
    principal_type: str
    access_key: str
    event: str
    action: str
    nth: int
    status: str
    resources: tuple[str, ...]
    region: str
    source_address: str
    vpc_endpoint: str
    via: str
    mfa: bool | None
    agent_family: str
    agent: str
    denied: bool | None
    calls: int
    first_seen: str | None
    last_seen: str | None


_KINDS: Final = {
    "nth": "INTEGER",
    "resources": "VARCHAR[]",
    "mfa": "BOOLEAN",
    "denied": "BOOLEAN",
    "calls": "BIGINT",
    "first_seen": "TIMESTAMP",
    "last_seen": "TIMESTAMP",
}
_COLUMNS: Final = {name: _KINDS.get(name, "VARCHAR") for name in Row._fields}
FORMATS: Final = {".parquet": "FORMAT parquet, COMPRESSION zstd", ".csv": "FORMAT csv, HEADER", ".jsonl": "FORMAT json"}
MOST_ROWS: Final = 5_000_000


class Table:
    """All rows; `first` and `last` are the window in which anything was seen, by anybody."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows: tuple[Row, ...] = tuple(rows)
        self._of: dict[str, list[Row]] = {}
        for row in self.rows:
            self._of.setdefault(row.principal, []).append(row)
        self.first = min((row.first_seen for row in self.rows if row.first_seen), default=None)
        self.last = max((row.last_seen for row in self.rows if row.last_seen), default=None)

    def of(self, principal: str) -> Sequence[Row]:
        """The rows of a user or role, by ARN; those told without its path, as sessions of roles may be, are its own.

        Names are unique in an account, whatever the path.
        """
        found = self._of.get(principal, [])
        head, _, name = principal.rpartition("/")
        short = f"{head.partition('/')[0]}/{name}"
        return found if short == principal else [*found, *self._of.get(short, ())]

    def with_key(self, key: str) -> Sequence[Row]:
        """The rows of a long-lived access key."""
        return [row for row in self.rows if row.access_key == key]

    def principals(self) -> tuple[str, ...]:
        """Everybody who was seen, in order."""
        return tuple(sorted(self._of))


def write(rows: Iterable[Row], out: str, folder: str) -> int:
    """Writes the table as the ending of `out` says; the number of rows. `folder` is for what is written on the way."""
    duckdb = engine()
    options = FORMATS.get(os.path.splitext(out)[1].lower())
    if options is None:
        raise UsageError(f"the name of the output ends in one of {', '.join(FORMATS)}")
    import msgspec

    line = msgspec.defstruct("line", [*Row._fields], gc=False)
    encode = msgspec.json.Encoder().encode
    path = os.path.join(folder, "rows.jsonl")
    count = 0
    with open(path, "wb") as file:
        for row in rows:
            file.write(encode(line(*row)) + b"\n")
            count += 1
    given = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())
    order = "account, principal, access_key, event, nth, region, source_address, agent, first_seen"
    made = os.path.join(folder, f"out{os.path.splitext(out)[1].lower()}")
    with duckdb.connect(os.path.join(folder, "out.duckdb")) as connection:
        connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        connection.execute("SET memory_limit = '400MB'")
        if "csv" in options:
            picked = ", ".join(
                f"to_json({name})::VARCHAR AS {name}" if name == "resources" else name for name in _COLUMNS
            )
        else:
            picked = ", ".join(_COLUMNS)
        source = f"read_json('{path}', format = 'newline_delimited', columns = {{{given}}})" if count else _empty()
        connection.execute(f"COPY (SELECT {picked} FROM {source} ORDER BY {order}) TO '{made}' ({options})")  # noqa: S608
    _place(made, out)
    return count


def _empty() -> str:
    columns = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in _COLUMNS.items())
    return f"(SELECT {columns} WHERE false)"


def _place(made: str, out: str) -> None:
    """Copies to the name that was asked for: that never becomes part of a statement."""
    import shutil

    try:
        shutil.copyfile(made, out)
    except OSError as problem:
        raise UsageError(f"{out}: {problem.strerror or 'cannot be written'}") from None


def read(path: str) -> Table:
    """The table in a file that `iamlint usage` wrote. Raises `UsageError` for anything else."""
    return Table(_rows(path))


def _rows(path: str) -> Iterator[Row]:
    duckdb = engine()
    kind = os.path.splitext(path)[1].lower()
    if kind not in FORMATS:
        raise UsageError(f"{path}: not a usage table ({', '.join(FORMATS)})")
    literal = path.translate(_LITERAL)
    given = {name: ("VARCHAR" if name == "resources" and kind == ".csv" else kind_) for name, kind_ in _COLUMNS.items()}
    listed = ", ".join(f"'{name}': '{each}'" for name, each in given.items())
    if kind == ".parquet":
        source = "read_parquet($1)"
    elif kind == ".csv":
        source = f"read_csv($1, header = true, auto_detect = false, delim = ',', quote = '\"', columns = {{{listed}}})"
    else:
        source = f"read_json($1, format = 'newline_delimited', columns = {{{listed}}})"
    stamps = ", ".join(
        f"strftime({name}::TIMESTAMP, '%Y-%m-%dT%H:%M:%SZ') AS {name}" if kind_ == "TIMESTAMP" else name
        for name, kind_ in _COLUMNS.items()
    )
    try:
        _check_columns(path, kind)
        with duckdb.connect() as connection:
            connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
            cursor = connection.execute(f"SELECT {stamps} FROM {source} LIMIT {MOST_ROWS}", [[literal]])  # noqa: S608
            while rows := cursor.fetchmany(5000):
                for row in rows:
                    made = Row._make(
                        "" if v is None and _COLUMNS[n] == "VARCHAR" else v
                        for n, v in zip(Row._fields, row, strict=True)
                    )
                    listed_ = json.loads(made.resources) if isinstance(made.resources, str) else made.resources
                    yield made._replace(resources=tuple(listed_ or ()))
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror or 'cannot be read'}") from None
    except (duckdb.Error, ValueError, TypeError) as problem:
        raise UsageError(f"{path}: not a usage table ({str(problem).splitlines()[0]})") from None


def _check_columns(path: str, kind: str) -> None:
    """Raises ValueError where the columns are others; an empty file of lines is an empty table."""
    with open(path, "rb") as file:
        line = file.readline(1 << 20)
    if kind == ".csv" and line.rstrip(b"\r\n").decode(errors="replace").split(",") != list(_COLUMNS):
        raise ValueError("it has other columns")
    if kind == ".jsonl" and line and not _COLUMNS.keys() <= dict(json.loads(line)).keys():
        raise ValueError("it has other members")


_LITERAL: Final = str.maketrans({"*": "[*]", "?": "[?]", "[": "[[]"})


def engine() -> Any:
    """DuckDB. Raises `UsageError` that says how to install it."""
    try:
        import duckdb
    except ImportError:
        raise UsageError("usage tables need DuckDB: pip install 'iamlint[usage]'") from None
    return duckdb
