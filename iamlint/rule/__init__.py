"""Everything that a rule author imports.

What rules are made of is here at once; functions that families of rules share are loaded when a rule asks for them, so
that a rule which is not run costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from iamlint.finding import Hit, Note, Place, Severity, Subject
from iamlint.model import Condition, Item, Policy, PrincipalItem, Spot, Statement
from iamlint.model.fact import Fact, NotKnown, Unknown, known
from iamlint.rule.base import (
    ALL_KINDS,
    GRANTING_KINDS,
    IDENTITY_KINDS,
    PRINCIPAL_KINDS,
    RESOURCE_KINDS,
    AccountRule,
    Bad,
    ExceptionRule,
    ExportRule,
    Good,
    HeldPolicyRule,
    Option,
    PolicyRule,
    PrincipalRule,
    Rule,
    StatementRule,
    TextRule,
    key,
    listing,
    part,
    quote,
    subject_of,
)
from iamlint.rule.context import Context
from iamlint.rule.document import Document
from iamlint.syntax import Path, nearest

if TYPE_CHECKING:
    from iamlint.analyse.actions import action_covers, action_matches, action_meets, statement_matches_action
    from iamlint.analyse.conditions import parse_operator
    from iamlint.aws.partitions import PARTITIONS
    from iamlint.aws.quotas import Quota, counted, quota
    from iamlint.aws.regions import is_region, nearest_region, partition_of, regions
    from iamlint.aws.sensitive import sensitive_actions
    from iamlint.aws.service_principals import (
        ServicePrincipal,
        is_known_service_principal,
        parse_service_principal,
    )
    from iamlint.model.account import (
        AccessKey,
        Account,
        Attachment,
        Group,
        InlinePolicy,
        ManagedPolicy,
        PolicyText,
        Principal,
        Role,
        Root,
        User,
    )
    from iamlint.rule.exception import ExceptionUse
    from iamlint.rule.families.ages import age, is_older, key_name
    from iamlint.rule.families.arns import arn_faults, faulty_arns, is_account, is_key_arn, resource_forms
    from iamlint.rule.families.attached import attached_to, foreign_actions, foreign_resources, foreign_to_rcp
    from iamlint.rule.families.callers import caller_openings
    from iamlint.rule.families.condition_keys import (
        KeyUse,
        condition_key,
        faulty_keys,
        is_single_valued,
        is_template,
        key_fault,
        key_uses,
        lone_wildcards,
        misfit,
        nearest_condition_key,
    )
    from iamlint.rule.families.everyone import everyone_limit, everyone_named, names_accounts_only, second_opinion
    from iamlint.rule.families.grammar import POLICY_ELEMENTS, STATEMENT_ELEMENTS, type_name, wrong_elements
    from iamlint.rule.families.key_values import is_identifier, plain_values
    from iamlint.rule.families.guards import unguarded_keys
    from iamlint.rule.families.limits import (
        denials,
        denials_elsewhere,
        is_every_arn,
        is_whole_service,
        level_of,
        one_service_each,
        reaches,
    )
    from iamlint.rule.families.mfa import (
        has_other_conditions,
        mfa_condition,
        mfa_lock_out,
        mfa_reading,
        unhindered_request,
    )
    from iamlint.rule.families.missing import both, missing
    from iamlint.rule.families.names import (
        MOST_HINTS,
        MOST_PATTERNS,
        NamedAction,
        action_items,
        doubtful,
        has_wildcard,
        known_until,
        malformed,
        named_actions,
        resource_items,
    )
    from iamlint.rule.families.networks import loose_ranges, private_hits
    from iamlint.rule.families.openings import open_from_outside, open_without_mfa, opening_hit, opening_message
    from iamlint.rule.families.openness import (
        SENSITIVE_KEYS,
        VARIABLES,
        WILDCARDS,
        compared,
        has_loose,
        is_loose_user_id,
        is_pattern,
        masked,
        subjects,
        widens,
    )
    from iamlint.rule.families.pairs import mismatches
    from iamlint.rule.families.principals import GITHUB, has_key, oidc_principals
    from iamlint.rule.families.redundancy import identical_statements, redundant_entries
    from iamlint.rule.families.requests import LONG_LIVED, SESSION, may_be_user, witness
    from iamlint.rule.families.role_rights import CREATE_SLR, PASS_ROLE, role_right
    from iamlint.rule.families.scopable import is_all_actions, matching_services, reach, whole_service, whole_services
    from iamlint.rule.families.services import unknown_prefixes, unknown_principals
    from iamlint.rule.families.sizes import excess, size_hit
    from iamlint.rule.families.source_ip import source_ip_hits
    from iamlint.rule.families.tags import not_action_hits, untagged_hits
    from iamlint.rule.families.values import (
        date_of_number,
        empty_values,
        has_plain_wildcard,
        is_address,
        is_base64,
        is_boolean,
        is_date,
        is_null_if_exists,
        is_number,
    from iamlint.rule.families.supply import unsupplied_keys
        misfits,
        nearest_operator,
        operators,
    )
    from iamlint.rule.families.variables import COMPARING, Variable, variable_hits, variables, variables_read
    from iamlint.rule.families.whole import missing_fields, repeated_sids

_SHARED = {
    "iamlint.aws.partitions": ("PARTITIONS",),
    "iamlint.aws.quotas": (
        "Quota",
        "counted",
        "quota",
    ),
    "iamlint.aws.regions": (
        "is_region",
        "nearest_region",
        "partition_of",
        "regions",
    ),
    "iamlint.aws.sensitive": ("sensitive_actions",),
    "iamlint.aws.service_principals": (
        "ServicePrincipal",
        "is_known_service_principal",
        "parse_service_principal",
    ),
    "iamlint.analyse.actions": (
        "action_covers",
        "action_matches",
        "action_meets",
        "statement_matches_action",
    ),
    "iamlint.analyse.conditions": ("parse_operator",),
    "iamlint.rule.exception": ("ExceptionUse",),
    "iamlint.rule.families.ages": (
        "age",
        "is_older",
        "key_name",
    ),
    "iamlint.rule.families.arns": (
        "arn_faults",
        "faulty_arns",
        "is_account",
        "is_key_arn",
        "resource_forms",
    ),
    "iamlint.rule.families.attached": (
        "attached_to",
        "foreign_actions",
        "foreign_resources",
        "foreign_to_rcp",
    ),
    "iamlint.rule.families.callers": ("caller_openings",),
    "iamlint.rule.families.condition_keys": (
        "KeyUse",
        "condition_key",
        "faulty_keys",
        "is_single_valued",
        "is_template",
        "key_fault",
        "key_uses",
        "lone_wildcards",
        "misfit",
        "nearest_condition_key",
    ),
    "iamlint.rule.families.everyone": (
        "everyone_limit",
        "everyone_named",
        "names_accounts_only",
        "second_opinion",
    ),
    "iamlint.rule.families.grammar": (
        "POLICY_ELEMENTS",
        "STATEMENT_ELEMENTS",
        "type_name",
        "wrong_elements",
    ),
    "iamlint.rule.families.key_values": (
        "is_identifier",
        "plain_values",
    ),
    "iamlint.rule.families.limits": (
        "denials",
        "denials_elsewhere",
        "is_every_arn",
        "is_whole_service",
        "level_of",
        "one_service_each",
        "reaches",
    ),
    "iamlint.rule.families.mfa": (
        "has_other_conditions",
        "mfa_condition",
        "mfa_lock_out",
    "iamlint.rule.families.guards": ("unguarded_keys",),
        "mfa_reading",
        "unhindered_request",
    ),
    "iamlint.rule.families.missing": (
        "both",
        "missing",
    ),
    "iamlint.rule.families.names": (
        "MOST_HINTS",
        "MOST_PATTERNS",
        "NamedAction",
        "action_items",
        "doubtful",
        "has_wildcard",
        "known_until",
        "malformed",
        "named_actions",
        "resource_items",
    ),
    "iamlint.rule.families.networks": (
        "loose_ranges",
        "private_hits",
    ),
    "iamlint.rule.families.openings": (
        "open_from_outside",
        "open_without_mfa",
        "opening_hit",
        "opening_message",
    ),
    "iamlint.rule.families.openness": (
        "SENSITIVE_KEYS",
        "VARIABLES",
        "WILDCARDS",
        "compared",
        "has_loose",
        "is_loose_user_id",
        "is_pattern",
        "masked",
        "subjects",
        "widens",
    ),
    "iamlint.rule.families.pairs": ("mismatches",),
    "iamlint.rule.families.principals": (
        "GITHUB",
        "has_key",
        "oidc_principals",
    ),
    "iamlint.rule.families.redundancy": (
        "identical_statements",
        "redundant_entries",
    ),
    "iamlint.rule.families.requests": (
        "LONG_LIVED",
        "SESSION",
        "may_be_user",
        "witness",
    ),
    "iamlint.rule.families.role_rights": (
        "CREATE_SLR",
        "PASS_ROLE",
        "role_right",
    ),
    "iamlint.rule.families.scopable": (
        "is_all_actions",
        "matching_services",
        "reach",
        "whole_service",
        "whole_services",
    ),
    "iamlint.rule.families.services": (
        "unknown_prefixes",
        "unknown_principals",
    ),
    "iamlint.rule.families.sizes": (
        "excess",
        "size_hit",
    ),
    "iamlint.rule.families.source_ip": ("source_ip_hits",),
    "iamlint.rule.families.tags": (
        "not_action_hits",
        "untagged_hits",
    ),
    "iamlint.rule.families.values": (
        "date_of_number",
        "empty_values",
        "has_plain_wildcard",
        "is_address",
        "is_base64",
        "is_boolean",
        "is_date",
        "is_null_if_exists",
        "is_number",
        "misfits",
        "nearest_operator",
        "operators",
    ),
    "iamlint.rule.families.variables": (
        "COMPARING",
        "Variable",
        "variable_hits",
        "variables",
        "variables_read",
    ),
    "iamlint.rule.families.whole": (
    "iamlint.rule.families.supply": ("unsupplied_keys",),
        "missing_fields",
        "repeated_sids",
    ),
}
"""Module → the names that it gives."""
_HOMES = {name: module for module, names in _SHARED.items() for name in names}

__all__ = [
    "ALL_KINDS",
    "COMPARING",
    "CREATE_SLR",
    "GITHUB",
    "GRANTING_KINDS",
    "IDENTITY_KINDS",
    "LONG_LIVED",
    "MOST_HINTS",
    "MOST_PATTERNS",
    "PARTITIONS",
    "PASS_ROLE",
    "POLICY_ELEMENTS",
    "PRINCIPAL_KINDS",
    "RESOURCE_KINDS",
    "SENSITIVE_KEYS",
    "SESSION",
    "STATEMENT_ELEMENTS",
    "VARIABLES",
    "WILDCARDS",
    "AccessKey",
    "Account",
    "AccountRule",
    "Attachment",
    "Bad",
    "Condition",
    "Context",
    "Document",
    "ExceptionRule",
    "ExceptionUse",
    "ExportRule",
    "Fact",
    "Good",
    "Group",
    "HeldPolicyRule",
    "Hit",
    "InlinePolicy",
    "Item",
    "KeyUse",
    "ManagedPolicy",
    "NamedAction",
    "NotKnown",
    "Note",
    "Option",
    "Path",
    "Place",
    "Policy",
    "PolicyRule",
    "PolicyText",
    "Principal",
    "PrincipalItem",
    "PrincipalRule",
    "Quota",
    "Role",
    "Root",
    "Rule",
    "ServicePrincipal",
    "Severity",
    "Spot",
    "Statement",
    "StatementRule",
    "Subject",
    "TextRule",
    "Unknown",
    "User",
    "Variable",
    "action_covers",
    "action_items",
    "action_matches",
    "action_meets",
    "age",
    "arn_faults",
    "attached_to",
    "both",
    "caller_openings",
    "compared",
    "condition_key",
    "counted",
    "date_of_number",
    "denials",
    "denials_elsewhere",
    "doubtful",
    "empty_values",
    "everyone_limit",
    "everyone_named",
    "excess",
    "faulty_arns",
    "faulty_keys",
    "foreign_actions",
    "foreign_resources",
    "foreign_to_rcp",
    "has_key",
    "has_loose",
    "has_other_conditions",
    "has_plain_wildcard",
    "has_wildcard",
    "identical_statements",
    "is_account",
    "is_address",
    "is_all_actions",
    "is_base64",
    "is_boolean",
    "is_date",
    "is_every_arn",
    "is_identifier",
    "is_key_arn",
    "is_known_service_principal",
    "is_loose_user_id",
    "is_null_if_exists",
    "is_number",
    "is_older",
    "is_pattern",
    "is_region",
    "is_single_valued",
    "is_template",
    "is_whole_service",
    "key",
    "key_fault",
    "key_name",
    "key_uses",
    "known",
    "known_until",
    "level_of",
    "listing",
    "lone_wildcards",
    "loose_ranges",
    "malformed",
    "masked",
    "matching_services",
    "may_be_user",
    "mfa_condition",
    "mfa_lock_out",
    "mfa_reading",
    "misfit",
    "misfits",
    "mismatches",
    "missing",
    "missing_fields",
    "named_actions",
    "names_accounts_only",
    "nearest",
    "nearest_condition_key",
    "nearest_operator",
    "nearest_region",
    "not_action_hits",
    "oidc_principals",
    "one_service_each",
    "open_from_outside",
    "open_without_mfa",
    "opening_hit",
    "opening_message",
    "operators",
    "parse_operator",
    "parse_service_principal",
    "part",
    "partition_of",
    "plain_values",
    "private_hits",
    "quota",
    "quote",
    "reach",
    "reaches",
    "redundant_entries",
    "regions",
    "repeated_sids",
    "resource_forms",
    "resource_items",
    "role_right",
    "second_opinion",
    "sensitive_actions",
    "size_hit",
    "source_ip_hits",
    "statement_matches_action",
    "subject_of",
    "subjects",
    "type_name",
    "unhindered_request",
    "unknown_prefixes",
    "unknown_principals",
    "untagged_hits",
    "variable_hits",
    "variables",
    "variables_read",
    "whole_service",
    "whole_services",
    "widens",
    "witness",
    "wrong_elements",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # asked once
    return value
    "unguarded_keys",
    "unsupplied_keys",
