"""What policies mean: pure functions over the model. Nothing here reads files or reports."""

from iamlint.analyse.wildcards import covers, matches, meets

__all__ = ["covers", "matches", "meets"]
