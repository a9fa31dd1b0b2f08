"""Where input comes from: files, folders and standard input; what they hold is recognised by content.

What is named here is loaded when first used: a run that knows all results already asks for the bytes of files only.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iamlint.load.document import LoadedFile, PolicyDocument
    from iamlint.load.files import Event, Loader
    from iamlint.load.read import load_bytes, load_text

__all__ = ["Event", "LoadedFile", "Loader", "PolicyDocument", "load_bytes", "load_text"]

_HOMES = {
    "Event": "files",
    "LoadedFile": "document",
    "Loader": "files",
    "PolicyDocument": "document",
    "load_bytes": "read",
    "load_text": "read",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
