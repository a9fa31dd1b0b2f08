"""CSV and Parquet: events as Athena and CloudTrail Lake give them, or the aggregation's result, read back."""

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from iamlint.record import NamedTuple
from iamlint.usage.chunks import Taken, Writer
from iamlint.usage.record import lenient
from iamlint.usage.sql import COLUMNS
from iamlint.usage.streams import Damaged, blocks, texts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_JSON: Final = (str, int, float, dict, list, type(None))
_BATCH: Final = 2000
_WIDEST: Final = 4 << 20


class Read(NamedTuple):
    """What became of a table; `result` says that its rows are groups already and stand in the table that was named."""

    taken: Taken
    result: bool = False


def read_table(connection: "DuckDBPyConnection", path: str, stem: str, number: int, name: str) -> Read:
    """Reads one file; events go to a `Writer`, groups into the table `name`."""
    import duckdb

    count = 0
    try:
        with open(path, "rb") as file:
            parquet = file.read(4) == b"PAR1"
        rows = _parquet(connection, path) if parquet else _csv(path)
        header = [column.lower() for column in next(rows, [])]
        if set(COLUMNS) <= set(header):
            count = _results(connection, name, header, rows)
            return Read(Taken(path, count, None), True)
        writer = Writer(stem, number, {})
        try:
            for row in rows:
                record = lenient(dict(zip(header, row, strict=False)))
                if record is not None:
                    writer.add(record)
                    count += 1
        finally:
            writer.close()
    except (Damaged, csv.Error) as problem:
        return Read(Taken(path, count, str(problem)))
    except (duckdb.Error, OSError, ValueError) as problem:
        return Read(Taken(path, count, f"cannot be read: {str(problem).splitlines()[0]}"))
    return Read(Taken(path, count, None if count else "holds no CloudTrail records"))


def _csv(path: str) -> Iterator[list[Any]]:
    csv.field_size_limit(_WIDEST)
    with open(path, "rb") as file:
        yield from csv.reader(_lines(texts(blocks(file))))


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    """Lines with their ends; one that has no end in sight is cut, and the reader will say so."""
    held = ""
    for piece in pieces:
        held += piece
        *whole, held = io.StringIO(held, newline="").readlines() or [""]
        yield from whole
        if len(held) > _WIDEST:
            raise Damaged(f"a line of more than {_WIDEST} characters")
    if held:
        yield held


def _parquet(connection: "DuckDBPyConnection", path: str) -> Iterator[Any]:
    cursor = connection.cursor()
    cursor.execute("SELECT * FROM read_parquet($1)", [[path.translate(_LITERAL)]])
    yield [column[0] for column in cursor.description or ()]
    while rows := cursor.fetchmany(_BATCH):
        for row in rows:
            yield [value if isinstance(value, _JSON) else str(value) for value in row]


_LITERAL: Final = str.maketrans({"*": "[*]", "?": "[?]", "[": "[[]"})


def _results(connection: "DuckDBPyConnection", name: str, header: list[str], rows: Iterator[Any]) -> int:
    columns = ", ".join(f"{column} {'BIGINT' if column == 'events' else 'VARCHAR'}" for column in COLUMNS)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    marks = ", ".join("?" for _ in COLUMNS)
    places = [header.index(column) for column in COLUMNS]
    count = 0
    batch = []
    for row in rows:
        if len(row) != len(header):
            raise Damaged("a row that has more or fewer fields than the header")
        picked = [row[place] for place in places]
        count += int(picked[-3])
        batch.append(
            [
                None if value is None else int(value) if at == len(picked) - 3 else str(value).replace("\0", "")
                for at, value in enumerate(picked)
            ]
        )
        if len(batch) == _BATCH:
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", batch)  # noqa: S608
            batch = []
    if batch:
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", batch)  # noqa: S608
    return count
