"""The resources of a call, as far as the event tells them: whole ARNs only, none that is guessed."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "bucketname": ("bucketname",),
    "objectname": ("key",),
    "functionname": ("functionname",),
    "queuename": ("queuename", "queueurl"),
    "streamname": ("streamname",),
    "topicname": ("name",),
    "instanceid": ("instanceid",),
    "volumeid": ("volumeid",),
    "securitygroupid": ("groupid",),
    "parameternamewithoutleadingslash": ("name",),
    "stackname": (),
    "dbinstancename": ("dbinstanceidentifier",),
    "dbclusterinstancename": ("dbclusteridentifier",),
    "projectname": ("projectname", "name"),
    "pipelinename": ("pipelinename", "name"),
}
"""Parameters, in lower case, for the variables of AWS's formats of ARNs; those of the same name need no entry."""

_COMPANIONS: Final = frozenset({"region", "account", "partition"})


@lru_cache(maxsize=16_384)
def resources_of(
    action: str, parts: tuple[tuple[str, str], ...], partition: str, region: str, account: str
) -> tuple[str, ...]:
    """ARNs of what the call was about; () where the event does not tell or the action takes none.

    `parts` are the names and values of `naming`. ARNs stand in the event, or follow from AWS's format of the ARN and
    the parameters that have the names of its variables.
    """
    formats = _formats(action)
    if not formats:
        return ()
    if any(name == "…" for name, _ in parts):
        return ()  # more than could be looked at: the list would not be complete
    arns = {value for _, value in parts if value.startswith("arn:")}
    direct = sorted(arn for arn in arns if any(each.expression.fullmatch(arn) for each in formats))
    if direct:
        return _most_definite(direct, formats)
    values: dict[str, list[str]] = {}
    for name, value in parts:
        if value and not value.startswith("arn:"):
            values.setdefault(name.lower(), []).append(value)
    given = {"partition": partition, "region": region, "account": account}
    for each in formats:
        made = _filled(each, values, given)
        if made:
            return tuple(made)
    return ()


def _most_definite(arns: Sequence[str], formats: "Sequence[_Format]") -> tuple[str, ...]:
    """Of a bucket and its object the object, if the action is about objects: the first format that any ARN fits."""
    for each in formats:
        found = tuple(arn for arn in arns if each.expression.fullmatch(arn))
        if found:
            return found
    return ()


class _Format:
    """AWS's format of an ARN: its variables, and what fits it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.variables = tuple(_VARIABLE.findall(text))
        fixed = _VARIABLE.split(text)[::2]
        self.expression = re.compile(
            "[^:]*?".join(map(re.escape, fixed[:-1])) + "(?:.+)" + re.escape(fixed[-1])
            if len(fixed) > 1
            else re.escape(text),
            re.DOTALL,
        )


@lru_cache(maxsize=4096)
def _formats(action: str) -> tuple[_Format, ...]:
    """The formats of what the action takes, those with most fixed text first."""
    from iamlint.aws.catalogue import catalogue

    prefix, _, name = action.partition(":")
    texts = catalogue().arns_of(prefix, name.lower()) or ()
    ordered = sorted(dict.fromkeys(texts), key=lambda text: (-len(_VARIABLE.sub("", text)), text))
    return tuple(map(_Format, ordered))


def _filled(format_: _Format, values: Mapping[str, Sequence[str]], given: Mapping[str, str]) -> list[str]:
    """The format with the values in it, once for each of the last variable's; none where one is not told."""
    made = [format_.text]
    own = [name for name in format_.variables if name.lower() not in _COMPANIONS]
    if not own:
        return []
    for name in format_.variables:
        low = name.lower()
        if low in _COMPANIONS:
            found: Sequence[str] = (given[low],) if given[low] else ()
        else:
            found = _values(low, values)
        if not found or (len(found) > 1 and name != own[-1]):
            return []
        made = [text.replace("${" + name + "}", value, 1) for text in made for value in found]
    return made


def _values(name: str, values: Mapping[str, Sequence[str]]) -> Sequence[str]:
    for each in (*_ALIASES.get(name, ()), name):
        if each in values:
            if each == "queueurl":
                return [value.rpartition("/")[2] for value in values[each]]
            if name == "parameternamewithoutleadingslash":
                return [value.removeprefix("/") for value in values[each]]
            return values[each]
    return ()
