"""Names of condition keys, some of them templates.

`s3:ExistingObjectTag/<key>`, `aws:RequestTag/${TagKey}`.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

from iamlint.aws.glob import matches

T = TypeVar("T")

_MARKS = {"${": "}", "<": ">", "tag-key": "tag-key"}
"""How variables start and end: `secretsmanager:ResourceTag/tag-key` is a template too."""


def folded(name: str) -> str:
    """The name in lower case as AWS compares keys: only ASCII letters have two cases."""
    return name.lower() if name.isascii() else "".join(c.lower() if c.isascii() else c for c in name)


class Names(Generic[T]):
    """Names of condition keys in lower case, some of them templates, and what belongs to each of them.

    Made once for a table of which much is asked: templates are taken apart here.
    """

    def __init__(self, table: Mapping[str, T]) -> None:
        self._table = table
        starts = ((name, _plain_start(name)) for name in table)
        templates = [(name, start, _pattern(name)) for name, start in starts if start != name]
        self._templates = sorted(templates, key=lambda template: -len(template[0]))

    def find(self, name: str) -> T | None:
        """The entry for a key of this name in any case; None if there is none.

        A variable of a template stands for at least one character. The exact name wins, then the longest template.
        """
        name = folded(name)
        if name in self._table:
            return self._table[name]
        for known, start, pattern in self._templates:
            if name.startswith(start) and matches(pattern, name):
                return self._table[known]
        return None


def _plain_start(template: str) -> str:
    """What stands before the template's first variable: `aws:requesttag/`; all of it if it has none."""
    return template[: min(place if place >= 0 else len(template) for place in map(template.find, _MARKS))]


def _pattern(template: str) -> str:
    """The template as a pattern: each variable stands for at least one character."""
    pattern, rest = "", template
    while (start := _plain_start(rest)) != rest:
        rest = rest[len(start) :]
        end = next(end for mark, end in _MARKS.items() if rest.startswith(mark))
        pattern += start + "?*"
        rest = rest.partition(end)[2]
    return pattern + rest
