"""Places inside documents: spans in the file, repeated keys, and which documents count as equal."""

import json
from urllib.parse import quote

import pytest

from iamlint.config import Settings
from iamlint.load import load_text

SETTINGS = Settings(root="/")
INNER = (
    '{"Version": "2012-10-17", "Id": "é\\u00e9𝒳", "Statement": '
    '{"Effect": "Deny", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
)
HOLDERS = {
    "bare": INNER,
    "object": '{"x": 1,\n "PolicyDocument": ' + INNER + "}",
    "list": "[1,\n" + INNER + "]",
    "string": '{"PolicyDocument": ' + json.dumps(INNER) + "}",
    "ascii-free string": '{"PolicyDocument": ' + json.dumps(INNER, ensure_ascii=False) + "}",
    "percent": '{"PolicyDocument": "' + quote(INNER) + '"}',
    "string of string": '{"PolicyDocument": ' + json.dumps(json.dumps(INNER)) + "}",
    "percent, no quotes": "\n " + quote(INNER) + "\n",
}


def document(text):
    (found,) = load_text("f.json", text, SETTINGS).documents
    return found


@pytest.mark.parametrize("text", HOLDERS.values(), ids=HOLDERS)
def test_places_lead_to_the_same_text(text):
    found = document(text)
    assert found.value == json.loads(INNER)

    def shown(*arguments):
        span = found.span(*arguments)
        return text[span.start : span.end]

    assert "s3" in shown(("Statement", "Action"))
    assert "Effect" not in shown(("Statement", "Action"))
    assert shown(("Statement", "Action"), "value", 0, 2) == "s3"
    assert "Allow" in shown(("Statement", "Effect"))
    assert "Deny" in shown(("Statement", "Effect"), "value", None, None, 0)
    assert "Effect" in shown(("Statement", "Effect"), "key", None, None, 1)
    (duplicate,) = found.duplicates()
    assert (duplicate.path, duplicate.occurrence) == (("Statement", "Effect"), 1)
    whole = shown(())
    assert whole.startswith(("{", "%7B"))
    assert whole.endswith(("}", "%7D"))


def test_repeated_keys_in_what_parsers_drop():
    found = document('{"Statement": {"Sid": "a", "Sid": "b"}, "Statement": [], "Version": "2012-10-17"}')
    first, second = found.duplicates()
    assert first.path == ("Statement", "Sid")
    assert found.span(first.path, "key", None, None, first.occurrence) == first.later
    assert found.span(second.path, "key", None, None, second.occurrence) == second.later
    assert found.span(("Statement", 3, "Action")) == found.span(("Statement",))


def test_equal_documents_share_an_identity():
    plain = '{"Version": "2012-10-17", "Statement": []}'
    twice = '{"Version": "2012-10-17", "Statement": 1, "Statement": []}'
    keys = {
        document(text).text_key
        for text in (plain, plain.replace(" ", "\n"), json.dumps({"PolicyDocument": plain}), f"[{plain}]")
    }
    assert len(keys) == 1
    assert document(twice).text_key not in keys
    assert document(twice).text_key == document(f"[{twice}]").text_key
    assert document(twice.replace("1", "2")).text_key != document(twice).text_key
    assert document(plain.replace("[]", "[1]")).text_key != document(plain.replace("[]", "[true]")).text_key
