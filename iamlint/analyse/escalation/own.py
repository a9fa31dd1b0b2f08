"""What somebody can do to its own rights, or to those of a principal that it can then become."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from iamlint.analyse.escalation.entries import FULL, Entry
from iamlint.analyse.escalation.moves import Step, Takeovers
from iamlint.analyse.escalation.people import People
from iamlint.analyse.escalation.rights import NEW_NAME, Limits, Rights, capped
from iamlint.analyse.example import fill
from iamlint.model.account import Principal, User
from iamlint.model.fact import Unknown
from iamlint.record import NamedTuple

_BOUNDARY: Final = "iam:permissionsboundary"
_MOST_STRONG: Final = 20
_MOST_NAMES: Final = 50


class Change(NamedTuple):
    """A step after which one's own rights are `rights`."""

    step: Step
    rights: Rights


class Own:
    """What principals of an account can do to rights."""

    def __init__(self, people: People) -> None:
        self.people = people

    @cached_property
    def strong(self) -> tuple[str, ...]:
        """Managed policies that grant everything, AWS's own first."""
        account = self.people.account
        found = [f"arn:{account.partition}:iam::aws:policy/{name}" for name in ("AdministratorAccess", "IAMFullAccess")]
        for policy in account.policies:
            document = policy.document
            if not isinstance(document, Unknown) and not policy.is_aws and len(found) < _MOST_STRONG:
                entries = self.people.entries(document)
                if any(len(entry.actions) > 1 and entry.statement.allows for entry in entries):
                    found.append(policy.arn)
        return tuple(arn for arn in found if arn.endswith(("AdministratorAccess", "IAMFullAccess")) or self._full(arn))

    def _full(self, arn: str) -> bool:
        policy = self.people.account.policy(arn)
        document = Unknown("account-authorization-details") if isinstance(policy, Unknown) else policy.document
        if isinstance(document, Unknown):
            return False
        from iamlint.analyse.principals import caller

        who = caller(self.people.account.arn.replace(":root", f":user/{NEW_NAME}"))
        return Rights(who, self.people.entries(document), Limits()).administers is not None

    def to_everything(self, principal: Principal, rights: Rights) -> Iterator[Step]:
        """The steps by which somebody gives itself all that its limits and Denies leave, where that is everything."""
        if not self.people.editing & rights.armed:
            return
        if not capped(rights) and not self._sheds_denies(principal, rights):
            return
        yield from self._edits(principal, rights, on=principal, bounded=rights.limits.boundary is not None)

    def _sheds_denies(self, principal: Principal, rights: Rights) -> bool:
        """True iff, with everything allowed, somebody takes off policies of its own whose Denies are in the way."""
        full, kind = rights.with_(FULL), principal.kind.capitalize()
        held = self.people.held(principal)
        if isinstance(held, Unknown) or any(
            full.may(f"iam:{verb}{kind}Policy", principal.arn) is None for verb in ("Delete", "Detach")
        ):
            return False
        own = {id(entry.statement) for entry in held}
        rest = [entry for entry in rights.identity if id(entry.statement) not in own]
        return Rights(rights.who, (*rest, *FULL), rights.limits, rights.tags).administers is not None

    def _edits(self, editor: Principal, rights: Rights, on: Principal, bounded: bool) -> Iterator[Step]:
        """The steps by which `editor` gives `on` every right."""
        kind = on.kind.capitalize()
        whose = "itself" if on is editor else f"the {on.kind}"
        boundary = self.people.boundary_of(on.arn) if bounded else ()
        tags = self.people.tags_of(on.arn)
        for action, resource, does in self._writes(on, kind, whose):
            if action.lower() not in rights.armed:
                continue
            extra: Mapping[str, tuple[str, ...]] = {_BOUNDARY: boundary}
            if "Group" in action:
                extra = {_BOUNDARY: ()}
            entry = self._allowed(rights, action, resource, extra, tags)
            if entry is not None:
                yield Step(editor.arn, (action,), does, resource, (entry,))
        if "iam:createpolicyversion" in rights.armed:
            for policy, _ in self.people.policies(on):
                entry = rights.may("iam:CreatePolicyVersion", policy.arn)
                if entry is not None:
                    does = f"writes a new version of a policy that {whose if on is not editor else 'it'} holds,"
                    yield Step(editor.arn, ("iam:CreatePolicyVersion",), does, policy.arn, (entry,))
                    return

    def _writes(self, on: Principal, kind: str, whose: str) -> Iterator[tuple[str, str, str]]:
        yield f"iam:Put{kind}Policy", on.arn, f"writes an inline policy for {whose},"
        yield f"iam:Attach{kind}Policy", on.arn, f"attaches AdministratorAccess to {whose},"
        if isinstance(on, User) and not isinstance(on.groups, Unknown):
            for membership in on.groups:
                group = self.people.account.group(membership.name)
                if not isinstance(group, Unknown):
                    yield "iam:PutGroupPolicy", group.arn, "writes an inline policy for its own group"
                    yield "iam:AttachGroupPolicy", group.arn, "attaches AdministratorAccess to its own group"

    def _allowed(
        self,
        rights: Rights,
        action: str,
        resource: str,
        extra: Mapping[str, tuple[str, ...]],
        tags: Mapping[str, str] | None,
    ) -> Entry | None:
        if not action.startswith("iam:Attach"):
            return rights.may(action, resource, extra, tags)
        for policy in self.strong:
            entry = rights.may(action, resource, {**extra, "iam:policyarn": (policy,)}, tags)
            if entry is not None:
                return entry
        return None

    def by_others(self, principal: Principal, rights: Rights, takeovers: Takeovers) -> Iterator[Step]:
        """The steps by which somebody gives another principal every right and becomes it; told as one."""
        if not self.people.editing & rights.armed:
            return
        yield from self._new_role(principal, rights)
        for arn, step in takeovers.of(principal.arn, rights):
            other, theirs = self.people.members[arn], self.people.rights.get(arn)
            if theirs is None or not capped(theirs):
                continue
            bounded = theirs.limits.boundary is not None
            for edit in self._edits(principal, rights, on=other, bounded=bounded):
                actions = tuple(dict.fromkeys((*edit.actions, *step.actions)))
                does = f"{edit.does.removesuffix(',')}, and {step.does}"
                yield step._replace(actions=actions, does=does, grants=(*edit.grants, *step.grants))
                break

    def _new_role(self, principal: Principal, rights: Rights) -> Iterator[Step]:
        if "iam:createrole" not in rights.armed:
            return
        account = self.people.account
        start = f"arn:{account.partition}:iam::{account.id}:role/"
        texts = [*(rights.patterns("iam:CreateRole") or ())]
        for action in ("iam:PutRolePolicy", "iam:AttachRolePolicy"):
            texts += rights.patterns(action) or ()
        names = [start + NEW_NAME]
        for text in dict.fromkeys(texts[:_MOST_NAMES]):
            filled = fill(text, NEW_NAME)
            names.append(filled if filled.startswith(start) else start + NEW_NAME)
        for role in dict.fromkeys(names):
            if role in self.people.members or not rights.unhindered("sts:AssumeRole", role, False, {}):
                continue
            for boundary in ((), *((value,) for value in _values(rights.identity, _BOUNDARY))):
                made = rights.may("iam:CreateRole", role, {_BOUNDARY: boundary}, {})
                if made is None or not self._bounds_nothing(boundary):
                    continue
                for action in ("iam:PutRolePolicy", "iam:AttachRolePolicy"):
                    filled_in = self._allowed(rights, action, role, {_BOUNDARY: boundary}, {})
                    if filled_in is not None:
                        does = "makes a new role with every right that trusts it, and assumes it, such as"
                        yield Step(principal.arn, ("iam:CreateRole", action), does, role, (made, filled_in))
                        return

    def _bounds_nothing(self, boundary: tuple[str, ...]) -> bool:
        return all(arn in self.strong and not arn.endswith("/IAMFullAccess") for arn in boundary)

    def changes(self, principal: Principal, rights: Rights) -> Iterator[Change]:
        """The steps after which one's own rights are others: a boundary off, into a group, an older version back."""
        yield from self._boundary_off(principal, rights)
        if isinstance(principal, User) and "iam:addusertogroup" in rights.armed:
            yield from self._into_groups(principal, rights)
        if "iam:setdefaultpolicyversion" in rights.armed:
            yield from self._older_versions(principal, rights)

    def _boundary_off(self, principal: Principal, rights: Rights) -> Iterator[Change]:
        if rights.limits.boundary is None:
            return
        kind = principal.kind.capitalize()
        tags = self.people.tags_of(principal.arn)
        old = self.people.boundary_of(principal.arn)
        administrator = f"arn:{self.people.account.partition}:iam::aws:policy/AdministratorAccess"
        for verb, does, value in (
            ("Delete", "takes off its own permissions boundary,", old),
            ("Put", "puts another in the place of its own permissions boundary,", (administrator,)),
        ):
            action = f"iam:{verb}{kind}PermissionsBoundary"
            entry = rights.may(action, principal.arn, {_BOUNDARY: value}, tags)
            if entry is not None:
                step = Step(principal.arn, (action,), does, old[0] if old else principal.arn, (entry,))
                yield Change(step, rights.with_(limits=self.people.unbounded()))
                return

    def _into_groups(self, user: User, rights: Rights) -> Iterator[Change]:
        mine = () if isinstance(user.groups, Unknown) else {membership.name for membership in user.groups}
        for group in self.people.account.groups:
            if group.name in mine:
                continue
            entries = self.people.held(group)
            if isinstance(entries, Unknown) or not any(entry.statement.allows for entry in entries):
                continue
            entry = rights.may("iam:AddUserToGroup", group.arn)
            if entry is not None:
                step = Step(user.arn, ("iam:AddUserToGroup",), "puts itself into the group", group.arn, (entry,))
                yield Change(step, rights.with_(entries))

    def _older_versions(self, principal: Principal, rights: Rights) -> Iterator[Change]:
        for policy, _ in self.people.policies(principal):
            entry = rights.may("iam:SetDefaultPolicyVersion", policy.arn) if len(policy.versions) > 1 else None
            if entry is None:
                continue
            rest = [e for e in rights.identity if e.document is None or e.document is not policy.document]
            for version in policy.versions:
                if version.is_default or isinstance(version.document, Unknown):
                    continue
                entries = self.people.entries(version.document)
                if not entries:
                    continue
                does = f"sets the default version to {version.id[:20]} of a policy that it holds,"
                step = Step(principal.arn, ("iam:SetDefaultPolicyVersion",), does, policy.arn, (entry,))
                yield Change(step, Rights(rights.who, (*rest, *entries), rights.limits, rights.tags))


def _values(entries: Iterable[Entry], key: str) -> list[str]:
    """What statements compare a condition key with."""
    found: dict[str, None] = {}
    for entry in entries:
        if entry.statement.allows:
            for condition in entry.statement.conditions:
                if condition.key.lower() == key:
                    found.update(dict.fromkeys(item.text for item in condition.values))
    return list(found)[:_MOST_NAMES]
