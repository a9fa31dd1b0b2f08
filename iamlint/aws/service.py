"""A service as AWS lists it now: actions, resource types, condition keys, each read when first asked for."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from iamlint.aws import installed
from iamlint.aws.keys import Names
from iamlint.record import NamedTuple


class Action(NamedTuple):
    """A row of the table "Actions" of the service's page in AWS's Service Authorization Reference."""

    service: str
    name: str
    access_level: str
    """`List`, `Read`, `Write`, `Permissions management` or `Tagging`."""
    resource_types: tuple[str, ...]
    """Names of the service's resource types; none: the action takes only Resource `*`."""
    required: tuple[str, ...]
    """Those of them that each request names."""
    condition_keys: tuple[str, ...]
    """Keys that the table names for the action, in any of its rows, as AWS spells them.

    See `Service.supplies`.
    """
    dependent_actions: tuple[str, ...]
    """Actions that the caller must hold as well for this one to succeed (`iam:PassRole` …)."""

    @property
    def qualified(self) -> str:
        """`s3:GetObject`."""
        return f"{self.service}:{self.name}"

    @property
    def scopable(self) -> bool:
        """True iff a statement can limit the action to resources."""
        return bool(self.resource_types)


class ResourceType(NamedTuple):
    """A row of the table "Resource types"."""

    service: str
    name: str
    arns: tuple[str, ...]
    """ARN formats with `${…}` where a part varies: `arn:${Partition}:s3:::${BucketName}`."""
    condition_keys: tuple[str, ...]


class ConditionKey(NamedTuple):
    """A condition key; in its name `${…}` or `<…>` stands for a part that the policy's author chooses."""

    name: str
    type: str | None
    """AWS's type: `String`, `ARN`, `Bool`, `Numeric`, `Date`, `IPAddress`, `Binary`, or `ArrayOf…` these.

    None if not known.
    """

    @property
    def multivalued(self) -> bool | None:
        """True iff requests can hold several values of the key (so it needs ForAllValues or ForAnyValue)."""
        return None if self.type is None else self.type.startswith("ArrayOf")

    @property
    def value_type(self) -> str | None:
        """The type of one value: `ARN` for `ArrayOfARN`."""
        return None if self.type is None else self.type.removeprefix("ArrayOf")


class Service:
    """A service out of the closed list `installed.services()`.

    Its mappings have names in lower case as keys.
    """

    def __init__(self, prefix: str) -> None:
        """Raises KeyError unless `prefix` is a member of the closed list."""
        if prefix not in installed.services():
            raise KeyError(prefix)
        self.prefix = prefix

    @property
    def name(self) -> str:
        """`Amazon EC2`."""
        return installed.service_names().get(self.prefix, self.prefix)

    @cached_property
    def actions(self) -> Mapping[str, Action]:
        """The actions by name in lower case."""
        return {name.lower(): self._action(entry) for name, entry in self._listed_actions.items()}

    @cached_property
    def _listed_actions(self) -> dict[str, Any]:
        return self._entries("actions")

    def arns_of(self, name: str) -> tuple[str, ...] | None:
        """The ARN formats of what requests for the action of this name (in lower case) can name; () for nothing.

        None where that is not listed. Cheaper than asking the `Action`.
        """
        entry = self._listed_actions.get(name)
        if entry is None:
            return None
        types = [self.resource_types.get(row["name"].lower()) for row in entry["resourceTypes"]]
        return None if None in types else tuple(arn for type_ in types if type_ for arn in type_.arns)

    @cached_property
    def resource_types(self) -> Mapping[str, ResourceType]:
        """The resource types by name in lower case."""
        return {
            name.lower(): ResourceType(
                self.prefix,
                entry["key"],
                tuple(entry["arn"].split(", ")),
                tuple(entry.get("conditionKeys", ())),
            )
            for name, entry in self._entries("resourceTypes").items()
        }

    @cached_property
    def condition_keys(self) -> Mapping[str, ConditionKey]:
        """The keys that the service's actions and resource types use, `aws:` ones too, by name in lower case."""
        return {
            name.lower(): ConditionKey(entry["key"], entry["type"])
            for name, entry in self._entries("conditionKeys").items()
        }

    def condition_key(self, name: str) -> ConditionKey | None:
        """The key of that name, in any case: `s3:existingobjecttag/a` gives `s3:ExistingObjectTag/<key>`."""
        return self._key_names.find(name)

    @cached_property
    def _key_names(self) -> Names[ConditionKey]:
        return Names(self.condition_keys)

    def supplies(self, action: Action) -> tuple[str, ...]:
        """All keys that requests for the action can hold, beside those that every request can hold (`aws:` …).

        Those of the action and those of the resources that it names.
        """
        keys = dict.fromkeys(action.condition_keys)
        for name in action.resource_types:
            kind = self.resource_types.get(name.lower())
            keys.update(dict.fromkeys(kind.condition_keys if kind else ()))
        return tuple(keys)

    def _entries(self, kind: str) -> dict[str, Any]:
        return installed.entries(kind, self.prefix)

    def _action(self, entry: dict[str, Any]) -> Action:
        rows = entry["resourceTypes"]
        keys = dict.fromkeys(entry["conditionKeys"])
        depends = dict.fromkeys(entry["dependentActions"])
        for row in rows:
            keys.update(dict.fromkeys(row["conditionKeys"]))
            depends.update(dict.fromkeys(row["dependentActions"]))
        return Action(
            self.prefix,
            entry["name"],
            # AWS lists "Permissions management, Write": the special level says more.
            entry["accessLevel"].partition(",")[0],
            tuple(row["name"] for row in rows),
            tuple(row["name"] for row in rows if row["required"]),
            tuple(keys),
            tuple(depends),
        )
