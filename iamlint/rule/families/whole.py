"""What concerns a policy, a Sid or an ARN as a whole."""

from collections.abc import Iterator, Sequence
from functools import partial

from iamlint.finding import Draft, Hit
from iamlint.model import Policy, Statement
from iamlint.rule.base import Rule, quote
from iamlint.syntax.change import Insert, Put

_ARN_FIELDS = 6
MOST_STATEMENTS = 2000
"""Of more statements none gets another Sid: each draft looks through all of them."""
_LONGEST_SID = 1000
_LONGEST_STEM = 60


def repeated_sids(rule: Rule, policy: Policy) -> Iterator[Hit]:
    """A hit for each Sid that several statements have; all of them are marked."""
    having: dict[str, list[Statement]] = {}
    for statement in policy.statements:
        if statement.sid is not None:
            having.setdefault(statement.sid, []).append(statement)
    for sid, same in having.items():
        if len(same) > 1:
            yield rule.finding(
                [statement.at("Sid") for statement in same],
                f"{len(same)} statements have the Sid {quote(sid)}; give each its own",
                rewrite=partial(_numbered, policy, same[1:]),
            )


def _numbered(policy: Policy, statements: Sequence[Statement]) -> Draft | None:
    """The statements' Sid with a number behind it that no other statement has."""
    if len(policy.statements) > MOST_STATEMENTS:
        return None
    taken = {statement.sid for statement in policy.statements}
    number, changes = 1, []
    for statement in statements:
        stem = (statement.sid or "").rstrip("0123456789")
        while (sid := f"{stem}{number}") in taken:
            number += 1
        taken.add(sid)
        changes.append(Put(statement.at("Sid"), sid))
    return Draft("number the Sids", tuple(changes))


def sid_given(statement: Statement) -> Draft | None:
    """A Sid that no other statement has: its effect, and the action or the service that it is about."""
    if len(statement.policy.statements) > MOST_STATEMENTS:
        return None
    services = {item.text.partition(":")[0].lower() for item in statement.actions}
    about = [item.text for item in statement.actions] if len(statement.actions) == 1 else list(services)
    words = ("all",) if about == ["*"] else about[0].partition(":") if len(about) == 1 else ()
    effect = statement.value.get("Effect")
    stem = _letters("".join(word[:1].upper() + word[1:] for word in (str(effect), *words)))[:_LONGEST_STEM]
    taken = {other.sid for other in statement.policy.statements}
    sid, number = stem, 1
    while sid in taken or not sid:
        number += 1
        sid = f"{stem or 'Statement'}{number}"
    put = Put(statement.at("Sid"), sid) if "Sid" in statement else Insert(statement.at("Sid"), sid, first=True)
    return Draft(f"name the statement {quote(sid)}", (put,))


def valid_sids(policy: Policy) -> Draft | None:
    """Letters and digits stay of each Sid that holds more than these, and make one that no other statement has."""
    if len(policy.statements) > MOST_STATEMENTS:
        return None
    taken = {statement.sid for statement in policy.statements}
    changes = []
    for statement in policy.statements:
        if statement.sid is not None and not is_valid_sid(statement.sid):
            stem = _letters(statement.sid) or "Statement"
            sid, number = stem, 1
            while sid in taken:
                number += 1
                sid = f"{stem}{number}"
            taken.add(sid)
            changes.append(Put(statement.at("Sid"), sid))
    return Draft("write the Sid with letters and digits alone", tuple(changes))


def is_valid_sid(sid: str) -> bool:
    """True iff the Sid holds letters and digits of ASCII only."""
    return sid.isascii() and sid.isalnum()


def _letters(sid: str) -> str:
    """`read-only é` as `readOnlyE`."""
    from unicodedata import combining, normalize

    kept = ""
    gap = False
    for char in normalize("NFKD", sid[:_LONGEST_SID]):
        if is_valid_sid(char):
            kept += char.upper() if gap and kept else char
            gap = False
        else:
            gap = gap or not combining(char)
    return kept


def missing_fields(arn: str) -> int:
    """How many of its six fields `arn` lacks; 0 for a text that does not start with `arn:`.

    The colons of a policy variable separate nothing, and a `*` at the end stands for all that is missing.
    """
    if not arn.startswith("arn:") or arn.endswith("*"):
        return 0
    return max(0, _ARN_FIELDS - 1 - (arn.count(":") if "${" not in arn else _colons_outside_variables(arn)))


def _colons_outside_variables(text: str) -> int:
    from iamlint.analyse.variables import variable_parts

    return sum(plain.count(":") for plain, inside in variable_parts(text) if inside is None)
