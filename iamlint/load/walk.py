"""Which files of a folder are looked at: included names, minus excludes, `.gitignore` and links that lead away."""

import os
from collections.abc import Iterator
from typing import Literal

from iamlint.config import Settings, is_config
from iamlint.load.globs import Patterns
from iamlint.record import NamedTuple

_MAX_GITIGNORE = 256 * 1024


class Left(NamedTuple):
    """A file or link that a folder holds and that is not looked at, and why."""

    path: str
    reason: str


class Selection:
    """The patterns of the configuration. Paths are absolute."""

    def __init__(self, settings: Settings) -> None:
        self._root = settings.root
        self._include = Patterns(settings.include)
        self._exclude = Patterns((*settings.exclude, *settings.extend_exclude))

    def includes(self, path: str, top: str) -> bool:
        """True iff a file found below the folder `top` is one to look at."""
        return bool(self._include.verdict(self._relative(path, top)))

    def excludes(self, path: str, top: str, folder: bool) -> bool:
        """True iff `path` itself is left out; folders on the way to it are not looked at."""
        return bool(self._exclude.verdict(self._relative(path, top), folder))

    def excludes_named(self, path: str) -> bool:
        """True iff a file is left out by its own name or by that of a folder that it lies in."""
        return self._exclude.matches(self._relative(path, os.path.dirname(path)))

    def _relative(self, path: str, top: str) -> str:
        """Relative to the configuration, or to `top` where that is elsewhere: its own place must not matter."""
        return below(path, self._root) or below(path, top) or os.path.basename(path)


def below(path: str, folder: str) -> str | None:
    """The way from `folder` to `path`, with `/`; None where it is not below. Both are absolute."""
    start = folder if folder.endswith(os.sep) else folder + os.sep
    return path[len(start) :].replace(os.sep, "/") if path.startswith(start) else None


class _Ignores(NamedTuple):
    """A `.gitignore` and the way from its folder to the one that is being listed, ending in `/` or empty."""

    patterns: Patterns
    way: str


class Walk:
    """One folder and all that lies below, in the order of the names; `configurations` are those met on the way."""

    def __init__(self, top: str, selection: Selection) -> None:
        self.configurations: list[str] = []
        self.others: list[str] = []
        """Files that are not included, neither excluded nor ignored."""
        self._top = top
        self._selection = selection
        self._absolute_top = os.path.abspath(top)
        self._real_top = os.path.join(os.path.realpath(top), "")

    def files(self) -> Iterator[str | OSError | Left]:
        """The files; an `OSError` for a folder that cannot be listed."""
        stack: list[tuple[Iterator[os.DirEntry[str]], tuple[_Ignores, ...]]] = []
        opening: tuple[str, tuple[_Ignores, ...]] | None = (self._top, _from_above(self._absolute_top))
        while True:
            if opening is not None:
                folder, ignores = opening
                opening = None
                try:
                    with os.scandir(folder) as entries:
                        listed = sorted(entries, key=lambda entry: entry.name)
                except OSError as error:
                    yield error
                else:
                    own = _gitignore(folder)
                    stack.append((iter(listed), (*ignores, _Ignores(own, "")) if own else ignores))
            if not stack:
                return
            entry = next(stack[-1][0], None)
            if entry is None:
                stack.pop()
                continue
            found = self._look(entry, stack[-1][1])
            if found is True:
                below_it = tuple(_Ignores(i.patterns, f"{i.way}{entry.name}/") for i in stack[-1][1])
                opening = entry.path, below_it
            elif found is not None:
                yield found

    def _look(self, entry: os.DirEntry[str], ignores: tuple[_Ignores, ...]) -> str | Left | Literal[True] | None:
        """True for a folder to go into, None for what is left out silently."""
        path = os.path.abspath(entry.path)
        try:
            is_folder, is_file, is_link = entry.is_dir(), entry.is_file(), entry.is_symlink()
        except OSError:
            is_folder, is_file, is_link = False, False, True  # a link that leads in a circle
        if is_file and is_config(entry.path):
            self.configurations.append(entry.path)
        if self._selection.excludes(path, self._absolute_top, is_folder) or _is_ignored(entry.name, is_folder, ignores):
            return None
        if is_folder and not is_link:
            return True
        if is_folder:
            return Left(entry.path, "a link to a folder is not followed")
        if not self._selection.includes(path, self._absolute_top):
            if is_file and not is_link:
                self.others.append(entry.path)
            return None
        if not is_file:
            return Left(entry.path, "a link that leads nowhere" if is_link else "not a regular file")
        if is_link and not os.path.realpath(entry.path).startswith(self._real_top):
            return Left(entry.path, "a link that leaves the folder is not followed")
        return entry.path


def _is_ignored(name: str, folder: bool, ignores: tuple[_Ignores, ...]) -> bool:
    for each in reversed(ignores):  # the nearest .gitignore that speaks of it decides
        verdict = each.patterns.verdict(each.way + name, folder)
        if verdict is not None:
            return verdict
    return False


def _from_above(top: str) -> tuple[_Ignores, ...]:
    """The `.gitignore` files above `top` up to the root of its repository; none outside a repository."""
    found: list[_Ignores] = []
    folder = top
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return ()
        folder = above
        patterns = _gitignore(folder)
        if patterns is not None:
            found.append(_Ignores(patterns, f"{below(top, folder)}/"))
    return tuple(reversed(found))


def _gitignore(folder: str) -> Patterns | None:
    path = os.path.join(folder, ".gitignore")
    if not os.path.isfile(path):
        return None
    try:
        with open(path, "rb") as file:
            # Names that are no UTF-8 reach Python with surrogates in the place of their bytes.
            text = file.read(_MAX_GITIGNORE).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    except OSError:
        return None  # git could not read it either
    return Patterns(text.split("\n"))
