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
from iamlint.rule.families.grammar import POLICY_ELEMENTS, STATEMENT_ELEMENTS, type_name, wrong_types
from iamlint.rule.families.missing import both, missing
from iamlint.rule.families.names import (
    MOST_HINTS,
    MOST_PATTERNS,
    NamedAction,
    action_items,
    has_wildcard,
    known_until,
    malformed,
    named_actions,
    resource_items,
)
from iamlint.rule.families.role_rights import CREATE_SLR, PASS_ROLE, role_right
from iamlint.syntax import nearest

__all__ = [
    "ALL_KINDS",
    "CREATE_SLR",
    "GRANTING_KINDS",
    "IDENTITY_KINDS",
    "MOST_HINTS",
    "MOST_PATTERNS",
    "PASS_ROLE",
    "POLICY_ELEMENTS",
    "PRINCIPAL_KINDS",
    "RESOURCE_KINDS",
    "STATEMENT_ELEMENTS",
    "Bad",
    "Condition",
    "Context",
    "Document",
    "Good",
    "Hit",
    "Item",
    "NamedAction",
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
    "action_items",
    "action_matches",
    "action_meets",
    "both",
    "has_wildcard",
    "key",
    "known_until",
    "listing",
    "malformed",
    "missing",
    "named_actions",
    "nearest",
    "part",
    "quote",
    "resource_items",
    "role_right",
    "type_name",
    "wrong_types",
]
