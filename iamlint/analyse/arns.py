"""Resources of policies against the formats of ARNs: can any ARN of a format match what a policy says.

A format is text such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`, in which `${…}` is any text, none too. A
policy variable in a resource may hold anything as well. All else is compared as patterns are, field by field; time is
linear in the resource, since both sides are only ever compared at their ends (see `wildcards.meets`).
"""

import re
from collections.abc import Iterable
from typing import Final

from iamlint.analyse.resources import FIELDS
from iamlint.analyse.wildcards import meets
from iamlint.record import NamedTuple


class ArnPattern(NamedTuple):
    """The fields of an ARN after `arn`, as patterns with `*` and `?`."""

    partition: str
    service: str
    region: str
    account: str
    tail: str

    @property
    def crosses(self) -> bool:
        """True iff a field before the last ends in `*`.

        By AWS's page "IAM JSON policy elements: Resource" it may then stand for colons, so that the other fields of a
        matching ARN need not be where they are here.
        """
        return self.partition[-1:] == "*" or self.service[-1:] == "*" or "*" in (self.region[-1:], self.account[-1:])


def arn_pattern(text: str) -> ArnPattern | None:
    """The fields of a resource in a policy or of a format; None where it is no ARN with all of them."""
    if "${" in text:
        text = _variable.sub(lambda found: "?" if found[0] in _PLAIN else "*", text)
    fields = text.split(":", FIELDS - 1)
    return ArnPattern(*fields[1:]) if len(fields) == FIELDS and fields[0] == "arn" else None


_PLAIN: Final = frozenset(("${*}", "${?}", "${$}"))
"""`${*}` is one character, a plain one."""
_variable: Final = re.compile(r"\$\{[^}]*+\}")


class ArnFormats:
    """Formats of ARNs of one service, found by the first word of their last field."""

    def __init__(self, formats: Iterable[str]) -> None:
        found = (arn_pattern(text) for text in formats)
        self.all: tuple[ArnPattern, ...] = tuple(dict.fromkeys(format_ for format_ in found if format_ is not None))
        self._by_word: dict[str, list[ArnPattern]] = {}
        self._others: list[ArnPattern] = []
        for format_ in self.all:
            word = _first_word(format_.tail)
            if word is None:
                self._others.append(format_)
            else:
                self._by_word.setdefault(word, []).append(format_)

    def fitting(self, tail: str) -> list[ArnPattern]:
        """Those whose ARNs can have a last field that the pattern `tail` matches."""
        word = _first_word(tail)
        near = self.all if word is None else (*self._by_word.get(word, ()), *self._others)
        return [format_ for format_ in near if _tail_fits(tail, format_)]


def _first_word(tail: str) -> str | None:
    """What stands before the first `/` or `:`; None where that holds a wildcard, or there is neither."""
    ends = [end for end in (tail.find("/"), tail.find(":")) if end >= 0]
    word = tail[: min(ends)] if ends else tail
    return None if "*" in word or "?" in word else word


_NAMED_ALONE: Final = frozenset(("codecommit", "codepipeline", "s3", "sns", "sqs"))
"""Services whose ARNs may end in nothing but a name, in which there is no slash by the naming rules of their guides."""


def _tail_fits(tail: str, format_: ArnPattern) -> bool:
    """True iff the pattern `tail` matches the last field of some ARN of this format.

    A name that the field begins with (a bucket, a topic, a queue) holds no white space.
    """
    if not tail or (format_.tail[:1] == "*" and not _is_name(tail)):
        return False
    if format_.tail == "*" and format_.service in _NAMED_ALONE and "/" in tail:
        return False
    return meets(tail, format_.tail)


def _is_name(tail: str) -> bool:
    end = min(end if end >= 0 else len(tail) for end in map(tail.find, "/:*"))
    return " " not in tail[:end] and tail[:end].isprintable()


def can_be(pattern: ArnPattern, format_: ArnPattern) -> bool:
    """True iff the pattern matches some ARN of the format.

    Where it `crosses` and the last field of the format has colons, whatever those may be read as.
    """
    if ":" in format_.tail and pattern.crosses:
        return meets(":".join(pattern), ":".join(format_))
    return (
        (pattern.service == format_.service or meets(pattern.service, format_.service))
        and _tail_fits(pattern.tail, format_)
        and meets(pattern.account, format_.account)
        and meets(pattern.region, format_.region)
        and meets(pattern.partition, format_.partition)
    )
