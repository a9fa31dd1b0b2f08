"""The names of `iamlint.rule` with their types; `__init__.py` says where a run finds them."""

from iamlint.analyse.actions import (
    action_covers as action_covers,
    action_matches as action_matches,
    action_meets as action_meets,
    statement_matches_action as statement_matches_action,
)
from iamlint.analyse.conditions import (
    parse_operator as parse_operator,
)
from iamlint.aws.key_groups import (
    IS_SERVICE as IS_SERVICE,
    ORGANIZATION_KEYS as ORGANIZATION_KEYS,
    PRINCIPAL_KEYS as PRINCIPAL_KEYS,
    SOURCE_KEYS as SOURCE_KEYS,
)
from iamlint.aws.partitions import (
    PARTITIONS as PARTITIONS,
)
from iamlint.aws.quotas import (
    Quota as Quota,
    counted as counted,
    quota as quota,
)
from iamlint.aws.regions import (
    is_region as is_region,
    nearest_region as nearest_region,
    partition_of as partition_of,
    regions as regions,
)
from iamlint.aws.sensitive import (
    sensitive_actions as sensitive_actions,
)
from iamlint.aws.service_principals import (
    ServicePrincipal as ServicePrincipal,
    is_known_service_principal as is_known_service_principal,
    parse_service_principal as parse_service_principal,
)
from iamlint.finding import (
    Draft as Draft,
    Hit as Hit,
    Note as Note,
    Place as Place,
    Severity as Severity,
    Subject as Subject,
)
from iamlint.model import (
    Condition as Condition,
    Item as Item,
    Policy as Policy,
    PrincipalItem as PrincipalItem,
    Spot as Spot,
    Statement as Statement,
)
from iamlint.model.account import (
    AccessKey as AccessKey,
    Account as Account,
    Attachment as Attachment,
    Group as Group,
    InlinePolicy as InlinePolicy,
    ManagedPolicy as ManagedPolicy,
    PolicyText as PolicyText,
    Principal as Principal,
    Role as Role,
    Root as Root,
    User as User,
)
from iamlint.model.fact import (
    Fact as Fact,
    NotKnown as NotKnown,
    Unknown as Unknown,
    known as known,
)
from iamlint.model.policy import (
    STATEMENT_ELEMENTS as STATEMENT_ELEMENTS,
)
from iamlint.rule.base import (
    ALL_KINDS as ALL_KINDS,
    GRANTING_KINDS as GRANTING_KINDS,
    IDENTITY_KINDS as IDENTITY_KINDS,
    PRINCIPAL_KINDS as PRINCIPAL_KINDS,
    RESOURCE_KINDS as RESOURCE_KINDS,
    AccountRule as AccountRule,
    Bad as Bad,
    ExceptionRule as ExceptionRule,
    ExportRule as ExportRule,
    Good as Good,
    HeldPolicyRule as HeldPolicyRule,
    Option as Option,
    PolicyRule as PolicyRule,
    PrincipalRule as PrincipalRule,
    Rule as Rule,
    StatementRule as StatementRule,
    TextRule as TextRule,
    key as key,
    listing as listing,
    part as part,
    quote as quote,
    subject_of as subject_of,
)
from iamlint.rule.context import (
    Context as Context,
)
from iamlint.rule.document import (
    Document as Document,
)
from iamlint.rule.exception import (
    ExceptionUse as ExceptionUse,
    Numbered as Numbered,
)
from iamlint.rule.families.action_lists import (
    instead_of_not_action as instead_of_not_action,
    of_services as of_services,
    to_services as to_services,
)
from iamlint.rule.families.ages import (
    age as age,
    is_older as is_older,
    key_name as key_name,
)
from iamlint.rule.families.arn_scopes import (
    instead_of_not_resource as instead_of_not_resource,
    scoped as scoped,
)
from iamlint.rule.families.arns import (
    arn_faults as arn_faults,
    arn_written as arn_written,
    faulty_arns as faulty_arns,
    fields_added as fields_added,
    is_account as is_account,
    is_key_arn as is_key_arn,
    resource_forms as resource_forms,
)
from iamlint.rule.families.assumable import (
    holders_of_all as holders_of_all,
)
from iamlint.rule.families.attached import (
    attached_to as attached_to,
    foreign_actions as foreign_actions,
    foreign_resources as foreign_resources,
    foreign_to_rcp as foreign_to_rcp,
)
from iamlint.rule.families.blocks import (
    contradictions as contradictions,
    tautologies as tautologies,
    without as without,
)
from iamlint.rule.families.callers import (
    caller_openings as caller_openings,
)
from iamlint.rule.families.condition_keys import (
    KeyUse as KeyUse,
    condition_key as condition_key,
    faulty_keys as faulty_keys,
    is_single_valued as is_single_valued,
    is_template as is_template,
    key_fault as key_fault,
    key_uses as key_uses,
    lone_wildcards as lone_wildcards,
    misfit as misfit,
    nearest_condition_key as nearest_condition_key,
)
from iamlint.rule.families.covered_values import (
    covered_values as covered_values,
)
from iamlint.rule.families.drafts import (
    MOST_ENTRIES as MOST_ENTRIES,
    condition_added as condition_added,
    condition_out as condition_out,
    dead_statement_out as dead_statement_out,
    entry_out as entry_out,
    entry_written as entry_written,
    key_written as key_written,
    moved as moved,
    operator_written as operator_written,
    renamed as renamed,
    taken_out as taken_out,
    under as under,
    version_written as version_written,
    written as written,
)
from iamlint.rule.families.escalation import (
    action_path as action_path,
    chain_hit as chain_hit,
    escalation_of as escalation_of,
    is_administrator as is_administrator,
    self_made_hit as self_made_hit,
)
from iamlint.rule.families.everyone import (
    everyone_limit as everyone_limit,
    everyone_named as everyone_named,
    names_accounts_only as names_accounts_only,
    second_opinion as second_opinion,
)
from iamlint.rule.families.forbidden import (
    breaches as breaches,
    held_breaches as held_breaches,
)
from iamlint.rule.families.foreign_trust import (
    foreign_trusts as foreign_trusts,
)
from iamlint.rule.families.grammar import (
    POLICY_ELEMENTS as POLICY_ELEMENTS,
    type_name as type_name,
    wrong_elements as wrong_elements,
)
from iamlint.rule.families.guards import (
    unguarded_keys as unguarded_keys,
)
from iamlint.rule.families.key_values import (
    is_identifier as is_identifier,
    plain_values as plain_values,
)
from iamlint.rule.families.limits import (
    denials as denials,
    denials_elsewhere as denials_elsewhere,
    is_every_arn as is_every_arn,
    is_whole_service as is_whole_service,
    level_of as level_of,
    one_service_each as one_service_each,
    reaches as reaches,
)
from iamlint.rule.families.limits_lost import (
    boundary_holes as boundary_holes,
    entry_spot as entry_spot,
    makes_administrators as makes_administrators,
    stronger_versions as stronger_versions,
)
from iamlint.rule.families.meaning import (
    allows_everything as allows_everything,
    covered_statements as covered_statements,
    dead_allows as dead_allows,
    idle_denies as idle_denies,
    is_complement as is_complement,
)
from iamlint.rule.families.meant import (
    meant_base64 as meant_base64,
    meant_boolean as meant_boolean,
    meant_date as meant_date,
    meant_network as meant_network,
    meant_number as meant_number,
)
from iamlint.rule.families.mfa import (
    has_other_conditions as has_other_conditions,
    mfa_asked as mfa_asked,
    mfa_condition as mfa_condition,
    mfa_lock_out as mfa_lock_out,
    mfa_reading as mfa_reading,
    unhindered_request as unhindered_request,
)
from iamlint.rule.families.missing import (
    both as both,
    missing as missing,
)
from iamlint.rule.families.names import (
    MOST_HINTS as MOST_HINTS,
    MOST_PATTERNS as MOST_PATTERNS,
    NamedAction as NamedAction,
    action_items as action_items,
    doubtful as doubtful,
    has_wildcard as has_wildcard,
    known_until as known_until,
    malformed as malformed,
    named_actions as named_actions,
    resource_items as resource_items,
)
from iamlint.rule.families.networks import (
    loose_ranges as loose_ranges,
    private_hits as private_hits,
)
from iamlint.rule.families.new_denies import (
    enrolment_left_open as enrolment_left_open,
    mfa_deny as mfa_deny,
    plain_http_deny as plain_http_deny,
    source_ip_deny as source_ip_deny,
)
from iamlint.rule.families.openings import (
    open_from_outside as open_from_outside,
    open_without_mfa as open_without_mfa,
    opening_hit as opening_hit,
    opening_message as opening_message,
)
from iamlint.rule.families.openness import (
    SENSITIVE_KEYS as SENSITIVE_KEYS,
    VARIABLES as VARIABLES,
    WILDCARDS as WILDCARDS,
    compared as compared,
    has_loose as has_loose,
    is_loose_user_id as is_loose_user_id,
    is_pattern as is_pattern,
    masked as masked,
    subjects as subjects,
    widens as widens,
)
from iamlint.rule.families.pairs import (
    mismatches as mismatches,
)
from iamlint.rule.families.principals import (
    GITHUB as GITHUB,
    Provider as Provider,
    names_source as names_source,
    oidc_principals as oidc_principals,
    provider_of as provider_of,
    service_principals as service_principals,
    tested_issuers as tested_issuers,
    unique_ids as unique_ids,
)
from iamlint.rule.families.rcp import (
    compared_keys as compared_keys,
    is_for_services as is_for_services,
)
from iamlint.rule.families.recast import (
    as_arns as as_arns,
    as_patterns as as_patterns,
    guarded as guarded,
    recast as recast,
    respelt as respelt,
    with_quantifier as with_quantifier,
)
from iamlint.rule.families.redundancy import (
    identical_statements as identical_statements,
    redundant_entries as redundant_entries,
)
from iamlint.rule.families.registered import (
    is_rotating as is_rotating,
    overdue as overdue,
    undocumented as undocumented,
)
from iamlint.rule.families.requests import (
    LONG_LIVED as LONG_LIVED,
    SESSION as SESSION,
    may_be_user as may_be_user,
    witness as witness,
)
from iamlint.rule.families.role_rights import (
    CREATE_SLR as CREATE_SLR,
    PASS_ROLE as PASS_ROLE,
    role_right as role_right,
)
from iamlint.rule.families.scopable import (
    is_all_actions as is_all_actions,
    matching_services as matching_services,
    reach as reach,
    whole_service as whole_service,
    whole_services as whole_services,
)
from iamlint.rule.families.services import (
    unknown_prefixes as unknown_prefixes,
    unknown_principals as unknown_principals,
)
from iamlint.rule.families.sizes import (
    excess as excess,
    size_hit as size_hit,
)
from iamlint.rule.families.source_ip import (
    source_ip_hits as source_ip_hits,
    spared as spared,
)
from iamlint.rule.families.spelling import (
    is_region_misspelt as is_region_misspelt,
    is_slip as is_slip,
    meant_action as meant_action,
    meant_key_written as meant_key_written,
    meant_service as meant_service,
    well_formed as well_formed,
)
from iamlint.rule.families.strangers import (
    is_closed as is_closed,
    opening as opening,
    replayable as replayable,
)
from iamlint.rule.families.supply import (
    unsupplied_keys as unsupplied_keys,
)
from iamlint.rule.families.tags import (
    not_action_hits as not_action_hits,
    untagged_hits as untagged_hits,
)
from iamlint.rule.families.ties import (
    for_own_accounts as for_own_accounts,
    for_own_repositories as for_own_repositories,
    for_own_tokens as for_own_tokens,
    own_principals as own_principals,
    whole_subject as whole_subject,
)
from iamlint.rule.families.transport import (
    plain_http as plain_http,
)
from iamlint.rule.families.types import (
    righted as righted,
)
from iamlint.rule.families.values import (
    date_of_number as date_of_number,
    empty_values as empty_values,
    has_plain_wildcard as has_plain_wildcard,
    is_address as is_address,
    is_base64 as is_base64,
    is_boolean as is_boolean,
    is_date as is_date,
    is_null_if_exists as is_null_if_exists,
    is_number as is_number,
    misfits as misfits,
    nearest_operator as nearest_operator,
    operators as operators,
    without_values as without_values,
)
from iamlint.rule.families.variables import (
    COMPARING as COMPARING,
    Variable as Variable,
    variable_hits as variable_hits,
    variables as variables,
    variables_read as variables_read,
)
from iamlint.rule.families.whole import (
    is_valid_sid as is_valid_sid,
    missing_fields as missing_fields,
    repeated_sids as repeated_sids,
    sid_given as sid_given,
    valid_sids as valid_sids,
)
from iamlint.syntax import (
    Path as Path,
    nearest as nearest,
)
from iamlint.syntax.change import (
    Drop as Drop,
    Insert as Insert,
    Put as Put,
    Rename as Rename,
)
