"""Names of condition keys, some of them templates.

`s3:ExistingObjectTag/<key>`, `aws:RequestTag/${TagKey}`.
"""

from collections.abc import Mapping
from typing import TypeVar

from iamlint.aws.glob import matches

T = TypeVar("T")

_MARKS = {"${": "}", "<": ">", "tag-key": "tag-key"}
"""How variables start and end: `secretsmanager:ResourceTag/tag-key` is a template too."""


def folded(name: str) -> str:
    """The name in lower case as AWS compares keys: only ASCII letters have two cases."""
    return name.lower() if name.isascii() else "".join(c.lower() if c.isascii() else c for c in name)


def find(name: str, table: Mapping[str, T]) -> T | None:
    """The entry for a key of this name in any case, in a table by name in lower case; None if there is none.

    A variable of a template stands for at least one character. The exact name wins, then the longest template.
    """
    name = folded(name)
    if name in table:
        return table[name]
    best, longest = None, 0
    for known, entry in table.items():
        start = _plain_start(known)
        if len(known) > max(len(start), longest) and name.startswith(start) and matches(_pattern(known), name):
            best, longest = entry, len(known)
    return best


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
