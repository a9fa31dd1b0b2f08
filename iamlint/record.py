"""`NamedTuple` as `typing` has it, but made in a fifth of the time.

A check of one small policy makes fifty such classes, and most of them never get a value. `typing.NamedTuple` compiles
what makes a value for each of them at once, which is a sixth of the start-up; here that waits until it pays.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from operator import itemgetter

    try:  # as `collections` does
        from _collections import _tuplegetter
    except ImportError:

        def _tuplegetter(index, doc):
            return property(itemgetter(index), doc=doc)

    _FEW = 20
    """Values after which compiling is the cheaper way."""

    class _Maker(type):
        """Turns the body of a class into a class derived from `tuple`; nothing of this one stays with it."""

        def __new__(cls, name, bases, members):
            if not bases:
                return super().__new__(cls, name, bases, members)
            fields = tuple(members.get("__annotations__", ()))
            defaults = {field: members[field] for field in fields if field in members}
            members.update(_SHARED | {key: members[key] for key in _SHARED if key in members})
            members.update({field: _tuplegetter(index, None) for index, field in enumerate(fields)})
            members.update(_fields=fields, _field_defaults=defaults, __match_args__=fields, __slots__=())

            count = 0

            def first(own, /, *values, **named):
                """Makes the first few values; then the constructor is compiled that makes all others."""
                nonlocal count
                count += 1
                left = fields[len(values) :]
                if count <= _FEW and len(values) <= len(fields) and named.keys() <= set(left):
                    given = {**defaults, **named}
                    if given.keys() >= set(left):
                        return tuple.__new__(own, (*values, *map(given.__getitem__, left)))
                from collections import namedtuple

                made.__new__ = namedtuple(name, fields, defaults=defaults.values()).__new__
                return made.__new__(own, *values, **named)

            made = type(name, (tuple,), {**members, "__new__": first})
            return made

    def _make(cls, values):
        made = tuple.__new__(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"{cls.__name__} takes {len(cls._fields)} values, not {len(made)}")
        return made

    def _replace(self, /, **named):
        made = tuple.__new__(type(self), map(named.pop, self._fields, self))
        if named:
            raise ValueError(f"{type(self).__name__} has no {', '.join(map(repr, named))}")
        return made

    def _asdict(self):
        return dict(zip(self._fields, self, strict=True))

    def _repr(self):
        return f"{type(self).__name__}({', '.join(f'{field}={value!r}' for field, value in self._asdict().items())})"

    def _getnewargs(self):
        return tuple(self)

    _SHARED = {
        "_make": classmethod(_make),
        "_replace": _replace,
        "_asdict": _asdict,
        "__repr__": _repr,
        "__getnewargs__": _getnewargs,
    }

    class NamedTuple(metaclass=_Maker):
        """The base of such classes."""
