"""Access keys and the register of those that remain."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from iamlint.config.register import Register
    from iamlint.model.account import AccessKey


def undocumented(keys: "Iterable[AccessKey]", register: "Register") -> "list[tuple[AccessKey, str]]":
    """The live keys that the register does not have, or not wholly, with what is missing."""
    found = []
    for key in keys:
        entry = register.entries.get(key.id or "")
        if key.active and entry is None:
            found.append((key, "is not in the register"))
        elif key.active and entry is not None and (entry.missing or entry.review is None):
            lacks = (*entry.missing, *(() if entry.review else ("review-date",)))
            found.append((key, f"lacks {', '.join(lacks)} in the register"))
    return found


def overdue(keys: "Iterable[AccessKey]", register: "Register", day: "date") -> "list[tuple[AccessKey, date]]":
    """The live keys whose review date in the register is past on `day`, with that date."""
    found = []
    for key in keys:
        entry = register.entries.get(key.id or "")
        if key.active and entry is not None and entry.review is not None and entry.review < day:
            found.append((key, entry.review))
    return found


def is_rotating(keys: "Iterable[AccessKey]", register: "Register | None", day: "date") -> bool:
    """True iff the register documents that the keys are there for a rotation, which is not over on `day`."""
    if register is None:
        return False
    entries = [register.entries.get(key.id or "") for key in keys]
    return any(entry and entry.rotation_until and entry.rotation_until >= day for entry in entries)
