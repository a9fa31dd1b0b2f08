"""The line hash of GitHub's upload action, on the vectors that its own tests use, and against the plain recipe."""

from hypothesis import given
from hypothesis import strategies as st

from iamlint.report.fingerprints import line_hashes

LOREM = "Lorem ipsum dolor sit amet.\n"


def test_published_vectors():
    assert line_hashes("", {1}) == {1: "c129715d7a2bc9a3:1"}
    for end in ("\n", "\r\n", "\r"):
        assert line_hashes(f"a{end}b{end}\t\tc{end} d", {1, 2, 3, 4}) == {
            1: "271789c17abda88f:1",
            2: "54703d4cd895b18:1",
            3: "180aee12dab6264:1",
            4: "a23a3dc5e078b07b:1",
        }
    hashes = line_hashes(LOREM * 10, set(range(1, 12)))
    assert [hashes[line] for line in range(1, 7)] == [f"a7f2ff13bc495cf2:{count}" for count in range(1, 7)]
    assert hashes[7] == "a7f2ff1481e87703:1"
    assert hashes[11] == "c129715d7a2bc9a3:1"


def test_lines_that_are_not_there_have_none():
    assert line_hashes("a\nb", {0, 3, 99}) == {}
    assert line_hashes("a", set()) == {}


def recipe(text: str) -> dict[int, str]:
    """The published recipe, unit by unit."""
    raw = text.encode("utf-16-le", "surrogatepass")
    units = [int.from_bytes(raw[at : at + 2], "little") for at in range(0, len(raw), 2)] + [65535]
    kept: list[int] = []
    starts = [0]
    for at, unit in enumerate(units):
        if unit in (32, 9) or (unit == 10 and at and units[at - 1] == 13):
            continue
        kept.append(10 if unit == 13 else unit)
        if kept[-1] == 10:
            starts.append(len(kept))
    counts: dict[int, int] = {}
    hashes = {}
    for line, start in enumerate(starts, 1):
        value = 0
        for unit in (kept[start : start + 100] + [0] * 100)[:100]:
            value = (value * 37 + unit) % 2**64
        counts[value] = counts.get(value, 0) + 1
        hashes[line] = f"{value:x}:{counts[value]}"
    return hashes


@given(st.text() | st.text(alphabet="a \t\r\n\U0001f600\ud800\0", max_size=300))
def test_it_is_the_recipe(text: str):
    expected = recipe(text)
    assert line_hashes(text, set(expected)) == expected
