"""Actions and resources of one statement that never go together in a request.

Sources: the tables "Actions" and "Resource types" of AWS's Service Authorization Reference; on its page "Actions,
resources, and condition keys for AWS services", that an action without resource types needs Resource `*`.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iamlint.analyse.arns import ArnPattern, arn_pattern, can_be
from iamlint.analyse.wildcards import covers
from iamlint.model import Item, Statement
from iamlint.record import NamedTuple
from iamlint.rule.families.arns import arn_faults, arn_of, outline
from iamlint.rule.families.names import has_wildcard

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue

_MOST_RESOURCES: Final = 2000
"""Statements with more are not judged: so many do not fit into a policy that IAM accepts."""
_LONGEST: Final = 256
"""No action has so long a name."""
SEVERAL_PAGES: Final = frozenset(
    (
        *("apigateway", "aws-marketplace", "elasticloadbalancing", "greengrass", "kinesisanalytics", "lex"),
        *("partnercentral", "ses", "sms-voice"),
    )
)
"""Prefixes that several services share, each with a page of its own: what one lists of an action is not all."""
_MINOR: Final = frozenset(("no-region", "no-account"))
_MAKING: Final = ("create", "put")
"""A service may hold a request to make something against the ARN that it will have, though its page does not say so."""


class Mismatch(NamedTuple):
    """Actions of a statement that fit none of its resources."""

    actions: tuple[Item, ...]
    formats: tuple[ArnPattern, ...]
    """Of the resources that requests for them name; () where they name none."""


def mismatches(statement: Statement, catalogue: "Catalogue") -> Iterator[Mismatch]:
    """The actions, written out in full, that go with none of the resources; those that need the same together.

    A statement is not judged where an entry of Resource is no ARN with all its fields, or has a fault of its own.
    """
    given = statement.value.get("Resource")
    texts = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    if "*" in texts or not 0 < len(texts) <= _MOST_RESOURCES or "NotAction" in statement:
        return
    arns = _judged(frozenset([outline(text, catalogue) if isinstance(text, str) else "" for text in texts]), catalogue)
    if arns is None:
        return
    fitting: dict[_Needs, bool] = {}
    unfit: dict[_Needs, list[Item]] = {}
    for item in statement.actions:
        text = item.text
        if "*" in text or "?" in text or len(text) > _LONGEST:
            continue
        needs = _needs(text.lower(), catalogue)
        if needs is None:
            continue
        if needs not in fitting:
            fitting[needs] = _fits(needs, arns, catalogue)
        if not fitting[needs]:
            unfit.setdefault(needs, []).append(item)
    for needs, items in unfit.items():
        yield Mismatch(tuple(items), needs.formats)


def fitting(statement: Statement, names: Iterable[str], catalogue: "Catalogue") -> list[str]:
    """Those of the actions that may go with one of the statement's resources; all where these are not judged."""
    given = statement.value.get("Resource")
    texts = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    if "*" in texts or not 0 < len(texts) <= _MOST_RESOURCES:
        return list(names)
    arns = _judged(frozenset([outline(text, catalogue) if isinstance(text, str) else "" for text in texts]), catalogue)
    if arns is None:
        return list(names)
    needs = ((name, _needs(name.lower(), catalogue)) for name in names)
    return [name for name, need in needs if need is None or _fits(need, arns, catalogue)]


def services_for(statement: Statement, catalogue: "Catalogue") -> tuple[str, ...]:
    """The prefixes, sorted, of the services that list resources which the statement's ARNs may match.

    None where an entry of Resource leaves its service open, or is not judged.
    """
    arns = [arn_of(item.text) for item in statement.resources[: _MOST_RESOURCES + 1]]
    known = [arn for arn in arns if arn is not None and not has_wildcard(arn.service)]
    if len(known) < len(arns) or len(arns) > _MOST_RESOURCES:
        return ()
    named = frozenset(arn.service for arn in known)
    return tuple(
        prefix
        for prefix in sorted(catalogue.services())
        if any(
            format_.service in named and any(can_be(arn, format_) for arn in known)
            for format_ in _listed(prefix, catalogue)
        )
    )


@lru_cache(maxsize=4096)
def _judged(outlines: frozenset[str], catalogue: "Catalogue") -> tuple[ArnPattern, ...] | None:
    """The ARNs of a statement; None where it is not judged."""
    arns = []
    for text in outlines:
        arn = arn_of(text)
        if arn is None or not _MINOR.issuperset(arn_faults(text, catalogue)):
            return None
        arns.append(arn)
    return tuple(arns)


class _Needs:
    """What requests for an action name: resources of these formats, or, where there are none, nothing at all.

    INVARIANT: made by `_same_needs` only, so that actions which need the same share one.
    """

    __slots__ = ("formats", "makes", "service")

    def __init__(self, service: str, formats: tuple[ArnPattern, ...], makes: bool) -> None:
        self.service = service
        self.formats = formats
        self.makes = makes


_same_needs = lru_cache(maxsize=1 << 14)(_Needs)
_format = lru_cache(maxsize=1 << 14)(arn_pattern)


@lru_cache(maxsize=1 << 14)
def _needs(action: str, catalogue: "Catalogue") -> _Needs | None:
    prefix, _, name = action.partition(":")
    if prefix in SEVERAL_PAGES or not catalogue.resource_arns(prefix):
        return None
    listed = catalogue.arns_of(prefix, name)
    return None if listed is None else _needed(prefix, listed, not listed and name.startswith(_MAKING))


@lru_cache(maxsize=4096)
def _needed(prefix: str, listed: tuple[str, ...], makes: bool) -> _Needs | None:
    """What actions of the service need whose page lists these formats; None where none of them is an ARN."""
    formats = tuple(dict.fromkeys([format_ for format_ in map(_format, listed) if format_]))
    return None if listed and not formats else _same_needs(prefix, formats, makes)


def _fits(needs: _Needs, arns: tuple[ArnPattern, ...], catalogue: "Catalogue") -> bool:
    """True iff some request may name one of the resources, as far as anybody can tell."""
    for arn in arns:  # noqa: SIM110 (a generator costs more than all that it asks)
        if _goes(needs, arn, catalogue):
            return True
    return False


@lru_cache(maxsize=1 << 14)
def _goes(needs: _Needs, arn: ArnPattern, catalogue: "Catalogue") -> bool:
    if not needs.formats:
        return needs.makes or _is_broad(arn, needs.service, catalogue)
    if any(can_be(arn, format_) for format_ in needs.formats):
        return True
    # What the service listed once its actions may have been for: lists of actions and of resources change apart.
    return any(can_be(arn, format_) for format_ in _retired(needs.service, catalogue))


@lru_cache(maxsize=256)
def _listed(prefix: str, catalogue: "Catalogue") -> frozenset[ArnPattern]:
    arns = (arn for listed in catalogue.resource_arns(prefix).values() for arn in listed)
    return frozenset(format_ for format_ in map(_format, arns) if format_)


@lru_cache(maxsize=256)
def _retired(prefix: str, catalogue: "Catalogue") -> frozenset[ArnPattern]:
    known = map(_format, catalogue.own_arn_formats(prefix))
    return frozenset(format_ for format_ in known if format_) - _listed(prefix, catalogue)


def _is_broad(arn: ArnPattern, prefix: str, catalogue: "Catalogue") -> bool:
    """True iff the pattern takes in all resources of a type of the service, or has a form that it does not list.

    A request that names no resource may carry an ARN without a name all the same: that of `iam:ListRoles` is
    `arn:aws:iam::111122223333:role/`.
    """
    if has_wildcard(arn.service):
        return True
    formats = [format_ for format_ in _listed(prefix, catalogue) if format_.service == arn.service]
    fitting = [format_ for format_ in formats if can_be(arn, format_)]
    return (bool(formats) and not fitting) or any(covers(arn.tail, format_.tail) for format_ in fitting)
