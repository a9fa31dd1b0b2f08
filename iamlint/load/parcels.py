"""Named paths as parcels that can be looked at apart from each other: an account's export, or a few files without any.

What belongs together stays together: a folder in which an export lies with all below it, unless every file there is an
export of entities that names its own account. What tells of an organisation binds every account and goes with each.
The bytes of a parcel are read when it is sent, by `packed`; `events` tells, wherever it arrives, what `Loader` tells of
the same files.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence

from iamlint.config import Settings
from iamlint.finding import RunError, Skipped
from iamlint.load.document import LoadedFile
from iamlint.load.export import Exported
from iamlint.load.files import READ_LIMIT, Event, shown_path
from iamlint.load.organization import KIND as ORGANIZATION
from iamlint.load.read import HEAD, load_bytes, shows_export
from iamlint.load.snapshot import TABLES, Snapshots, head_in, head_of_file, is_left_out
from iamlint.load.walk import Left, Selection, Walk
from iamlint.record import NamedTuple
from iamlint.syntax import printable

_FEW = 64
"""Files without an export that travel together."""
_ENTITIES = 'DetailList"'
_ID = re.compile(r'"Arn"\s*:\s*"arn:[a-z-]+:iam::([0-9]{12}):')
_OF_ALL = ('"PolicySummary"', '"TargetId"', '"Parents"')
"""Marks of what an organisation has, which counts for all of its accounts."""


class Parcel(NamedTuple):
    """Files by name; `others` are those whose names tell no policies. `account` is the one that the heads show.

    `shared` are those of an organisation, which another parcel has among its files. `named`: the user named each file.
    """

    files: tuple[str, ...]
    others: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    account: str | None = None
    named: bool = False
    is_alone: bool = False

    @property
    def shown(self) -> list[str]:
        """Its files by the paths that are told."""
        return list(map(shown_path, self.files))


class Packed(NamedTuple):
    """A parcel with what is told of each file: its path as shown, and its bytes or why there are none."""

    parcel: Parcel
    content: dict[str, tuple[str, bytes | str]]


class Parcels:
    """Cuts up what the user named; `errors` and `skipped` tell what nobody looks at, `notes` are for the user."""

    def __init__(self, settings: Settings) -> None:
        self.errors: tuple[RunError, ...] = ()
        self.skipped: tuple[Skipped, ...] = ()
        self.notes: list[str] = []
        self._files: list[str] = []
        self._skipped: list[str] = []
        self._settings = settings
        self._selection = Selection(settings)
        self._seen: set[str] = set()

    @property
    def order(self) -> list[str]:
        """The files as they are told, in the order in which one process would look at them."""
        return list(map(shown_path, self._files))

    @property
    def order_of_skipped(self) -> list[str]:
        """The same for those that are not checked, which are told when their folder is known."""
        return list(map(shown_path, self._skipped))

    def of(self, paths: Sequence[str]) -> list[Parcel]:
        """The parcels of all paths."""
        found: list[Parcel] = []
        named: list[str] = []
        for path in paths:
            try:
                mode = os.stat(path).st_mode
            except (OSError, ValueError) as error:
                self._files.append(path)
                self.errors += (RunError("input", shown_path(path), f"cannot read: {_reason(error)}"),)
                continue
            if stat.S_ISDIR(mode):
                found += self._of_folder(path)
            elif self._is_new(path):
                named.append(path)
                self._files.append(path)
                self._skipped.append(path)
        heads = {name: head_of_file(name) for name in named}
        plain = [name for name in named if not shows_export(heads[name])]
        found += (parcel._replace(named=True, is_alone=len(paths) == 1) for parcel in _few(plain))
        exports = [name for name in named if shows_export(heads[name])]
        for id_, names in _by_account(exports, heads).items():
            found.append(Parcel(tuple(names), account=id_ or None, named=True, is_alone=len(paths) == 1))
        return found

    def whole(self, parcels: Sequence[Parcel]) -> list[Parcel]:
        """All of them as one, for files that turn out to depend on each other."""
        files = {name for parcel in parcels for name in parcel.files}
        others = [name for parcel in parcels for name in parcel.others]
        ordered = tuple(name for name in self._files if name in files)
        return [Parcel(ordered, tuple(others), named=all(parcel.named for parcel in parcels))]

    def _is_new(self, name: str) -> bool:
        real = os.path.realpath(name)
        new = real not in self._seen
        self._seen.add(real)
        return new

    def _of_folder(self, top: str) -> Iterator[Parcel]:
        walk = Walk(top, self._selection)
        files = []
        for found in walk.files():
            if isinstance(found, str):
                if self._is_new(found):
                    files.append(found)
            elif isinstance(found, Left):
                self._skipped.append(found.path)
                self.skipped += (Skipped(shown_path(found.path), found.reason),)
            else:
                name = shown_path(str(found.filename))
                self._files.append(str(found.filename))
                self.errors += (RunError("input", name, f"cannot read: {_reason(found)}"),)
        used = os.path.realpath(self._settings.path) if self._settings.path else None
        for config in walk.configurations:
            if os.path.realpath(config) != used:
                shown = printable(shown_path(config))
                self.notes.append(f"{shown} is not used: one configuration per run, the nearest at or above the start")
        self._files += (*files, *walk.others)
        self._skipped += (*walk.others, *files)
        yield from _cut(files, walk.others, self._settings)


def _cut(files: Sequence[str], others: Sequence[str], settings: Settings) -> Iterator[Parcel]:
    """The parcels of a folder; those folders in it with an export come whole, or by account."""
    heads = {name: head_of_file(name) for name in (*files, *(n for n in others if n.lower().endswith(TABLES)))}
    of_all = {name for name in files if _is_of_all(name, heads[name], settings)}
    tops = _tops(os.path.dirname(name) for name, head in heads.items() if name not in of_all and shows_export(head))
    inside: dict[str | None, list[str]] = {}
    for name in files:
        if name not in of_all:
            inside.setdefault(_top(name, tops), []).append(name)
    beside: dict[str | None, list[str]] = {}
    for name in others:
        beside.setdefault(_top(name, tops), []).append(name)
    yield from _few(inside.get(None, ()))
    shared = tuple(name for name in files if name in of_all)
    if shared:
        yield Parcel(shared)
    for top in sorted(tops):
        own, tables = inside.get(top, []), tuple(beside.get(top, ()))
        for id_, names in _by_account(own, heads, alone=not tables).items():
            yield Parcel(tuple(names), tables, shared, account=id_ or None)


def _few(files: Sequence[str]) -> Iterator[Parcel]:
    for start in range(0, len(files), _FEW):
        yield Parcel(tuple(files[start : start + _FEW]))


def _by_account(files: Sequence[str], heads: Mapping[str, str], alone: bool = True) -> dict[str, list[str]]:
    """The files by the account that each shows, where each does, and they are `alone`; else all, by the first one."""
    found: dict[str, list[str]] = {}
    for name in files:
        found.setdefault(_account_in(heads[name]), []).append(name)
    if alone and "" not in found:
        return found
    return {next(filter(None, found), ""): list(files)}


def _account_in(head: str) -> str:
    """The account of the first entity that an export of entities shows at its start; empty where there is none."""
    found = _ID.search(head) if _ENTITIES in head else None
    return found[1] if found else ""


def _is_of_all(name: str, head: str, settings: Settings) -> bool:
    """True iff a file tells of an organisation and of nothing else."""
    if _ENTITIES in head or not any(mark in head for mark in _OF_ALL):
        return False
    try:
        export = load_bytes(shown_path(name), _content(name), settings).export
    except OSError:
        return False
    return export is not None and export.kinds == {ORGANIZATION}


def _tops(folders: Iterable[str]) -> set[str]:
    """Those of `folders` that lie in no other one."""
    found: set[str] = set()
    for folder in sorted(set(folders), key=lambda folder: folder.count(os.sep)):
        if _top(os.path.join(folder, ""), found) is None:
            found.add(folder)
    return found


def _top(path: str, tops: set[str]) -> str | None:
    """The one of `tops` that the file or folder `path` lies in."""
    folder = os.path.dirname(path)
    while folder not in tops:
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def packed(parcel: Parcel) -> Packed:
    """The parcel with the bytes of its files; of those that nobody would read, with the first ones."""
    content: dict[str, tuple[str, bytes | str]] = {}
    others = frozenset(parcel.others)
    for name in (*parcel.files, *parcel.others, *parcel.shared):
        try:
            most = HEAD if name in others and is_left_out(head_of_file(name)) else READ_LIMIT
            content[name] = shown_path(name), _content(name, most)
        except OSError as error:
            content[name] = shown_path(name), _reason(error)
    return Packed(parcel, content)


def events(packed: Packed, settings: Settings, kind: str | None) -> Iterator[Event]:
    """What comes of the files of a parcel."""
    content, parcel = packed.content, packed.parcel

    def read(name: str) -> Iterator[LoadedFile | RunError]:
        shown, data = content[name]
        if isinstance(data, str):
            yield RunError("input", shown, f"cannot read: {data}")
        else:
            yield load_bytes(shown, data, settings, kind=kind, named_alone=parcel.is_alone)

    def head(name: str) -> str:
        data = content[name][1]
        return "" if isinstance(data, str) else head_in(data)

    snapshots = Snapshots(head)
    for name in parcel.files:
        yield from read(name) if parcel.named else snapshots.add(name, read(name))
    for event in snapshots.rest(parcel.others, read):
        yield event._replace(path=content[event.path][0]) if isinstance(event, Skipped) else event


def shared_exports(packed: Packed, settings: Settings, kind: str | None) -> list[Exported]:
    """What a parcel's shared files tell."""
    told: list[Exported] = []
    for name in packed.parcel.shared:
        shown, data = packed.content[name]
        export = None if isinstance(data, str) else load_bytes(shown, data, settings, kind=kind).export
        if export is not None:
            told.append(export)
    return told


def _content(name: str, most: int = READ_LIMIT) -> bytes:
    with open(name, "rb") as file:
        return file.read(most)


def _reason(error: OSError | ValueError) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
