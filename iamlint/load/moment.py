"""The time that an account's ages are counted at, where nobody gives one: that of its exports."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from iamlint.load.parts import Parts
from iamlint.load.times import when


def moment(parts: Parts) -> tuple[datetime, str]:
    """The time of the snapshot, and where it is told."""
    generated = [time for _, time in parts.rows if time is not None]
    if generated:
        return max(generated), "GeneratedTime of the credential report"
    newest = datetime.fromtimestamp(0, UTC)
    for entities in parts.entities.values():
        for entity in entities.values():
            newest = max(newest, *_times(entity.value))
    for row, _ in parts.rows:
        columns = ("user_creation_time", "password_last_used", "password_last_changed")
        slots = ("access_key_1_last_used_date", "access_key_2_last_used_date")
        rotated = ("access_key_1_last_rotated", "access_key_2_last_rotated")
        for column in (*columns, *slots, *rotated):
            time = when(row[column])
            newest = max(newest, time) if time is not None else newest
    lists = (
        *(key for answer in parts.keys for key in answer),
        *(entity for _, entity in parts.last_used),
        *(device for answer in parts.devices for device in answer),
        *parts.virtual,
        *parts.users,
    )
    for entity in lists:
        newest = max(newest, *_times(entity.value))
    return newest, "the newest time in the exports"


def _times(value: Mapping[str, object]) -> Iterable[datetime]:
    yield datetime.fromtimestamp(0, UTC)
    for key in ("CreateDate", "UpdateDate", "LastUsedDate", "EnableDate", "PasswordLastUsed"):
        if key in value:
            time = when(value[key])
            if time is not None:
                yield time
    used = value.get("RoleLastUsed")
    if isinstance(used, dict) and used:
        yield from _times(used)
