"""What exactly is wrong with a text that the C scanner refused, and what was probably meant.

One linear, iterative walk over the tokens with the grammar of RFC 8259. It stops at the first mistake and
says what to do about it; the place is where a person would put the cursor to correct it.
"""

import json
import re

from iamlint.record import NamedTuple
from iamlint.syntax.lines import position
from iamlint.syntax.printing import printable
from iamlint.syntax.problem import Kind, SyntaxProblem

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)(?![\w.+-])")
_PLAIN_STRING = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER_LIKE = re.compile(r"[-+.]?[0-9][\w.+-]*|[-+.]+")
_WORD = re.compile(r"-?[\w$*][\w$.*/-]*(?::[\w$.*/-]+)*")
# A run of members, or of items, without anything special, each with its comma: the bulk of a big text in one
# step. The bound keeps the regular-expression engine from remembering millions of places to go back to.
_SIMPLE = r'(?:"[^"\\\x00-\x1f]*"|-?(?:0|[1-9][0-9]*)(?=[\s,])|true|false|null)'
_ITEMS = re.compile(rf"(?:[ \t\n\r]*{_SIMPLE}[ \t\n\r]*,){{1,1000}}")
_MEMBERS = re.compile(rf'(?:[ \t\n\r]*"[^"\\\x00-\x1f]*"[ \t\n\r]*:[ \t\n\r]*{_SIMPLE}[ \t\n\r]*,){{1,1000}}')

_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_TEMPLATE = ("${", "{{", "{%", "{#", "<%", "%{", "$(", "#{", "@{", "@@")
_SPELLED = {
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
    "None": "null",
    "NULL": "null",
    "Null": "null",
    "nil": "null",
}
_NO_VALUE = {"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf", "undefined"}
_CLOSER = {"{": "}", "[": "]"}
_CONTROL = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\f": r"\f"}

# What may come next, and what `mark` holds meanwhile.
_VALUE, _KEY, _ITEM = "value", "key", "item"  # the offset of the colon, of the comma
_FIRST_KEY, _FIRST_ITEM = "first key", "first item"  # of the opening bracket
_COLON = "colon"  # the offset after the key
_MORE = "more"  # the offset after the last value


class _Fault(NamedTuple):
    offset: int
    message: str
    kind: Kind = "syntax"


def diagnose(text: str, start: int, follows: bool, depth: int) -> SyntaxProblem | None:
    """The first mistake in the value that starts at `start`, None if there is none.

    `follows`: a complete value stands before it, so that this may be no value at all. More than `depth`
    levels of lists and objects are a mistake of kind `depth`.
    """
    fault = _walk(text, start, depth)
    if fault is None:
        return None
    if follows and fault.offset == start:
        fault = fault._replace(message=_after_the_end(text, start, fault.message))
    return SyntaxProblem.at(text, *fault)


def _walk(text: str, start: int, depth: int) -> _Fault | None:
    decoder = json.JSONDecoder()
    opened: list[int] = []
    state = _VALUE
    mark = at = start
    while True:
        if state in (_KEY, _FIRST_KEY, _ITEM, _FIRST_ITEM):
            run = (_MEMBERS if state in (_KEY, _FIRST_KEY) else _ITEMS).match(text, at)
            if run:
                at = run.end()
                mark = at - 1
                state = _KEY if state in (_KEY, _FIRST_KEY) else _ITEM
                continue
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        char = text[at : at + 1]
        if not char:
            return _end(text, opened)
        if state == _MORE and char == ",":
            state = _KEY if text[opened[-1]] == "{" else _ITEM
            mark = at
            at += 1
        elif state == _COLON and char == ":":
            state, mark = _VALUE, at
            at += 1
        elif (char == "}" and state in (_MORE, _FIRST_KEY)) or (char == "]" and state in (_MORE, _FIRST_ITEM)):
            opener = text[opened[-1]]
            if char != _CLOSER[opener]:
                line = position(text, opened[-1])[0]
                return _Fault(at, f"`{char}` where the `{opener}` of line {line} needs `{_CLOSER[opener]}`")
            opened.pop()
            at += 1
            state, mark = _MORE, at
        elif state in (_COLON, _MORE):
            return (_no_colon if state == _COLON else _no_comma)(text, at, mark, opened)
        elif char == '"':
            try:
                at = decoder.raw_decode(text, at)[1]
            except ValueError:
                return _string(text, at)
            state = _COLON if state in (_KEY, _FIRST_KEY) else _MORE
            mark = at
        elif state in (_KEY, _FIRST_KEY):
            return _no_key(text, at, mark, opened)
        elif char in "{[":
            if len(opened) == depth:
                return _Fault(at, f"nested more than {depth} levels deep", "depth")
            opened.append(at)
            state, mark = (_FIRST_KEY if char == "{" else _FIRST_ITEM), at
            at += 1
        elif scalar := _SCALAR.match(text, at):
            at = scalar.end()
            state, mark = _MORE, at
        else:
            return _no_value(text, at, mark, opened, state)
        if state == _MORE and not opened:
            return None


def _end(text: str, opened: list[int]) -> _Fault:
    if not opened:
        return _Fault(0, "empty text, no JSON value in it")
    line = position(text, opened[-1])[0]
    offset = len(text.rstrip(" \t\n\r"))
    return _Fault(offset, f"unexpected end of the text: the `{text[opened[-1]]}` of line {line} is not closed")


def _after_the_end(text: str, at: int, message: str) -> str:
    char = text[at]
    if char in "}]":
        return f"`{char}` closes nothing: the JSON value has ended before it"
    if char == ",":
        return "`,` after the end of the JSON value: one closing bracket too many before it, or a list without `[`"
    return f"text after the end of the JSON value: {message}"


def _no_value(text: str, at: int, mark: int, opened: list[int], state: str) -> _Fault:
    char = text[at]
    if alien := _alien(text, at):
        return _Fault(at, alien)
    if char in "]}":
        if not opened:
            return _Fault(at, f"`{char}` closes nothing")
        if state == _VALUE:
            return _Fault(at, f"a value is missing between `:` and `{char}`")
        if state == _ITEM and char == "]":
            return _Fault(mark, "trailing `,`: no item follows it")
        return _wrong_closer(text, at, opened)
    if char == ",":
        if state == _VALUE and opened:
            return _Fault(at, "a value is missing between `:` and `,`")
        return _Fault(at, "a value is missing before this `,`")
    if not opened and char == "<":
        return _Fault(at, "`<` starts no JSON value (is this HTML or XML?)")
    if not opened and text.startswith("---", at):
        return _Fault(at, "`---` starts no JSON value (is this YAML?)")
    return _Fault(at, _token(text, at, opened))


def _wrong_closer(text: str, at: int, opened: list[int]) -> _Fault:
    opener = text[opened[-1]]
    line = position(text, opened[-1])[0]
    return _Fault(at, f"`{text[at]}` where the `{opener}` of line {line} needs `{_CLOSER[opener]}`")


def _token(text: str, at: int, opened: list[int]) -> str:
    """What is wrong with the word or number at `at`, where a value is expected."""
    word = _WORD.match(text, at)
    token = word[0] if word else ""
    shown = f"`{printable(token, 40)}`"
    if token in _SPELLED:
        return f"{shown} is written `{_SPELLED[token]}` in JSON"
    if token in _NO_VALUE:
        return f"{shown} is no JSON value"
    number = _NUMBER_LIKE.match(text, at)
    if number:
        return _number(number[0])
    if word:
        if not opened and text.startswith(":", word.end()):
            return f"{shown} starts no JSON value (is this YAML?)"
        return f"{shown} needs double quotes"
    return f"unexpected `{printable(text[at])}` where a value is expected"


def _number(token: str) -> str:
    shown = f"`{printable(token, 40)}`"
    if re.fullmatch(r"\+[0-9.]+", token):
        return f"{shown}: a JSON number has no `+` in front"
    if re.fullmatch(r"[-+]?0[xXoObB]\w*", token):
        return f"{shown}: JSON knows decimal numbers only"
    if re.fullmatch(r"-?0[0-9]+(?:\.[0-9]*)?", token):
        return f"{shown}: a JSON number has no leading zero"
    if re.fullmatch(r"-?\.[0-9]+", token):
        return f"{shown}: a digit must stand before the `.`"
    if re.fullmatch(r"-?[0-9]+\.", token):
        return f"{shown}: a digit must stand after the `.`"
    if re.fullmatch(r"[-+.]+", token):
        return f"{shown} is no JSON value"
    return f"{shown} is no JSON number; a string needs double quotes"


def _no_key(text: str, at: int, mark: int, opened: list[int]) -> _Fault:
    char = text[at]
    # The braces of {{ x }} may be taken for an object around an object.
    if text.startswith(_TEMPLATE, mark) and mark == at - 1:
        return _Fault(mark, _placeholder(text, mark))
    if alien := _alien(text, at):
        return _Fault(at, alien)
    if char == "}":
        return _Fault(mark, "trailing `,`: no member follows it")
    if char == "]":
        return _wrong_closer(text, at, opened)
    if char == ",":
        return _Fault(at, "a member is missing before this `,`")
    if char in ":=":
        return _Fault(at, f"a key in double quotes is missing before this `{char}`")
    word = _WORD.match(text, at)
    if word:
        return _Fault(at, f"the key `{printable(word[0], 40)}` needs double quotes")
    return _Fault(at, f"unexpected `{printable(char)}` where a key in double quotes is expected")


def _no_colon(text: str, at: int, mark: int, opened: list[int]) -> _Fault:
    char = text[at]
    if alien := _alien(text, at):
        return _Fault(at, alien)
    if char in ",}":
        return _Fault(mark, "a key without a value: `:` and the value are missing after it")
    if char == "]":
        return _wrong_closer(text, at, opened)
    if char == "=":
        return _Fault(at, "`=` where `:` is meant")
    return _Fault(mark, "missing `:` after the key")


def _no_comma(text: str, at: int, mark: int, opened: list[int]) -> _Fault:
    char = text[at]
    if alien := _alien(text, at):
        return _Fault(at, alien)
    if char == ";":
        return _Fault(at, "`;` where `,` is meant")
    if char == ":":
        if text[opened[-1]] == "[":
            return _Fault(at, "`:` in a list: members with keys need `{` and `}` around them")
        return _Fault(at, "`:` after a value: a key has one value, and a `,` must follow it")
    if char in '"{[-' or char.isalnum() or char == "_":
        if at == mark and text[at - 1] == '"' and char not in "{[-":
            return _Fault(at, 'the string has ended before this; a `"` inside a string is written `\\"`')
        return _Fault(mark, "missing `,` after this")
    return _Fault(at, f"unexpected `{printable(char)}` where `,` or `{_CLOSER[text[opened[-1]]]}` is expected")


def _alien(text: str, at: int) -> str | None:
    """What stands at `at`, if it has no place in JSON at all."""
    char = text[at]
    if text.startswith(_CONFLICT, at) and position(text, at)[1] == 1:
        return f"merge-conflict mark `{text[at : at + 7]}`"
    if text.startswith(_TEMPLATE, at):
        return _placeholder(text, at)
    if char == "#" or text.startswith(("//", "/*"), at):
        return f"a comment (`{char if char == '#' else text[at : at + 2]}`): JSON has none"
    if char in "'`":
        return "JSON strings and keys take double quotes, not `" + ("'" if char == "'" else "back-ticks") + "`"
    if char in "“”„‟«»‘’‚‛＂":
        return f"typographic quote `{char}`: JSON strings and keys take plain double quotes"
    if char == "\ufeff":
        return "byte order mark (U+FEFF) in the middle of the text"
    if char.isspace() or char in "\u200b\u2060\u180e":
        return f"U+{ord(char):04X} is no white space in JSON"
    if not char.isprintable():
        return f"character U+{ord(char):04X} outside a string"
    return None


def _placeholder(text: str, at: int) -> str:
    return f"template placeholder `{printable(text[at : at + 2])}` outside a string: fill it in first"


def _string(text: str, start: int) -> _Fault:
    """The mistake in the string whose opening quote is at `start`."""
    at = start + 1
    while True:
        plain = _PLAIN_STRING.match(text, at)
        at = plain.end() if plain else at
        char = text[at : at + 1]
        if char in ("", "\n", "\r"):
            return _Fault(
                start,
                "this string is not closed" + (r" on its line (a line end is written \n)" if char else ""),
            )
        if char != "\\":
            shown = _CONTROL.get(char, f"\\u{ord(char):04x}")
            return _Fault(at, f"raw control character U+{ord(char):04X} in a string; it is written {shown}")
        escape = text[at + 1 : at + 2]
        if escape == "u":
            digits = text[at + 2 : at + 6]
            if not re.fullmatch("[0-9a-fA-F]{4}", digits):
                return _Fault(at, f"`{printable(text[at : at + 6])}`: four hexadecimal digits must follow \\u")
            at += 6
        elif escape and escape in '"\\/bfnrt':
            at += 2
        elif escape in ("", "\n", "\r"):
            return _Fault(start, "this string is not closed: its line ends with a `\\`")
        else:
            return _Fault(at, f"`\\{printable(escape)}` is no JSON escape; a backslash is written \\\\")
