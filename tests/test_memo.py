"""What is worked out once for each text, and packages whose names are loaded when asked for."""

import pytest

import iamlint
from iamlint.memo import Memo


def test_each_text_is_worked_out_once():
    asked = []
    memo = Memo(lambda text: asked.append(text) or len(text))
    assert [memo["ab"], memo["abc"], memo["ab"]] == [2, 3, 2]
    assert asked == ["ab", "abc"]


def test_long_texts_are_not_kept():
    memo = Memo(len)
    assert memo["a" * 10_000] == 10_000
    assert not memo


def test_what_fails_is_not_kept():
    memo = Memo(int)
    with pytest.raises(ValueError, match="invalid literal"):
        memo["a"]
    assert not memo


def test_a_name_that_a_package_does_not_have():
    with pytest.raises(AttributeError, match="module 'iamlint' has no attribute 'nothing'"):
        iamlint.nothing  # noqa: B018
