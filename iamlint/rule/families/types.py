"""Values of the right JSON type, where one of a wrong type says plainly what is meant."""

from collections.abc import Sequence
from typing import Final

from iamlint.finding import Draft
from iamlint.model import Policy
from iamlint.syntax import Path
from iamlint.syntax.change import Change, Drop, Put

_MOST_WRONG: Final = 100
_VERSION: Final = 20121017
_DIGITS_OF_ACCOUNT: Final = 12


def righted(policy: Policy, wrong: Sequence[tuple[Path, str, object]]) -> Draft | None:
    """Each of the values that `wrong_elements` gives, of the type that is wanted; None if one of them may be anything.

    What stands alone in a list is put in its place, a number as a string; null goes.
    """
    changes = [_righted(policy, path, value) for path, _, value in wrong[:_MOST_WRONG]]
    known = tuple(change for change in changes if change is not None)
    if len(known) < len(wrong):
        return None
    goes = all(isinstance(change, Drop) for change in known)
    return Draft("take it out" if goes else "write it as the type that is wanted", known)


def _righted(policy: Policy, path: Path, value: object) -> Change | None:
    if not path:
        return None
    if value is None and isinstance(path[-1], int):
        holder = policy.value
        for step in path[:-1]:
            holder = holder[step]  # type: ignore[index]
        return Drop(path) if isinstance(holder, list) and any(entry is not None for entry in holder) else None
    if path[-1] == "Condition" and (value is None or value == []):
        return Drop(path)  # no condition: some languages write an empty object so
    if isinstance(value, list):
        alone = value[0] if len(value) == 1 else None
        wanted = dict if _holds_object(path) else (str, int) if "Condition" in path else str
        return Put(path, alone) if isinstance(alone, wanted) else None
    if isinstance(value, int) and not isinstance(value, bool):
        text = _text(path, value)
        return None if text is None else Put(path, text)
    return None


def _holds_object(path: Path) -> bool:
    """True iff a statement, its conditions, or those under one operator stand at the path."""
    return "Condition" in path[-2:] or (isinstance(path[-1], int) and path[:-1] == ("Statement",))


def _text(path: Path, number: int) -> str | None:
    """The string that the number is meant as: a version, a name, an account."""
    names = [step for step in path if isinstance(step, str)]
    if names == ["Version"]:
        return "2012-10-17" if number == _VERSION else None
    if names[-1] in ("Sid", "Id"):
        return str(number)
    if names[-2:] in (["Principal", "AWS"], ["NotPrincipal", "AWS"]) and 10**9 <= number < 10**_DIGITS_OF_ACCOUNT:
        return str(number).zfill(_DIGITS_OF_ACCOUNT)
    return None
