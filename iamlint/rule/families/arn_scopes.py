"""ARNs in place of Resource `*`: those of the types that the actions take, in the accounts of the organisation.

Sources: the tables "Actions" and "Resource types" of AWS's Service Authorization Reference.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from iamlint.analyse.wildcards import covers, meets
from iamlint.finding import Draft
from iamlint.model import Item, Statement
from iamlint.record import NamedTuple
from iamlint.rule.families.action_lists import MOST_LISTED, listed
from iamlint.rule.families.drafts import MOST_ENTRIES
from iamlint.rule.families.limits import is_every_arn
from iamlint.rule.families.names import has_wildcard
from iamlint.rule.families.pairs import SEVERAL_PAGES
from iamlint.rule.families.scopable import is_all_actions, takes_none
from iamlint.rule.families.splits import dropped_or_put, fits, like, split
from iamlint.syntax.change import Change, Put, Rename

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue
    from iamlint.rule.context import Context

ACCOUNT: Final = "ACCOUNT"
"""Stands where nobody has said what the account is."""
NEEDS_ACCOUNTS: Final = "it needs the account: list `accounts` under [environment] in the configuration"
_MOST_ACCOUNTS: Final = 5
_MOST_TYPES: Final = 8
"""So many types of one service are told apart; more are any resource of the service in the account."""
_MOST_ACTIONS: Final = 2000
_KEPT: Final = 256
"""What a longer entry takes is not kept."""
_VARIES: Final = re.compile(r"\$\{[^}]*\}")


class Arns(NamedTuple):
    """Patterns for resources; `placeholder` says that an account is not known and that `ACCOUNT` stands for it."""

    patterns: tuple[str, ...]
    placeholder: bool


def arns(formats: Iterable[str], ctx: "Context", most_types: int) -> Arns:
    """The formats (`arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`) as patterns for the organisation's own.

    With its partition, its accounts and, where it has one only, its Region. Patterns that others cover are left out.
    More than `most_types` of one service in one account are any resource of it there.
    """
    heads: dict[tuple[str, ...], dict[str, None]] = {}
    for format_ in formats:
        _, _, service, region, account, tail = format_.split(":", 5)
        heads.setdefault((service, region, account), {})[_VARIES.sub("*", tail)] = None
    accounts = ctx.accounts
    own = accounts if 0 < len(accounts) <= _MOST_ACCOUNTS else ("*",) if accounts else (ACCOUNT,)
    regions = ctx.environment.regions
    found: list[str] = []
    placeholder = False
    for (service, region, account), tails in sorted(heads.items()):
        placeholder |= account == "${Account}" and not accounts
        where = regions[0] if region == "${Region}" and len(regions) == 1 else _VARIES.sub("*", region)
        for owner in own if account == "${Account}" else (_VARIES.sub("*", account),):
            head = f"arn:{ctx.environment.partition}:{service}:{where}:{owner}:"
            found += [head + tail for tail in (["*"] if len(tails) > most_types else _widest(tails))]
    return Arns(tuple(found), placeholder)


def _widest(patterns: Iterable[str]) -> list[str]:
    """Those of the patterns that no other covers."""
    every = sorted(patterns)
    return [one for one in every if not any(other != one and covers(other, one) for other in every)]


class _Takes(NamedTuple):
    """What the actions of a statement take, for each entry of Action."""

    formats: tuple[str, ...]
    scoped: tuple[Item, ...]
    """Entries that grant an action which takes a resource."""
    rest: tuple[str, ...]
    """Entries for the others: they stay on `*`."""


def _taken(statement: Statement, catalogue: "Catalogue") -> _Takes | None:
    """None where there is too much of it."""
    formats: dict[str, None] = {}
    scoped: list[Item] = []
    rest: dict[str, None] = {}
    actions = 0
    for item in statement.actions:
        one = (_kept if len(item.text) <= _KEPT else _entry)(item.text, catalogue)
        actions += one.actions
        if actions > _MOST_ACTIONS:
            return None
        formats.update(dict.fromkeys(one.formats))
        rest.update(dict.fromkeys(one.rest))
        if one.formats:
            scoped.append(item)
    return _Takes(tuple(formats), tuple(scoped), tuple(rest))


class _Entry(NamedTuple):
    """What one entry of Action takes: how many actions it grants, their formats, and entries for those without."""

    actions: int
    formats: tuple[str, ...]
    rest: tuple[str, ...]


def _entry(text: str, catalogue: "Catalogue") -> _Entry:
    """Only the number of actions where that is too much."""
    every = list(islice(catalogue.matching(text.lower()), _MOST_ACTIONS + 1))
    if len(every) > _MOST_ACTIONS:
        return _Entry(len(every), (), ())
    formats: dict[str, None] = {}
    unscoped: list[str] = []
    for service, name in every:
        found = _formats(service, name, catalogue)
        formats.update(dict.fromkeys(found))
        if not found:
            unscoped.append(f"{service}:{name}")
    if not formats:
        return _Entry(len(every), (), (text,))
    rest = _unscoped(text, frozenset(unscoped), catalogue) if unscoped else ()
    return _Entry(len(every), tuple(formats), tuple(rest))


_kept = lru_cache(maxsize=1 << 12)(_entry)


@lru_cache(maxsize=1 << 14)
def _formats(service: str, name: str, catalogue: "Catalogue") -> tuple[str, ...]:
    """The formats of what the action takes, those of AWS's own resources of the type too; () where it needs `*`."""
    from iamlint.aws.arns import unlisted_formats

    if takes_none(f"{service}:{name}") or not catalogue.scopable(service, name):
        return ()
    own = catalogue.arns_of(service, name) or ()
    if not own or service in SEVERAL_PAGES:
        own = tuple(arn for listed in catalogue.resource_arns(service).values() for arn in listed)
    kinds = {_kind(format_) for format_ in own}
    return (*own, *(format_ for format_ in unlisted_formats(service) if _kind(format_) in kinds))


def _kind(format_: str) -> str:
    """`iam:policy` of `arn:${Partition}:iam::${Account}:policy/${PolicyNameWithPath}`."""
    _, _, service, _, _, tail = format_.split(":", 5)
    return f"{service}:{re.split('[/:$]', tail, maxsplit=1)[0]}"


def _unscoped(pattern: str, names: frozenset[str], catalogue: "Catalogue") -> list[str]:
    """Entries for the actions of these names (in lower case), which `pattern` matches beside others that take ARNs."""
    services = [_service(prefix, catalogue) for prefix in {name.partition(":")[0] for name in names}]

    def spared(entry: str) -> bool:
        prefix = entry.lower().rstrip("*")
        return not any(name.startswith(prefix) for service in services for name in service.scoped)

    return listed([name for service in services for name in service.rest if name.lower() in names], pattern, spared)


class _Service(NamedTuple):
    """The actions of a service, with its prefix: those that take ARNs, in lower case, and the others."""

    scoped: tuple[str, ...]
    rest: tuple[str, ...]


@lru_cache(maxsize=256)
def _service(prefix: str, catalogue: "Catalogue") -> _Service:
    scoped: list[str] = []
    rest: list[str] = []
    for name in catalogue.names(f"{prefix}:*"):
        if _formats(*_parts(name), catalogue):
            scoped.append(name.lower())
        else:
            rest.append(name)
    return _Service(tuple(scoped), tuple(rest))


def _parts(action: str) -> tuple[str, str]:
    service, _, name = action.lower().partition(":")
    return service, name


def scoped(statement: Statement, ctx: "Context") -> Draft | None:
    """The actions that take resources on the ARNs of their types, the rest of the statement on `*` in one of its own.

    Where that does not fit, any resource of the services in the accounts. None where that is too much as well, or
    nothing is known to narrow it to.
    """
    return _scoped(statement, ctx, _MOST_TYPES) or _scoped(statement, ctx, 1)


def _scoped(statement: Statement, ctx: "Context", most_types: int) -> Draft | None:
    held = statement.value.get("Resource")
    entries = held if isinstance(held, list) else [held]
    if len(entries) > MOST_ENTRIES:
        return None
    scope = _scope(statement, ctx, most_types)
    if scope is None:
        return None
    wide = [entry for entry in entries if isinstance(entry, str) and is_every_arn(entry)]
    kept = [entry for entry in entries if entry not in wide]
    named = [arn for arn in scope.arns.patterns if not any(isinstance(e, str) and covers(e, arn) for e in kept)]
    resource = [*(e for e in kept if not (isinstance(e, str) and _is_covered(e, named))), *named]
    put = Put(statement.at("Resource"), resource if len(resource) > 1 else resource[0])
    changes = _apart(statement, scope, (put,), wide[0])
    title = "name the ARNs of what the actions take"
    if scope.rest:
        title += ", and leave `*` to those that take none"
    return _told(statement, title, changes, scope)


def instead_of_not_resource(statement: Statement, ctx: "Context") -> Draft | None:
    """The ARNs of what the actions take under `Resource`, and a Deny of what NotResource leaves out of them.

    None as for `scoped`.
    """
    left_out = [item.text for item in statement.not_resources]
    if not 0 < len(left_out) <= MOST_LISTED or any(is_all_actions(item.text) for item in statement.actions):
        return None
    if any("${" in text for text in left_out):  # a Deny with a variable leaves out nothing where that has no value
        return None
    scope = _scope(statement, ctx, _MOST_TYPES)
    if scope is None:
        return None
    patterns = list(scope.arns.patterns)
    path = statement.at("NotResource")
    made: tuple[Change, ...] | None
    made = (Rename(path, "Resource"), Put(path, patterns if len(patterns) > 1 else patterns[0]))
    denied = [text for text in left_out if scope.rest or any(meets(text, arn) for arn in patterns)]
    title = "name the ARNs of what the actions take"
    news = []
    if scope.rest:
        rest = list(scope.rest)
        news.append(like(statement, {"Action": _lone(rest), "Resource": "*"}, "AnyResource"))
        made = (*_only(statement, scope), *made)
    if denied:
        title += " under Resource, and deny them on what is left out"
        news.append(like(statement, {"Effect": "Deny", "Resource": _lone(denied)}, "LeftOut"))
    made = split(statement, made, *news) if news else made
    return _told(statement, title, made, scope)


class _Scope(NamedTuple):
    """What the entries of Action come to in ARNs, the entries that take none and those that do."""

    arns: Arns
    rest: tuple[str, ...]
    narrowed: tuple[str, ...]


def _scope(statement: Statement, ctx: "Context", most_types: int) -> _Scope | None:
    if "NotAction" in statement or len(statement.actions) > MOST_ENTRIES:
        return None
    taken = _taken(statement, ctx.catalogue)
    if taken is None or not taken.formats or any(format_.split(":")[2] == "${Vendor}" for format_ in taken.formats):
        return None
    before = {item.text for item in statement.actions}
    found = arns(taken.formats, ctx, most_types)
    if len(found.patterns) > MOST_LISTED or sum(entry not in before for entry in taken.rest) > MOST_LISTED:
        return None
    return _Scope(found, taken.rest, tuple(item.text for item in taken.scoped))


def _only(statement: Statement, scope: _Scope) -> tuple[Change, ...]:
    """What leaves the entries that take resources in the statement."""
    held = statement.value.get("Action")
    return dropped_or_put(statement.at("Action"), held, list(scope.narrowed)) if isinstance(held, list) else ()


def _apart(statement: Statement, scope: _Scope, changes: Sequence[Change], wide: str) -> tuple[Change, ...] | None:
    """The changes, and the entries that take no resource in a statement of their own."""
    if not scope.rest:
        return tuple(changes)
    new = like(statement, {"Action": _lone(list(scope.rest)), "Resource": wide}, "AnyResource")
    return split(statement, (*_only(statement, scope), *changes), new)


def _told(statement: Statement, title: str, changes: tuple[Change, ...] | None, scope: _Scope) -> Draft | None:
    if changes is None:
        return None
    return fits(Draft(title, changes, NEEDS_ACCOUNTS if scope.arns.placeholder else None), statement.policy)


def _lone(entries: list[str]) -> object:
    return entries if len(entries) > 1 else entries[0]


def _is_covered(entry: str, patterns: Sequence[str]) -> bool:
    return has_wildcard(entry) and entry not in patterns and any(covers(pattern, entry) for pattern in patterns)
