"""Groups of redundant entries, against a plain reading of how AWS groups them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.analyse.redundant import Group, groups
from iamlint.analyse.wildcards import covers
from iamlint.analyse.work import Budget, TooMuchWork

entries = st.lists(st.text("ab:/*?", min_size=1, max_size=7), max_size=12)
many = st.lists(st.text("a:/*?\U0010ffff", min_size=1, max_size=6), min_size=65, max_size=120)


def plain_groups(texts: list[str]) -> set[tuple[frozenset[int], frozenset[int]]]:
    """The same by comparing all with all."""
    distinct = list(dict.fromkeys(texts))
    where = {text: frozenset(i for i, other in enumerate(texts) if other == text) for text in distinct}
    owned: dict[str, list[str]] = {}
    ranked = sorted(distinct, key=len)
    for text in distinct:
        above = [
            other
            for rank, other in enumerate(ranked)
            if other != text and covers(other, text) and not (covers(text, other) and ranked.index(text) < rank)
        ]
        if above:
            owned.setdefault(above[0], []).append(text)
    found = {(where[owner], frozenset().union(*(where[text] for text in texts))) for owner, texts in owned.items()}
    alone = set(distinct) - set(owned) - {text for texts in owned.values() for text in texts}
    return found | {(where[text], frozenset[int]()) for text in alone if len(where[text]) > 1}


def as_sets(found: list[Group]) -> set[tuple[frozenset[int], frozenset[int]]]:
    return {(frozenset(group.keep), frozenset(group.covered)) for group in found}


@given(st.one_of(entries, many))
def test_groups_are_those_of_the_plain_reading(texts: list[str]) -> None:
    found = groups(texts, Budget())
    assert as_sets(found) == plain_groups(texts)
    assert [group.members[0] for group in found] == sorted(group.members[0] for group in found)


@given(entries)
def test_what_stays_covers_what_can_be_left_out(texts: list[str]) -> None:
    spare = {entry for group in groups(texts, Budget()) for entry in group.spare}
    left = [text for entry, text in enumerate(texts) if entry not in spare]
    assert all(any(covers(text, texts[entry]) for text in left) for entry in spare)
    assert groups(left, Budget()) == []


def test_the_recorded_example() -> None:
    texts = ["ec2:describe*", "ec2:describevpcs", "ec2:get", "ec2:describevpcs", "ec2:get"]
    assert groups(texts, Budget()) == [Group((0,), (1, 3)), Group((2, 4), ())]


def test_many_entries_take_few_steps() -> None:
    arns = [f"arn:aws:sqs:*:*:queue-{number}-*" for number in range(20_000)]
    assert groups(arns, Budget(steps=100_000)) == []
    assert len(groups([*arns, "arn:aws:sqs:*:*:queue-*"], Budget(steps=100_000))[0].covered) == 20_000


def test_work_is_bounded() -> None:
    with pytest.raises(TooMuchWork):
        groups([f"*x{number}x*" for number in range(5_000)], Budget())
