"""Where the git repository is that a folder belongs to; git itself is not asked."""

import os


def root_of(folder: str) -> str | None:
    """The nearest folder at or above `folder` that is a git repository."""
    folder = os.path.abspath(folder)
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder
