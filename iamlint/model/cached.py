"""What is worked out once of an object, and kept with it: in its `__dict__`, so that both go together."""

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, overload

_T = TypeVar("_T")
_O = TypeVar("_O")


class cached(Generic[_T]):
    """As `functools.cached_property`, without the lock that Python 3.11 takes at each first use: of a large account a
    million values are asked for."""

    def __init__(self, function: Callable[..., _T]) -> None:
        self._function = function
        self._name = function.__name__
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> "cached[_T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> _T: ...
    def __get__(self, instance: object | None, owner: type) -> "cached[_T] | _T":
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._function(instance)
        return value


_NONE: Final[Any] = object()


def kept(function: Callable[[_O], _T]) -> Callable[[_O], _T]:
    """As `cached`, for a function of one object that stands outside of its class."""
    name = f"{function.__module__}.{function.__qualname__}"

    def of(instance: _O) -> _T:
        known = instance.__dict__
        value: _T = known.get(name, _NONE)
        if value is _NONE:
            value = known[name] = function(instance)
        return value

    of.__doc__ = function.__doc__
    of.__name__ = function.__name__
    return of
