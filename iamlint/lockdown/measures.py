"""What is to be done about each user, and by which commands."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from iamlint.analyse.decide.compare import compare
from iamlint.aws.sensitive import sensitive_actions
from iamlint.config import Network
from iamlint.config.register import Register
from iamlint.lockdown.commands import Command, Phase, aws, is_key_id, is_name, is_policy_arn
from iamlint.lockdown.evidence import Evidence
from iamlint.lockdown.people import PERSON, Kind
from iamlint.lockdown.proposals import Proposal, Refused
from iamlint.lockdown.verification import keys_of
from iamlint.model import Policy
from iamlint.model.account import AccessKey, Principal, User
from iamlint.model.fact import Unknown
from iamlint.record import NamedTuple
from iamlint.rule.families.registered import is_rotating

if TYPE_CHECKING:
    from iamlint.model.account import Account

MOST_ATTACHED: Final = 10
"""Managed policies that a user, group or role may have. Source: IAM User Guide, "IAM and AWS STS quotas"."""


_MOST_WORK: Final = 50_000


class Measure(NamedTuple):
    """Something to do, for people, and the commands that do it; none where people have to."""

    text: str
    commands: tuple[Command, ...] = ()


class Answers(NamedTuple):
    """What the rules have against one user: rule → messages; key findings by key."""

    rules: Mapping[str, Sequence[str]]
    keys: Mapping[str, frozenset[str]]


def enrolment(user: User, account: "Account") -> Measure:
    """A second factor for a person."""
    serial = f"arn:{account.partition}:iam::{account.id}:mfa/{user.name}"
    device = f"{user.name}.png"
    if not is_name(user.name):
        return Measure("enrol an MFA device")
    why = f"a virtual MFA device for {user.name}"
    make = Command(
        Phase.ENROL,
        aws(
            "create-virtual-mfa-device",
            virtual_mfa_device_name=user.name,
            outfile=device,
            bootstrap_method="QRCodePNG",
        ),
        (aws("delete-virtual-mfa-device", serial_number=serial),),
        why,
    )
    enable = Command(
        Phase.ENROL,
        aws(
            "enable-mfa-device",
            user_name=user.name,
            serial_number=serial,
            authentication_code1="CODE1",
            authentication_code2="CODE2",
        ),
        (aws("deactivate-mfa-device", user_name=user.name, serial_number=serial),),
        why,
    )
    return Measure("enrol an MFA device that shows one-time codes, together with the person", (make, enable))


def attach(holder: Principal, policy: Proposal, account: "Account", phase: Phase, why: str) -> tuple[Command, ...]:
    """Attaches a proposed policy to a user, group or role; none where the name can be nobody's."""
    if not is_name(holder.name):
        return ()
    on, off = _attaching(holder, policy.arn(account.partition, account.id))
    return (Command(phase, on, (off,), why),)


def _attaching(holder: Principal, arn: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The commands that attach a policy, and that detach it."""
    words = {f"{holder.kind}_name": holder.name, "policy_arn": arn}
    return aws(f"attach-{holder.kind}-policy", **words), aws(f"detach-{holder.kind}-policy", **words)


def is_full(holder: Principal) -> bool:
    """True iff no further managed policy fits."""
    return not isinstance(holder.attached, Unknown) and len(holder.attached) >= MOST_ATTACHED


def creation(policy: Proposal, account: "Account") -> Command | None:
    """Creates a proposed policy; None where the account has it already."""
    arn = policy.arn(account.partition, account.id)
    if not isinstance(account.policy(arn), Unknown):
        return None
    words = aws("create-policy", policy_name=policy.name, policy_document=f"file://{policy.file}")
    return Command(Phase.CREATE, words, (aws("delete-policy", policy_arn=arn),), policy.title)


def bounding(user: User, policy: Proposal, account: "Account") -> Measure:
    """Sets a proposed boundary."""
    text = f"set the permissions boundary {policy.name}"
    if not is_name(user.name):
        return Measure(text)
    words = {"user_name": user.name}
    old = user.boundary
    undo = aws("delete-user-permissions-boundary", **words)
    if not isinstance(old, Unknown) and old is not None:
        if not is_policy_arn(old.arn):
            return Measure(text)
        undo = aws("put-user-permissions-boundary", **words, permissions_boundary=old.arn)
    arn = policy.arn(account.partition, account.id)
    do = aws("put-user-permissions-boundary", **words, permissions_boundary=arn)
    return Measure(text, (Command(Phase.BOUND, do, (undo,), f"the boundary of {user.name}"),))


def replacing(holder: Principal, old: str, name: str, new: Proposal, account: "Account") -> Measure:
    """Replaces an attached policy by a proposed one, which is attached first."""
    text = f"replace {name} by {new.name} ({new.proof.verdict}: {new.proof_of})"
    if not (is_name(holder.name) and is_policy_arn(old)) or is_full(holder):
        return Measure(text)
    on, off = _attaching(holder, old)
    why = f"{name} of {holder.name}"
    return Measure(text, (*attach(holder, new, account, Phase.ATTACH, why), Command(Phase.DETACH, off, (on,), why)))


def key_measures(user: User, answers: Answers, register: Register | None, account: "Account") -> list[Measure]:
    """What to do about the keys: deactivate those that nobody needs, renew old ones, delete inactive ones."""
    keys = keys_of(user)
    found: list[Measure] = []
    active = [key for key in keys if key.active]
    inactive = [key for key in keys if not key.active and "inactive-access-key" in answers.keys.get(key.subject_id, ())]
    idle = [key for key in active if "access-key-unused" in answers.keys.get(key.subject_id, ())]
    left = [key for key in active if key not in idle]
    if len(left) > 1 and "more-than-one-active-key" in answers.rules:
        if is_rotating(left, register, account.as_of.date()):
            found.append(Measure("two active keys: a rotation is documented"))
        else:
            surplus = _less_needed(left)
            if surplus is None:
                found.append(Measure("two active keys: which one is needed no export tells; deactivate the other"))
            else:
                idle.append(surplus)
                left.remove(surplus)
    found += [Measure(f"delete the inactive key {_name(key)}", _deletion(user, key)) for key in inactive]
    for key in idle:
        why = "unused" if "access-key-unused" in answers.keys.get(key.subject_id, ()) else "the less used of two"
        text = f"deactivate the key {_name(key)} ({why}), watch, then delete it"
        found.append(Measure(text, (*_deactivation(user, key, Phase.DEACTIVATE), *_deletion(user, key))))
    for key in left:
        if "access-key-too-old" in answers.keys.get(key.subject_id, ()):
            text = f"replace the key {_name(key)}, which is too old, by a new one, or better by a role"
            # Two keys are the most that a user can have.
            found.append(Measure(text, _renewal(user, key) if len(left) == 1 else ()))
    return found


def going(user: User, measures: Sequence[Measure]) -> frozenset[str]:
    """The ids of the user's keys that the measures delete."""
    commands = [command for measure in measures for command in measure.commands]
    return frozenset(
        key.id
        for key in keys_of(user)
        if key.id and any(c.words[2] == "delete-access-key" and c.words[-1].endswith(f"={key.id}") for c in commands)
    )


def _less_needed(keys: Sequence[AccessKey]) -> AccessKey | None:
    """The one of the keys whose last use is longer ago; None where no export tells."""
    times = []
    for key in keys:
        if isinstance(key.last_used, Unknown) or isinstance(key.since, Unknown):
            return None
        times.append((key.last_used is not None, key.last_used or key.since, key.subject_id))
    return keys[times.index(min(times))]


def _name(key: AccessKey) -> str:
    return key.id or f"number {key.number or '?'}"


def _is_nameable(user: User, key: AccessKey) -> bool:
    return key.id is not None and is_key_id(key.id) and is_name(user.name)


def _deletion(user: User, key: AccessKey, phase: Phase = Phase.DELETE) -> tuple[Command, ...]:
    if not _is_nameable(user, key):
        return ()
    words = aws("delete-access-key", user_name=user.name, access_key_id=key.id or "")
    return (Command(phase, words, (), f"the key {key.id} of {user.name}"),)


def _deactivation(user: User, key: AccessKey, phase: Phase) -> tuple[Command, ...]:
    def to(status: str) -> tuple[str, ...]:
        return aws("update-access-key", user_name=user.name, access_key_id=key.id or "", status=status)

    if not _is_nameable(user, key):
        return ()
    return (Command(phase, to("Inactive"), (to("Active"),), f"the key {key.id} of {user.name}"),)


def _renewal(user: User, key: AccessKey) -> tuple[Command, ...]:
    if not _is_nameable(user, key):
        return ()
    words = aws("create-access-key", user_name=user.name)
    undo = aws("delete-access-key", user_name=user.name, access_key_id="NEW_KEY_ID")
    new = Command(Phase.ROTATE, words, (undo,), f"in place of {key.id} of {user.name}; then move what uses it")
    return (new, *_deactivation(user, key, Phase.RETIRE), *_deletion(user, key, Phase.DELETE_OLD))


def spared_of(user: User, evidence: Evidence | None) -> frozenset[str] | None:
    """The sensitive actions that a Deny leaves to a machine: those it was seen to use.

    Without a usage table all those of the services that its active keys were last used for; None where no export tells.
    """
    if evidence is not None:
        return frozenset(evidence.sensitive(user.arn))
    services = set()
    for key in keys_of(user):
        if not key.active:
            continue
        if isinstance(key.last_used, Unknown) or isinstance(key.last_used_service, Unknown):
            return None
        if key.last_used is not None and key.last_used_service:
            services.add(key.last_used_service.lower())
    return frozenset(action for action in sensitive_actions() if action.partition(":")[0] in services)


def without_mfa(
    user: User,
    kind: Kind,
    account: "Account",
    policies: Mapping[frozenset[str] | None, Proposal | Refused],
    evidence: Evidence | None,
) -> Measure:
    """Denies sensitive actions without MFA: all but the enrolment to a person, and to a machine what it does not use.

    `policies` are the Denies for machines by what they spare, and the one for persons under None.
    """
    if kind.name == PERSON:
        policy = policies[None]
        replay = "all that the keys do needs a session with MFA from then on; what that is needs --usage"
        if evidence is not None:
            replay = evidence.without_mfa(user.arn).told(evidence.window)
    else:
        spared = spared_of(user, evidence)
        if spared is None:
            lack = "no export tells what it uses (needs access-key-last-used)"
            return Measure(f"deny sensitive actions: not proposed, {lack}")
        policy = policies[spared]
        services = ", ".join(sorted({action.partition(":")[0] for action in spared}))
        replay = f"what it uses of {services} is spared" if spared else "it uses none of them"
        replay += f", as observed {evidence.window}" if evidence is not None else ", by the last use of its keys"
    if isinstance(policy, Refused):
        return Measure(f"{policy.title}: not proposed, {policy.reason}")
    if is_attached(user, policy, account):
        return Measure(f"{policy.name} is attached; what it spares is left open")
    if is_full(user):
        return Measure(f"attach {policy.name}; the user has {MOST_ATTACHED} policies, make room first")
    commands = attach(user, policy, account, Phase.DENY, f"{policy.title}: {user.name}")
    return Measure(f"attach {policy.name} ({replay})", commands)


def inside_networks(
    user: User, account: "Account", policy: Proposal, networks: Sequence[Network], evidence: Evidence
) -> Measure | None:
    """Denies what comes from outside of the networks, where nothing that was observed does; None where that is done."""
    if is_attached(user, policy, account) or not any(key.active for key in keys_of(user)):
        return None
    if not evidence.table.of(user.arn):
        return None
    texts = account.documents(user)
    held = () if isinstance(texts, Unknown) else tuple(text.policy for text in texts)
    deny = Policy(policy.document, "identity")
    if compare([*held, deny], held, budget=_MOST_WORK).verdict == "no-new-access":
        return None  # what she holds denies it already
    replay = evidence.outside(user.arn, networks)
    text = replay.told(evidence.window)
    if replay.calls:
        return Measure(f"keep it inside the networks: not proposed; {text}")
    if is_full(user):
        return Measure(f"attach {policy.name}; the user has {MOST_ATTACHED} policies, make room first")
    return Measure(
        f"attach {policy.name} ({text})", attach(user, policy, account, Phase.DENY, f"{policy.title}: {user.name}")
    )


def is_attached(user: User, policy: Proposal, account: "Account") -> bool:
    """True iff the user has the policy already."""
    arn = policy.arn(account.partition, account.id)
    return not isinstance(user.attached, Unknown) and any(attachment.arn == arn for attachment in user.attached)
