"""The wildcard languages against plain definitions: all strings up to a length, and a product of automata."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.wildcards import covers, matches, meets, shape

PATTERNS = st.text("ab*?", max_size=9)
TEXTS = st.text("abc", max_size=9)


def plainly_matches(pattern: str, text: str) -> bool:
    """The definition, by the table of all prefixes."""
    row = [True] + [False] * len(text)
    for token in pattern:
        if token == "*":
            for i in range(len(text)):
                row[i + 1] = row[i] or row[i + 1]
        else:
            row = [False] + [row[i] and token in ("?", text[i]) for i in range(len(text))]
    return row[-1]


def _closed(pattern: str, states: set[int]) -> frozenset[int]:
    """States (places in the pattern) that are reachable without reading a character."""
    for state in sorted(states):
        while state < len(pattern) and pattern[state] == "*":
            state += 1
            states.add(state)
    return frozenset(states)


def _step(pattern: str, states: frozenset[int], char: str) -> frozenset[int]:
    after = set()
    for state in states:
        if state < len(pattern):
            if pattern[state] == "*":
                after.add(state)
            elif pattern[state] in ("?", char):
                after.add(state + 1)
    return _closed(pattern, after)


def _walk(one: str, two: str) -> set[tuple[bool, bool]]:
    """What both patterns say of all strings: exact, since a letter in neither stands for all others."""
    letters = (set(one + two) - set("*?")) | {"\N{SNOWMAN}"}
    start = (_closed(one, {0}), _closed(two, {0}))
    seen, todo = {start}, [start]
    while todo:
        ones, twos = todo.pop()
        for letter in letters:
            after = (_step(one, ones, letter), _step(two, twos, letter))
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return {(len(one) in ones, len(two) in twos) for ones, twos in seen}


@given(PATTERNS, TEXTS)
def test_matches_is_the_definition(pattern: str, text: str) -> None:
    assert matches(pattern, text) == plainly_matches(pattern, text)


def test_matches_all_short_patterns_and_texts() -> None:
    texts = ["".join(t) for n in range(5) for t in product("ab", repeat=n)]
    for n in range(6):
        for letters in product("a*?b", repeat=n):
            pattern = "".join(letters)
            for text in texts:
                assert matches(pattern, text) == plainly_matches(pattern, text), (pattern, text)


@given(PATTERNS, PATTERNS)
def test_covers_is_inclusion(one: str, two: str) -> None:
    assert covers(one, two) == ((False, True) not in _walk(one, two))


@given(PATTERNS, PATTERNS)
def test_meets_is_intersection(one: str, two: str) -> None:
    assert meets(one, two) == ((True, True) in _walk(one, two))


def test_covers_and_meets_on_all_short_patterns() -> None:
    patterns = ["".join(t) for n in range(5) for t in product("a*?", repeat=n)]
    for one in patterns:
        for two in patterns:
            said = _walk(one, two)
            assert covers(one, two) == ((False, True) not in said), (one, two)
            assert meets(one, two) == ((True, True) in said), (one, two)


@given(st.data())
def test_a_generalised_pattern_covers(data: st.DataObject) -> None:
    """Replacing stretches by `*` and characters by `?` only widens; random pairs seldom cover one another."""
    narrow = data.draw(st.text("ab*?", max_size=12))
    wider = [st.sampled_from([c, c, "*", "?" if c != "*" else "*", c + "*"]) for c in narrow]
    assert covers("".join(data.draw(st.tuples(*wider))), narrow)


@given(PATTERNS, PATTERNS, PATTERNS)
def test_order_laws(one: str, two: str, three: str) -> None:
    assert covers(one, one)
    assert meets(one, two) == meets(two, one)
    if covers(one, two):
        assert meets(one, two)
        if covers(two, three):
            assert covers(one, three)
        if covers(two, one):
            assert shape(one) == shape(two)


@given(PATTERNS, TEXTS)
def test_a_text_without_wildcards_is_a_pattern(pattern: str, text: str) -> None:
    assert matches(pattern, text) == covers(pattern, text) == meets(pattern, text)


@given(PATTERNS, PATTERNS)
def test_case(one: str, two: str) -> None:
    assert covers(one.upper(), two, ignore_case=True) == covers(one, two)
    assert meets(one, two.upper(), ignore_case=True) == meets(one, two)


def test_wildcards_in_the_text_are_plain_characters() -> None:
    assert matches("a?c", "a*c")
    assert matches("a*", "a?")
    assert not matches("ab?", "ab??")
    assert not matches("a", "?")
    assert not matches("x", "*")


def test_every_letter_may_occur_in_the_pattern() -> None:
    """No letter is reserved: the letter that stands for `?` is chosen outside the pattern."""
    assert not covers("\0", "?")
    assert not covers("*\0\1*", "??*")
    assert covers("*\0?*", "*\0?")


MANY = 5000
LONG = 1_000_000


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*a" * MANY, "a" * LONG, True),
        ("*a" * MANY + "b", "a" * LONG, False),
        ("*" * LONG, "a" * LONG, True),
        ("?" * LONG, "a" * LONG, True),
        ("?*" * LONG, "a" * (LONG - 1), False),
        ("*a?" * MANY + "*", "ab" * (LONG // 2), True),
        ("*a?b" * MANY + "*", "aa" * (LONG // 2), False),
        ("*" + "a?" * 20_000 + "b*", "a" * LONG, False),
        ("*" + "".join(map(chr, range(0x4E00, 0x9E00))) + "?x*", "\u4e00" * LONG, False),
    ],
)
def test_hostile_lengths(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


def test_hostile_patterns_against_one_another() -> None:
    stars = "*a" * MANY
    assert covers(stars, stars + "*a")
    assert not covers(stars + "*a", stars)
    assert covers("*?" * LONG, "?" * LONG)
    assert not covers("?" * LONG + "*", "?*" * (LONG - 1))
    assert meets(stars + "*", "*" + "?" * LONG)
    assert meets("*a?" * MANY, "?" * (MANY * 4))
