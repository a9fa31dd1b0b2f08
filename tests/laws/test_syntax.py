"""JSON text, its values and the places in it: everything found by a path stands where the span says."""

import json
import re
from collections.abc import Iterator
from random import Random
from urllib import parse as urls

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.syntax import (
    MAX_DEPTH,
    Lines,
    Path,
    Span,
    SyntaxProblem,
    Tree,
    decode,
    nearest,
    parse,
    parse_all,
    pointer,
    printable,
    undress,
    unfold,
)
from iamlint.syntax.diagnose import diagnose
from iamlint.syntax.embedded import unquote
from iamlint.syntax.lines import position

# Surrogates stand in JSON text only as escapes, where two may join; the tests of examples look at them.
STRINGS = st.text(st.one_of(st.sampled_from('ab"\\/\n\t\x00é€😀:,{}[]%'), st.characters(exclude_categories=["Cs"])))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), STRINGS)


class Members(list):
    """An object whose keys may repeat, as a list of pairs."""


DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(st.tuples(st.one_of(st.sampled_from("ab"), STRINGS), inner), max_size=4).map(Members),
    ),
    max_leaves=12,
)
RANDOM = st.integers(0, 2**32).map(Random)


def written(value: object, random: Random) -> str:
    """JSON text of `value` with white space and escapes as they come."""

    def space() -> str:
        return random.choice(["", "", " ", "\n  ", "\r\n\t"])

    if isinstance(value, str):
        return '"' + "".join(escaped(char, random) for char in value) + '"'
    if isinstance(value, Members):
        items = [f"{written(k, random)}{space()}:{space()}{written(v, random)}" for k, v in value]
    elif isinstance(value, list):
        items = [written(item, random) for item in value]
    else:
        return json.dumps(value)
    inner = ",".join(space() + item + space() for item in items) or space()
    return f"{{{inner}}}" if isinstance(value, Members) else f"[{inner}]"


def escaped(char: str, random: Random) -> str:
    units = char.encode("utf-16-be")
    long = "".join(f"\\u{units[i]:02x}{units[i + 1]:02X}" for i in range(0, len(units), 2))
    return random.choice([long, json.dumps(char)[1:-1], json.dumps(char, ensure_ascii=False)[1:-1]])


def places(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    yield path, value
    if isinstance(value, dict):
        for key, member in value.items():
            yield from places(member, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


@given(DOCUMENTS, RANDOM, st.sampled_from(["", " ", "[1] ", '"x"\n']))
def test_every_span_holds_the_value_of_its_path(document, random, before):
    text = before + written(document, random) + " {}"
    parsed = parse(text, len(before))
    tree = Tree(text, len(before))
    assert parsed.value == json.loads(text[parsed.start : parsed.end])
    for path, value in places(parsed.value):
        start, end = tree.span(path)
        assert parse(text, start).end == end
        assert parse(text, start).value == value
        if path and isinstance(path[-1], str):
            start, end = tree.span(path, "key")
            assert json.loads(text[start:end]) == path[-1]
        for missing in ("no such key", 10**6, -1):
            with pytest.raises(KeyError):
                tree.span((*path, missing))


@given(st.lists(st.tuples(st.sampled_from(["a", "b", 'c"', ""]), DOCUMENTS)).map(Members), RANDOM)
def test_equal_keys_are_told_apart(members, random):
    text = written([members], random)
    tree = Tree(text)
    names = [name for name, _ in members]
    for index, (name, value) in enumerate(members):
        occurrence = names[:index].count(name)
        start, end = tree.span((0, name), occurrence=occurrence)
        assert parse(text[start:end]).value == parse(written(value, random)).value
        if index == len(names) - 1 - names[::-1].index(name):
            assert tree.span((0, name)) == (start, end)
    with pytest.raises(KeyError):
        tree.span((0, "a"), occurrence=names.count("a"))
    found = [duplicate for duplicate in tree.duplicates() if len(duplicate.path) == 2]
    expected = [(name, names[:i].count(name)) for i, name in enumerate(names) if name in names[:i]]
    assert [(each.name, each.occurrence) for each in found] == expected
    for each in found:
        assert each.path == (0, each.name)
        assert each.first == tree.span(each.path, "key", 0)
        assert each.later == tree.span(each.path, "key", each.occurrence)
    assert parse(text).duplicates == bool(tree.duplicates())


@given(STRINGS, RANDOM, st.data())
def test_inside_a_string_leads_back_through_escapes(value, random, data):
    text = written(Members([("a", [value])]), random)
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    found = Tree(text).inside(("a", 0), start, end)
    assert json.loads(f'"{text[slice(*found)]}"', strict=False) == value[start:end]
    assert Tree(text).inside(("a", 0), -5, len(value) + 5) == (Tree(text).inside(("a", 0), 0, len(value)))


# Pieces that are likely to make JSON, and likely to break it.
TOKENS = [
    ' "a":',
    '"b"',
    " 1,",
    "-0.5e+3",
    "true",
    "null ",
    "tru",
    "\\u00e9",
    "NaN",
    "//",
    "<<<<<<<",
    "${",
    "\ud800",
    "[]",
]
PIECES = st.lists(st.sampled_from([*"{}[]:,\"'\\\t\n\x00é\ufeff0e.-", *TOKENS]), max_size=12).map("".join)


@given(st.one_of(PIECES, st.text()))
def test_texts_are_refused_where_python_refuses_them_and_the_place_is_named(text):
    def constant(name: str) -> None:
        raise ValueError(name)

    try:
        expected = json.loads(text, parse_constant=constant)
    except ValueError:
        found, problem = parse_all(text)
        # Several values after one another are more than json.loads takes.
        assert problem is not None or len(found) > 1
        if problem is not None:
            assert problem.offset is not None
            assert 0 <= problem.offset <= len(text)
            assert (problem.line, problem.column) == Lines(text).position(problem.offset)
            assert problem.message == printable(problem.message)
    else:
        found, problem = parse_all(text)
        assert problem is None
        assert [each.value for each in found] == [expected]
        assert diagnose(text, 0, False, MAX_DEPTH) is None


@given(PIECES)
def test_the_scanner_and_the_diagnosis_agree(text):
    """Neither refuses what the other takes, so no message is made up for want of a mistake."""
    start = len(text) - len(text.lstrip(" \t\r\n"))
    found = diagnose(text, start, False, MAX_DEPTH)
    if found is None:
        parse(text)
    else:
        with pytest.raises(SyntaxProblem, match=f"^{re.escape(found.message)}$") as caught:
            parse(text)
        assert caught.value.offset == found.offset


@given(DOCUMENTS, RANDOM, st.data())
def test_a_cut_text_ends_unexpectedly_or_in_a_token(document, random, data):
    text = written([document], random)
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    found, problem = parse_all(cut)
    assert not found
    assert problem is not None
    assert problem.line <= Lines(cut.rstrip(" \t\r\n")).count


@given(st.text(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"]), st.booleans())
def test_decode_is_the_inverse_of_encode(text, encoding, bom):
    text = '{"a' + text
    mark = "\ufeff".encode(encoding) if bom and encoding.startswith("utf-16") else b""
    decoded = decode(mark + text.encode(encoding))
    assert decoded == (text, encoding.removesuffix("-sig"), bool(mark) or encoding == "utf-8-sig")


@given(st.binary())
def test_bytes_are_decoded_or_refused(data):
    try:
        text, encoding, bom = decode(data)
    except SyntaxProblem as refused:
        problem: SyntaxProblem | None = refused
    else:
        problem = None
        assert data.endswith(text.encode(encoding))
        assert bom == (len(text.encode(encoding)) < len(data))
    assert problem is None or (problem.kind, printable(problem.message)) == ("encoding", problem.message)


@given(st.text("a\r\n\u2028é"), st.text("a\r\n\u2028é"))
def test_the_first_bad_byte_is_named_by_line_and_column(before, after):
    with pytest.raises(SyntaxProblem) as caught:
        decode(b"{}" + before.encode() + b"\xff" + after.encode())
    assert (caught.value.line, caught.value.column) == Lines("{}" + before).position(len(before) + 2)


@given(st.text("ab\r\n\u2028\x85\x0c"))
def test_lines_are_split_at_lf_crlf_and_cr(text):
    lines = Lines(text)
    pieces = re.split("(\r\n|\r|\n)", text)
    assert [lines.line_text(number + 1) for number in range(lines.count)] == pieces[::2]
    starts = [sum(map(len, pieces[: 2 * number])) for number in range(lines.count)]
    for offset in range(len(text) + 1):
        line, column = lines.position(offset)
        assert starts[line - 1] + column - 1 == offset
        assert line == lines.count or offset < starts[line]
        assert position(text, offset) == (line, column)


@given(STRINGS, st.lists(st.sampled_from(["string", "percent"]), max_size=3), RANDOM)
def test_unfold_is_the_inverse_of_dressing(inner, dresses, random):
    """Each dress maps characters one by one, so it is known where the pieces of each must come to stand."""
    inner = "{" + inner
    pieces = list(inner)
    for dress in dresses:
        if dress == "percent":
            pieces = ["".join(urls.quote(char, safe="") for char in piece) for piece in pieces]
        else:
            pieces = ["".join(escaped(char, random) for char in piece) for piece in pieces]
            pieces[0] = '"' + pieces[0]
            pieces[-1] += '"'
    pieces = ["".join(escaped(char, random) for char in piece) for piece in pieces]
    text = 'x: "' + "".join(pieces) + '" y'
    found = unfold(text, Span(3, len(text) - 2))
    assert found.layers == 1 + len(dresses)
    assert found.text == inner
    assert undress(parse(text, 3).value) == inner
    starts = [4 + sum(map(len, pieces[:index])) for index in range(len(inner))]
    # The pieces at both ends hold the quotes, which are no part of the inner text.
    assert [found.origin(index) for index in range(1, len(inner))] == starts[1:]
    assert starts[0] <= found.origin(0) < found.origin(1) if len(inner) > 1 else True
    assert found.origin(len(inner) - 1) < found.origin(len(inner)) <= len(text) - 3


@given(st.text(), st.text("%0189aAfF€c{+", max_size=40))
def test_percent_decoding_is_that_of_urllib(free, likely):
    for text in (free, likely):
        assert unquote(text) == urls.unquote(text)


@given(st.text("%89abcdefEFx", max_size=60))
def test_percent_offsets_count_every_character(text):
    text = "%7B" + text
    found = unfold(f'"{text}"', Span(0, len(text) + 2))
    origins = [found.origin(index) for index in range(len(found.text) + 1)]
    assert origins[0] == 1
    assert origins[-1] == len(text) + 1
    for char, start, end in zip(found.text, origins, origins[1:], strict=False):
        assert unquote(f'"{text}"'[start:end]) == char


def plain_distance(one: str, other: str) -> int:
    """Optimal string alignment by its recurrence."""
    rows = [list(range(len(other) + 1))]
    for i in range(1, len(one) + 1):
        row = [i]
        for j in range(1, len(other) + 1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, rows[i - 2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@given(st.text("abcs", max_size=14), st.lists(st.text("abcs", max_size=14), max_size=6), st.integers(0, 9))
def test_nearest_has_the_least_plain_distance(word, candidates, limit):
    found = nearest(word, candidates, limit)
    distances = {each: plain_distance(word, each) for each in candidates}
    allowed = [each for each in candidates if distances[each] <= min(limit, len(word) - 1) or each == word]
    assert (found is None) == (not allowed)
    if found is not None:
        assert distances[found] == min(distances.values())
        assert nearest(word, reversed(candidates), limit) == found
    if word in candidates:
        assert found == word


@given(st.text(st.characters(), max_size=60), st.integers(1, 40))
def test_printable_is_one_visible_line(text, limit):
    shown = printable(text, limit)
    assert shown.isprintable()
    assert printable(shown, 1000) == shown
    assert shown.encode().decode() == shown
    if text.isascii() and text.isprintable() and len(text) <= limit:
        assert shown == text
    if len(text) > limit:
        assert "…" in shown


@given(st.lists(st.one_of(st.text(), st.integers(0, 99))).map(tuple))
def test_pointers_can_be_read_back(path):
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer(path).split("/")[1:]]
    assert steps == [str(step) for step in path]
