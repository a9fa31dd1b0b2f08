"""Where input comes from: files, folders and standard input; what they hold is recognised by content.

What is named here is loaded when first used: a run that knows all results already asks for the bytes of files only.
"""

from typing import TYPE_CHECKING

from iamlint.lazy import names_from

if TYPE_CHECKING:
    from iamlint.load.document import LoadedFile, PolicyDocument
    from iamlint.load.files import Event, Loader
    from iamlint.load.read import load_bytes, load_text

__all__ = ["Event", "LoadedFile", "Loader", "PolicyDocument", "load_bytes", "load_text"]

__getattr__ = names_from(
    __name__,
    {
        ".document": ("LoadedFile", "PolicyDocument"),
        ".files": ("Event", "Loader"),
        ".read": ("load_bytes", "load_text"),
    },
)
