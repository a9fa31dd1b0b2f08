"""Near names and safe printing, by example; surrogates in strings."""

import pytest

from iamlint.syntax import Span, SyntaxProblem, Tree, nearest, pointer, printable, undress, unfold

NAMES = ["DescribeInstances", "DescribeImages", "Action", "NotAction", "Resource", "GetObject", "GetObjects", "ec2"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("DescribeInstance", "DescribeInstances"),
        ("describeinstances", "DescribeInstances"),
        ("DescribeInstnaces", "DescribeInstances"),
        ("DescribeImage", "DescribeImages"),
        ("Actions", "Action"),
        ("Acton", "Action"),
        ("GetObjectz", "GetObject"),
        ("ec3", "ec2"),
        ("Principal", None),
        ("x", None),
        ("", None),
        ("D" * 100_000, None),
    ],
)
def test_the_near_name(word, expected):
    assert nearest(word, NAMES) == expected
    assert nearest(word, reversed(NAMES)) == expected


def test_at_equal_distance_the_plural_and_the_common_start_win():
    assert nearest("Tags", ["Taks", "Tag"]) == "Tag"
    assert nearest("GetFoo", ["SetFoo", "GetFox"]) == "GetFox"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("s3:GetObject", "s3:GetObject"),
        ("Größe 日本 😀", "Größe 日本 😀"),
        ("a\x1b[31m\n", r"a\u001b[31m\u000a"),
        ("\x7f\x85\u2028\u202e\u200b\ufeff", r"\u007f\u0085\u2028\u202e\u200b\ufeff"),
        ("\ud800\uffff\u3164", r"\ud800\uffff\u3164"),
        ("\U000e0041", r"\udb40\udc41"),
    ],
)
def test_nothing_unseen_is_printed(text, shown):
    assert printable(text) == shown


def test_long_texts_are_cut_in_the_middle():
    assert printable("abcdefghij", 5) == "ab…ij"
    assert len(printable("x" * 1_000_000)) == 200


def test_surrogates_join_as_json_says():
    text = r'["\ud83d\ude00a", "\ud800\ud83d\ude00b\udc00c"]'
    tree = Tree(text)
    assert text[slice(*tree.inside((0,), 1, 2))] == "a"
    assert text[slice(*tree.inside((0,), 0, 1))] == r"\ud83d\ude00"
    assert text[slice(*tree.inside((1,), 1, 3))] == r"\ud83d\ude00b"
    assert text[slice(*tree.inside((1,), 4, 5))] == "c"


def test_no_string_has_no_inside():
    tree = Tree('{"a": 12345}')
    assert tree.inside(("a",), 1, 2) == tree.span(("a",))


@pytest.mark.parametrize("place", [(), (0,)])
def test_what_has_no_key_has_no_key_token(place):
    with pytest.raises(KeyError):
        Tree("[1]").span(place, "key")


@pytest.mark.parametrize("text", ["", " ", "[1", '{"a": [1}', '{"a": {"b": 1}', "nope"])
def test_a_tree_of_no_value_is_a_problem(text):
    with pytest.raises(SyntaxProblem):
        Tree(text)


@pytest.mark.parametrize(
    ("text", "below"),
    [
        ("%7B%22a%22%3A1%7D", '{"a":1}'),
        ("%257B%2522a%2522%253A+1%257D", '{"a":+1}'),
        ('"{\\"a\\":1}"', '{"a":1}'),
        (' "%5B1%5D" ', "[1]"),
        ("%0a%7b%zz%ff}", "\n{%zz\ufffd}"),
        ('"a" b', '"a" b'),
        ('"a', '"a'),
        ("%41", "%41"),
        ("100%", "100%"),
        ("", ""),
        ('{"a": "%7B"}', '{"a": "%7B"}'),
    ],
)
def test_undress(text, below):
    assert undress(text) == below


def test_only_string_tokens_are_unfolded():
    with pytest.raises(ValueError, match=r"^not a string token$"):
        unfold("[1]", Span(0, 3))


def test_duplicates_are_found_at_any_depth():
    text = '{"a": [0, {"b": 1, "\\u0062": {"c": 1, "c": 2}, "b": 3}], "a\\u0062": 1}'
    found = Tree(text).duplicates()
    assert [(each.path, each.occurrence, text[slice(*each.later)]) for each in found] == [
        (("a", 1, "b"), 1, '"\\u0062"'),
        (("a", 1, "b", "c"), 1, '"c"'),
        (("a", 1, "b"), 2, '"b"'),
    ]
    assert {each.first for each in found if each.name == "b"} == {Span(11, 14)}


def test_pointer():
    assert pointer(("Statement", 0, "a/b~c", "")) == "/Statement/0/a~1b~0c/"
    assert pointer(()) == ""
