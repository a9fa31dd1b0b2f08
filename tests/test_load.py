"""What is taken for a policy, where it is found, and what is skipped."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.config import Settings
from iamlint.load import load_bytes, load_text

SETTINGS = Settings(root="/")
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
TEXT = json.dumps(POLICY)


def pointers(value, **options):
    text = value if isinstance(value, str) else json.dumps(value, indent=2)
    return [(d.document_pointer, d.kind) for d in load_text("f.json", text, SETTINGS, **options).documents]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (POLICY, [("", "identity")]),
        (TRUST, [("", "trust")]),
        ([POLICY, TRUST], [("/0", "identity"), ("/1", "trust")]),
        (TEXT + "\n" + TEXT, [("/0", "identity"), ("/1", "identity")]),
        ({"PolicyVersion": {"VersionId": "v1", "Document": POLICY}}, [("/PolicyVersion/Document", "identity")]),
        ({"Role": {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}}, [("/Role/AssumeRolePolicyDocument", "trust")]),
        ({"UserName": "u", "PolicyName": "p", "PolicyDocument": POLICY}, [("/PolicyDocument", "identity")]),
        ({"UserName": "u", "PolicyName": "p", "PolicyDocument": quote(TEXT)}, [("/PolicyDocument", "identity")]),
        ({"Policy": TEXT}, [("/Policy", "identity")]),
        ({"Policy": json.dumps(TEXT)}, [("/Policy", "identity")]),
        (
            {"Policy": {"PolicySummary": {"Type": "SERVICE_CONTROL_POLICY"}, "Content": TEXT}},
            [("/Policy/Content", "scp")],
        ),
        (json.dumps(TEXT), [("", "identity")]),
        (json.dumps(quote(TEXT)), [("", "identity")]),
        ({"Version": "2012-10-17"}, [("", "identity")]),
        ({"version": "2012-10-17", "statement": []}, [("", "identity")]),
        ({"Version": "2012-10-17", "Statement": 1}, [("", "identity")]),
        ({"Version": 1, "Statement": []}, [("", "identity")]),
    ],
)
def test_recognised(value, expected):
    assert pointers(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"name": "left-pad", "version": "1.3.0"},
        {"Resources": {"P": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Fn::Sub": "x"}}}}},
        {"Version": "2.0", "Policies": {}},
        [1, 2, 3],
        {},
        "just text",
    ],
)
def test_other_json_is_skipped(value):
    file = load_text("f.json", json.dumps(value), SETTINGS)
    assert file.documents == ()
    assert file.skipped is not None


@pytest.mark.parametrize("text", ['"x"', "1", "null", "true", "{}", "[]"])
def test_what_the_user_names_alone_is_judged(text):
    assert len(load_text("f.json", text, SETTINGS, named_alone=True).documents) == 1


TSCONFIG = '{\n  // strict\n  "compilerOptions": { "target": "ES2022", "strict": true, },\n}\n'
JSON5 = "{ unquoted: 'single', hex: 0xFF, trailing: [1, 2,], }\n"
TEMPLATED = '{\n  "name": {{ .Values.name }},\n  "port": {{ .Values.port }}\n}\n'
CONFLICT = '{\n  "lockfileVersion": 3,\n<<<<<<< HEAD\n  "packages": {}\n=======\n  "packages": 1\n>>>>>>> main\n}\n'


@pytest.mark.parametrize("text", [TSCONFIG, JSON5, TEMPLATED, CONFLICT, "", "\x00\x01"])
def test_broken_text_of_other_tools_is_skipped(text):
    file = load_text("f.json", text, SETTINGS)
    assert file.problem is None
    assert file.skipped is not None
    assert load_text("f.json", text, SETTINGS, named_alone=True).problem is not None


@pytest.mark.parametrize("old", [",", ":", "{", '"Effect"', "]"])
def test_broken_policies_are_told(old):
    text = json.dumps(POLICY, indent=2)
    file = load_text("f.json", text.replace(old, old + " x", 1), SETTINGS)
    assert file.problem is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding):
    assert len(load_bytes("f.json", TEXT.encode(encoding), SETTINGS).documents) == 1


def test_bytes_that_are_no_text():
    assert load_bytes("f.json", b"\x89PNG\r\n\x1a\n", SETTINGS).skipped
    broken = TEXT.encode().replace(b"Allow", b"Allow\xe9")
    assert load_bytes("f.json", broken, SETTINGS).problem is not None


@given(st.binary(max_size=200))
def test_no_bytes_crash(data):
    load_bytes("f.json", data, SETTINGS, named_alone=True)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda c: (
            st.lists(c)
            | st.dictionaries(
                st.sampled_from(
                    ["Statement", "Version", "Policy", "Role", "PolicyVersion", "Document", "UserDetailList", "x"]
                ),
                c,
            )
        ),
    )
)
def test_no_json_crashes(value):
    file = load_text("f.json", json.dumps(value), SETTINGS, named_alone=True)
    for document in file.documents:
        span = document.span(())
        assert 0 <= span.start < span.end <= len(json.dumps(value))


@pytest.mark.parametrize("dress", [json.dumps, lambda t: json.dumps(quote(t)), lambda t: json.dumps(json.dumps(t))])
def test_places_in_embedded_documents_are_the_file_s_own(dress):
    text = '{"PolicyDocument": ' + dress(json.dumps(POLICY)) + "}"
    (document,) = load_text("f.json", text, SETTINGS).documents
    span = document.span(("Statement", 0, "Action"))
    assert "s3" in text[span.start : span.end]
    assert "Get" in text[span.start : span.end]
    assert len(text[span.start : span.end]) < 20
