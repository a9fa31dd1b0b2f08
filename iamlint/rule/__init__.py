"""Everything that a rule author imports.

What rules are made of is here at once; functions that families of rules share are loaded when a rule asks for them, so
that a rule which is not run costs nothing.
"""

from collections.abc import Callable
from importlib import import_module

from iamlint.finding import Draft, Hit, Note, Place, Severity, Subject
from iamlint.lazy import names_from
from iamlint.model import Condition, Item, Policy, PrincipalItem, Spot, Statement
from iamlint.model.fact import Fact, NotKnown, Unknown, known
from iamlint.model.policy import STATEMENT_ELEMENTS
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

_SHARED = {
    "iamlint.aws.key_groups": "IS_SERVICE ORGANIZATION_KEYS PRINCIPAL_KEYS SOURCE_KEYS",
    "iamlint.aws.partitions": "PARTITIONS",
    "iamlint.aws.quotas": "Quota counted quota",
    "iamlint.aws.regions": "is_region nearest_region partition_of regions",
    "iamlint.aws.sensitive": "sensitive_actions",
    "iamlint.aws.service_principals": "ServicePrincipal is_known_service_principal parse_service_principal",
    "iamlint.analyse.actions": "action_covers action_matches action_meets statement_matches_action",
    "iamlint.analyse.conditions": "parse_operator",
    ".exception": "ExceptionUse Numbered",
    "iamlint.syntax.change": "Drop Insert Put Rename",
    ".families.action_lists": "instead_of_not_action of_services to_services",
    ".families.ages": "age is_older key_name",
    ".families.arn_scopes": "instead_of_not_resource scoped",
    ".families.arns": "arn_faults arn_written faulty_arns fields_added is_account is_key_arn resource_forms",
    ".families.assumable": "holders_of_all",
    ".families.attached": "attached_to foreign_actions foreign_resources foreign_to_rcp",
    ".families.blocks": "contradictions tautologies without",
    ".families.callers": "caller_openings",
    ".families.condition_keys": (
        "KeyUse condition_key faulty_keys is_single_valued is_template key_fault key_uses lone_wildcards "
        "misfit nearest_condition_key"
    ),
    ".families.covered_values": "covered_values",
    ".families.drafts": (
        "MOST_ENTRIES condition_added condition_out dead_statement_out entry_out entry_written key_written "
        "moved operator_written renamed taken_out under version_written written"
    ),
    ".families.escalation": "action_path chain_hit escalation_of is_administrator self_made_hit",
    ".families.everyone": "everyone_limit everyone_named names_accounts_only second_opinion",
    ".families.forbidden": "breaches held_breaches",
    ".families.foreign_trust": "foreign_trusts",
    ".families.grammar": "POLICY_ELEMENTS type_name wrong_elements",
    ".families.guards": "unguarded_keys",
    ".families.key_values": "is_identifier plain_values",
    ".families.limits": "denials denials_elsewhere is_every_arn is_whole_service level_of one_service_each reaches",
    ".families.limits_lost": "boundary_holes entry_spot makes_administrators stronger_versions",
    ".families.meaning": "allows_everything covered_statements dead_allows idle_denies is_complement",
    ".families.meant": "meant_base64 meant_boolean meant_date meant_network meant_number",
    ".families.mfa": "has_other_conditions mfa_asked mfa_condition mfa_lock_out mfa_reading unhindered_request",
    ".families.missing": "both missing",
    ".families.names": (
        "MOST_HINTS MOST_PATTERNS NamedAction action_items doubtful has_wildcard known_until malformed "
        "named_actions resource_items"
    ),
    ".families.networks": "loose_ranges private_hits",
    ".families.new_denies": "enrolment_left_open mfa_deny plain_http_deny source_ip_deny",
    ".families.openings": "open_from_outside open_without_mfa opening_hit opening_message",
    ".families.openness": (
        "SENSITIVE_KEYS VARIABLES WILDCARDS compared has_loose is_loose_user_id is_pattern masked subjects widens"
    ),
    ".families.pairs": "mismatches",
    ".families.principals": (
        "GITHUB Provider names_source oidc_principals provider_of service_principals tested_issuers unique_ids"
    ),
    ".families.rcp": "compared_keys is_for_services",
    ".families.recast": "as_arns as_patterns guarded recast respelt with_quantifier",
    ".families.redundancy": "identical_statements redundant_entries",
    ".families.registered": "is_rotating overdue undocumented",
    ".families.requests": "LONG_LIVED SESSION may_be_user witness",
    ".families.role_rights": "CREATE_SLR PASS_ROLE role_right",
    ".families.scopable": "is_all_actions matching_services reach whole_service whole_services",
    ".families.services": "unknown_prefixes unknown_principals",
    ".families.sizes": "excess size_hit",
    ".families.source_ip": "source_ip_hits spared",
    ".families.spelling": "is_region_misspelt is_slip meant_action meant_key_written meant_service well_formed",
    ".families.strangers": "is_closed opening replayable",
    ".families.supply": "unsupplied_keys",
    ".families.tags": "not_action_hits untagged_hits",
    ".families.ties": "for_own_accounts for_own_repositories for_own_tokens own_principals whole_subject",
    ".families.transport": "plain_http",
    ".families.types": "righted",
    ".families.values": (
        "date_of_number empty_values has_plain_wildcard is_address is_base64 is_boolean is_date "
        "is_null_if_exists is_number misfits nearest_operator operators without_values"
    ),
    ".families.variables": "COMPARING Variable variable_hits variables variables_read",
    ".families.whole": "is_valid_sid missing_fields repeated_sids sid_given valid_sids",
}
"""Module → names of it that are loaded when a rule first asks for them; `__init__.pyi` has their types."""
_OF_DRAFTS = frozenset(f".families.{name}" for name in ("action_lists", "arn_scopes", "new_denies", "ties"))
"""Modules of nothing but functions that work out rewrites, which few runs ask for: loaded when one is called."""

_now = names_from(__name__, {home: names.split() for home, names in _SHARED.items() if home not in _OF_DRAFTS})
_later = {name: home for home in _OF_DRAFTS for name in _SHARED[home].split()}


def __getattr__(name: str) -> object:
    if name not in _later:
        return _now(name)
    value = globals()[name] = _when_called(_later[name], name)
    return value


def _when_called(module: str, name: str) -> Callable[..., object]:
    def call(*args: object, **kwargs: object) -> object:
        function: Callable[..., object] = getattr(import_module(module, __name__), name)
        return function(*args, **kwargs)

    return call
