"""`iamlint evaluate SNAPSHOT --event FILE`: which policy denied a call, and what would let it through."""

import gzip
import json

import pytest
from click.testing import CliRunner

from iamlint.cli import main
from tests.support import corpus
from tests.test_account.made import ID, arn, details, policy, user
from tests.test_account.test_organization import EVERYWHERE, NO_IAM, TREE, targets
from tests.test_account.test_organization import policy as scp

BUCKET = "arn:aws:s3:::b/key.txt"


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action, on="*", **members):
    return {"Effect": "Allow", "Action": action, "Resource": on, **members}


def held(*statements):
    return [{"PolicyName": "own", "PolicyDocument": document(*statements)}]


def record(message="", *, name="ann", event="GetObject", source="s3", code="AccessDenied", **members):
    identity = {"type": "IAMUser", "arn": arn(name), "accountId": ID, "userName": name, "accessKeyId": "AKIAX"}
    return {
        "eventTime": "2026-10-01T10:00:00Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": event,
        "awsRegion": "us-east-1",
        "recipientAccountId": ID,
        "sourceIPAddress": "203.0.113.7",
        "userIdentity": identity,
        "errorCode": code,
        "errorMessage": message,
        **members,
    }


def message(action, resource, reason, name="ann"):
    return f"User: {arn(name)} is not authorized to perform: {action} on resource: {resource} {reason}"


def ask(folder, files, events, *options):
    for path, text in files.items():
        (folder / "snapshot" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "snapshot" / path).write_text(text)
    data = events if isinstance(events, bytes) else json.dumps(events).encode()
    (folder / "event.json").write_bytes(data)
    arguments = ["evaluate", str(folder / "snapshot"), "--event", str(folder / "event.json"), *options]
    return CliRunner().invoke(main, arguments)


def told(folder, files, *events):
    result = ask(folder, files, {"Records": list(events)}, "--output-format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def snapshot(*statements, **members):
    return {"gaad.json": details(user("ann", UserPolicyList=held(*statements), **members.pop("user", {})), **members)}


def test_a_missing_allow(tmp_path):
    reason = "because no identity-based policy allows the s3:GetObject action"
    (answer,) = told(tmp_path, snapshot(allow("s3:PutObject")), record(message("s3:GetObject", BUCKET, reason)))
    assert answer["decision"] == "ImplicitlyDenied"
    assert answer["told"] == "identity"
    assert [blocker["step"] for blocker in answer["blockers"]] == ["identity"]
    assert [entry["statement"] for entry in answer["additions"]] == [allow("s3:GetObject", BUCKET)]
    assert answer["result"]["decision"] == "Allowed"


def test_a_boundary_that_is_too_strict(tmp_path):
    files = snapshot(
        allow("s3:*"),
        user={"PermissionsBoundary": {"PermissionsBoundaryArn": arn("cap", "policy")}},
        policies=[policy("cap", document(allow("ec2:*")))],
    )
    reason = "because no permissions boundary allows the s3:GetObject action"
    (answer,) = told(tmp_path, files, record(message("s3:GetObject", BUCKET, reason)))
    assert answer["told"] == "boundary"
    assert [(entry["step"], entry["statement"]["Resource"]) for entry in answer["additions"]] == [("boundary", BUCKET)]
    assert answer["result"]["decision"] == "Allowed"


def test_a_deny_of_the_organisation(tmp_path):
    files = {**snapshot(allow("iam:*")), **TREE, **EVERYWHERE}
    files |= {"policies/p-no.json": scp("p-no", NO_IAM), "targets/p-no.json": targets(ID)}
    reason = "with an explicit deny in a service control policy"
    event = record(message("iam:ListUsers", "*", reason), event="ListUsers", source="iam")
    (answer,) = told(tmp_path, files, event)
    assert answer["decision"] == "ExplicitlyDenied"
    assert [blocker["step"] for blocker in answer["blockers"]] == ["scp"]
    assert answer["blockers"][0]["statement"]["path"].endswith("p-no.json")
    assert answer["additions"] == []
    assert len(answer["denials"]) == 1


def test_a_level_of_the_organisation_that_allows_too_little(tmp_path):
    files = {**snapshot(allow("s3:*")), **TREE}
    files |= {"policies/p-full.json": scp("p-full", allow("*")), "targets/p-full.json": targets("r-ab12", ID)}
    files |= {"policies/p-some.json": scp("p-some", allow("ec2:*")), "targets/p-some.json": targets("ou-ab12-11111111")}
    (answer,) = told(
        tmp_path, files, record(message("s3:GetObject", BUCKET, "because no service control policy allows"))
    )
    assert [(entry["step"], entry["policy"]) for entry in answer["additions"]] == [
        ("scp", "the service control policies of level 2")
    ]
    assert answer["result"]["decision"] == "Allowed"


def test_the_condition_that_denied_is_told_from_the_event(tmp_path):
    outside = {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}, "Bool": {"aws:ViaAWSService": "false"}}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": outside}
    files = snapshot(allow("s3:*"), deny)
    text = message("s3:GetObject", BUCKET, "with an explicit deny in an identity-based policy")
    outside_, inside, service = told(
        tmp_path,
        files,
        record(text),
        record(text, sourceIPAddress="198.51.100.9"),
        record(text, userIdentity={"arn": arn("ann"), "invokedBy": "athena.amazonaws.com"}),
    )
    assert outside_["decision"] == "ExplicitlyDenied"
    assert inside["decision"] == "Allowed"
    assert service["decision"] == "Allowed"


def test_the_resource_comes_from_the_parameters(tmp_path):
    events = [
        record(requestParameters={"bucketName": "b", "key": "key.txt"}),
        record(source="dynamodb", event="GetItem", requestParameters={"tableName": "t"}),
        record(source="lambda", event="Invoke20150331", requestParameters={"functionName": "f"}),
        record(source="iam", event="CreateAccessKey", requestParameters={"userName": "bob"}),
        record(source="ec2", event="StopInstances", code="Client.UnauthorizedOperation", requestParameters={}),
    ]
    answers = told(tmp_path, snapshot(allow("sqs:*")), *events)
    assert [(a["request"]["action"].lower(), a["request"]["resource"]) for a in answers] == [
        ("s3:getobject", BUCKET),
        ("dynamodb:getitem", f"arn:aws:dynamodb:us-east-1:{ID}:table/t"),
        ("lambda:invokefunction", f"arn:aws:lambda:us-east-1:{ID}:function:f"),
        ("iam:createaccesskey", arn("bob")),
        ("ec2:stopinstances", "*"),
    ]
    assert [answer["resource_known"] for answer in answers] == [True, True, True, True, False]


def test_a_role_to_assume_misses_its_trust(tmp_path):
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    top = {"RoleName": "top", "Arn": arn("top", "role"), "AssumeRolePolicyDocument": trust}
    text = message("sts:AssumeRole", arn("top", "role"), "")
    (answer,) = told(tmp_path, snapshot(allow("s3:*"), roles=[top]), record(text, source="sts", event="AssumeRole"))
    statement = next(entry["statement"] for entry in answer["additions"] if entry["step"] == "resource")
    assert statement == {"Effect": "Allow", "Principal": {"AWS": arn("ann")}, "Action": "sts:AssumeRole"}
    assert answer["result"]["decision"] == "Allowed"


@pytest.mark.parametrize("shape", ["records", "lookup", "lines", "one", "gzip"])
def test_shapes_of_the_file(tmp_path, shape):
    event = record(message("s3:GetObject", BUCKET, ""))
    data = {
        "records": json.dumps({"Records": [event, {**event, "eventID": "2"}]}),
        "lookup": json.dumps({"Events": [{"CloudTrailEvent": json.dumps(event)}]}),
        "lines": f"{json.dumps(event)}\n{json.dumps(event)}\n",
        "one": json.dumps(event),
        "gzip": json.dumps({"Records": [event]}),
    }[shape].encode()
    result = ask(tmp_path, snapshot(allow("s3:PutObject")), gzip.compress(data) if shape == "gzip" else data)
    assert result.exit_code == 0
    assert result.stdout.count("add to an identity policy of the principal") == 1


def test_what_cannot_be_told_is_said(tmp_path):
    events = {"Records": [record(userIdentity={"type": "AWSService"}), record(code="NoSuchBucket")]}
    result = ask(tmp_path, snapshot(allow("s3:*")), events)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "does not tell the ARN of who asked" in result.stderr
    stranger = record(message("s3:GetObject", BUCKET, "", "eve"), name="eve")
    assert "have no arn:aws:iam::111122223333:user/eve" in ask(tmp_path, {}, {"Records": [stranger]}).stderr


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"Records":[]}', b"\x1f\x8bxx", b'{"Events":[{"CloudTrailEvent":"{"}]}']
)
def test_other_files_are_refused(tmp_path, data):
    result = ask(tmp_path, snapshot(allow("s3:*")), data)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1


def test_hostile_text_stays_text(tmp_path):
    nasty = "\x1b[31m\u202e$(id)\n"
    text = f"User: x is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::{nasty.strip()} because"
    event = record(text, eventTime=nasty, userAgent=nasty)
    result = ask(tmp_path, snapshot(allow("sqs:*")), {"Records": [event]})
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


def test_an_event_tells_who_asked_by_itself(tmp_path):
    result = ask(tmp_path, snapshot(allow("s3:*")), {"Records": [record()]}, "--principal", "ann")
    assert result.exit_code == 2
    assert "--event tells" in result.output


def test_real_records_go_through(tmp_path):
    from pathlib import Path

    files = {"gaad.json": details(user("bert-jan", account="123837392027"))}
    for path in sorted(Path(corpus("corpora/cloudtrail")).glob("*CloudTrail*.json")):
        result = ask(tmp_path, files, path.read_bytes(), "--output-format", "json")
        assert result.exit_code == 0, result.output
        json.loads(result.stdout)
