"""Policies that are too large, written so that they fit: in fewer characters, or as several policies.

Sources: "IAM and AWS STS quotas" (IAM User Guide: managed policies per role, user or group), "Quotas and service limits
for AWS Organizations" (policies per root, OU or account).
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from iamlint.analyse.actions import ActionSet
from iamlint.analyse.minimise import compacted, normalised, unreadable
from iamlint.analyse.work import TooMuchWork
from iamlint.aws.catalogue import catalogue
from iamlint.finding import Draft
from iamlint.model import Policy
from iamlint.rule.families.action_lists import grouped
from iamlint.rule.families.names import has_wildcard
from iamlint.syntax.change import Put

_ATTACHED: Final = {"identity": 10, "scp": 10, "rcp": 5}
"""So many policies of a kind may be attached together without asking for more."""
_MANAGED: Final = 6_144
"""What takes several policies takes them as managed ones: all inline policies of a role share one limit."""


def fitted(policy: Policy, most: int, size: Callable[[object], int]) -> Draft | None:
    """The policy in at most `most` characters, as `size` counts them: the Sids go only where it needs that.

    Where the policy says too much for that: with wildcards for actions, which grant nothing more by today's list alone
    and are never applied; else the first of several policies that say it together, which is shown only. None where that
    takes more policies than may be attached.
    """
    if unreadable(policy) is not None or not isinstance(policy.value, dict):
        return None
    before = size(policy.value)
    try:
        value: object = {}
        for shape, how in ((_normalised, ""), (_compacted, ", and leave out the Sids")):
            value = shape(policy)
            if size(value) <= most:
                title = f"say once what is said twice{how}: {before - size(value)} characters less"
                return Draft(title, (Put(("Statement",), _statements(value)),))
    except TooMuchWork:
        return None
    shorter = _by_first_words(value)
    if size(shorter) <= most:
        title = (
            f"write actions by the first words of their names, equal with the action list of {catalogue().data_date}"
        )
        title += f": {before - size(shorter)} characters less"
        return Draft(title, (Put(("Statement",), _statements(shorter)),), never_applied=True)
    parts = _parts(value, min(most, _MANAGED) if policy.kind == "identity" else most, size)
    if not 1 < len(parts) <= _ATTACHED.get(policy.kind, 1):
        return None
    sizes = ", ".join(str(size(_document(value, part))) for part in parts)
    reason = f"it takes {len(parts)} policies that are attached together, and this is the first of them"
    return Draft(f"split it into policies of {sizes} characters", (Put(("Statement",), parts[0]),), reason)


# A policy may be too large for several limits, which are asked one after another.
_normalised = lru_cache(maxsize=2)(normalised)
_compacted = lru_cache(maxsize=2)(compacted)


def _statements(value: object) -> object:
    return value.get("Statement") if isinstance(value, dict) else None


def _document(value: object, statements: Sequence[object]) -> object:
    return {**value, "Statement": list(statements)} if isinstance(value, dict) else value


def _by_first_words(value: object) -> object:
    """The document with wildcards for actions that it allows, where they match no other action of today's list."""
    held = _statements(value)
    made: list[object] = []
    for statement in held if isinstance(held, list) else [held]:
        actions = statement.get("Action") if isinstance(statement, dict) else None
        if isinstance(statement, dict) and isinstance(actions, list) and statement.get("Effect") == "Allow":
            made.append({**statement, "Action": _shortened(actions)})
        else:
            made.append(statement)
    return _document(value, made)


def _shortened(actions: Sequence[object]) -> list[str]:
    texts = [action for action in actions if isinstance(action, str)]
    granted = ActionSet(texts)
    names: dict[str, list[str]] = {}
    for text in texts:
        service, _, name = text.partition(":")
        if name and not has_wildcard(text):
            names.setdefault(service, []).append(name)
    made = [text for text in texts if has_wildcard(text) or ":" not in text]
    for service, own in names.items():

        def spared(pattern: str, service: str = service) -> bool:
            known = catalogue().names(f"{service}:{pattern}".lower())
            return all(granted.matches(name.lower()) for name in known)

        made += [f"{service}:{entry}" for entry in grouped(own, spared)]
    return made


def _parts(value: object, most: int, size: Callable[[object], int]) -> list[list[object]]:
    """The statements in order, in as few rows as fit one by one; none where one of them is too large by itself.

    One with a long list of actions is written as several.
    """
    rows: list[list[object]] = []
    held = _statements(value)
    waiting = list(reversed(held if isinstance(held, list) else [held]))
    while waiting:
        statement = waiting.pop()
        if rows and size(_document(value, [*rows[-1], statement])) <= most:
            rows[-1].append(statement)
        elif size(_document(value, [statement])) <= most:
            rows.append([statement])
        else:
            halves = _halves(statement)
            if not halves:
                return []
            waiting += reversed(halves)
    return rows


def _halves(statement: object) -> list[object]:
    """The statement as two, each with half of its actions; none where it has one."""
    actions = statement.get("Action") if isinstance(statement, dict) else None
    if not isinstance(statement, dict) or not isinstance(actions, list) or len(actions) < 2:
        return []
    middle = len(actions) // 2
    return [{**statement, "Action": half} for half in (actions[:middle], actions[middle:])]
