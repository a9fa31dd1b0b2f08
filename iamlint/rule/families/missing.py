"""Statements that lack an element which the grammar requires."""

from collections.abc import Iterator
from functools import partial

from iamlint.finding import Draft, Hit
from iamlint.model import Statement
from iamlint.rule.base import Rule
from iamlint.syntax import nearest


def missing(rule: Rule, statement: Statement, elements: tuple[str, ...], advice: str) -> Iterator[Hit]:
    """A hit where `statement` has none of `elements`; the statement's own place is marked, as AWS does."""
    if not any(element in statement for element in elements):
        wanted = " or ".join(elements)
        yield rule.finding(
            statement.path, f"the statement has no {wanted}; {advice}", rewrite=partial(_renamed, statement, elements)
        )


def _renamed(statement: Statement, elements: tuple[str, ...]) -> Draft | None:
    """An element with a misspelt name is the one that is missing."""
    from iamlint.model.policy import STATEMENT_ELEMENTS
    from iamlint.rule.families.drafts import renamed

    for name in statement.value:
        near = None if name in STATEMENT_ELEMENTS else nearest(name, STATEMENT_ELEMENTS)
        if near in elements:
            return renamed(statement.value, statement.at(name), near)
    return None


def both(rule: Rule, statement: Statement, one: str, other: str) -> Iterator[Hit]:
    """A hit that marks both elements where `statement` has two elements that exclude each other."""
    if one in statement and other in statement:
        places = sorted((one, other), key=list(statement.value).index)
        yield rule.finding(
            [statement.at(name) for name in places],
            f"{one} and {other} stand in one statement, which IAM refuses; keep one of them",
        )
