"""Edits of a text make exactly the change of its value, and leave alone what it does not touch."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.syntax import Span, Tree, unfold
from iamlint.syntax.change import Conflict, Drop, Insert, Put, Rename, changed
from iamlint.syntax.edits import applied, edits

TEXTS = st.sampled_from(["", "a", "s3:Get*", "é", "😀", '"\\\n', "${aws:username}", "/~"])
SCALARS = st.one_of(TEXTS, st.sampled_from([None, True, 1, 2.5]))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
HOLDERS = st.one_of(st.lists(VALUES, max_size=4), st.dictionaries(TEXTS, VALUES, max_size=4))


def crlf(value):
    return json.dumps(value, indent=4).replace("\n", "\r\n")


STYLES = st.sampled_from(
    [
        json.dumps,
        lambda v: json.dumps(v, indent=2),
        lambda v: json.dumps(v, indent="\t", ensure_ascii=True),
        lambda v: json.dumps(v, separators=(",", ":")),
        crlf,
        lambda v: "\n " + json.dumps(v, indent=0) + "\n",
        lambda v: json.dumps(v, separators=(" , ", " : ")),
    ]
)


def paths(value, path=()):
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in entries:
        yield from paths(below, (*path, step))


@st.composite
def changes(draw, value):
    every = list(paths(value))
    found = []
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(every))
        kind = draw(st.sampled_from([Put, Drop, Insert, Rename]))
        if kind is Drop:
            found.append(Drop(path))
        elif kind is Put:
            found.append(Put(path, draw(VALUES)))
        elif kind is Rename:
            found.append(Rename(path, draw(TEXTS)))
        else:
            found.append(Insert((*path, draw(st.one_of(st.integers(0, 4), TEXTS))), draw(VALUES), draw(st.booleans())))
    return found


@given(st.data(), HOLDERS, STYLES)
def test_the_text_after_the_edits_is_the_changed_value(data, value, style):
    text = style(value)
    wanted = data.draw(changes(value))
    try:
        after = changed(value, wanted)
    except Conflict:
        with pytest.raises(Conflict):
            edits(Tree(text), value, wanted)
        return
    made = edits(Tree(text), value, wanted)
    result = applied(text, made)
    assert json.loads(result) == after
    assert json.dumps(json.loads(result)) == json.dumps(after)  # the order of the members too
    assert made == sorted(made)
    assert all(a.end <= b.start for a, b in itertools.pairwise(made))
    ends = {"\r\n" if "\r\n" in text else "\n" if "\n" in text else ""}
    assert "\r\n" in ends or "\r" not in result


@given(st.data(), HOLDERS, STYLES)
def test_what_one_change_does_not_touch_stays(data, value, style):
    """A dropped or replaced entry leaves every other token of the text as it is."""
    text = style(value)
    tree = Tree(text)
    path = data.draw(st.sampled_from(list(paths(value))[1:] or [()]))
    change = Put(path, "new") if not path or data.draw(st.booleans()) else Drop(path)
    result = applied(text, edits(tree, value, [change]))
    span = tree.span(path)
    assert "".join(result.split()).startswith("".join(text[: span.start].split()).rpartition(",")[0])
    others = [p for p in paths(value) if p[: len(path)] != path and path[: len(p)] != p]
    after = Tree(result)
    for other in others:
        moved = other
        if isinstance(change, Drop) and isinstance(path[-1], int) and other[: len(path) - 1] == path[:-1]:
            step = other[len(path) - 1]
            if step > path[-1]:
                moved = (*path[:-1], step - 1, *other[len(path) :])
        a, b = tree.span(other), after.span(moved)
        assert text[a.start : a.end] == result[b.start : b.end]


def percents(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())


@given(VALUES, TEXTS, st.sampled_from([str, percents]))
def test_a_text_put_into_a_dress_reads_back(value, new, dress):
    inner = json.dumps({"a": value, "b": "x"})
    outer = json.dumps({"doc": dress(inner)})
    embedded = unfold(outer, Span(8, len(outer) - 1))
    token = Tree(embedded.text).span(("b",))
    span = embedded.span(token)
    result = outer[: span.start] + embedded.dressed(json.dumps(new)) + outer[span.end :]
    assert json.loads(unfold(result, Span(8, len(result) - 1)).text) == {"a": value, "b": new}
