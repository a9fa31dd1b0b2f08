"""Changes of a JSON value, told by paths, and the value that they make.

All paths of one list of changes are those of the value before any of them.
"""

from collections.abc import Iterable, Sequence

from iamlint.record import NamedTuple
from iamlint.syntax.problem import Path


class Put(NamedTuple):
    """The value at `path` becomes `value`."""

    path: Path
    value: object


class Insert(NamedTuple):
    """A member of that key is added to its object, or an item before the one of that index of its list.

    A member comes last, or before all others where `first` says so. The index after the last item adds at the end.
    """

    path: Path
    value: object
    first: bool = False


class Drop(NamedTuple):
    """The member or item at `path` goes."""

    path: Path


class Rename(NamedTuple):
    """The key at the end of `path` becomes `key`; the value stays, but for what other changes do with it."""

    path: Path
    key: str


Change = Put | Insert | Drop | Rename


class Conflict(ValueError):
    """Changes that cannot be made together, or of what is not there."""


def changed(value: object, changes: Iterable[Change]) -> object:
    """`value` after the changes; what they do not touch is shared with it, nothing of it is altered.

    Raises `Conflict` where two of them are about one place, one lies inside a value that another one replaces or drops,
    a path leads nowhere, or an object would hold a key twice.
    """
    return _changed(value, [(change.path, change) for change in changes])


def _changed(value: object, changes: Sequence[tuple[Path, Change]]) -> object:
    whole = [change for path, change in changes if not path]
    if whole:
        if len(changes) > 1 or not isinstance(whole[0], Put):
            raise Conflict("two changes of one value, or a change of what has no key")
        return whole[0].value
    if not changes:
        return value
    here: dict[str | int, list[tuple[Path, Change]]] = {}
    for path, change in changes:
        here.setdefault(path[0], []).append((path[1:], change))
    if isinstance(value, dict):
        return _object(value, here)
    if isinstance(value, list):
        return _list(value, here)
    raise Conflict("a path that leads into a scalar")


def _object(value: dict[str, object], here: dict[str | int, list[tuple[Path, Change]]]) -> dict[str, object]:
    made: dict[str, object] = {}
    added: list[tuple[str, object]] = []
    for step, below in here.items():
        for path, change in below:
            if isinstance(change, Insert) and not path and isinstance(step, str):
                if not change.first:
                    added.append((step, change.value))
                elif step in made:
                    raise Conflict(f"two members {step!r}")
                else:
                    made[step] = change.value
            elif step not in value:
                raise Conflict(f"no member {step!r}")
    for key, held in value.items():
        below = [(path, change) for path, change in here.get(key, []) if path or not isinstance(change, Insert)]
        name = key
        renames = [change for path, change in below if not path and isinstance(change, Rename)]
        if len(renames) == 1:
            name, below = renames[0].key, [(path, change) for path, change in below if change is not renames[0]]
        own = [change for path, change in below if not path]
        if own and len(below) > 1:
            raise Conflict(f"two changes of {key!r}")
        if own and isinstance(own[0], Drop):
            if renames:
                raise Conflict(f"two changes of {key!r}")
            continue
        if name in made:
            raise Conflict(f"two members {name!r}")
        made[name] = _changed(held, below)
    for name, held in added:
        if name in made:
            raise Conflict(f"two members {name!r}")
        made[name] = held
    return made


def _list(value: list[object], here: dict[str | int, list[tuple[Path, Change]]]) -> list[object]:
    made: list[object] = []
    for index in range(len(value) + 1):
        below = here.pop(index, [])
        made += [change.value for path, change in below if not path and isinstance(change, Insert)]
        below = [(path, change) for path, change in below if path or not isinstance(change, Insert)]
        if index == len(value):
            if below:
                raise Conflict(f"no item {index}")
            break
        own = [change for path, change in below if not path]
        if own and (len(below) > 1 or isinstance(own[0], Rename)):
            raise Conflict(f"two changes of item {index}, or a change of its key")
        if not (own and isinstance(own[0], Drop)):
            made.append(_changed(value[index], below))
    if here:
        raise Conflict(f"no item {next(iter(here))!r}")
    return made
