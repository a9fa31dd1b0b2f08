"""Runs the SQL of `iamlint usage --print-sql spark` on Spark in local mode; its result must be that of DuckDB.

Takes `pyspark` and a Java runtime, which the tests do without: `make check-spark`.
"""

import json
import sys
import tempfile
from pathlib import Path

from iamlint.usage.run import rows_of
from iamlint.usage.sql import COLUMNS, printed
from tests.usage.test_reading import dumped
from tests.usage.test_sql import TEXTS, cells, events

_IDENTITY = (
    "struct<type:string,arn:string,accountid:string,accesskeyid:string,invokedby:string,sessioncontext:"
    "struct<attributes:struct<mfaauthenticated:string>,sessionissuer:struct<arn:string>>>"
)


def main():
    """0 iff both find the same rows."""
    from pyspark.sql import SparkSession

    listed = events()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log.jsonl")
        log.write_text("\n".join(json.dumps(cells(one)) for one in listed), encoding="utf-8")
        session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
        columns = ", ".join(f"{name} string" for name in TEXTS)
        frame = session.read.schema(f"{columns}, useridentity {_IDENTITY}").json(str(log))
        frame.createOrReplaceTempView("cloudtrail_logs")
        found = session.sql(printed("spark"))
        assert tuple(found.columns) == COLUMNS
        result = Path(folder, "result")
        found.coalesce(1).write.parquet(str(result))
        session.stop()
        trail = Path(folder, "trail.json")
        trail.write_bytes(dumped(*listed))
        ours = sorted(rows_of([str(trail)]), key=repr)
        theirs = sorted(rows_of([str(path) for path in result.glob("*.parquet")]), key=repr)
    for row in ours:
        if row not in theirs:
            sys.stdout.write(f"Spark lacks {row}\n")
    for row in theirs:
        if row not in ours:
            sys.stdout.write(f"Spark alone has {row}\n")
    sys.stdout.write(f"{len(ours)} rows, {len(theirs)} of Spark\n")
    return 0 if ours == theirs else 1


if __name__ == "__main__":
    sys.exit(main())
