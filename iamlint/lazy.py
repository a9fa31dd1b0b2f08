"""Packages whose names are loaded when they are first asked for: what a run does not use costs it nothing."""

import sys
from collections.abc import Callable, Iterable, Mapping


def names_from(package: str, homes: Mapping[str, Iterable[str]]) -> Callable[[str], object]:
    """The `__getattr__` of a package, by PEP 562, that takes each name from its home when that is first asked for.

    `homes` are modules, a `.` before those of the package itself, with the names that they give it.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def get(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(home_of[name], package), name)
        setattr(sys.modules[package], name, value)  # asked once
        return value

    return get
