"""Lists of actions in place of a wildcard: what it grants today, in few entries that grant nothing beyond it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from iamlint.analyse.actions import action_covers, action_matches, action_meets
from iamlint.finding import Draft
from iamlint.model import Item, Statement
from iamlint.rule.base import listing
from iamlint.rule.families.drafts import MOST_ENTRIES, dead_statement_out
from iamlint.rule.families.names import has_wildcard
from iamlint.rule.families.pairs import fitting, services_for
from iamlint.rule.families.principals import provider_of
from iamlint.rule.families.scopable import whole_service
from iamlint.rule.families.splits import fits
from iamlint.syntax.change import Change, Drop, Insert, Put, Rename

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue
    from iamlint.rule.context import Context

MOST_LISTED: Final = 120
"""Nobody reads a longer list of what a wildcard stood for; nothing is drafted then."""
FEW: Final = 25
"""So many actions are written out; more are told by the first words of their names where those tell them apart."""
_MOST_SERVICES: Final = 10

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|.[^A-Z]*", re.DOTALL)
"""`DBCluster` is two words: a run of capitals stands alone, or its last one begins the next word."""


def grouped(names: Iterable[str], spared: Callable[[str], bool]) -> list[str]:
    """Patterns that match all of the action names and, by `spared`, none of what they must not.

    Each is a name, or the first words of several with `*`: `Get*`. `spared` tells of a pattern whether it is free of
    that; of a name it is true anyway.
    """
    words = [_words(name) for name in sorted(set(names))]
    return list(_grouped(words, 0, spared))


def _grouped(names: Sequence[list[str]], depth: int, spared: Callable[[str], bool]) -> Iterator[str]:
    groups: dict[str, list[list[str]]] = {}
    for words in names:
        groups.setdefault(words[depth] if depth < len(words) else "", []).append(words)
    for group in groups.values():
        if len(group) == 1:
            yield "".join(group[0])
            continue
        common = _common(group)
        pattern = "".join(group[0][:common]) + "*"
        if spared(pattern):
            yield pattern
        else:
            yield from _grouped(group, common, spared)


def _words(name: str) -> list[str]:
    """`["Get", "Bucket", "Acl"]`: every name has at least one."""
    return _WORDS.findall(name)


def _common(names: Sequence[list[str]]) -> int:
    """How many words all of them begin with."""
    return next((i for i, words in enumerate(zip(*names, strict=False)) if len(set(words)) > 1), min(map(len, names)))


def listed(names: Iterable[str], within: str, spared: Callable[[str], bool] | None = None) -> list[str]:
    """Entries for these actions (`s3:GetObject`): written out where they are few, else in groups that `within` covers.

    `spared` tells of an entry with a wildcard whether it leaves alone what must not be granted.
    """
    every = sorted(set(names))
    if len(every) <= FEW:
        return every
    services: dict[str, list[str]] = {}
    for qualified in every:
        service, _, name = qualified.partition(":")
        services.setdefault(service, []).append(name)

    def may_stand(entry: str) -> bool:
        return action_covers(within, entry) and (spared is None or spared(entry))

    return [
        f"{service}:{entry}"
        for service, own in services.items()
        for entry in grouped(own, lambda pattern, service=service: may_stand(f"{service}:{pattern}"))  # type: ignore[misc]
    ]


def of_levels(names: Iterable[str], levels: Sequence[str], catalogue: "Catalogue") -> list[str]:
    """Those of the actions (`s3:GetObject`) that have one of the access levels; all where `levels` is empty."""
    wanted = frozenset(level.lower() for level in levels)
    if not wanted:
        return list(names)
    return [name for name in names if (catalogue.access_level(*name.split(":")) or "").lower() in wanted]


def entry_spread(
    statement: Statement, item: Item, entries: Sequence[str], but: Sequence[Item] = ()
) -> tuple[Change, ...] | None:
    """What puts `entries` in place of an entry of `Action`, but for those that stand there or are covered there.

    None where there are none, or too many. The entries `but` do not count: they go too.
    """
    element = item.path[len(statement.path)]
    held = statement.value.get(str(element))
    if not entries or len(entries) > MOST_LISTED:
        return None
    if not isinstance(held, list):
        return (Put(item.path, list(entries) if len(entries) > 1 else entries[0]),)
    if len(held) > MOST_ENTRIES:
        return None
    index = item.path[-1]
    gone = {index, *(item.path[-1] for item in but)}
    others = [entry for i, entry in enumerate(held) if i not in gone and isinstance(entry, str)]
    fresh = [entry for entry in entries if not _is_in(entry, others)]
    if not fresh:
        return (Drop(item.path),)
    after = (*item.path[:-1], int(index) + 1)
    return (Put(item.path, fresh[0]), *(Insert(after, entry) for entry in fresh[1:]))


def _is_in(entry: str, others: Sequence[str]) -> bool:
    lowered = entry.lower()
    return any(lowered == other.lower() or (has_wildcard(other) and action_covers(other, entry)) for other in others)


def spread(statement: Statement, item: Item, entries: Sequence[str], title: str) -> Draft | None:
    """A draft that puts `entries` in place of an entry of `Action`; None as for `entry_spread`."""
    changes = entry_spread(statement, item, entries)
    return None if changes is None else Draft(title, changes)


def of_services(
    statement: Statement, item: Item, services: Sequence[str], levels: Sequence[str], catalogue: "Catalogue"
) -> Draft | None:
    """A list of what the services have today in place of an entry of `Action` that grants all of it.

    Only what goes with the statement's resources, and what has one of the access `levels` where some are given. None
    where that is nothing, or more than somebody reads.
    """
    if len(services) > _MOST_SERVICES or len(statement.actions) > MOST_ENTRIES:
        return None
    every = [name for service in services for name in whole_service(service, catalogue).actions]
    kept = of_levels(fitting(statement, every, catalogue), levels, catalogue)
    kept_lowered = frozenset(map(str.lower, kept))
    left_out = [name.lower() for name in every if name.lower() not in kept_lowered] if levels else []

    def spared(entry: str) -> bool:
        prefix = entry.lower().rstrip("*")
        return not any(name.startswith(prefix) for name in left_out)

    entries = listed(kept, item.text, spared)
    how = "" if len(entries) == len(kept) else ", by the first words of their names"
    if len(every) == 1:
        title = "name the only action that it grants today"
    elif len(kept) == len(every):
        title = f"list the {len(every)} actions that it grants today{how}"
    else:
        which = "with these access levels" if levels else "that go with the resources"
        title = f"list {len(kept)} of its {len(every)} actions, those {which}{how}"
    return fits(spread(statement, item, entries, title), statement.policy)


def to_services(statement: Statement, item: Item, ctx: "Context") -> Draft | None:
    """`service:*` for each service that has resources such as the statement names, in place of `*`.

    None where the statement names none, or resources of many services.
    """
    services = services_for(statement, ctx.catalogue) if len(statement.actions) <= MOST_ENTRIES else ()
    if not 0 < len(services) <= _MOST_SERVICES:
        return None
    entries = [f"{service}:*" for service in services]
    return spread(statement, item, entries, f"name the services whose resources these are: {listing(entries)}")


def instead_of_not_action(statement: Statement, ctx: "Context") -> Draft | None:
    """Under `Action` what a statement with NotAction grants today on its resources, or to those who assume a role.

    None where the resources do not tell which services are meant, or that is more than somebody reads.
    """
    excluded = [item.text for item in statement.not_actions]
    if not 0 < len(excluded) <= MOST_LISTED:
        return None
    if statement.policy.kind == "trust":
        entries = [name for name in _assuming(statement) if not any(action_matches(e, name) for e in excluded)]
    else:
        services = services_for(statement, ctx.catalogue)
        if len(services) > _MOST_SERVICES:
            return None
        entries = [entry for service in services for entry in _left_in(statement, service, excluded, ctx)]
        if services and not entries:
            return dead_statement_out(
                statement, "take the statement out: it leaves out all that goes with its resources"
            )
    if not 0 < len(entries) <= MOST_LISTED:
        return None
    path = statement.at("NotAction")
    changes = (Rename(path, "Action"), Put(path, entries if len(entries) > 1 else entries[0]))
    return fits(Draft("list what it grants today under Action", changes), statement.policy)


def _left_in(statement: Statement, service: str, excluded: Sequence[str], ctx: "Context") -> list[str]:
    """Entries for what the service has for the resources and NotAction does not leave out."""
    every = f"{service}:*"
    near = [entry for entry in excluded if action_meets(entry, every)]
    if not near:
        return [every]
    names = fitting(statement, whole_service(service, ctx.catalogue).actions, ctx.catalogue)
    left = [name for name in names if not any(action_matches(entry, name) for entry in near)]
    return listed(left, every, lambda pattern: not any(action_meets(entry, pattern) for entry in near))


_ROLES: Final = {
    "AWS": ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"),
    "Service": ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"),
    "oidc": ("sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity", "sts:TagSession"),
    "saml": ("sts:AssumeRoleWithSAML", "sts:SetSourceIdentity", "sts:TagSession"),
}
"""What goes with a role's trust in principals of a type: "Actions, resources, and condition keys for AWS STS"."""


def _assuming(statement: Statement) -> tuple[str, ...]:
    """The actions for the principals of a trust policy; () where they are of several types, or of another."""
    kinds: set[str] = set()
    for principal in statement.principals:
        provider = provider_of(principal.text) if principal.type == "Federated" else None
        kinds.add(provider.kind if provider else "AWS" if principal.type == "*" else principal.type)
    return _ROLES.get(kinds.pop(), ()) if len(kinds) == 1 else ()
