"""The statements of a document that matter for escalation: most documents have none, which is cheap to tell."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from iamlint.analyse.actions import action_matches
from iamlint.analyse.escalation.methods import ACTIONS
from iamlint.model import Policy, Statement
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.model.account import PolicyText

_ALL: Final = frozenset(ACTIONS)
_NONE: Final[frozenset[str]] = frozenset()
_NAMES: Final = {action.lower(): frozenset((action,)) for action in ACTIONS}
_BY_SERVICE: Final = {
    service: tuple(action for action in ACTIONS if action.lower().startswith(f"{service}:"))
    for service in {name.partition(":")[0] for name in _NAMES}
}
_MOST_KEPT: Final = 1 << 15


class Entry(NamedTuple):
    """A statement, the actions of `ACTIONS` that it is about, and the document that it stands in.

    `document` is None for a statement that is no account's: a policy of AWS's that is known by its name.
    """

    statement: Statement
    actions: frozenset[str]
    document: "PolicyText | None"


class _Matched(dict[str, frozenset[str]]):
    """Pattern → the actions of `ACTIONS` that it matches, remembered: an account writes few patterns many times."""

    def __missing__(self, pattern: str) -> frozenset[str]:
        service = pattern.partition(":")[0].lower()
        if "*" not in pattern and "?" not in pattern:
            found = _NAMES.get(pattern.lower(), _NONE)
        else:
            near = ACTIONS if "*" in service or "?" in service else _BY_SERVICE.get(service, ())
            found = frozenset([action for action in near if action_matches(pattern, action)]) or _NONE
        if len(self) < _MOST_KEPT and len(pattern) < 128:
            self[pattern] = found
        return found


_matched: Final = _Matched()


def entries_of(policy: Policy, document: "PolicyText | None" = None) -> tuple[Entry, ...]:
    """The statements of `policy` that are about one of `ACTIONS`, in order."""
    value = policy.value
    raw = value.get("Statement") if isinstance(value, dict) else None
    found = [
        (index, actions)
        for index, statement in enumerate(raw if isinstance(raw, list) else [raw])
        if isinstance(statement, dict) and (actions := _about(statement))
    ]
    if not found:
        return ()
    by_value = {id(statement.value): statement for statement in policy.statements}
    listed = raw if isinstance(raw, list) else [raw]
    return tuple(Entry(by_value[id(listed[index])], actions, document) for index, actions in found)


def _about(statement: dict[str, object]) -> frozenset[str]:
    if "Action" in statement:
        texts = [text for text in _texts(statement["Action"]) if _may_match(text)]
        if len(texts) == 1:
            return _matched[texts[0]]
        return _NONE.union(*map(_matched.__getitem__, texts)) if texts else _NONE
    if "NotAction" in statement:
        return _ALL.difference(*map(_matched.__getitem__, _texts(statement["NotAction"])))
    return _NONE


def _may_match(pattern: str) -> bool:
    """False where the service is plainly one without any of `ACTIONS`, as most are."""
    service = pattern.partition(":")[0]
    return service in _BY_SERVICE or "*" in service or "?" in service or service.lower() in _BY_SERVICE


def _texts(value: object) -> Iterator[str]:
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, str):
            yield entry


EVERYTHING: Final = Policy(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}, "identity"
)
FULL: Final = entries_of(EVERYTHING)
"""What AdministratorAccess grants."""
