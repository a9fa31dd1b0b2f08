"""What is wrong with the ARNs of a statement's resources, by AWS's lists of formats, partitions and regions.

Sources: AWS General Reference, "Amazon Resource Names (ARNs)"; the resource types of the Service Authorization
Reference.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from iamlint.analyse.arns import ArnFormats, ArnPattern, arn_pattern
from iamlint.analyse.resources import FIELDS
from iamlint.analyse.wildcards import matches, meets
from iamlint.aws.partitions import PARTITIONS
from iamlint.finding import Draft
from iamlint.model import Item, Statement
from iamlint.rule.families.names import has_wildcard, resource_items
from iamlint.syntax import nearest

if TYPE_CHECKING:
    from iamlint.aws.catalogue import Catalogue

_KEPT: Final = 512
"""Longer texts are not remembered."""


def faulty_arns(statement: Statement, catalogue: "Catalogue", fault: str) -> Iterator[Item]:
    """Each entry of Resource and NotResource that has this fault, see `arn_faults`."""
    for item in resource_items(statement):
        if item.text != "*" and fault in arn_faults(item.text, catalogue):
            yield item


def arn_faults(text: str, catalogue: "Catalogue") -> tuple[str, ...]:
    """What keeps a resource from being an ARN of any resource that AWS lists; () for most, and for what is no ARN.

    `partition`: no partition has that name. `service`, `service-case`: no service has, or only in lower case. `region`,
    `account`: neither a Region, an account nor what else can stand there. `region-given`, `account-given`: no such
    resource has one. `no-region`, `no-account`: each has one, and the resource is named. `resource`: the last field has
    no form that the service lists. Wildcards and variables may stand for anything.
    """
    return _kept(outline(text, catalogue), catalogue) if len(text) <= _KEPT else _faults(text, catalogue)


def outline(text: str, catalogue: "Catalogue") -> str:
    """`text` with every name in its last field replaced by `x`: what the lists say of ARNs does not depend on them.

    The same text where that cannot be told: no ARN with all fields, a variable, or a service whose formats have words
    with a varying part; and for the first few of a service.
    """
    return _outlined(text, catalogue) if len(text) <= _KEPT else text


_FEW: Final = 8
"""So many ARNs of a service are judged as they are: to read all its formats takes longer."""
_asked: Final[Counter[str]] = Counter()


@lru_cache(maxsize=1 << 12)  # which rules a statement calls for hangs on it, and then several ask
def _outlined(text: str, catalogue: "Catalogue") -> str:
    fields = text.split(":", 5)
    if len(fields) < 6 or "$" in text or not catalogue.is_arn_service(fields[2]):
        return text
    service = fields[2]
    _asked[service] += 1
    if _asked[service] <= _FEW:
        return text
    words = _words(service, catalogue)
    if words is None:
        return text
    fields[5] = _NAME.sub(lambda name: name[0] if name[0] in words else "x", fields[5])
    return ":".join(fields)


@lru_cache(maxsize=1024)
def _words(service: str, catalogue: "Catalogue") -> frozenset[str] | None:
    """The words in the last fields of the service's formats; None where one has a varying part."""
    words = {word for format_ in arn_formats(catalogue, service).all for word in _SEPARATOR.split(format_.tail)}
    words.discard("*")
    return None if "x" in words or any(map(has_wildcard, words)) else frozenset(words)


_SEPARATOR: Final = re.compile("[/:]")
_NAME: Final = re.compile(r"(?<![^/:])[A-Za-z0-9_.+=@,-]++(?![^/:])")
"""A whole word between separators."""


def arn_of(text: str) -> ArnPattern | None:
    """As `arn_pattern`, remembered."""
    return _arn_kept(text) if len(text) <= _KEPT else arn_pattern(text)


_arn_kept = lru_cache(maxsize=1 << 14)(arn_pattern)


def _faults(text: str, catalogue: "Catalogue") -> tuple[str, ...]:
    arn = arn_of(text)
    if arn is None:
        return ()
    found = [] if any(matches(arn.partition, name) for name in PARTITIONS) else ["partition"]
    if has_wildcard(arn.service):
        return tuple(found)
    if not catalogue.is_arn_service(arn.service):
        found.append("service-case" if catalogue.is_arn_service(arn.service.lower()) else "service")
        return tuple(found)
    own = arn_formats(catalogue, arn.service, own=True).fitting(arn.tail)
    faults = list(_faults_of(arn, own, own, catalogue))
    if faults or not own:  # another service may list what this one lacks
        formats = arn_formats(catalogue, arn.service)
        fitting = formats.fitting(arn.tail)
        if not fitting and not arn.crosses and (formats.all or not arn.tail):
            found.append("resource")
        fitting = fitting or list(formats.all)
        faults = list(_faults_of(arn, fitting, list(formats.all) if arn.crosses else fitting, catalogue))
    return (*found, *faults)


_kept = lru_cache(maxsize=1 << 14)(_faults)


@lru_cache(maxsize=1024)
def arn_formats(catalogue: "Catalogue", service: str, *, own: bool = False) -> ArnFormats:
    """The formats with this third field; `own`: those that the service of that prefix lists itself."""
    return ArnFormats(catalogue.own_arn_formats(service) if own else catalogue.arn_formats(service))


def _faults_of(
    arn: ArnPattern, fitting: list[ArnPattern], possible: list[ArnPattern], catalogue: "Catalogue"
) -> Iterator[str]:
    """Faults of region and account.

    `fitting` are formats of the last field as it stands here, `possible` those that it may come to where a wildcard
    before it stands for colons.
    """
    region, account = arn.region, arn.account
    is_named = bool(arn.tail.strip("*"))
    if region and possible and not _any(possible, lambda f: f.region != "" or meets(region, "")):
        yield "region-given"
    elif region and not has_wildcard(region) and not _is_region(region, possible):
        yield "region"
    elif not region and is_named and fitting and not _any(fitting, lambda f: f.region == ""):
        yield "no-region"
    if not account:
        if is_named and fitting and not _any(fitting, lambda f: f.account == ""):
            yield "no-account"
    elif not has_wildcard(account):
        if not is_account(account):
            if not _is_alias(account, possible, catalogue):
                yield "account"
        elif possible and not _any(possible, lambda f: f.account != ""):
            yield "account-given"


def _any(formats: list[ArnPattern], test: Callable[[ArnPattern], bool]) -> bool:
    return any(map(test, formats))


def is_account(text: str) -> bool:
    """True iff `text` is the number of an account: 12 digits."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def _is_region(text: str, formats: list[ArnPattern]) -> bool:
    from iamlint.aws.regions import is_region

    return is_region(text) or any(format_.region == text for format_ in formats)


def _is_alias(text: str, formats: list[ArnPattern], catalogue: "Catalogue") -> bool:
    """True iff `text` stands for an account of AWS's: `aws`, a service's name, or what a format has there."""
    return text == "aws" or any(format_.account == text for format_ in formats) or catalogue.is_arn_service(text)


def resource_forms(resource: str, service: str, catalogue: "Catalogue") -> list[str]:
    """The forms that the last field of the service's ARNs has, `*` for a name.

    First those that may be meant, short ones before long ones.
    """
    tails = list(dict.fromkeys(format_.tail for format_ in arn_formats(catalogue, service).all))
    words = {_word(tail) for tail in tails}
    near = nearest(_word(resource), words) if resource else None
    return sorted(tails, key=lambda tail: (near is None or _word(tail) != near, len(tail)))


def _word(tail: str) -> str:
    return tail.replace(":", "/").partition("/")[0]


def arn_written(statement: Statement, item: Item, field: str, text: str | None) -> Draft | None:
    """The ARN has `text` as that field (`partition`, `service`, `region`, `account`); None where `text` is None."""
    from iamlint.rule.families.drafts import entry_written

    index = ("arn", "partition", "service", "region", "account").index(field)
    fields = item.text.split(":", 5)
    if text is None or len(fields) <= index:
        return None
    return entry_written(statement.policy, item.path, ":".join([*fields[:index], text, *fields[index + 1 :]]))


def fields_added(statement: Statement, item: Item, catalogue: "Catalogue") -> Draft | None:
    """The ARN with the empty fields that it lacks; None where more than that is missing, or where they may stand."""
    from iamlint.rule.families.drafts import entry_written

    fields = item.text.split(":")
    lacking = FIELDS - len(fields)
    if lacking < 1 or len(fields) < _LEAST_FIELDS or "${" in item.text:
        return None
    region = ":".join([*fields[:3], *[""] * lacking, *fields[3:]])
    account = ":".join([*fields[:4], *[""] * lacking, *fields[4:]])
    found = {text for text in (region, account) if text.split(":", FIELDS - 1)[-1] and _is_listed(text, catalogue)}
    return entry_written(statement.policy, item.path, found.pop()) if len(found) == 1 else None


_LEAST_FIELDS: Final = 4


def _is_listed(text: str, catalogue: "Catalogue") -> bool:
    """True iff AWS lists a resource with such an ARN."""
    arn = arn_of(text)
    return arn is not None and not arn_faults(text, catalogue) and bool(_fitting(arn, catalogue))


def _fitting(arn: ArnPattern, catalogue: "Catalogue") -> list[ArnPattern]:
    return arn_formats(catalogue, arn.service).fitting(arn.tail)


def is_key_arn(text: str) -> bool:
    """True iff `text` is the ARN of a KMS key, known by its id."""
    arn = arn_pattern(text)
    if arn is None or arn.service != "kms" or not is_account(arn.account) or not _is_region(arn.region, []):
        return False
    kind, _, id_ = arn.tail.partition("/")
    return arn.partition in PARTITIONS and kind == "key" and bool(id_) and "/" not in id_
