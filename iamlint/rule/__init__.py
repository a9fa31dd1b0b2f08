"""Everything that a rule author imports."""

from iamlint.analyse.actions import action_covers, action_matches, action_meets
from iamlint.finding import Hit, Note, Place, Severity, Subject
from iamlint.model import Condition, Item, Policy, PrincipalItem, Statement
from iamlint.rule.base import (
    ALL_KINDS,
    GRANTING_KINDS,
    IDENTITY_KINDS,
    PRINCIPAL_KINDS,
    RESOURCE_KINDS,
    Bad,
    Good,
    Option,
    PolicyRule,
    Rule,
    StatementRule,
    TextRule,
    key,
    listing,
    part,
    quote,
)
from iamlint.rule.context import Context
from iamlint.rule.document import Document

__all__ = [
    "ALL_KINDS",
    "GRANTING_KINDS",
    "IDENTITY_KINDS",
    "PRINCIPAL_KINDS",
    "RESOURCE_KINDS",
    "Bad",
    "Condition",
    "Context",
    "Document",
    "Good",
    "Hit",
    "Item",
    "Note",
    "Option",
    "Place",
    "Policy",
    "PolicyRule",
    "PrincipalItem",
    "Rule",
    "Severity",
    "Statement",
    "StatementRule",
    "Subject",
    "TextRule",
    "action_covers",
    "action_matches",
    "action_meets",
    "key",
    "listing",
    "part",
    "quote",
]
