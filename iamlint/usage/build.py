"""Groups of the aggregation to rows of the usage table."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from iamlint.record import NamedTuple
from iamlint.usage.agents import family
from iamlint.usage.aggregate import Group
from iamlint.usage.mapping import MAPPED, meaning, passes_roles
from iamlint.usage.named import parts_of
from iamlint.usage.resources import resources_of
from iamlint.usage.table import Row

PASS_ROLE = "iam:PassRole"


class Builder:
    """Makes the rows, and counts what could not be mapped: `unmapped` has the events with their numbers."""

    def __init__(self) -> None:
        self.unmapped: Counter[str] = Counter()
        self.events = 0
        self.denied = 0
        self.principals: set[str] = set()
        self.keys: set[str] = set()
        self.first: str | None = None
        self.last: str | None = None

    def rows(self, groups: Iterable[Group]) -> Iterator[Row]:
        for group in groups:
            self._note(group)
            yield from self._of(group)

    def _note(self, group: Group) -> None:
        self.events += group.events
        self.denied += group.events if group.outcome == "denied" else 0
        self.principals.add(group.principal)
        if group.access_key.startswith("AKIA"):
            self.keys.add(group.access_key)
        if group.first_seen and (self.first is None or group.first_seen < self.first):
            self.first = group.first_seen
        if group.last_seen and (self.last is None or group.last_seen > self.last):
            self.last = group.last_seen

    def _of(self, group: Group) -> Iterator[Row]:
        partition = _partition(group)
        uses = _uses(
            group.eventsource, group.eventname, group.service_event, group.named, partition, group.region, group.account
        )
        if uses.status not in (MAPPED, "free", "service"):
            self.unmapped[uses.event] += group.events
        for nth, (action, found) in enumerate(uses.actions):
            yield self._row(group, uses.event, action, nth, uses.status, found)

    def _row(self, group: Group, event: str, action: str, nth: int, status: str, found: tuple[str, ...]) -> Row:
        return Row(
            group.account or "",
            group.principal or "",
            group.principal_type or "",
            group.access_key or "",
            event,
            action,
            nth,
            status,
            found,
            group.region or "",
            group.source_address or "",
            group.vpc_endpoint or "",
            group.via or "",
            {"true": True, "false": False}.get((group.mfa or "").lower()),
            family(group.agent or ""),
            group.agent or "",
            {"denied": True, "passed": False}.get(group.outcome),
            group.events,
            group.first_seen,
            group.last_seen,
        )


class _Uses(NamedTuple):
    """What an event stands for: its actions, or one that is empty, and what each was about."""

    event: str
    status: str
    actions: tuple[tuple[str, tuple[str, ...]], ...]


@lru_cache(maxsize=65_536)
def _uses(source: str, name: str, service_event: str, named: str, partition: str, region: str, account: str) -> _Uses:
    parts = parts_of(named)
    said = meaning(source, name, service_event, any(part == "versionId" for part, _ in parts))
    event = f"{source.removesuffix('.amazonaws.com')}:{name}"
    actions = [
        (action, resources_of(action, tuple(_about(action, parts)), partition, region, account) if action else ())
        for action in said.actions or ("",)
    ]
    roles = sorted({value for _, value in parts if ":role/" in value and value.startswith("arn:")})
    handed = roles or any(part == "iamInstanceProfile" or part.endswith(("ole", "oleArn")) for part, _ in parts)
    if handed and any(map(passes_roles, said.actions)):
        actions.append((PASS_ROLE, tuple(roles)))
    return _Uses(event, said.status, tuple(actions))


def _about(action: str, parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parts that are about this action: a copy reads from one object and writes to another."""
    copied = next((value for name, value in parts if name == "x-amz-copy-source"), None)
    if copied is None:
        return parts
    if action.startswith("s3:GetObject"):
        bucket, _, key = copied.lstrip("/").partition("?")[0].partition("/")
        return [("bucketName", bucket), ("key", key)]
    return [(name, value) for name, value in parts if name]


def _partition(group: Group) -> str:
    if group.principal.startswith("arn:"):
        return group.principal.split(":", 2)[1]
    return "aws-cn" if group.region.startswith("cn-") else "aws-us-gov" if group.region.startswith("us-gov-") else "aws"
