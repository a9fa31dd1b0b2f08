"""`seek` agrees with `Tree`, and `pieces` with `json`."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.syntax import SyntaxProblem, Tree
from iamlint.syntax.pieces import answers
from iamlint.syntax.seek import Seeker, inside, seek

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def paths(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from paths(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from paths(entry, (*path, index))


@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans(), st.integers(0, 3))
def test_seek_finds_what_the_tree_has(value, indent, ascii_only, lead):
    text = " " * lead + json.dumps(value, indent=indent, ensure_ascii=ascii_only) + "\n"
    tree = Tree(text)
    for path in paths(value):
        assert seek(text, 0, path) == tree.span(path)
        assert inside(text, seek(text, 0, path), 1, 3) == tree.inside(path, 1, 3)
        if path and isinstance(path[-1], str):
            assert seek(text, 0, path, "key") == tree.span(path, "key")
        else:
            with pytest.raises(KeyError):
                seek(text, 0, path, "key")
        for wrong in ("nowhere", 99, -1):
            with pytest.raises(KeyError):
                seek(text, 0, (*path, wrong))


@given(VALUES, st.sampled_from([None, 1]), st.randoms(use_true_random=False))
def test_a_seeker_finds_the_same_places_in_any_order(value, indent, random):
    text = json.dumps(value, indent=indent)
    asked = list(paths(value))
    random.shuffle(asked)
    seeker = Seeker(text, 0)
    for path in asked:
        assert seeker.span(path) == seek(text, 0, path)
        assert seeker.start(path) == seek(text, 0, path).start
        for wrong in ("nowhere", 99, -1):
            with pytest.raises(KeyError):
                seeker.start((*path, wrong))
        if path and isinstance(path[-1], str):
            assert seeker.span(path, "key") == seek(text, 0, path, "key")


@given(st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=4), min_size=1, max_size=3), st.booleans())
def test_pieces_are_what_json_reads(objects, as_list):
    text = json.dumps(objects) if as_list else "\n".join(json.dumps(each) for each in objects)
    found = answers(text)
    assert len(found) == len(objects)
    for answer, value in zip(found, objects, strict=True):
        depth = len(answer.path)
        again = {name: [] for name in answer.lists}
        for path, parsed in answer.members:
            assert json.loads(text[parsed.start : parsed.end]) == parsed.value
            if len(path) > depth + 1:
                again[path[depth]].append(parsed.value)
            else:
                again[path[depth]] = parsed.value
        assert again == value


@given(st.text(alphabet='{}[]:,"a1 \n\\', max_size=20))
def test_pieces_refuse_what_json_refuses(text):
    try:
        found = answers(text)
    except SyntaxProblem:
        with pytest.raises(ValueError):  # noqa: PT011
            json.loads(text)
        return
    if found and len(found) == 1 and found[0].path == () and text.lstrip().startswith("{"):
        assert isinstance(json.loads(text), dict)
