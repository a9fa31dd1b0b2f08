"""Whole runs over exports: findings with subjects and policies, what stays unchecked, folders."""

import gzip
import json

import pytest

import iamlint
from tests.test_account.made import ALLOW, ROOT, arn, details, policy, report, report_json, row, user

WIDE = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@pytest.fixture
def snapshot(tmp_path):
    """Writes files and gives what `check` finds in their folder."""

    def write(_rules=(), **files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return iamlint.check([tmp_path], isolated=True, rules=_rules)

    return write


def of(found, rule):
    return [finding for finding in found.findings if finding.rule == rule]


def test_a_managed_policy_is_one_finding_with_its_holders(snapshot):
    attached = [{"PolicyName": "p", "PolicyArn": arn("p", "policy")}]
    users = [user(name, AttachedManagedPolicies=attached) for name in ("ann", "ben")]
    found = snapshot(gaad_json=details(*users, policies=[policy("p", WIDE)]))
    (finding,) = of(found, "wildcard-action")
    assert finding.policy.attached_to == (arn("ann"), arn("ben"))
    assert (finding.policy.name, finding.policy.arn) == ("p", arn("p", "policy"))
    assert finding.document_pointer == "/Policies/0/PolicyVersionList/0/Document"


def test_equal_documents_have_a_finding_each(snapshot):
    inline = [{"PolicyName": "i", "PolicyDocument": WIDE}]
    found = snapshot(gaad_json=details(user("ann", UserPolicyList=inline), user("ben", UserPolicyList=inline)))
    assert [f.policy.owner for f in of(found, "wildcard-action")] == [arn("ann"), arn("ben")]
    assert found.policies == 2


def test_a_boundary_is_judged_as_one(snapshot):
    boundary = {"PermissionsBoundary": {"PermissionsBoundaryArn": arn("b", "policy")}}
    found = snapshot(gaad_json=details(user("ann", **boundary), policies=[policy("b", WIDE)]))
    assert not of(found, "wildcard-action")  # a ceiling grants nothing


def test_places_are_those_of_the_exports(snapshot, tmp_path):
    found = snapshot(gaad_json=details(user("ann")), report_csv=report(ROOT, row("ann", password="true,N/A,N/A,N/A")))
    (finding,) = of(found, "user-without-mfa")
    assert finding.subject.id == arn("ann")
    line = (tmp_path / finding.path.rpartition("/")[2]).read_text().split("\n")[finding.region.line - 1]
    assert line[finding.region.column - 1 : finding.region.end_column - 1] in ("false", "ann", '"ann"')


def test_what_needs_an_absent_export_is_not_checked(snapshot):
    found = snapshot(gaad_json=details(user("ann")))
    needs = {entry.rule: entry for entry in found.not_checked}
    assert "get-credential-report" in needs["user-without-mfa"].command
    assert needs["user-without-mfa"].subject.kind == "account"
    assert not of(found, "user-without-mfa")
    assert "user-without-boundary" not in needs


def test_one_user_who_is_not_known_does_not_hide_the_others(snapshot):
    found = snapshot(
        gaad_json=details(user("ann"), user("new")), report_csv=report(row("ann", password="true,N/A,N/A,N/A"))
    )
    assert [f.subject.id for f in of(found, "user-without-mfa")] == [arn("ann")]
    assert [n.subject.id for n in found.not_checked if n.rule == "user-without-mfa"] == [arn("new")]


def test_an_incomplete_export_is_said(snapshot):
    found = snapshot(gaad_json=details(user("ann"), IsTruncated=True, Marker="m"))
    assert any("incomplete" in note for note in found.notes)
    assert any(n.rule == "user-without-boundary" and n.subject.kind == "account" for n in found.not_checked)


@pytest.mark.parametrize("name", ["gaad_json", "gaad_json_gz", "anything_jsonl"])
def test_files_of_any_name_and_dress(snapshot, name):
    text = details(user("ann"))
    content = gzip.compress(text.encode(), mtime=0) if name.endswith("gz") else text
    found = snapshot(**{name: content}, report_json=report_json(ROOT, row("ann")))
    assert found.accounts == 1
    assert found.as_of == "2026-11-01T00:00:00Z"
    assert [f.subject.id for f in of(found, "user-without-boundary")] == [arn("ann")]


def test_a_file_that_is_not_recognised_is_named_in_a_snapshot_only(snapshot, tmp_path):
    found = snapshot(sub__odd_json='{"a": 1}', sub__notes_txt="hello")
    assert [(s.path.rpartition("/")[2], s.reason) for s in found.skipped] == [("odd.json", "no policy document")]
    found = snapshot(
        gaad_json=details(user("ann")), sub__trail_json_gz=gzip.compress(b'{"Records": [{"eventSource": 1}]}', mtime=0)
    )
    reasons = {s.path.rpartition("/")[2]: s.reason for s in found.skipped}
    assert reasons["odd.json"].startswith("not recognised")
    assert reasons["notes.txt"].startswith("not recognised")
    assert "CloudTrail" in reasons["trail.json.gz"]


@pytest.mark.parametrize(
    "content",
    [
        b"\x1f\x8b broken",
        gzip.compress(b"{}", mtime=0)[:-9],
        b"user,arn,mfa_active,access_key_1_active\n\x00,,,",
        b'{"UserDetailList": [1, null, {"Arn": 5, "UserName": [], "Tags": [{}], "UserPolicyList": [3]}]}',
        b'{"UserDetailList": [{"AttachedManagedPolicies": {"a": 1}, "GroupList": [1], "CreateDate": 1e99}]}',
        b'{"Policies": [{"PolicyVersionList": [1, {"Document": 5}, {"IsDefaultVersion": 1}]}]}',
        b'{"ReportFormat": "text/csv", "Content": "!!!"}',
        b'{"AccessKeyMetadata": [{"UserName": 1, "AccessKeyId": null}, 7]}',
        b'{"AccessKeyLastUsed": {"LastUsedDate": {}}}',
        b'{"SummaryMap": {"AccountMFAEnabled": "yes"}}',
        b'{"UserDetailList": [{"UserName": "a"}',
    ],
)
def test_odd_exports_do_no_harm(snapshot, content):
    found = snapshot(gaad_json=details(user("ann")), odd_json=content)
    assert not [error for error in found.errors if error.kind == "internal"]
    assert json.dumps([n._asdict() for n in found.not_checked], default=str)


def test_versions_that_are_not_in_force_are_not_checked(snapshot):
    versions = [
        {"VersionId": "v2", "IsDefaultVersion": False, "Document": WIDE},
        {"VersionId": "v1", "IsDefaultVersion": True, "Document": ALLOW},
    ]
    found = snapshot(gaad_json=details(policies=[policy("p", PolicyVersionList=versions)]))
    assert not of(found, "wildcard-action")
