"""Patterns for ARNs that were seen: the same bucket, queue or table, in the same Region and account.

What lies inside a named thing (objects of a bucket, streams of a log group) changes from day to day, so that is left
open. Source: the tables "Resource types" of AWS's Service Authorization Reference.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from iamlint.analyse.minimise.covering import resource_covers, resource_meets
from iamlint.analyse.resources import FIELDS
from iamlint.model import Statement

EXACT: Final = "exact"
INSIDE: Final = "inside"
TYPE: Final = "type"

_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_LONGEST: Final = 2048
"""No ARN is longer."""


def pattern(arn: str, action: str, how: str, variables: bool) -> str:
    """A pattern that matches `arn`, which requests for `action` name.

    `how`: EXACT matches nothing else; INSIDE leaves open the name of what lies inside a thing that has a name of its
    own; TYPE leaves open all names, of this type. `variables` says that the policy knows variables.
    """
    fields = arn.split(":", FIELDS - 1)
    if how == EXACT or len(fields) < FIELDS or len(arn) > _LONGEST:
        return _plain(arn, variables)
    head, tail = ":".join(fields[:-1]), fields[-1]
    names = _names(action, fields[2], tail)
    if names is None or (how == INSIDE and len(names) < 2):
        return _plain(arn, variables)
    made, at = "", 0
    for start, end in names if how == TYPE else names[-1:]:
        made += _plain(tail[at:start], variables) + "*"
        at = end
    return f"{_plain(head, variables)}:{made}{_plain(tail[at:], variables)}"


def _plain(text: str, variables: bool) -> str:
    """The text as a pattern that matches nothing else, where the language has one."""
    if not variables:
        return text
    return re.sub(r"[*?]|\$(?=\{)", lambda found: "${" + found[0] + "}", text)


def _names(action: str, service: str, tail: str) -> list[tuple[int, int]] | None:
    """Where names stand in the last field of an ARN, by the formats that the action takes; None where none fits."""
    prefix, _, name = action.lower().partition(":")
    for expression in _expressions(prefix, name, service):
        found = expression.fullmatch(tail)
        if found is not None:
            return [found.span(group) for group in range(1, expression.groups + 1)]
    return None


@lru_cache(maxsize=4096)
def _expressions(prefix: str, name: str, service: str) -> tuple[re.Pattern[str], ...]:
    """Of the formats of what the action takes, the most definite first: they are AWS's text, none of a policy's."""
    from iamlint.aws.catalogue import catalogue

    formats: Iterable[str] = catalogue().arns_of(prefix, name) or ()
    tails = {format_.split(":", FIELDS - 1)[-1] for format_ in formats if format_.split(":")[2] == service}

    def definite(tail: str) -> tuple[int, int, str]:
        return -len(_VARIABLE.sub("", tail)), -len(_VARIABLE.findall(tail)), tail

    made = []
    for tail in sorted(tails, key=definite):
        first, *rest = _VARIABLE.split(tail)
        # A name goes on to what the format has next; the last one to the end.
        names = [f"([^{re.escape(part[0])}]+)" if part else "(.+?)" for part in rest[:-1]] + ["(.+)"] * bool(rest)
        text = re.escape(first) + "".join(name + re.escape(part) for name, part in zip(names, rest, strict=True))
        made.append(re.compile(text, re.DOTALL))
    return tuple(made)


def within(statement: Statement, entries: Sequence[str], arn: str, action: str, how: str) -> list[str]:
    """Patterns for `arn` that the statement's own `entries`, which match it, cover.

    That is the pattern that is asked for where an entry covers it, else the entries that it covers, else the ARN, else
    the entries. None beside NotResource where the ARN meets what is left out, for some value of a variable.
    """
    variables = statement.policy.has_variables
    plain = _plain(arn, variables)
    for wanted in dict.fromkeys((pattern(arn, action, how, variables), plain)):
        if "NotResource" in statement:
            spared = [item.text for item in statement.not_resources]
            if not any(resource_meets(text, wanted, variables) for text in spared):
                return [wanted]
            continue
        if any(resource_covers(entry, wanted, variables) for entry in entries):
            return [wanted]
        inside = [entry for entry in entries if resource_covers(wanted, entry, variables)]
        if inside:
            return inside
    return list(entries)
