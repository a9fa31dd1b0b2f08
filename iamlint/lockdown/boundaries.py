"""Permissions boundaries: one per class of users, the tightest that is known to keep what they hold without evidence.

It allows the actions that the users' policies grant, on every resource, since the policies say on which; and takes away
what gives rights: writing and attaching policies, making credentials for others, taking off second factors and
boundaries. Passing roles stays within the account.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from iamlint.analyse.actions import action_covers, action_meets
from iamlint.analyse.decide.compare import compare
from iamlint.analyse.narrowing.door import size_of
from iamlint.aws.catalogue import Catalogue
from iamlint.aws.quotas import quota
from iamlint.aws.sensitive import SENSITIVE
from iamlint.finding import Proof
from iamlint.lockdown.proposals import PREFIX, document
from iamlint.model import Policy
from iamlint.record import NamedTuple

_OWN: Final = ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:DeactivateMFADevice", "iam:UpdateLoginProfile")
"""What somebody may do about herself."""
GIVING_RIGHTS: Final = tuple(
    sorted(
        {
            *(action for group in SENSITIVE[:3] for action in group.actions),
            "iam:DeleteGroupPolicy",
            "iam:DeletePolicyVersion",
            "iam:DeleteRolePolicy",
            "iam:DeleteUserPolicy",
            "iam:DetachGroupPolicy",
            "iam:DetachRolePolicy",
            "iam:DetachUserPolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:PutUserPermissionsBoundary",
        }
        - set(_OWN)
    )
)
"""Actions that give rights, or take off what limits them."""
_OF_ADMINISTRATORS: Final = (
    "account:CloseAccount",
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
    "organizations:CloseAccount",
    "organizations:LeaveOrganization",
)
"""What an administrator's key is not for either."""
_REWRITING: Final = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")
"""What makes another policy of one that is somebody's boundary."""
_PASS: Final = "iam:PassRole"
_LINK: Final = "iam:CreateServiceLinkedRole"
_APART: Final = (*_OWN, _PASS, _LINK)
MOST_WORK: Final = 2_000_000


class Home(NamedTuple):
    """The account that a boundary is for."""

    partition: str
    account: str

    @property
    def own(self) -> list[str]:
        """The ARNs of whoever asks, with a path or without."""
        start = f"arn:{self.partition}:iam::{self.account}:user/"
        return [f"{start}${{aws:username}}", f"{start}*/${{aws:username}}"]

    @property
    def boundaries(self) -> str:
        """The ARNs of the boundaries that are proposed."""
        return f"arn:{self.partition}:iam::{self.account}:policy/{PREFIX}boundary-*"

    @property
    def roles(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:role/*"

    @property
    def linked_roles(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:role/aws-service-role/*"


def granted(policies: Iterable[Policy], catalogue: Catalogue) -> frozenset[str] | None:
    """The action entries that the policies grant, in lower case; None where they cannot be listed: `*`, `NotAction`.

    Entries that no action of today fits are left out, and so are those that give rights. None also where a pattern
    takes in actions that a boundary treats apart.
    """
    found: set[str] = set()
    for policy in policies:
        for statement in policy.statements:
            if not statement.allows:
                continue
            if "NotAction" in statement:
                return None
            for item in statement.actions:
                entry = item.text.lower()
                is_kept = _is_kept(entry, catalogue)
                if is_kept is None:
                    return None
                if is_kept:
                    found.add(entry)
    return frozenset(found)


@lru_cache(maxsize=1 << 14)
def _is_kept(entry: str, catalogue: Catalogue) -> bool | None:
    """Whether a boundary is to keep the entry of a policy; None where it cannot be listed. Policies repeat entries."""
    prefix = entry.partition(":")[0]
    if "*" in prefix or "?" in prefix or ":" not in entry:
        return None
    if "*" in entry or "?" in entry:
        if any(action_meets(entry, action) for action in (*GIVING_RIGHTS, *_APART)):
            return None
    elif any(action_covers(action, entry) for action in GIVING_RIGHTS):
        return False
    return bool(catalogue.expand(entry))


def listed(entries: Iterable[str], home: Home, catalogue: Catalogue) -> dict[str, object] | None:
    """A boundary that allows these entries; None where they do not fit, service by service either."""
    apart = {action for action in _APART if action.lower() in entries}
    rest = {_spelt(entry, catalogue) for entry in entries if entry not in {action.lower() for action in apart}}
    limit = quota("boundary").limit
    made = _made(_shortest(rest), apart, home)
    while size_of(made) > limit:
        weight: dict[str, int] = {}
        for entry in rest:
            service, _, name = entry.partition(":")
            if name != "*" and service != "iam":
                weight[service] = weight.get(service, 0) + len(entry) + 3
        if not weight:
            return None
        heaviest = max(sorted(weight), key=lambda service: weight[service])
        rest = {entry for entry in rest if entry.partition(":")[0] != heaviest} | {f"{heaviest}:*"}
        made = _made(_shortest(rest), apart, home)
    return made


def wide(home: Home, administrators: bool = False) -> dict[str, object]:
    """A boundary that allows all but what gives rights; to administrators all but to take it off or to hide."""
    if administrators:
        left_out = [*_OF_ADMINISTRATORS, _PASS, _LINK]
        kept = {"Sid": "KeepBoundaries", **_rewriting(home)}
        return document(_but(left_out), *_on_roles((_PASS, _LINK), home), kept)
    return document(_but([*GIVING_RIGHTS, *_APART]), *_on_own(_OWN, home), *_on_roles((_PASS, _LINK), home))


def taken(home: Home, administrators: bool = False) -> Policy:
    """What a boundary takes away, as a policy that denies it."""
    resources: Mapping[str, object] = {"NotResource": home.roles}
    linked: Mapping[str, object] = {"NotResource": home.linked_roles}
    return Policy(
        document(
            {
                "Effect": "Deny",
                "Action": list(_OF_ADMINISTRATORS if administrators else (*GIVING_RIGHTS, *_OWN)),
                "Resource": "*",
            },
            {"Effect": "Deny", "Action": _PASS, **resources},
            {"Effect": "Deny", "Action": _LINK, **linked},
            *([_rewriting(home)] if administrators else []),
        ),
        "identity",
    )


def _rewriting(home: Home) -> dict[str, object]:
    """Denies to make another policy of a boundary that is proposed."""
    return {"Effect": "Deny", "Action": list(_REWRITING), "Resource": home.boundaries}


def proof_of(policies: Sequence[Policy], boundary: Mapping[str, object], without: Policy) -> Proof:
    """That the boundary keeps all that `policies` grant but what `without` denies; of the actions that AWS lists.

    `narrower`: it does. `incomparable`: it cuts more, as the witness shows; `unproven` says why it cannot be told.
    """
    limit = Policy(boundary, "boundary")
    found = compare(
        policies,
        [*policies, without],
        old_boundary=[limit],
        known_actions=True,
        budget=MOST_WORK,
    )
    if found.verdict == "no-new-access":
        return Proof("narrower", "it cuts nothing but what gives rights", None, found.assumes)
    if found.witness is not None:
        return Proof("incomparable", f"it would also cut {found.witness.action} on {found.witness.resource}")
    return Proof("unproven", found.reason)


def _made(entries: Sequence[str], apart: set[str], home: Home) -> dict[str, object]:
    statements: list[Mapping[str, object]] = []
    if entries:
        statements.append({"Sid": "AllowGranted", "Effect": "Allow", "Action": list(entries), "Resource": "*"})
    statements += _on_own([action for action in _OWN if action in apart], home)
    statements += _on_roles([action for action in (_PASS, _LINK) if action in apart], home)
    if not statements:  # a boundary must allow something; everybody may ask who she is
        statements.append(
            {"Sid": "AllowGranted", "Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
        )
    return document(*statements)


def _but(actions: Iterable[str]) -> dict[str, object]:
    return {"Sid": "AllowTheRest", "Effect": "Allow", "NotAction": sorted(actions), "Resource": "*"}


def _on_own(actions: Sequence[str], home: Home) -> list[dict[str, object]]:
    own: dict[str, object] = {
        "Sid": "AllowOnOneself",
        "Effect": "Allow",
        "Action": sorted(actions),
        "Resource": home.own,
    }
    return [own] if actions else []


def _on_roles(actions: Sequence[str], home: Home) -> list[dict[str, object]]:
    where = {_PASS: ("AllowPassingRoles", home.roles), _LINK: ("AllowServiceLinkedRoles", home.linked_roles)}
    return [
        {"Sid": where[action][0], "Effect": "Allow", "Action": action, "Resource": where[action][1]}
        for action in actions
    ]


def _shortest(entries: set[str]) -> list[str]:
    """Without those that a pattern among them covers."""
    patterns = [entry for entry in entries if "*" in entry or "?" in entry]
    return sorted(e for e in entries if not any(p != e and action_covers(p, e) for p in patterns))


def _spelt(entry: str, catalogue: Catalogue) -> str:
    """An entry with the capitals that AWS writes, as far as they are plain."""
    known = catalogue.expand(entry)
    fixed = len(entry) - 1 if entry.find("*") == len(entry) - 1 else 0 if "*" in entry or "?" in entry else len(entry)
    return known[0].qualified[:fixed] + entry[fixed:] if known else entry
