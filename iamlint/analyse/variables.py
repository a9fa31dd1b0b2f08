"""The context of a request, and the policy variables `${key}` and `${key, 'default'}` that read it.

A value that is put in stands for itself: a `*` in a user's name is no wildcard. `${*}`, `${?}` and `${$}` are
the characters themselves. A key that is absent or has several values gives nothing, and then the default
counts; without one the text has no value at all. Source: AWS IAM User Guide, "IAM policy elements: Variables
and tags".
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

# Where a text is a pattern, these stand for a plain `*` and `?` in it. They are Unicode noncharacters, far
# outside of what IAM takes in a policy (U+0020 to U+00FF).
_STAR: Final = "\ufdd0"
_MARK: Final = "\ufdd1"


class Context:
    """The condition keys of one request; keys in any case, values as text."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str | Sequence[str]]) -> None:
        self._values = {
            key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in values.items()
        }

    @classmethod
    def lowered(cls, values: dict[str, tuple[str, ...]]) -> "Context":
        """The context with these values, whose keys are in lower case; they become its own."""
        made = cls.__new__(cls)
        made._values = values
        return made

    def values(self, key: str) -> tuple[str, ...]:
        """The values of `key`; none where the key is absent."""
        return self._values.get(key.lower(), ())

    def single(self, key: str) -> str | None:
        """The value of `key`; None where it is absent or has several."""
        values = self.values(key)
        return values[0] if len(values) == 1 else None

    def add(self, key: str, value: str) -> None:
        """Give `key` this value unless it has one."""
        self._values.setdefault(key.lower(), (value,))


def variable_parts(text: str) -> Iterator[tuple[str, str | None]]:
    """The pieces of `text` in order: `(text, None)`, or `("", inside)` for a `${inside}`; linear time.

    A `${` that is never closed is text.
    """
    end = 0
    while (start := text.find("${", end)) >= 0 and (close := text.find("}", start)) >= 0:
        if start > end:
            yield text[end:start], None
        yield "", text[start + 2 : close]
        end = close + 1
    if end < len(text):
        yield text[end:], None


def keys_read(text: str) -> Iterator[str]:
    """The condition keys, in lower case, that the variables in `text` read."""
    for _, inside in variable_parts(text):
        if inside is not None and inside not in ("*", "?", "$"):
            yield inside.partition(",")[0].strip().lower()


def _value(inside: str, context: Context) -> str | None:
    if inside in ("*", "?", "$"):
        return inside
    key, comma, default = inside.partition(",")
    value = context.single(key.strip())
    if value is not None or not comma:
        return value
    default = default.strip()
    quoted = len(default) >= 2 and default[0] == default[-1] == "'"
    return default[1:-1] if quoted else None


def resolve(text: str, context: Context | None) -> str | None:
    """`text` with its variables replaced; None where one has no value.

    `context` None means that the policy's version knows no variables: all is plain text.
    """
    if context is None or "${" not in text:
        return text
    found = [plain if inside is None else _value(inside, context) for plain, inside in variable_parts(text)]
    return None if None in found else "".join(part for part in found if part is not None)


def resolve_pattern(text: str, context: Context | None) -> str | None:
    """As `resolve`, for a `text` whose own `*` and `?` are wildcards; to be matched with `plain_for`."""
    if context is None or "${" not in text:
        return text
    found = []
    for plain, inside in variable_parts(text):
        if inside is None:
            found.append(plain)
            continue
        value = _value(inside, context)
        if value is None:
            return None
        found.append(value.replace("*", _STAR).replace("?", _MARK))
    return "".join(found)


def plain_for(pattern: str, text: str) -> str:
    """`text`, written so that a pattern from `resolve_pattern` meets its `*` and `?`."""
    if _STAR in pattern or _MARK in pattern:
        return text.replace("*", _STAR).replace("?", _MARK)
    return text
