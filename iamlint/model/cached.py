"""A property that is worked out once."""

from collections.abc import Callable
from typing import Generic, TypeVar, overload

_T = TypeVar("_T")


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
