"""Rules about accounts: which can run with the exports at hand, what they say, what stays unchecked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from iamlint.engine.dispatch import Crash
from iamlint.finding import Hit, NotChecked, PolicyRef, Subject
from iamlint.load import PolicyDocument
from iamlint.model.account import Account, ManagedPolicy
from iamlint.model.fact import NotKnown, Unknown
from iamlint.record import NamedTuple
from iamlint.rule import AccountRule, Context, HeldPolicyRule, PrincipalRule, Rule, subject_of
from iamlint.rule.base import ExportRule

_USERS = "for u in $(aws iam list-users --query 'Users[].UserName' --output text); do"
_KEYS = "for k in $(grep -o 'AKIA[A-Z0-9]*' access-keys.json | sort -u); do"
COMMANDS: Final[Mapping[str, str]] = {
    "account-authorization-details": "aws iam get-account-authorization-details --output json > gaad.json",
    "credential-report": 'until [ "$(aws iam generate-credential-report --query State --output text)" = COMPLETE ]; do '
    "sleep 2; done; aws iam get-credential-report --output json > credential-report.json",
    "access-keys": f'{_USERS} aws iam list-access-keys --user-name "$u" --output json; done > access-keys.json',
    "access-key-last-used": f'{_KEYS} printf \'{{"AccessKeyId":"%s","Answer":%s}}\\n\' "$k" '
    '"$(aws iam get-access-key-last-used --access-key-id "$k" --output json)"; done > access-key-last-used.jsonl',
    "mfa-devices": f'{_USERS} aws iam list-mfa-devices --user-name "$u" --output json; done > mfa-devices.json',
    "account-summary": "aws iam get-account-summary --output json > account-summary.json",
    "password-policy": "aws iam get-account-password-policy --output json > password-policy.json",
    "users": "aws iam list-users --output json > users.json",
    "service-specific-credentials": f'{_USERS} aws iam list-service-specific-credentials --user-name "$u" '
    "--output json; done > service-specific-credentials.json",
    "ssh-public-keys": f'{_USERS} aws iam list-ssh-public-keys --user-name "$u" --output json; done '
    "> ssh-public-keys.json",
    "signing-certificates": f'{_USERS} aws iam list-signing-certificates --user-name "$u" --output json; done '
    "> signing-certificates.json",
    "service-last-accessed": "for a in $(aws iam list-users --query 'Users[].Arn' --output text); do "
    'j=$(aws iam generate-service-last-accessed-details --arn "$a" --granularity ACTION_LEVEL --query JobId '
    '--output text); sleep 2; printf \'{"Arn":"%s","Answer":%s}\\n\' "$a" "$(aws iam '
    'get-service-last-accessed-details --job-id "$j" --max-items 1000 --output json)"; done '
    "> service-last-accessed.jsonl",
    "register": "iamlint lockdown SNAPSHOT --out DIR",
    "usage": "iamlint usage TRAIL --out usage.parquet; then --usage usage.parquet",
    "identity-providers": "aws iam list-open-id-connect-providers --output json > oidc-providers.json; "
    "aws iam list-saml-providers --output json > saml-providers.json",
    "organizations": "mkdir -p organizations/policies organizations/targets organizations/parents; "
    "for t in SERVICE_CONTROL_POLICY RESOURCE_CONTROL_POLICY; do "
    "for p in $(aws organizations list-policies --filter $t --query 'Policies[].Id' --output text); do "
    "aws organizations describe-policy --policy-id $p > organizations/policies/$p.json; "
    "aws organizations list-targets-for-policy --policy-id $p > organizations/targets/$p.json; done; done; "
    "c=ACCOUNT_ID; while :; do aws organizations list-parents --child-id $c > organizations/parents/$c.json; "
    "c=$(grep -o '\"\\(ou\\|r\\)-[^\"]*\"' organizations/parents/$c.json | tr -d '\"'); "
    "case $c in r-*|'') break;; esac; done",
}
"""The command that makes each export."""

FEW: Final = 10
"""Principals of one rule that are told one by one as not checked; more are told together."""


class Judged(NamedTuple):
    """What the rules say of one account."""

    hits: list[Hit]
    crashes: list[Crash]
    not_checked: list[NotChecked]


def judge(account: Account, rules: Iterable[Rule], ctx: Context) -> Judged:
    """Runs all rules about accounts over `account`. Every hit has a subject."""
    judged = Judged([], [], [])
    for rule in rules:
        if not isinstance(rule, ExportRule) or (rule.asks_for and not ctx.tells(rule.asks_for)):
            continue
        missing = _missing(rule, account, ctx)
        judged.not_checked.extend(missing)
        if missing:
            continue
        unknown: dict[tuple[str, ...], list[Subject]] = {}
        if isinstance(rule, (PrincipalRule, HeldPolicyRule)):
            check = rule.check if isinstance(rule, PrincipalRule) else rule.check_principal
            for principal in account.principals:
                if principal.kind in rule.principals:
                    subject = subject_of(principal, account)
                    _try(rule, partial(check, principal, account, ctx), subject, judged, unknown)
        elif isinstance(rule, AccountRule):
            subject = subject_of(account, account)
            _try(rule, partial(rule.check, account, ctx), subject, judged, unknown)
        judged.not_checked.extend(_unknown(rule, account, unknown))
    return judged


def policy_ref(source: object) -> PolicyRef | None:
    """Which policy a place is in; None where it is in none."""
    return source.ref if isinstance(source, PolicyDocument) else None


def managed_ref(policy: ManagedPolicy) -> PolicyRef:
    """A managed policy as a whole."""
    document = policy.document
    kind = "identity" if isinstance(document, Unknown) else document.kind
    return PolicyRef(kind, policy.name, policy.arn, None, policy.attached_to)


def _try(
    rule: Rule,
    check: Callable[[], Iterator[Hit]],
    subject: Subject,
    judged: Judged,
    unknown: dict[tuple[str, ...], list[Subject]],
) -> None:
    try:
        for hit in check():
            judged.hits.append(hit if hit.subject is not None else hit._replace(subject=subject))
    except NotKnown as lack:
        unknown.setdefault(lack.needs, []).append(subject)
    except Exception as error:  # a fault of the rule must neither stop the run nor pass for a clean result
        judged.crashes.append(Crash(rule.id, error))


def _missing(rule: ExportRule, account: Account, ctx: Context) -> list[NotChecked]:
    """What the rule cannot do without and the account lacks."""
    there = account.exports if ctx.register is None else account.exports | {"register"}
    there = there if ctx.sightings is None else there | {"usage"}
    subject = subject_of(account, account)
    groups = [(need,) if isinstance(need, str) else need for need in rule.needs]
    return [_not_checked(rule, subject, group) for group in groups if there.isdisjoint(group)]


def _unknown(
    rule: ExportRule, account: Account, unknown: Mapping[tuple[str, ...], list[Subject]]
) -> Iterator[NotChecked]:
    whole = subject_of(account, account)
    for needs, subjects in unknown.items():
        for subject in subjects if len(subjects) <= FEW else (whole,):
            yield _not_checked(rule, subject, needs)
    needed = {name for need in rule.needs for name in ((need,) if isinstance(need, str) else need)}
    for name in sorted(account.incomplete & needed):
        yield _not_checked(rule, whole, (name,))


def _not_checked(rule: Rule, subject: Subject, needs: tuple[str, ...]) -> NotChecked:
    return NotChecked(rule.id, subject, " or ".join(needs), COMMANDS.get(needs[0], ""))
