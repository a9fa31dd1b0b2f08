"""Policies in the answers of AWS's services, and their places in the file."""

import json
from urllib.parse import quote

import pytest

from iamlint.config import Settings, SourceSpec
from iamlint.load import load_bytes, load_text
from iamlint.load.account import join

SETTINGS = Settings(root="/")
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
BUCKET = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
TEXT = json.dumps(POLICY)


def load(value, **options):
    text = value if isinstance(value, str) else json.dumps(value, indent=2)
    return load_text("f.json", text, options.pop("settings", SETTINGS), **options)


def facts(value, **options):
    return [(d.document_pointer, d.kind, d.name, d.owner, d.arn) for d in load(value, **options).documents]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"Roles": [{"Arn": "r", "AssumeRolePolicyDocument": POLICY}, {}]},
            ("/Roles/0/AssumeRolePolicyDocument", "trust", None, "r", None),
        ),
        ({"Document": POLICY, "VersionId": "v1"}, ("/Document", "identity", None, None, None)),
        ({"Policy": json.dumps(BUCKET)}, ("/Policy", "resource", None, None, None)),
        ({"Policy": json.dumps(BUCKET), "RevisionId": "x"}, ("/Policy", "resource", None, None, None)),
        ({"ARN": "s", "Name": "n", "ResourcePolicy": TEXT}, ("/ResourcePolicy", "resource", "n", "s", None)),
        ({"repositoryName": "r", "policyText": TEXT}, ("/policyText", "resource", "r", None, None)),
        ({"InlinePolicy": TEXT}, ("/InlinePolicy", "identity", None, None, None)),
        ({"Attributes": {"Policy": TEXT, "QueueArn": "q"}}, ("/Attributes/Policy", "resource", None, "q", None)),
        (
            {"VpcEndpoints": [{"VpcEndpointId": "v", "PolicyDocument": TEXT}]},
            ("/VpcEndpoints/0/PolicyDocument", "endpoint", None, "v", None),
        ),
        (
            {
                "Policy": {
                    "PolicySummary": {"Type": "RESOURCE_CONTROL_POLICY", "Name": "n", "Arn": "a"},
                    "Content": TEXT,
                }
            },
            ("/Policy/Content", "rcp", "n", None, "a"),
        ),
        ([{"PolicyName": "p", "PolicyDocument": POLICY}], ("/0/PolicyDocument", "identity", "p", None, None)),
        ({"RoleName": "r", "PolicyName": "p", "PolicyDocument": TEXT}, ("/PolicyDocument", "identity", "p", "r", None)),
        (quote(TEXT), ("", "identity", None, None, None)),
    ],
)
def test_answers(value, expected):
    assert facts(value) == [expected]


@pytest.mark.parametrize(
    "value",
    [
        {"InlinePolicy": ""},
        {"Policy": "fail"},
        {"Policy": {"PolicyName": "p", "Arn": "a"}},
        {"Policy": {"PolicySummary": {"Type": "TAG_POLICY"}, "Content": '{"tags": {}}'}},
        {"Document": {"title": "x"}},
    ],
)
def test_answers_without_a_policy(value):
    file = load(value, named_alone=True)
    assert not file.documents
    assert not file.problems
    assert "no policy document" in file.skipped


ACCOUNT = {
    "UserDetailList": [{"Arn": "u", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": POLICY}]}, {"Arn": "v"}],
    "GroupDetailList": [{"Arn": "g", "GroupPolicyList": [{"PolicyName": "q", "PolicyDocument": quote(TEXT)}]}],
    "RoleDetailList": [
        {
            "Arn": "r",
            "AssumeRolePolicyDocument": BUCKET,
            "RolePolicyList": [],
            "InstanceProfileList": [{"Roles": [{"AssumeRolePolicyDocument": BUCKET}]}],
        }
    ],
    "Policies": [
        {
            "PolicyName": "m",
            "Arn": "a",
            "PolicyVersionList": [
                {"Document": POLICY, "IsDefaultVersion": False},
                {"Document": POLICY, "IsDefaultVersion": True},
            ],
        }
    ],
}


def test_account_authorization_details():
    expected = [
        ("/UserDetailList/0/UserPolicyList/0/PolicyDocument", "identity", "p", "u", None),
        ("/GroupDetailList/0/GroupPolicyList/0/PolicyDocument", "identity", "q", "g", None),
        ("/RoleDetailList/0/AssumeRolePolicyDocument", "trust", None, "r", None),
        ("/Policies/0/PolicyVersionList/1/Document", "identity", "m", None, "a"),
    ]
    for kind in (None, "scp"):  # what the export says is certain
        file = load(ACCOUNT, kind=kind)
        found = join([file.export]).documents["f.json"]
        assert [(d.document_pointer, d.kind, d.name, d.owner, d.arn) for d in found] == expected


def test_a_kind_that_the_surroundings_only_suggest_can_be_overridden():
    assert facts({"PolicyVersion": {"Document": POLICY}}, kind="boundary")[0][1] == "boundary"


def test_names_of_exports_stand_in_the_reason():
    assert load({"Content": "x", "ReportFormat": "text/csv"}).skipped == "no policy document: a credential report"


def test_broken_policies_in_strings_are_problems_at_their_place():
    broken = TEXT.replace('"Effect":', '"Effect"')
    text = json.dumps({"a": 1, "UserDetailList": [{"UserPolicyList": [{"PolicyDocument": broken}] * 2}]}, indent=1)
    joined = join([load(text).export])
    assert not joined.documents
    problems = list(joined.problems("f.json"))
    assert len(problems) == 2
    for problem in problems:
        assert text[: problem.offset].endswith('\\"Effect\\"')
        line = text.split("\n")[problem.line - 1]
        assert line[problem.column - 1 :].startswith(' \\"Allow')


@pytest.mark.parametrize("word", ["NaN", "9" * 5000])
def test_what_python_alone_reads_is_no_surprise(word):
    file = load({"PolicyDocument": TEXT.replace('"*"', word)})
    assert len(file.documents) + len(file.problems) == 1
    for document in file.documents:
        document.span(("Statement", 0, "Resource"))


def test_two_policies_after_one_another():
    """AWS takes no text after a policy; a policy a line is an export."""
    pretty = json.dumps(POLICY, indent=1)
    file = load(f"{pretty}\n{pretty}")
    assert [document.document_pointer for document in file.documents] == ["/0", "/1"]
    assert (file.problem.line, file.problem.column) == (pretty.count("\n") + 2, 1)
    assert load(f"{TEXT}\n{TEXT}\n").problems == ()
    answer = json.dumps({"PolicyVersion": {"Document": POLICY}}, indent=1)
    assert load(f"{answer}\n{answer}\n").problems == ()


def test_one_policy_in_brackets():
    assert [pointer for pointer, *_ in facts([POLICY])] == ["/0"]
    assert [pointer for pointer, *_ in facts([POLICY], named_alone=True)] == ["", "/0"]
    assert [pointer for pointer, *_ in facts([POLICY, POLICY], named_alone=True)] == ["/0", "/1"]


@pytest.mark.parametrize("value", [POLICY["Statement"][0], {"Statements": POLICY["Statement"]}])
def test_attempts_at_a_policy_are_judged_where_named(value):
    assert load(value).skipped
    assert len(load(value, named_alone=True).documents) == 1


def test_what_stands_before_a_mistake_is_kept():
    file = load(TEXT + "\nEOF")
    assert len(file.documents) == 1
    assert file.problem.line == 2


@pytest.mark.parametrize("name", ["Latin-1 é".encode("latin-1"), b"\xc0\xaf", b"\xed\xa0\x80"])
def test_policies_in_other_encodings_are_told(name):
    data = TEXT.encode().replace(b"s3:", name)
    assert load_bytes("f.json", data, SETTINGS).problem.kind == "encoding"
    assert load_bytes("f.json", b'{"x": "' + name + b'"}', SETTINGS).skipped


def test_sources():
    value = {"stacks": [{"p": POLICY}, {"p": quote(TEXT)}, {"p": {"x": 1}}, {"p": "{"}], "last": [1, POLICY]}

    def found(selector, path=None, kind=None):
        return facts(value, settings=Settings(root="/", path="c", sources=(SourceSpec("s", selector, path, kind),)))

    assert found("$.stacks[*].p", kind="scp") == [
        ("/stacks/0/p", "scp", "s", None, None),
        ("/stacks/1/p", "scp", "s", None, None),
    ]
    assert [pointer for pointer, *_ in found("$.last[-1]")] == ["/last/1"]
    assert [pointer for pointer, *_ in found("$..p")] == ["/stacks/0/p", "/stacks/1/p"]
    assert found("$..p", path="other/*.json") == []
