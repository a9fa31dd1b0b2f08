"""Times as AWS's tools write them."""

from datetime import UTC, datetime

_COMPACT = "%Y%m%dT%H%M%SZ"


def when(value: object) -> datetime | None:
    """The time that `value` tells, in UTC; None where it tells none.

    Read are ISO 8601 with `Z`, an offset or, taken for UTC, neither; a blank in place of the `T`; the compact form
    of old CloudTrail documents; and seconds since 1970.
    """
    try:
        if isinstance(value, str):
            text = value.strip()
            if len(text) < 10 or not text[:4].isdigit():
                return None
            if len(text) == len("20131102T010628Z") and text[8] == "T":
                return datetime.strptime(text, _COMPACT).replace(tzinfo=UTC)
            found = datetime.fromisoformat(text)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
