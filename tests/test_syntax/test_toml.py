"""Lines of TOML keys: every place that `tomllib` returns a value for has one, the right one."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.syntax.toml import toml_lines

TEXT = '''# a comment = 1
top = "x # no comment"
many = [
  "a", # one
  [1, 2.5],
  { name = "b", deep.er = 1 },
]
text = """
[not.a.header]
not = "a key"
"quoted" ""two"" """
raw = \'\'\'
also = 1\'\'\'
"q.k" . "\\u0061" = 1979-05-27 07:32:00

[table]
one = 1
[table.sub]
inline = { x = 1, y = { z = [1] } }
[[list]]
name = 'first'
[[list.below]]
n = 1
[list.table]
m = 1
[[list]]
name = 'second'
[[list.below]]
n = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("many",), 3),
        (("many", 0), 4),
        (("many", 1, 1), 5),
        (("many", 2, "name"), 6),
        (("many", 2, "deep", "er"), 6),
        (("text",), 8),
        (("raw",), 12),
        (("q.k", "a"), 14),
        (("table",), 16),
        (("table", "one"), 17),
        (("table", "sub"), 18),
        (("table", "sub", "inline", "y", "z", 0), 19),
        (("list",), 20),
        (("list", 0, "name"), 21),
        (("list", 0, "below", 0, "n"), 23),
        (("list", 0, "table", "m"), 25),
        (("list", 1), 26),
        (("list", 1, "name"), 27),
        (("list", 1, "below", 0, "n"), 29),
    ],
)
def test_lines(path, line):
    assert toml_lines(TEXT)[path] == line
    assert toml_lines(TEXT.replace("\n", "\r\n"))[path] == line


def paths(value, path=()):
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, entry in entries:
        yield (*path, step)
        yield from paths(entry, (*path, step))


def test_every_value_has_a_line():
    assert set(paths(tomllib.loads(TEXT))) <= set(toml_lines(TEXT))


KEYS = st.sampled_from(["a", "b-1", '"c.d"', "'e'", "f.g", '"\\u0068"'])
SCALARS = st.sampled_from(["1", "-2.5", "true", "'[x]'", '"a = \\"b\\""', '"""\nx = 1\n"""', "2026-01-01", "inf"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda entries: "[" + ",\n # c ]\n".join(entries) + "\n]")
        | st.lists(
            st.tuples(st.sampled_from("xyz"), SCALARS.filter(lambda s: "\n" not in s)), unique_by=lambda e: e[0]
        ).map(lambda entries: "{ " + ", ".join(f"{key} = {value}" for key, value in entries) + " }")
    ),
    max_leaves=6,
)
HEADERS = st.sampled_from(["[t]", "[[u]]", "[u.v]", "[[ u . w ]]", '["x]"]'])


@given(st.lists(HEADERS | st.tuples(KEYS, VALUES).map(" = ".join), max_size=8))
def test_made_texts(statements):
    text = "\n".join(statements)
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = toml_lines(text)
    assert set(paths(value)) <= set(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
