"""Files in every dress, and hostile ones: what can be read is, the rest is named."""

import csv
import gzip
import json
import zlib

import pytest

pytest.importorskip("duckdb", reason="the extra `usage` is not installed")

import duckdb

from iamlint.usage.run import collect, rows_of
from iamlint.usage.table import read

USER = "arn:aws:iam::111122223333:user/apps/reader"


def event(number=0, **changes):
    made = {
        "eventVersion": "1.09",
        "userIdentity": {"type": "IAMUser", "arn": USER, "accountId": "111122223333", "accessKeyId": "AKIA" + "A" * 16},
        "eventTime": "2026-05-01T10:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "[aws-cli/2.9.37 md/prompt#off]",
        "requestParameters": {"bucketName": "reports", "key": "2026/may.csv", "Host": "x"},
        "eventID": f"00000000-0000-4000-8000-{number:012d}",
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    }
    return {name: value for name, value in {**made, **changes}.items() if value is not None}


def written(folder, name, data):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return str(path)


def dumped(*events):
    return json.dumps({"Records": list(events)}).encode()


TWO = [event(1), event(2)]
DRESSES = {
    "trail": dumped(*TWO),
    "gz": gzip.compress(dumped(*TWO)),
    "several members": gzip.compress(dumped(TWO[0])) + gzip.compress(dumped(TWO[1])),
    "lines": "\n".join(json.dumps(each) for each in TWO).encode(),
    "after one another": "".join(json.dumps(each, indent=2) for each in TWO).encode(),
    "array": json.dumps(TWO).encode(),
    "byte order mark": b"\xef\xbb\xbf" + dumped(*TWO),
    "utf-16": json.dumps({"Records": TWO}).encode("utf-16"),
    "lookup-events": json.dumps({"Events": [{"EventId": "x", "CloudTrailEvent": json.dumps(e)} for e in TWO]}).encode(),
    "page": json.dumps({"NextToken": "t", "Events": [{"CloudTrailEvent": json.dumps(e)} for e in TWO]}).encode(),
    "other order": json.dumps({"x": {"y": 1}, "Records": TWO}, indent=1).encode(),
    "lower case": json.dumps([{name.lower(): value for name, value in each.items()} for each in TWO]).encode(),
    "text inside": "\n".join(
        json.dumps({n: json.dumps(v) if isinstance(v, dict) else v for n, v in each.items()}) for each in TWO
    ).encode(),
}


@pytest.mark.parametrize("dress", DRESSES)
def test_dresses(tmp_path, dress):
    rows = rows_of([written(tmp_path, "x", DRESSES[dress])])
    assert len(rows) == 1, rows
    row = rows[0]
    assert row.calls == 2
    assert (row.principal, row.access_key, row.action) == (USER, "AKIA" + "A" * 16, "s3:GetObject")
    assert row.resources == ("arn:aws:s3:::reports/2026/may.csv",)
    assert (row.agent_family, row.agent) == ("aws-cli", "aws-cli/2.9.37 md/prompt#off")


def struct(value):
    """As Athena prints a struct."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name.lower()}={struct(each)}" for name, each in value.items()) + "}"
    return "null" if value is None else str(value)


@pytest.mark.parametrize("printed", [struct, json.dumps])
def test_tables_of_athena(tmp_path, printed):
    with open(tmp_path / "athena.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([name.lower() for name in TWO[0]])
        for each in TWO:
            cells = [printed(v) if n == "userIdentity" else json.dumps(v) if isinstance(v, dict) else v
                     for n, v in each.items()]  # fmt: skip
            writer.writerow(cells)
    (row,) = rows_of([str(tmp_path / "athena.csv")])
    assert (row.principal, row.calls, row.resources) == (USER, 2, ("arn:aws:s3:::reports/2026/may.csv",))


def test_parquet(tmp_path):
    written(tmp_path, "lines.json", DRESSES["lines"])
    path = str(tmp_path / "x")
    duckdb.sql(f"COPY (SELECT * FROM read_json('{tmp_path}/lines.json')) TO '{path}' (FORMAT parquet)")  # noqa: S608
    (row,) = rows_of([path])
    assert (row.principal, row.calls, row.resources) == (USER, 2, ("arn:aws:s3:::reports/2026/may.csv",))


def test_sessions_are_folded_to_their_role(tmp_path):
    role = "arn:aws:iam::111122223333:role/service/worker"
    session = {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/worker/i-0%d"}
    events = []
    for number in range(3):
        who = {**session, "arn": session["arn"] % number, "accessKeyId": f"ASIA{number:016d}"}
        who["sessionContext"] = {"sessionIssuer": {"arn": role}, "attributes": {"mfaAuthenticated": "false"}}
        events.append(event(number, userIdentity=who))
    who = {**session, "sessionContext": {"sessionIssuer": {}}}
    events.append(event(9, userIdentity=who))
    rows = rows_of([written(tmp_path, "x.json", dumped(*events))])
    told = {row.principal: (row.calls, row.access_key, row.mfa) for row in rows}
    assert told == {role: (3, "temporary", False), "arn:aws:iam::111122223333:role/worker": (1, "", None)}


DAMAGED = {
    "truncated gz": gzip.compress(dumped(*[event(i) for i in range(200)]), mtime=0)[:-200],
    "flipped gz": gzip.compress(dumped(*TWO))[:40] + b"\0\0\0" + gzip.compress(dumped(*TWO))[43:],
    "half a file": dumped(*TWO)[:-300],
    "deep": b'{"Records":[' + b'{"a":' * 100_000,
    "deep list": b"[" * 200_000,
    "zeros": gzip.compress(bytes(30_000_000)),
    "bomb in a text": gzip.compress(b'{"Records":[{"eventName":"' + b"a" * 90_000_000),
    "zip": b"PK\3\4" + bytes(100),
    "not json": b'{"Records": [oops]}',
    "surrogates": b'{"Records":[{"eventSource":"s3.amazonaws.com","eventName":"\\ud800","x":' + b"}",
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damage_is_named_and_the_rest_is_read(tmp_path, kind):
    bad = written(tmp_path, "bad", DAMAGED[kind])
    good = written(tmp_path, "good.json", dumped(event(900_001), event(900_002)))
    summary = collect([bad, good])
    assert [one.path for one in summary.damaged] == [bad]
    assert summary.damaged[0].problem
    assert summary.events == 2 + summary.damaged[0].records


def test_a_line_without_end_does_not_hide_the_others(tmp_path):
    line = json.dumps(event(1)).encode()
    data = line + b'\n{"eventVersion":"' + b"x" * 60_000_000 + b'"}\n' + json.dumps(event(2)).encode()
    summary = collect([written(tmp_path, "x", data)])
    assert summary.events == 2
    assert len(summary.damaged) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"eventName": 5},
        {"eventName": {"a": 1}},
        {"userIdentity": "me"},
        {"userIdentity": ["me"]},
        {"userIdentity": {"arn": ["x"], "sessionContext": "none"}},
        {"eventTime": "yesterday"},
        {"eventTime": "2026-13-45T99:99:99Z"},
        {"eventTime": 1_770_000_000},
        {"eventTime": 'x,"\n'},
        {"eventID": None},
        {"eventID": "1,2\n3"},
        {"eventID": "a" * 36},
        {"eventID": "," * 36},
        {"userAgent": "a\0b\x1b[31m\ud800"},
        {"userAgent": None, "sourceIPAddress": None, "requestParameters": None},
        {"requestParameters": "text"},
        {"requestParameters": {"bucketName": ["a"], "key": {"b": 1}}},
        {"resources": [{"ARN": 5}, "x", None]},
        {"eventSource": "../../etc/passwd", "eventName": "'; DROP TABLE facts; --"},
    ],
)
def test_odd_values_spoil_no_other_record(tmp_path, odd):
    data = dumped(event(1), event(2, **odd), event(3))
    rows = rows_of([written(tmp_path, "x.json", data)])
    good = [row for row in rows if row.action == "s3:GetObject" and row.principal == USER and row.resources]
    assert sum(row.calls for row in good) >= 2


def test_clocks_out_of_order(tmp_path):
    times = ["2026-05-03T00:00:00Z", "2026-05-01T00:00:00+00:00", "2026-05-02 00:00:00+02:00", "20260504T000000Z"]
    data = dumped(*(event(number, eventTime=time) for number, time in enumerate(times)))
    (row,) = rows_of([written(tmp_path, "x.json", data)])
    assert (row.calls, row.first_seen, row.last_seen) == (4, "2026-05-01T00:00:00Z", "2026-05-04T00:00:00Z")


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_the_table_is_read_back(tmp_path, ending):
    trail = written(
        tmp_path, "trail.json", dumped(event(1), event(2, errorCode="AccessDenied"), event(3, eventName="x"))
    )
    out = str(tmp_path / f"it's [a] table{ending}")
    collect([trail], out)

    def key(row):
        return row.event, str(row.denied)

    assert sorted(read(out).rows, key=key) == sorted(rows_of([trail]), key=key)


def test_an_empty_trail_makes_an_empty_table(tmp_path):
    for ending in (".parquet", ".csv", ".jsonl"):
        out = str(tmp_path / f"x{ending}")
        collect([written(tmp_path, "trail.json", zlib.compress(b"")[:0] + b'{"Records":[]}')], out)
        assert read(out).rows == ()
