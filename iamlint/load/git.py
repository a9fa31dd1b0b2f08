"""Files of a repository as they are in one of its commits.

Objects are read by `git cat-file --batch` and nothing else: no hook, no file-system monitor, no filter or text
conversion runs, nothing is fetched, and no name from the repository becomes an argument.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Final

from iamlint.config import Settings
from iamlint.finding import RunError
from iamlint.load.files import Event, shown_path
from iamlint.load.read import load_bytes
from iamlint.syntax import MAX_SIZE

if TYPE_CHECKING:
    from iamlint.load.walk import Selection

_LONGEST: Final = 200
_FOLDER: Final = b"40000"
_LINK: Final = b"120000"
_MODULE: Final = b"160000"
_MOST_DEPTH: Final = 64


class GitError(Exception):
    """A commit that cannot be read; the message is for people."""


class Commit:
    """The files of one commit, read while the `with` statement lasts. Raises `GitError` where there is none."""

    def __init__(self, root: str, name: str) -> None:
        """`root` is the folder of the repository, `name` whatever git knows the commit by: `main`, `HEAD~2` …"""
        if not name or name.startswith("-") or not name.isprintable() or len(name) > _LONGEST or "{" in name:
            raise GitError("the name of the commit is none that git takes")
        self._root = root
        self._name = name
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Commit":
        command = [
            "git",
            "--no-pager",
            "--no-replace-objects",
            *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "protocol.allow=never"),
            *("cat-file", "--batch"),
        ]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_NO_LAZY_FETCH": "1",
        }
        try:
            self._process = subprocess.Popen(  # noqa: S603 (no text but constants)
                command,
                cwd=self._root,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise GitError(f"git cannot be run: {error.strerror}") from error
        try:
            found = self._object(f"{self._name}^{{commit}}")
        except BaseException:
            self._close()
            raise
        if found is None:
            self._close()
            raise GitError("there is no commit of that name in the repository")
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        continue
            process.wait()

    def files(self) -> Iterator[tuple[str, str]]:
        """Path from the root, with `/`, and object id of each regular file, in git's order."""
        stack = [("", f"{self._name}^{{tree}}", 0)]
        while stack:
            folder, id_, depth = stack.pop()
            found = self._object(id_)
            if found is None:
                raise GitError("a folder of the commit cannot be read")
            below = []
            for mode, name, entry in _entries(*found):
                path = f"{folder}{name}"
                if mode == _FOLDER and depth < _MOST_DEPTH:
                    below.append((f"{path}/", entry, depth + 1))
                elif mode not in (_FOLDER, _LINK, _MODULE):
                    yield path, entry
            stack.extend(reversed(below))

    def read(self, id_: str) -> bytes | None:
        """What the file of this object id holds; None where it cannot be read."""
        found = self._object(id_)
        return None if found is None else found[0]

    def _object(self, name: str) -> tuple[bytes, int] | None:
        """The content of an object, cut where it is longer than what is read of any file, and how long ids are."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise GitError("the commit is not open")
        try:
            process.stdin.write(f"{name}\n".encode("utf-8", "surrogateescape"))
            process.stdin.flush()
            header = process.stdout.readline(_LONGEST * 8).split(b" ")
            if len(header) != 3 or not header[2].strip().isdigit():
                if not header or not header[0]:
                    raise GitError("the repository cannot be read by git")
                return None
            return _exactly(process.stdout, int(header[2])), len(header[0]) // 2
        except (OSError, ValueError) as error:
            raise GitError("the repository cannot be read by git") from error


def _exactly(stream: IO[bytes], size: int) -> bytes:
    """So many bytes and the line end after them; what goes beyond the limit for files is dropped."""
    kept = stream.read(min(size, MAX_SIZE + 1))
    left = size - len(kept)
    while left > 0:
        dropped = len(stream.read(min(left, 1 << 20)))
        if not dropped:
            break
        left -= dropped
    stream.read(1)
    return kept


def _entries(tree: bytes, id_length: int) -> Iterator[tuple[bytes, str, str]]:
    """Mode, name and object id of each entry of a tree."""
    place = 0
    while place < len(tree):
        space = tree.index(b" ", place)
        end = tree.index(b"\0", space)
        after = end + 1 + id_length
        name = tree[space + 1 : end].decode("utf-8", "surrogateescape")
        yield tree[place:space], name, tree[end + 1 : after].hex()
        place = after


def committed(commit: Commit, root: str, paths: Sequence[str], settings: Settings, kind: str | None) -> Iterator[Event]:
    """What the commit holds of the files and folders `paths`, under the paths that `Loader` gives them.

    Files in folders are chosen as in a walk of the working tree, but that what git knows is not ignored.
    """
    from iamlint.load.walk import Selection

    selection = Selection(settings)
    tops = [(path, os.path.realpath(path)) for path in paths]
    real_root = os.path.realpath(root)
    for relative, id_ in commit.files():
        absolute = os.path.join(real_root, *relative.split("/"))
        for path, top in tops:
            if absolute == top:
                shown = path
            elif absolute.startswith(os.path.join(top, "")):
                way = absolute[len(os.path.join(top, "")) :]
                if not selection.includes(absolute, top) or _left_out(selection, top, way):
                    continue
                shown = os.path.join(path, way)
            else:
                continue
            shown = shown_path(shown)
            data = commit.read(id_)
            if data is None:
                yield RunError("input", shown, "cannot be read from the commit")
            else:
                yield load_bytes(shown, data, settings, kind=kind, named_alone=absolute == top and len(tops) == 1)
            break


def _left_out(selection: "Selection", top: str, way: str) -> bool:
    """True iff the configuration excludes the file at `way` below `top`, or a folder on the way to it."""
    steps = way.split(os.sep)
    return any(
        selection.excludes(os.path.join(top, *steps[: count + 1]), top, folder=count + 1 < len(steps))
        for count in range(len(steps))
    )
