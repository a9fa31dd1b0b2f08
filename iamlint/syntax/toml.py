"""Where the keys of a TOML text stand: `tomllib` gives values without their places."""

import re

from iamlint.syntax.problem import Path

_TOKEN = (
    r"(?P<space>[ \t]++|#[^\n]*+)|(?P<end>\r?\n)"
    r'|(?P<string>"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}|\'\'\'(?:[^\']|\'{1,2}(?!\'))*+\'{3,5}'
    r'|"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\')'
    r"|(?P<mark>[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,.\"'#]++)"
)


def toml_lines(text: str) -> dict[Path, int]:
    """The line, from 1, of every table, key and list entry of `text`, which must be TOML that `tomllib` accepts.

    Entries of lists and of arrays of tables are counted from 0, as in the value that `tomllib` returns.
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._arrays: dict[Path, int] = {}
        self._tokens: list[tuple[str, int, bool]] = []  # token, its line, is it a string
        self._at = 0
        line = 1
        for found in re.compile(_TOKEN, re.DOTALL).finditer(text):
            if found.lastgroup == "end":
                self._tokens.append(("\n", line, False))
            elif found.lastgroup != "space":
                self._tokens.append((found[0], line, found.lastgroup == "string"))
            line += found[0].count("\n")
        self._tokens.append(("\n", line, False))

    def read(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip_lines():
            if self._peek() == "[":
                table = self._header()
            else:
                self._member(table)
        return self._lines

    def _peek(self) -> str:
        token, _, is_string = self._tokens[self._at]
        return "" if is_string else token

    def _skip_lines(self) -> bool:
        """Goes on to the next token that is no line end; False at the end of the text."""
        while self._at < len(self._tokens) and self._peek() == "\n":
            self._at += 1
        return self._at < len(self._tokens)

    def _header(self) -> Path:
        line = self._tokens[self._at][1]
        self._at += 1
        is_array = self._peek() == "["
        self._at += is_array
        *above, last = self._key()
        self._at += 1 + is_array
        path: Path = ()
        for step in above:
            path = (*path, step)
            self._lines.setdefault(path, line)
            path = self._newest(path)
        path = (*path, last)
        if is_array:
            self._lines.setdefault(path, line)
            self._arrays[path] = self._arrays.get(path, -1) + 1
            path = self._newest(path)
        self._lines.setdefault(path, line)
        return path

    def _newest(self, path: Path) -> Path:
        return (*path, self._arrays[path]) if path in self._arrays else path

    def _key(self) -> list[str]:
        steps = [self._step()]
        while self._peek() == ".":
            self._at += 1
            steps.append(self._step())
        return steps

    def _step(self) -> str:
        token, _, is_string = self._tokens[self._at]
        self._at += 1
        if not is_string:
            return token
        if "\\" not in token or token[0] == "'":
            return token[1:-1]
        import tomllib

        return str(tomllib.loads(f"key = {token}")["key"])

    def _member(self, table: Path) -> None:
        line = self._tokens[self._at][1]
        path = table
        for step in self._key():
            path = (*path, step)
            self._lines.setdefault(path, line)
        self._at += 1
        self._value(path)

    def _value(self, path: Path) -> None:
        opened = self._peek()
        if opened not in ("[", "{"):
            while self._peek() not in ("\n", ",", "]", "}"):  # one string, or a number or date in pieces
                self._at += 1
            return
        self._at += 1
        closing = "]" if opened == "[" else "}"
        index = 0
        while self._skip_lines() and self._peek() != closing:
            if self._peek() == ",":
                self._at += 1
            elif opened == "{":
                self._member(path)
            else:
                entry = (*path, index)
                self._lines[entry] = self._tokens[self._at][1]
                self._value(entry)
                index += 1
        self._at += 1
