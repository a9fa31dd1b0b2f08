"""What is known of a request's context beforehand, and what conditions come to with that: true, false or open."""

from collections.abc import Iterable, Mapping
from typing import Final

from iamlint.analyse.conditions import condition_holds
from iamlint.analyse.principals import Caller
from iamlint.analyse.variables import Context, keys_read, variable_parts
from iamlint.model import Condition, Statement

# Never in a request that somebody makes with credentials of their own: AWS services put them into theirs.
_OF_SERVICES: Final = (
    *("aws:calledvia", "aws:calledviafirst", "aws:calledvialast"),
    *("aws:principalservicename", "aws:principalservicenameslist"),
    *("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"),
)


class Known:
    """Condition keys whose value in a request is known; no values means known to be absent.

    `families` are prefixes of keys (`aws:principaltag/`) of which every one that is not listed is absent.
    """

    __slots__ = ("context", "families", "keys")

    def __init__(self, values: Mapping[str, tuple[str, ...]], families: tuple[str, ...] = ()) -> None:
        self.keys = values.keys()
        self.families = families
        self.context = Context(values)

    def tells(self, key: str) -> bool:
        """True iff it is known what the request has under `key`, given in lower case."""
        return key in self.keys or key.startswith(self.families or ("\0",))


def of_caller(who: Caller, tags: Mapping[str, str] | None) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The values and families for `Known` that follow from who asks; `tags` are None where sessions can add to them."""
    own = Context({})
    who.describe(own)
    names = ("aws:principalisawsservice", "aws:principalaccount", "aws:principaltype", "aws:principalarn")
    values = {name: own.values(name) for name in names}
    values["aws:username"] = own.values("aws:username")
    values["aws:viaawsservice"] = ("false",)
    for name in _OF_SERVICES:
        values[name] = ()
    if tags is None:
        return values, ()
    values.update({f"aws:principaltag/{name.lower()}": (value,) for name, value in tags.items()})
    return values, ("aws:principaltag/",)


def truth(statement: Statement, known: Known) -> bool | None:
    """Whether the conditions of the statement hold; None where that is up to what is not known."""
    if not statement.value.get("Condition"):
        return True
    open_ = False
    for condition in statement.conditions:
        if not _is_told(condition, statement, known):
            open_ = True
        elif not condition_holds(condition, known.context, known.context if statement.policy.has_variables else None):
            return False
    return None if open_ else True


def _is_told(condition: Condition, statement: Statement, known: Known) -> bool:
    if not known.tells(condition.key.lower()):
        return False
    if not statement.policy.has_variables:
        return True
    return all(variables_told(item.text, known) for item in condition.values)


def variables_told(text: str, known: Known) -> bool:
    """True iff the value of each variable in `text` is known, be it that there is none."""
    return all(map(known.tells, keys_read(text)))


def opened(texts: Iterable[str], known: Known, has_variables: bool) -> list[str]:
    """Patterns with what is known put in for their variables and `*` for what is not; those without a value are out.

    The values that are put in are names and tags: a `*` in one is taken for a wildcard, which reads an Allow as wider.
    """
    found = []
    for text in texts:
        if not has_variables or "${" not in text:
            found.append(text)
            continue
        parts: list[str] = []
        for plain, inside in variable_parts(text):
            if inside is None:
                parts.append(plain)
                continue
            key, comma, default = inside.partition(",")
            key = key.strip().lower()
            values = known.context.values(key)
            if inside in ("*", "?", "$"):
                parts.append(inside)
            elif len(values) == 1:
                parts.append(values[0])
            elif comma and known.tells(key):
                parts.append(default.strip().strip("'"))
            elif known.tells(key):
                break
            else:
                parts.append("*")
        else:
            found.append("".join(parts))
    return found
