"""`iamlint usage` as a command: what it prints, and its exit status."""

import json
import os

import pytest
from click.testing import CliRunner

pytest.importorskip("duckdb", reason="the extra `usage` is not installed")

from iamlint.cli.usage import usage
from iamlint.usage.table import read
from tests.usage.test_reading import dumped, event, written


def run(*arguments):
    return CliRunner().invoke(usage, [str(each) for each in arguments])


def test_it_writes_the_table_and_says_what_was_read(tmp_path):
    trail = written(tmp_path, "trail.json", dumped(event(1), event(2, eventName="Frobnicate\x1b[31m")))
    out = tmp_path / "usage.parquet"
    done = run(trail, "--out", out, "--jobs", 1)
    assert done.exit_code == 0, done.output
    assert "2 events of 1 files" in done.output
    assert "stand for no action" in done.output
    assert "\x1b" not in done.output
    assert {row.status for row in read(str(out)).rows} == {"mapped", "unmapped"}


def test_damage_is_told_and_the_rest_is_written(tmp_path):
    trail = tmp_path / "trail"
    trail.mkdir()
    written(trail, "a.json", dumped(event(1)))
    written(trail, "b\x1b[31m.json.gz", b"\x1f\x8b broken")
    written(trail, "notes.md", "# notes")
    done = run(trail, "--out", tmp_path / "x.jsonl")
    assert done.exit_code == 1
    assert "\x1b" not in done.output
    assert "1 files are no trails" in done.output
    assert len(json.loads((tmp_path / "x.jsonl").read_text().splitlines()[0])["resources"]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a TRAIL"),
        (["nowhere"], "nowhere"),
        (["{trail}", "--out", "table.xlsx"], "ends in one of"),
        (["{trail}", "--out", "/nowhere/at/all/x.csv"], "/nowhere/at/all/x.csv"),
        (["--print-sql", "athena", "--table", "a; b"], "not the name of a table"),
        (["--print-sql", "athena", "x"], "stands alone"),
        (["--print-sql", "oracle"], "oracle"),
    ],
)
def test_one_clear_message(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    trail = written(tmp_path, "trail.json", dumped(event(1)))
    done = run(*(each.replace("{trail}", trail) for each in arguments))
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


@pytest.mark.parametrize("content", [b"", b"PAR1 not", b"a,b\n1,2\n", b"{}"])
def test_what_is_no_table_is_said_to_be_none(tmp_path, content):
    from iamlint.usage.problem import UsageError

    for ending in (".parquet", ".csv", ".jsonl"):
        path = written(tmp_path, f"x{ending}", content)
        if content == b"" and ending == ".jsonl":
            continue  # an empty table
        with pytest.raises(UsageError, match="not a usage table"):
            read(path)
    with pytest.raises(UsageError, match="not a usage table"):
        read(written(tmp_path, "x.txt", content))


def test_a_process_that_is_ended_is_told(tmp_path, monkeypatch):
    from iamlint.usage import aggregate

    trail = tmp_path / "trail"
    trail.mkdir()
    for number in range(4):
        written(trail, f"{number}.json", dumped(event(number)))
    monkeypatch.setattr(aggregate, "_SHARE", 1)
    monkeypatch.setattr(aggregate, "take", lambda *_: os._exit(1))
    done = run(trail, "--jobs", 2)
    assert done.exit_code == 2, done.output
    assert "a process ended before its work was done" in done.output
