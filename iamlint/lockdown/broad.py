"""What is to be done about the broad policies that users, groups and roles hold."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from iamlint.analyse.wildcards import matches
from iamlint.lockdown.evidence import some
from iamlint.lockdown.measures import Measure, replacing
from iamlint.lockdown.proposals import Proposal, Refused
from iamlint.lockdown.replacements import Replacements
from iamlint.lockdown.verification import Checker
from iamlint.model.account import Group, Principal, Role, User
from iamlint.model.fact import Unknown
from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.lockdown.replacements import ByUse
    from iamlint.model.account import Attachment

RULE: Final = "broad-managed-policy"


class Taken(NamedTuple):
    """A measure, and the policy that it proposes."""

    measure: Measure
    policy: Proposal | None = None


class Broad:
    """Measures for one account."""

    def __init__(self, checker: Checker, replacements: Replacements) -> None:
        self._checker = checker
        self._account = checker.account
        self._replacements = replacements

    def of(self, holder: Principal, messages: Sequence[str]) -> Iterator[Taken]:
        """A measure for each policy that the `messages` of the rule name."""
        for attachment in () if isinstance(holder.attached, Unknown) else holder.attached:
            if any(f"`{attachment.name}`" in message for message in messages):
                yield self._replaced(holder, attachment)

    def of_groups_and_roles(self) -> Iterator[Taken]:
        """The same for groups with users in them and for roles, but for those whom the configuration accepts."""
        messages: dict[str, list[str]] = {}
        for finding in self._checker.told.findings:
            if finding.rule == RULE and finding.subject is not None and finding.subject.kind in ("group", "role"):
                messages.setdefault(finding.subject.id, []).append(finding.message)
        for holder in (*self._account.groups, *self._account.roles):
            if holder.arn in messages and not self._is_accepted(holder):
                for taken in self.of(holder, messages[holder.arn]):
                    yield taken._replace(measure=self._told(holder, taken.measure))

    def _is_accepted(self, holder: Principal) -> bool:
        if isinstance(holder, Group):
            return not self._checker.members(holder.arn) or self._checker.is_accepted(holder.arn, RULE)
        environment = self._checker.environment
        patterns = (*environment.administrators, *environment.break_glass)
        return any(pattern.startswith("arn:") and matches(pattern, holder.arn) for pattern in patterns)

    def _told(self, holder: Principal, measure: Measure) -> Measure:
        who = f"role {holder.name}"
        if isinstance(holder, Group):
            number = len(self._checker.members(holder.arn))
            who = f"group {holder.name} ({number} member{'s' if number > 1 else ''})"
        return measure._replace(text=f"{who}: {measure.text}")

    def _replaced(self, holder: Principal, attachment: "Attachment") -> Taken:
        users = self._checker.members(holder.arn) if isinstance(holder, Group) else [holder]
        new = self._replacements.of(_common_boundary(users), attachment)
        if isinstance(new, Proposal):
            return Taken(replacing(holder, attachment.arn, attachment.name, new, self._account), new)
        by_use = self._replacements.by_use([user.arn for user in users], attachment)
        if by_use is None:
            return Taken(Measure(f"replace {attachment.name} by what is used ({new.reason})"))
        return self._used(holder, attachment, by_use)

    def _used(self, holder: Principal, attachment: "Attachment", by_use: "ByUse") -> Taken:
        """Replaces a policy by what was seen in use; people look first where not all of it can have been seen."""
        new = by_use.made
        if isinstance(new, Refused):
            return Taken(Measure(f"replace {attachment.name} by what is used: not proposed, {new.reason}"))
        open_ = []
        if by_use.unlogged:
            open_.append(f"what it uses of {some(by_use.unlogged)}: the trail does not tell")
        if by_use.unseen:
            open_.append(f"what {some([arn.rpartition('/')[2] for arn in by_use.unseen])} need: they were not seen")
        if not open_:
            return Taken(replacing(holder, attachment.arn, attachment.name, new, self._account), new)
        return Taken(Measure(f"replace {attachment.name} by {new.name}, with {', and '.join(open_)}"), new)


def _common_boundary(principals: Sequence[Principal]) -> "Attachment | None":
    """The boundary that all of them have; None where they have none in common, or it is not known."""
    found: Attachment | None = None
    for principal in principals:
        boundary = principal.boundary if isinstance(principal, (User, Role)) else None
        if boundary is None or isinstance(boundary, Unknown) or (found is not None and boundary.arn != found.arn):
            return None
        found = boundary
    return found
