"""Each way in which JSON text is usually broken: what is said, and where (marked by «»)."""

import pytest

from iamlint.syntax import MAX_DEPTH, Lines, SyntaxProblem, Tree, decode, parse, parse_all

MISTAKES = [
    ('{"a": 1«»\n "b": 2}', "missing `,` after this"),
    ('["a"«» "b"]', "missing `,` after this"),
    ("[{}«»[]]", "missing `,` after this"),
    ('["say "«»hello" to"]', 'the string has ended before this; a `"` inside a string is written `\\"`'),
    ("[1«», ]", "trailing `,`: no item follows it"),
    ('{"a": 1«»,\n}', "trailing `,`: no member follows it"),
    ('{"a": 1, «»,}', "a member is missing before this `,`"),
    ("[1, «», 2]", "a value is missing before this `,`"),
    ('{"a": «»}', "a value is missing between `:` and `}`"),
    ('{"a": «»,', "a value is missing between `:` and `,`"),
    ('{"a"«»}', "a key without a value: `:` and the value are missing after it"),
    ('{"a"«» 1}', "missing `:` after the key"),
    ('{"a" «»= 1}', "`=` where `:` is meant"),
    ('{"a": 1«»; "b": 2}', "`;` where `,` is meant"),
    ('["a"«»: 1]', "`:` in a list: members with keys need `{` and `}` around them"),
    ('{"a": "b"«»: 1}', "`:` after a value: a key has one value, and a `,` must follow it"),
    ('{"a": 1 «») }', "unexpected `)` where `,` or `}` is expected"),
    ("[«»(1)]", "unexpected `(` where a value is expected"),
    ("{«»(}", "unexpected `(` where a key in double quotes is expected"),
    ("{«»: 1}", "a key in double quotes is missing before this `:`"),
    ("{«»Effect: 1}", "the key `Effect` needs double quotes"),
    ("{«»1: 1}", "the key `1` needs double quotes"),
    ("[«»s3:GetObject]", "`s3:GetObject` needs double quotes"),
    ("[«»True]", "`True` is written `true` in JSON"),
    ("[«»None]", "`None` is written `null` in JSON"),
    ("[«»NaN]", "`NaN` is no JSON value"),
    ("[«»-Infinity]", "`-Infinity` is no JSON value"),
    ("[«»undefined]", "`undefined` is no JSON value"),
    ("[«»01]", "`01`: a JSON number has no leading zero"),
    ("«»01", "`01`: a JSON number has no leading zero"),
    ("[«»+1]", "`+1`: a JSON number has no `+` in front"),
    ("[«»0x1F]", "`0x1F`: JSON knows decimal numbers only"),
    ("[«».5]", "`.5`: a digit must stand before the `.`"),
    ("[«»1.]", "`1.`: a digit must stand after the `.`"),
    ("[«»-]", "`-` is no JSON value"),
    ('{"Version": «»2012-10-17}', "`2012-10-17` is no JSON number; a string needs double quotes"),
    ("{«»'a': 1}", "JSON strings and keys take double quotes, not `'`"),
    ("{«»“a”: 1}", "typographic quote `“`: JSON strings and keys take plain double quotes"),
    ('{"a": 1, «»// why\n}', "a comment (`//`): JSON has none"),
    ('{«»/* why */ "a": 1}', "a comment (`/*`): JSON has none"),
    ('{"a": 1 «»# why\n}', "a comment (`#`): JSON has none"),
    ('{\n«»<<<<<<< HEAD\n"a": 1', "merge-conflict mark `<<<<<<<`"),
    ('{"a": 1,\n«»=======\n', "merge-conflict mark `=======`"),
    ('{"a": «»${effect}}', "template placeholder `${` outside a string: fill it in first"),
    ('{"a": «»{{ effect }}}', "template placeholder `{{` outside a string: fill it in first"),
    ('{ «»{% if x %} "a": 1}', "template placeholder `{%` outside a string: fill it in first"),
    ('{«»\u00a0"a": 1}', "U+00A0 is no white space in JSON"),
    ('{«»\ufeff"a": 1}', "byte order mark (U+FEFF) in the middle of the text"),
    ('[«»\x00"a"]', "character U+0000 outside a string"),
    ('["a«»\tb"]', r"raw control character U+0009 in a string; it is written \t"),
    ('["a«»\x00b"]', r"raw control character U+0000 in a string; it is written \u0000"),
    ('["a«»\\x41"]', r"`\x` is no JSON escape; a backslash is written \\"),
    ('["a«»\\u12G4"]', r"`\u12G4`: four hexadecimal digits must follow \u"),
    ('[«»"a, 1]\n', r"this string is not closed on its line (a line end is written \n)"),
    ('[«»"a, 1]', "this string is not closed"),
    ('[«»"a\\\n1"]', "this string is not closed: its line ends with a `\\`"),
    ('{\n "a": [1«»}\n', "`}` where the `[` of line 2 needs `]`"),
    ('{"a": [1, 2],\n «»]', "`]` where the `{` of line 1 needs `}`"),
    ('{"a": [\n 1,«»\n\n', "unexpected end of the text: the `[` of line 1 is not closed"),
    ("{«»", "unexpected end of the text: the `{` of line 1 is not closed"),
    ("{}\n«»}", "`}` closes nothing: the JSON value has ended before it"),
    ("[]\n\n«»EOF", "text after the end of the JSON value: `EOF` needs double quotes"),
    ("{}«», {}", "`,` after the end of the JSON value: one closing bracket too many before it, or a list without `[`"),
    ("«»]", "`]` closes nothing"),
    ("«»Version: 2012", "`Version` starts no JSON value (is this YAML?)"),
    ("«»---\na: 1", "`---` starts no JSON value (is this YAML?)"),
    ("«»<!DOCTYPE html>", "`<` starts no JSON value (is this HTML or XML?)"),
    ("«» \n\n ", "empty text, no JSON value in it"),
    ("«»", "empty text, no JSON value in it"),
]


@pytest.mark.parametrize(("marked", "message"), MISTAKES)
def test_a_mistake_is_named_where_it_is(marked, message):
    offset = marked.index("«»")
    text = marked.replace("«»", "")
    _, problem = parse_all(text)
    assert problem is not None
    assert (problem.message, problem.offset, problem.kind) == (message, offset, "syntax")
    assert (problem.line, problem.column) == Lines(text).position(offset)


@pytest.mark.parametrize("before", ['{"k": ["v", 1, {"x": null}],\n', '{"a": "b", "c": 2, "d": "\\n", '])
def test_a_mistake_deep_in_a_text_is_named_as_well(before):
    text = before + '"k": tru}'
    _, problem = parse_all(text)
    assert problem is not None
    assert (problem.message, problem.offset) == ("`tru` needs double quotes", len(before) + 5)


@pytest.mark.parametrize("text", ["{}{}", '{"a": 1}\n{"a": 2}\n', "[]\r\n\r\n[] ", "1 2", '"a""b"'])
def test_values_after_one_another_are_several(text):
    found, problem = parse_all(text)
    assert problem is None
    assert len(found) == 2
    assert "".join(text[each.start : each.end] for each in found) == "".join(text.split()) or " " in text.strip()


def test_what_stands_before_a_problem_is_kept():
    found, problem = parse_all('{"a": 1}\n{"b": }\n{"c": 1}')
    assert [each.value for each in found] == [{"a": 1}]
    assert problem is not None
    assert problem.line == 2


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 1000, 5000, 100_000])
@pytest.mark.parametrize("wrap", [("[", "1", "]"), ('{"a":', "1", "}"), ("[", "", ""), ('{"a":', "", "")])
def test_too_many_levels_are_a_problem_of_their_own(levels, wrap):
    opener, core, closer = wrap
    text = opener * levels + core + closer * levels
    with pytest.raises(SyntaxProblem, match=f"^nested more than {MAX_DEPTH} levels deep$") as caught:
        parse(text)
    assert caught.value.kind == "depth"
    assert caught.value.offset == len(opener) * MAX_DEPTH + opener.index(opener[0])


@pytest.mark.parametrize("core", ["", "1", '"a"'])
def test_as_many_levels_as_allowed_are_read_and_placed(core):
    text = "[" * MAX_DEPTH + core + "]" * MAX_DEPTH
    assert parse(text).end == len(text)
    assert Tree(text).span((0,) * (MAX_DEPTH - 1)) == (MAX_DEPTH - 1, len(text) - MAX_DEPTH + 1)


def test_wide_is_not_deep():
    assert not parse_all("[" + "[]," * 2000 + '{"a": [1]}]')[1]


@pytest.mark.parametrize("digits", [5000, 1_000_000])
def test_numbers_of_any_length_are_read(digits):
    assert parse("9" * digits).value == float("inf")
    assert parse(f"[-0, 1e400, 1e-400, 0.{'1' * digits}]").value == [0, float("inf"), 0.0, 1 / 9]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x1f\x8b\x08\x00", "gzip-compressed, not JSON text"),
        (b"PK\x03\x04", "a zip archive, not JSON text"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG image, not JSON text"),
        (b"\0" * 64, "starts with NUL bytes: binary data, not JSON text"),
        ('{"a": 1}'.encode("utf-32"), "UTF-32 text, which JSON does not allow; save it as UTF-8"),
        ('{"a": 1}'.encode("utf-32-be"), "UTF-32 text, which JSON does not allow; save it as UTF-8"),
        (b'{"\xe9"}', "byte 0xE9 is not UTF-8 here (saved in another encoding?)"),
        (b"ab\0\0\xff", "byte 0xFF is not UTF-8 here (binary data?)"),
        ("[1]".encode("utf-16")[:-1], "UTF-16 text that ends in the middle of a character"),
        (b"[\0\x00\xdc1\0]\0", "lone surrogate 0xDC00 in UTF-16 text"),
    ],
)
def test_bytes_that_are_no_text_are_named(data, message):
    with pytest.raises(SyntaxProblem) as caught:
        decode(data)
    assert (caught.value.message, caught.value.kind) == (message, "encoding")


def test_big_files_are_refused_by_size():
    assert decode(b"[1]", limit=3).text == "[1]"
    with pytest.raises(SyntaxProblem, match=r"^file of 4 bytes, more than the limit of 3$") as caught:
        decode(b"[11]", limit=3)
    assert caught.value.kind == "size"
