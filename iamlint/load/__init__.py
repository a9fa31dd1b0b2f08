"""Where input comes from: files, folders and standard input; what they hold is recognised by content."""

from iamlint.load.document import LoadedFile, PolicyDocument
from iamlint.load.files import Event, Loader
from iamlint.load.read import load_bytes, load_text

__all__ = ["Event", "LoadedFile", "Loader", "PolicyDocument", "load_bytes", "load_text"]
