"""Whom a statement lets in that names everyone: what its conditions, and Deny statements beside it, leave of that.

What counts as a fixed circle follows "Blocking public access to your Amazon S3 storage", section "The meaning of
public" (Amazon S3 User Guide), with keys that came later. An allowed network is a limit here, no fixed circle:
addresses are shared and change hands, and whoever calls from there needs no credentials.
"""

from collections.abc import Iterator
from typing import Final

from iamlint.analyse.actions import action_covers
from iamlint.analyse.conditions import Operator, parse_operator
from iamlint.analyse.resources import FIELDS, completed
from iamlint.analyse.wildcards import covers
from iamlint.model import Condition, Policy, PrincipalItem, Statement
from iamlint.model.cached import kept
from iamlint.rule.families.limits import is_every_arn

CIRCLES: Final = {
    "aws:principalaccount": "id",
    "aws:principalarn": "arn",
    "aws:principalorgid": "id",
    "aws:principalorgpaths": "path",
    "aws:sourceaccount": "id",
    "aws:sourcearn": "arn",
    "aws:sourceorgid": "id",
    "aws:sourceorgpaths": "path",
    "aws:sourceowner": "id",
    "aws:sourcevpc": "id",
    "aws:sourcevpcarn": "arn",
    "aws:sourcevpce": "id",
    "aws:userid": "session",
    "aws:vpceaccount": "id",
    "aws:vpceorgid": "id",
    "aws:vpceorgpaths": "path",
    "kms:calleraccount": "id",
    "s3:dataaccesspointaccount": "id",
    "s3:dataaccesspointarn": "arn",
}
"""Condition keys that no outsider can bring to a wanted value, and how their values are read."""

NARROWING: Final = ("aws:principalservicename", "aws:principalservicenameslist", "sts:externalid")
_OWNERS: Final = ("${aws:ResourceAccount}", "${aws:ResourceOrgID}", "${aws:ResourceOrgPaths}")
"""Variables whose value is fixed by the resource."""
_MOST_COMPARISONS = 100_000
"""Pairs of patterns compared per policy; no policy that AWS accepts needs so many. What lies beyond limits nothing."""


def everyone_limit(statement: Statement) -> tuple[str | None, Condition | None]:
    """Who is left of everyone, as the level of a finding, and the condition that limits it most.

    `full`: everyone, or whoever chooses to fit. `limited`: a network, a shared secret, or what AWS services do for
    anybody; or a Deny of the policy keeps strangers out. None: only named accounts, organizations, principals or
    resources, or nobody.
    """
    variables = statement.policy.has_variables
    graded = [(_grade(condition, variables), condition) for condition in statement.conditions]
    found = next((condition for grade, condition in graded if grade == "fixed"), None)
    if found is not None:
        return None, found
    narrowing = next((condition for grade, condition in graded if grade == "narrow"), None)
    for escapes, deny in _denials(statement.policy).covering(statement):
        if escapes == "nobody":
            return None, None
        narrowing = narrowing or deny.conditions[0]
    return ("limited" if narrowing else "full"), narrowing


def everyone_named(statement: Statement) -> PrincipalItem | None:
    """The first principal that is everyone."""
    return next((principal for principal in statement.principals if principal.is_everyone), None)


def names_accounts_only(statement: Statement) -> bool:
    """True iff all principals are whole accounts: `111122223333` or `arn:aws:iam::111122223333:root`."""
    principals = statement.principals
    return bool(principals) and all(p.type == "AWS" and _is_account(p.text) for p in principals)


def _is_account(text: str) -> bool:
    if text.startswith("arn:") and text.endswith(":root"):
        text = text[4:-5].partition(":iam::")[2]
    return len(text) == 12 and text.isascii() and text.isdigit()


def _grade(condition: Condition, variables: bool) -> str:
    """`fixed`, `narrow` or `open`: whom the condition lets through."""
    operator = parse_operator(condition.operator)
    if operator is None or operator.negated or operator.holds_without_key:
        return "open"
    return _values_grade(condition, operator, variables)


def _escapes(deny: Statement, variables: bool) -> str:
    """Whom a Deny for everyone spares: `nobody`, a `fixed` circle, a `narrow` one, or `open`.

    A request escapes through any one of the conditions.
    """
    worst = "nobody"
    if deny.value.get("Condition") and not deny.conditions:
        return "open"
    for condition in deny.conditions:
        operator = parse_operator(condition.operator)
        grade = "open"
        if operator is not None and operator.negated and operator.holds_without_key:
            grade = _values_grade(condition, operator, variables)
        elif _is_bool(condition, operator, "aws:principalisawsservice", "false"):
            grade = "narrow"
        worst = max(worst, grade, key=("nobody", "fixed", "narrow", "open").index)
    return worst


def _values_grade(condition: Condition, operator: Operator, variables: bool) -> str:
    """Whose requests have one of the condition's values."""
    key, texts = condition.key.lower(), [item.text for item in condition.values]
    like = operator.family == "Arn" or operator.name.endswith("Like")
    if operator.family in ("String", "Arn"):
        if key in CIRCLES and all(is_fixed(text, CIRCLES[key], like, variables) for text in texts):
            return "fixed"
        if key in NARROWING and all(is_plain(text, like, variables) for text in texts):
            return "narrow"
    if operator.family == "IpAddress" and key == "aws:sourceip" and all(map(is_network, texts)):
        return "narrow"
    if any(_is_bool(condition, operator, name, "true") for name in TRUE_FOR_SERVICES):
        return "narrow"
    return "open"


# Amazon EFS User Guide, "Blocking public access to EFS file systems": through a mount target, so from inside its VPC.
TRUE_FOR_SERVICES: Final = ("aws:principalisawsservice", "elasticfilesystem:accessedviamounttarget")


def _is_bool(condition: Condition, operator: Operator | None, key: str, value: str) -> bool:
    if operator is None or operator.family != "Bool" or condition.key.lower() != key:
        return False
    return all(item.text.lower() == value for item in condition.values)


def is_plain(text: str, like: bool, variables: bool) -> bool:
    """True iff only one text fits: no wildcard, no variable."""
    return not (like and ("*" in text or "?" in text)) and not (variables and "${" in text)


def is_fixed(text: str, form: str, like: bool, variables: bool) -> bool:
    """True iff the value pins an account, organization, principal, network or resource, whatever it leaves open."""
    if variables:
        for owner in _OWNERS:
            text = text.replace(owner, "owner")
    if form == "arn":
        return _is_fixed_arn(text, like, variables)
    if form == "path" and "/" in text:
        text = text.partition("/")[0]
    elif form == "session" and ":" in text:
        text = text.partition(":")[0]
    return bool(text) and is_plain(text, like, variables)


def _is_fixed_arn(text: str, like: bool, variables: bool) -> bool:
    """True iff the account is named, or the bucket, whose name no two accounts share."""
    if is_plain(text, like, variables):
        return bool(text)
    fields = completed(text).split(":", FIELDS - 1)
    service, account, bucket = fields[2], fields[4], fields[5].partition("/")[0]
    if not service or not is_plain(service, like, variables):
        return False
    if service == "s3" and bucket and is_plain(bucket, like, variables):
        return True
    return bool(account) and is_plain(account, like, variables)


def is_network(text: str) -> bool:
    """True iff the range is one that a network can have: AWS calls what is wider than /8 (IPv6: /32) public."""
    from ipaddress import ip_network

    if len(text) > 100:
        return True  # no address, so it matches none
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return True
    return network.prefixlen >= (8 if network.version == 4 else 32)


class _Denials:
    """The Deny statements for everyone of a policy that let no strangers escape."""

    def __init__(self, policy: Policy) -> None:
        graded = [(_escapes(s, policy.has_variables), s) for s in policy.statements if s.denies and everyone_named(s)]
        self._closing = [(escapes, s) for escapes, s in graded if escapes != "open"]
        self._left_to_compare = _MOST_COMPARISONS

    def covering(self, allow: Statement) -> Iterator[tuple[str, Statement]]:
        """Whom each of them spares that names all actions and resources of `allow`, and itself."""
        if not self._closing:
            return
        actions = [item.text for item in allow.actions] if "Action" in allow else ["*"]
        resources = [item.text for item in allow.resources] if "Resource" in allow else ["*"]
        for escapes, deny in self._closing:
            denied, places = deny.actions, [item.text for item in deny.resources]
            self._left_to_compare -= len(actions) * len(denied) + len(resources) * len(places) + 1
            if self._left_to_compare < 0:
                return
            if all(any(action_covers(entry.text, action) for entry in denied) for action in actions) and (
                not any(element in s for element in ("Resource", "NotResource") for s in (deny, allow))
                or all(any(_arn_covers(place, resource) for place in places) for resource in resources)
            ):
                yield escapes, deny


_denials = kept(_Denials)


def _arn_covers(pattern: str, other: str) -> bool:
    if is_every_arn(pattern):
        return True
    ours, theirs = (completed(text).split(":", FIELDS - 1) for text in (pattern, other))
    return all(map(covers, ours, theirs))


def second_opinion(statement: Statement) -> bool | None:
    """Whether policyuniverse, too, calls the statement open to the internet; None where it cannot read the statement.

    It reads neither Deny statements nor how conditions combine, so its answer stands beside ours and decides nothing.
    Loaded only when there is something to tell: it reads all of its data when it is imported.
    """
    from policyuniverse.statement import Statement as TheirStatement

    try:
        return bool(TheirStatement(dict(statement.value)).is_internet_accessible())
    except Exception:  # whatever a hostile statement does to it must not cost our own finding
        return None
