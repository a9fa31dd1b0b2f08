r"""Texts inside string values, with the way back to the text around them.

IAM policies travel inside other JSON as strings: escaped (`"{\"Version\": …"`), percent-encoded
(`"%7B%22Version…"`, RFC 3986), or one in the other. Maps of offsets are built only when an origin is asked
for, and hold one entry per escape, not one per character.
"""

import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator

from iamlint.syntax.problem import Span

MAX_DRESS = 3
"""How many layers `undress` takes off."""

# Percent-encoded, perhaps repeatedly: the start of a JSON value, or white space before one.
_ENCODED_START = r"%(?:25)*(?:7B|5B|22|20|0A|0D|09)"
_SPACE = " \t\n\r"


class Offsets:
    """Where each code point of a decoded text stands in the text that it was decoded from."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, base: int, escaped: Iterator[tuple[int, int]]) -> None:
        """`escaped`: start and end, in the outer text, of what stands for one code point; the rest runs in step."""
        inner, outer = array("I", [0]), array("I", [base])
        for start, end in escaped:
            inner.append(inner[-1] + start - outer[-1] + 1)
            outer.append(end)
        self._inner, self._outer = inner, outer

    def origin(self, offset: int) -> int:
        """The outer offset where the code point at `offset` starts; of the end, where the last one ends."""
        index = bisect_right(self._inner, offset) - 1
        return self._outer[index] + offset - self._inner[index]


def escapes(text: str, span: Span) -> Offsets:
    """The offsets of what the string token at `span` decodes to."""
    return Offsets(span.start + 1, _escapes(text, span))


def _escapes(text: str, span: Span) -> Iterator[tuple[int, int]]:
    if text.find("\\", span.start, span.end) < 0:
        return
    # A surrogate pair is one code point; everything else after a backslash is one as well.
    pattern = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
    for found in pattern.finditer(text, span.start + 1, span.end - 1):
        yield found.span()


def _percent_runs() -> re.Pattern[str]:
    return re.compile("(?:%[0-9A-Fa-f]{2})+")


def _bytes(run: re.Match[str]) -> bytes:
    return bytes.fromhex(run[0].replace("%", ""))


def unquote(text: str) -> str:
    """Percent-decoded text (RFC 3986, UTF-8).

    `+` and a lone `%` stay; bytes that are no UTF-8 become U+FFFD. It is what
    `urllib.parse.unquote` does, whose module takes too long to load.
    """
    return _percent_runs().sub(lambda run: _bytes(run).decode("utf-8", "replace"), text)


# One match per character that `bytes.decode("utf-8", "replace")` yields: a whole sequence, or the longest
# start of one that could still have become whole (Unicode 15, table 3-7 and "substitution of maximal
# subparts").
_UTF8 = (
    rb"[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]?|\xe0(?:[\xa0-\xbf][\x80-\xbf]?)?"
    rb"|[\xe1-\xec\xee\xef](?:[\x80-\xbf]{1,2})?|\xed(?:[\x80-\x9f][\x80-\xbf]?)?"
    rb"|\xf0(?:[\x90-\xbf][\x80-\xbf]{0,2})?|[\xf1-\xf3][\x80-\xbf]{0,3}|\xf4(?:[\x80-\x8f][\x80-\xbf]{0,2})?"
    rb"|[\x80-\xff]"
)


def _percents(text: str) -> Iterator[tuple[int, int]]:
    character = re.compile(_UTF8)
    for run in _percent_runs().finditer(text):
        data, base = _bytes(run), run.start()
        if data.isascii():
            yield from ((at, at + 3) for at in range(base, run.end(), 3))
        else:
            for found in character.finditer(data):
                yield base + 3 * found.start(), base + 3 * found.end()


class _Layer:
    """One dress taken off: a JSON string token at `span`, or, without span, percent-encoding."""

    __slots__ = ("_offsets", "_span", "_text")

    def __init__(self, text: str, span: Span | None) -> None:
        self._text = text
        self._span = span
        self._offsets: Offsets | None = None

    def origin(self, offset: int) -> int:
        if self._offsets is None:
            if self._span is None:
                self._offsets = Offsets(0, _percents(self._text))
            else:
                self._offsets = escapes(self._text, self._span)
        return self._offsets.origin(offset)

    def dressed(self, text: str) -> str:
        """`text` as it is written inside this dress."""
        if self._span is not None:
            return json.dumps(text)[1:-1]
        from urllib.parse import quote

        return quote(text, safe="", errors="surrogatepass")


class Embedded:
    """A text inside a string value."""

    __slots__ = ("_layers", "text")

    def __init__(self, text: str, layers: tuple[_Layer, ...]) -> None:
        self.text = text
        self._layers = layers

    @property
    def layers(self) -> int:
        """How many dresses were taken off: 1 for a plain JSON string."""
        return len(self._layers)

    def origin(self, offset: int) -> int:
        """Where in the outermost text the code point at `offset` of `text` starts.

        Of the end of a span, it is the end of what stands for the span.
        """
        for layer in reversed(self._layers):
            offset = layer.origin(offset)
        return offset

    def span(self, span: Span) -> Span:
        """The span of the outermost text that stands for `span` of `text`."""
        return Span(self.origin(span.start), self.origin(span.end))

    def dressed(self, text: str) -> str:
        """`text`, a part of the inner text, as the outermost text writes it."""
        for layer in reversed(self._layers):
            text = layer.dressed(text)
        return text


def unfold(text: str, span: Span) -> Embedded:
    """What is written in the string token at `span`: escapes decoded, then undressed as `undress` does.

    ValueError if `span` is not that of a string token.
    """
    if text[span.start : span.start + 1] != '"':
        raise ValueError("not a string token")
    inner, _ = json.JSONDecoder().raw_decode(text, span.start)
    layers = [_Layer(text, span)]
    for layer, below in _dresses(inner):
        layers.append(layer)
        inner = below
    return Embedded(inner, tuple(layers))


def undress(text: str) -> str:
    """`text` without up to `MAX_DRESS` dresses; `text` itself if it wears none.

    A dress is percent-encoding, recognised by the first characters, or the quotes of a JSON string around the
    whole. Ends at a `{` or `[`, or where no dress is left.
    """
    for _, below in _dresses(text):
        text = below
    return text


def _dresses(text: str) -> Iterator[tuple[_Layer, str]]:
    """Each dress with the text below it, from the outside."""
    for _ in range(MAX_DRESS):
        start = len(text) - len(text.lstrip(_SPACE))
        if text.startswith("%", start) and re.compile(_ENCODED_START, re.IGNORECASE).match(text, start):
            layer = _Layer(text, None)
            text = unquote(text)
        elif text.startswith('"', start):
            try:
                below, end = json.JSONDecoder().raw_decode(text, start)
            except ValueError:
                return
            if text[end:].strip(_SPACE):
                return
            layer = _Layer(text, Span(start, end))
            text = below
        else:
            return
        yield layer, text
