"""`iamlint.record.NamedTuple` does what `typing.NamedTuple` does, before and after it compiles its constructor."""

import copy
import typing

import pytest

from iamlint import record


class Ours(record.NamedTuple):
    """A place."""

    line: int
    column: int = 1
    name: str = "x"

    @property
    def both(self) -> tuple[int, int]:
        return self.line, self.column


class Theirs(typing.NamedTuple):
    """A place."""

    line: int
    column: int = 1
    name: str = "x"


CALLS = [
    ((1,), {}),
    ((1, 2), {}),
    ((1, 2, "n"), {}),
    ((1,), {"name": "n"}),
    ((), {"line": 1, "column": 2}),
    ((), {}),
    ((1, 2, "n", 4), {}),
    ((1,), {"line": 1}),
    ((1,), {"other": 1}),
]


@pytest.mark.parametrize(("values", "named"), CALLS)
def test_values_are_made_alike(values, named):
    for _ in range(50):
        try:
            expected = Theirs(*values, **named)
        except TypeError:
            with pytest.raises(TypeError):
                Ours(*values, **named)
            continue
        found = Ours(*values, **named)
        assert found == expected
        assert type(found) is Ours
        assert repr(found) == repr(expected).replace("Theirs", "Ours")
        assert found._asdict() == expected._asdict()


def test_the_class_is_alike():
    assert Ours._fields == Theirs._fields == Ours.__match_args__
    assert Ours._field_defaults == Theirs._field_defaults
    assert Ours.__doc__ == Theirs.__doc__
    assert Ours.__mro__[1:] == Theirs.__mro__[1:]
    assert not hasattr(Ours(1), "__dict__")


def test_values_are_changed_packed_and_matched():
    value = Ours(1, 2)
    assert value._replace(name="n") == (1, 2, "n")
    assert value.both == (1, 2)
    assert type(copy.deepcopy(value)) is Ours
    assert copy.deepcopy(value) == value
    with pytest.raises(ValueError, match="other"):
        value._replace(other=1)
    assert Ours._make([4, 5, "m"]) == Ours(4, 5, "m")
    with pytest.raises(TypeError):
        Ours._make([4])
    match value:
        case Ours(line, column=column):
            assert (line, column) == (1, 2)
