"""`select` against the textbook definition."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from iamlint.aws.glob import is_pattern, matches, select


def plainly(pattern: str, text: str) -> bool:
    @cache
    def at(i: int, j: int) -> bool:
        if i == len(pattern):
            return j == len(text)
        if pattern[i] == "*":
            return at(i + 1, j) or (j < len(text) and at(i, j + 1))
        return j < len(text) and pattern[i] in ("?", text[j]) and at(i + 1, j + 1)

    return at(0, 0)


@given(st.text("ab*?", max_size=9), st.text("ab", max_size=9))
def test_matches_is_the_definition(pattern: str, text: str):
    assert matches(pattern, text) == plainly(pattern, text)


@given(st.text("ab*?", max_size=9), st.lists(st.text("ab", max_size=9)))
def test_select_keeps_order_and_all_that_match(pattern: str, texts: list[str]):
    assert list(select(pattern, texts)) == [text for text in texts if plainly(pattern, text)]


@given(st.text("ab*?", max_size=9))
def test_a_plain_text_matches_only_itself(pattern: str):
    assert is_pattern(pattern) == ("*" in pattern or "?" in pattern)
    assert matches(pattern, pattern.replace("?", "a").replace("*", ""))


def test_a_long_text_and_a_spiteful_pattern():
    assert not matches("*a" * 1000 + "b", "a" * 1_000_000)
    assert matches("*a" * 1000, "a" * 1_000_000)
