"""The SQL that is printed for other engines: on a table as Athena has it, and its result read back."""

import json

import pytest

pytest.importorskip("duckdb", reason="the extra `usage` is not installed")

import duckdb

from iamlint.usage.run import rows_of
from iamlint.usage.sql import COLUMNS, ENGINES, printed
from tests.usage.test_reading import dumped, event, written

IDENTITY = (
    "STRUCT(type VARCHAR, arn VARCHAR, accountid VARCHAR, accesskeyid VARCHAR, invokedby VARCHAR, sessioncontext "
    "STRUCT(attributes STRUCT(mfaauthenticated VARCHAR), sessionissuer STRUCT(arn VARCHAR)))"
)
TEXTS = (
    "eventid", "eventtime", "eventsource", "eventname", "eventtype", "awsregion", "recipientaccountid",
    "sourceipaddress", "vpcendpointid", "useragent", "errorcode", "requestparameters",
)  # fmt: skip


def session(name, **more):
    issuer = {"arn": "arn:aws:iam::111122223333:role/apps/worker", **more}
    attributes = {"mfaAuthenticated": "true"}
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::111122223333:assumed-role/worker/{name}",
        "accountId": "111122223333",
        "accessKeyId": f"ASIA{name:>016}",
        "sessionContext": {"sessionIssuer": issuer, "attributes": attributes},
    }


def events():
    """Of each kind that the SQL tells apart, some twice."""
    bare = session("c")
    del bare["sessionContext"]
    federated = {**bare, "type": "FederatedUser", "arn": "arn:aws:sts::111122223333:federated-user/fred"}
    made = [
        event(1),
        event(2, eventTime="2026-05-03T10:00:00Z"),
        event(3, errorCode="AccessDenied"),
        event(4, errorCode="ThrottlingException", requestParameters={"bucketName": "it's", "key": 'a"b'}),
        event(5, userIdentity=session("a")),
        event(6, userIdentity=session("b")),
        event(7, userIdentity=bare),
        event(8, userIdentity=federated, eventName="Invoke", requestParameters={"functionName": "f"}),
        event(9, userIdentity={"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, sourceIPAddress="AWS Internal"),
        event(10, userIdentity={"accountId": "111122223333", "invokedBy": "x"}, eventType="AwsServiceEvent"),
        event(11, userIdentity={"type": "AWSAccount", "accountId": "999988887777"}, requestParameters=None),
        event(12, vpcEndpointId="vpce-1", sourceIPAddress="10.0.0.1", requestParameters={"keyId": "k", "x": 1}),
    ]
    return [*made, made[0], made[4]]


def cells(one):
    """A row of the table that AWS's documentation creates in Athena."""
    low = {name.lower(): value for name, value in one.items()}
    who = {name.lower(): value for name, value in one["userIdentity"].items()}
    context = {name.lower(): value for name, value in who.get("sessioncontext", {}).items()}
    attributes = context.get("attributes")
    issuer = context.get("sessionissuer")
    identity = {
        **{name: who.get(name) for name in ("type", "arn", "accountid", "accesskeyid", "invokedby")},
        "sessioncontext": (context and {
            "attributes": attributes and {"mfaauthenticated": attributes["mfaAuthenticated"]},
            "sessionissuer": issuer and {"arn": issuer["arn"]},
        }) or None,
    }  # fmt: skip
    parameters = low.get("requestparameters")
    texts = {name: low.get(name) for name in TEXTS}
    return {**texts, "requestparameters": json.dumps(parameters) if parameters else None, "useridentity": identity}


def as_rows(found):
    return sorted(found, key=repr)


def test_the_printed_text_finds_what_the_command_finds(tmp_path):
    listed = events()
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE cloudtrail_logs ({' VARCHAR, '.join(TEXTS)} VARCHAR, useridentity {IDENTITY})")
    lines = written(tmp_path, "athena.jsonl", "\n".join(json.dumps(cells(one)) for one in listed))
    connection.execute(f"INSERT INTO cloudtrail_logs SELECT * FROM read_json('{lines}', columns = "  # noqa: S608
                       f"{{{', '.join(f'{name}: VARCHAR' for name in TEXTS)}, useridentity: '{IDENTITY}'}})"
                       .replace(": VARCHAR", ": 'VARCHAR'"))  # fmt: skip
    found = connection.execute(printed("duckdb"))
    assert [column[0] for column in found.description] == list(COLUMNS)
    result = found.fetchall()
    assert sum(row[COLUMNS.index("events")] for row in result) == 12
    want = as_rows(rows_of([written(tmp_path, "trail.json", dumped(*listed))]))
    for ending, options in (("csv", "FORMAT csv, HEADER"), ("parquet", "FORMAT parquet")):
        out = tmp_path / f"result.{ending}"
        connection.execute(f"COPY ({printed('duckdb')}) TO '{out}' ({options})")
        assert as_rows(rows_of([str(out)])) == want


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_has_its_text(engine):
    text = printed(engine, "logs.trail_2026")
    assert "logs.trail_2026" in text
    assert all(column in text for column in COLUMNS)


@pytest.mark.parametrize("name", ["a; DROP TABLE b", "a b", '"a"', "", "a.", "a--b"])
def test_a_table_has_a_plain_name(name):
    with pytest.raises(ValueError, match="name of a table"):
        printed("athena", name)
