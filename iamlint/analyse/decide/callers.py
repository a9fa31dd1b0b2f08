"""Principals that stand for all: whoever a policy names, and others that it does not.

What follows from the principal, `aws:PrincipalArn` and `aws:PrincipalAccount`, is chosen with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from iamlint.analyse.decide.checks import plain, written
from iamlint.analyse.decide.products import Product, chosen, is_plain, marks, rows
from iamlint.analyse.principals import Caller, caller
from iamlint.analyse.resources import FIELDS
from iamlint.analyse.variables import Context
from iamlint.analyse.work import Budget
from iamlint.model import PrincipalItem
from iamlint.record import NamedTuple

FOLLOWING: Final = ("aws:principalarn", "aws:principalaccount")
"""The keys, in lower case, whose values follow from the principal here."""

_KINDS: Final[tuple[Product, ...]] = (
    ("arn", "*", "iam", "", "*", "role/?*"),
    ("arn", "*", "iam", "", "*", "user/?*"),
    ("arn", "*", "iam", "", "*", "root"),
    ("arn", "*", "sts", "", "*", "federated-user/?*"),
)


class Candidate(NamedTuple):
    """A principal as a request has it, and what it is."""

    text: str
    who: Caller

    def following(self, key: str) -> tuple[str, ...]:
        """The values of one of the keys `FOLLOWING`."""
        described = Context({})
        self.who.describe(described)
        return described.values(key)


def candidates(
    items: Iterable[PrincipalItem], arns: Iterable[Product], unwanted: Iterable[Product], letters: str, budget: Budget
) -> Iterator[Candidate]:
    """Principals that stand for all.

    `items` are the entries of the statements' principals, `arns` patterns that `aws:PrincipalArn` may have to match,
    `unwanted` those that it should not.
    """
    named: dict[Product, None] = {}
    accounts: dict[Product, None] = {}
    others: dict[str, None] = {}
    ids: dict[str, None] = {}
    for item in items:
        budget.spend(4)
        if item.is_everyone:
            continue
        if item.type in ("AWS", ""):
            for pattern in _named(item.text):
                (named if is_plain(pattern) else accounts)[pattern] = None
            others.update(dict.fromkeys(_sessions(item.text, letters)))
        elif item.type == "CanonicalUser":
            ids[item.text] = None
        else:
            others[item.text] = None
    # Nobody has two ARNs or two accounts: of these groups one member can match at most.
    found = chosen(dict.fromkeys(_KINDS), (), [accounts, named, *((arn,) for arn in arns)], budget)
    counted = marks(unwanted, FIELDS)
    texts = (written(":".join(row)) for pattern in found for row in rows(pattern, letters, counted))
    fresh = (
        f"{letters[0]}.amazonaws.com",
        f"arn:aws:iam::{letters[0]}:oidc-provider/{letters[0]}",
        f"arn:aws:iam::{letters[0]}:saml-provider/{letters[0]}",
        "anonymous",
    )
    for text in dict.fromkeys((*texts, *others, *fresh)):
        budget.spend()
        try:
            yield Candidate(text, caller(text))
        except ValueError:
            continue
    for text in ids:
        yield Candidate(text, Caller("canonical-user", name=text))


def _sessions(text: str, letters: str) -> Iterator[str]:
    """The session that a principal names, or one of the role that it names."""
    if ":assumed-role/" in text:
        yield text
    start, role, name = text.partition(":role/")
    if role:
        yield f"{start.replace(':iam:', ':sts:')}:assumed-role/{name.rpartition('/')[2]}/{letters[0]}"


def _named(text: str) -> Sequence[Product]:
    """The ARNs of the principals that an `AWS` principal means."""
    fields = plain(text).split(":", FIELDS - 1)
    if len(fields) == 1:
        return [("*", "*", "*", "*", fields[0], "*")]
    if len(fields) < FIELDS:
        return []
    if fields[-1] == "root":
        return [(*fields[:2], "*", "*", fields[4], "*"), tuple(fields)]
    return [tuple(fields)]
