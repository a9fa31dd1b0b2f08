"""Which files of a folder are looked at: included names, minus excludes, `.gitignore` and links that lead away."""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from iamlint.config import FILE_NAMES, Settings

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class Excludes:
    """The patterns that leave files and folders out, and the `.gitignore` files on the way."""

    def __init__(self, settings: Settings, root: str) -> None:
        from pathspec import GitIgnoreSpec

        self._spec = GitIgnoreSpec
        self._root = settings.root if settings.path else root
        self._patterns = GitIgnoreSpec.from_lines((*settings.exclude, *settings.extend_exclude))
        self._include = GitIgnoreSpec.from_lines(settings.include)
        self._ignores: dict[str, GitIgnoreSpec | None] = {}
        self.configurations: list[str] = []
        """Configuration files met on the way."""

    def includes(self, path: str) -> bool:
        """True iff the name of this file is one to look at."""
        return self._include.match_file(os.path.basename(path)) or self._include.match_file(self._relative(path))

    def excludes(self, path: str, folder: bool = False) -> bool:
        """True iff the configuration, or a `.gitignore` at or above, leaves this absolute path out."""
        tail = "/" if folder else ""
        if self._patterns.match_file(self._relative(path) + tail):
            return True
        parent = os.path.dirname(path)
        while True:  # the nearest .gitignore that says anything decides
            spec = self._ignore(parent)
            if spec is not None:
                verdict = spec.check_file(os.path.relpath(path, parent).replace(os.sep, "/") + tail).include
                if verdict is not None:
                    return bool(verdict)
            above = os.path.dirname(parent)
            if os.path.exists(os.path.join(parent, ".git")) or above == parent:
                return False
            parent = above

    def _relative(self, path: str) -> str:
        inside = path.startswith(self._root + os.sep)
        return (os.path.relpath(path, self._root) if inside else path.lstrip(os.sep)).replace(os.sep, "/")

    def _ignore(self, folder: str) -> "GitIgnoreSpec | None":
        if folder not in self._ignores:
            self._ignores[folder] = None
            # no .gitignore there, or one that git could not use either
            with (
                suppress(OSError, ValueError),
                open(os.path.join(folder, ".gitignore"), encoding="utf-8", errors="replace") as file,
            ):
                self._ignores[folder] = self._spec.from_lines(file.read(1 << 20).splitlines())
        return self._ignores[folder]


def walk(top: str, excludes: Excludes) -> Iterator[str | OSError | tuple[str, str]]:
    """Files below `top` in the order of their names; an `OSError` for a folder that cannot be listed; a path with the
    reason for a link that is not followed."""
    base = os.path.realpath(top)
    stack = [top]
    while stack:
        entry = stack.pop()
        if not os.path.isdir(entry):
            yield entry
            continue
        try:
            names = sorted(os.scandir(entry), key=lambda e: e.name)
        except OSError as error:
            yield error
            continue
        below: list[str] = []
        for item in names:
            absolute = os.path.abspath(item.path)
            try:
                is_folder = item.is_dir()
            except OSError:
                is_folder = False
            if item.name in FILE_NAMES[:2] and not is_folder:
                excludes.configurations.append(item.path)
            if excludes.excludes(absolute, is_folder):
                continue
            if item.is_symlink():
                target = os.path.realpath(item.path)
                if is_folder:
                    if excludes.includes(absolute) or not target.startswith(base + os.sep):
                        yield item.path, "a link to a folder is not followed"
                    continue
                if not os.path.exists(target):
                    if excludes.includes(absolute):
                        yield item.path, "a link that leads nowhere"
                    continue
                if not target.startswith(base + os.sep):
                    if excludes.includes(absolute):
                        yield item.path, "a link that leaves the folder is not followed"
                    continue
            if is_folder or excludes.includes(absolute):
                below.append(item.path)
        stack.extend(reversed(below))
