"""Configuration: one TOML file per run → frozen `Settings`. Every mistake is an error with its line."""

import os
import re
from collections.abc import Collection, Mapping
from typing import NamedTuple, NoReturn, overload

from iamlint.syntax import Path, nearest, printable

FILE_NAMES = ("iamlint.toml", ".iamlint.toml", "pyproject.toml")
SEVERITIES = ("error", "security-warning", "warning", "suggestion")
POLICY_KINDS = ("identity", "resource", "trust", "scp", "rcp", "boundary", "session", "endpoint")
DEFAULT_EXCLUDE = (
    ".git/",
    ".hg/",
    ".svn/",
    ".venv/",
    "venv/",
    ".tox/",
    ".nox/",
    "node_modules/",
    "site-packages/",
    "__pycache__/",
    ".mypy_cache/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".terraform/",
    "build/",
    "dist/",
)
"""Patterns, as in a `.gitignore`, of what is left out when folders are walked."""


class ConfigError(Exception):
    """A configuration that cannot be used; the message begins with file and line."""


class Network(NamedTuple):
    """A network that the organisation's people and machines call from."""

    name: str
    cidr: str
    review_date: str | None


class Environment(NamedTuple):
    """What belongs to the organisation: the facts that no policy tells."""

    accounts: tuple[str, ...] = ()
    partition: str = "aws"
    regions: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    repositories: tuple[str, ...] = ()
    administrators: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()


class SourceSpec(NamedTuple):
    """Where policies stand in other JSON: `selector` is a JSONPath, `path` a pattern of the files it is for."""

    name: str
    selector: str
    path: str | None
    kind: str | None


class ExceptionSpec(NamedTuple):
    """An accepted finding: every part that is given must fit; `reason` says why it is accepted.

    `path` is a pattern as in a `.gitignore`, relative to the configuration; `arn` a pattern (`*`, `?`) of the policy,
    its owner or the finding's subject (an ARN or a key id); `statement` counts from 0, as in JSON pointers;
    `applies_to` are the marked values; `pin` is `iamlint.analyse.pin` of the statement.
    """

    rule: str
    reason: str
    path: str | None = None
    arn: str | None = None
    sid: str | None = None
    statement: int | None = None
    applies_to: tuple[str, ...] = ()
    owner: str | None = None
    expires: str | None = None
    pin: str | None = None


class Settings(NamedTuple):
    """The configuration of one run. Patterns are those of a `.gitignore`, relative to `root`."""

    root: str
    path: str | None = None
    sha256: str | None = None
    text: str = ""
    include: tuple[str, ...] = ("*.json",)
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    min_severity: str | None = None
    fail_on: str | None = None
    preview: bool = False
    data_max_age_days: int = 180
    policy_kinds: tuple[tuple[str, str], ...] = ()
    sources: tuple[SourceSpec, ...] = ()
    rule_options: Mapping[str, Mapping[str, object]] = {}
    environment: Environment = Environment()
    exceptions: tuple[ExceptionSpec, ...] = ()
    plugins: tuple[str, ...] = ()
    """Installed packages that bring rules."""
    rule_tables: tuple["Table", ...] = ()
    """The organisation's own rules, `[[rule]]`; what they mean is known where rules are made."""

    def where(self, *keys: str | int) -> str:
        """`file:line` of what stands under these keys (and indexes of lists), for messages about it."""
        return _where(str(self.path), self.text, (*self.table, *keys))

    def line(self, *keys: str | int) -> int:
        """The line, from 1, of what stands under these keys."""
        return _line(self.text, (*self.table, *keys)) or 1

    @property
    def table(self) -> tuple[str, ...]:
        """The keys of the table in the file that is the configuration."""
        return ("tool", "iamlint") if os.path.basename(self.path or "") == "pyproject.toml" else ()


def settings_for(
    environment: Mapping[str, object] | None = None,
    rule_options: Mapping[str, Mapping[str, object]] | None = None,
) -> Settings:
    """Settings without a file, from the tables `[environment]` and `[rules]`. Raises `ConfigError`."""
    reader = Table({"environment": environment or {}}, "settings", "", ())
    return Settings(
        root=os.getcwd(), rule_options=rule_options or {}, environment=_environment(reader.table("environment"))
    )


def settings_of(text: str, path: str) -> Settings:
    """The settings that `text`, a configuration that stands at `path`, holds. Raises `ConfigError`."""
    settings = _parsed(text.encode(), path, required=True)
    return settings if settings is not None else Settings(root=os.path.dirname(os.path.abspath(path)))


def load_config(start: str, explicit: str | None = None, isolated: bool = False) -> Settings:
    """The settings of the nearest configuration at or above `start`, of the file `explicit`, or the defaults.

    A `pyproject.toml` counts only if it has a table `[tool.iamlint]`. Raises `ConfigError`.
    """
    if isolated:
        return Settings(root=start)
    if explicit is not None:
        return _load(explicit, required=True) or Settings(root=start)
    folder = os.path.abspath(start)
    while True:
        for name in FILE_NAMES:
            candidate = os.path.join(folder, name)
            if os.path.isfile(candidate):
                settings = _load(candidate, required=False)
                if settings is not None:
                    return settings
        above = os.path.dirname(folder)
        if above == folder:
            return Settings(root=start)
        folder = above


def is_config(path: str) -> bool:
    """True iff the file is a configuration by its name, or a `pyproject.toml` that seems to hold one."""
    name = os.path.basename(path)
    if name != FILE_NAMES[2]:
        return name in FILE_NAMES
    try:
        with open(path, "rb") as file:
            return _mentions_table(file.read())
    except OSError:
        return False


def _mentions_table(data: bytes) -> bool:
    """False for most files without `[tool.iamlint]`, which need not be parsed then."""
    if b"iamlint" not in data:
        return False
    part = rb"""["']?%s["']?"""
    dotted = part % b"tool" + rb"\s*\.\s*" + part % b"iamlint"
    return (
        re.search(dotted + rb"|^\s*\[\s*" + part % b"tool" + rb"\s*\]|^\s*" + part % b"tool" + rb"\s*=", data, re.M)
        is not None
    )


def _load(path: str, required: bool) -> Settings | None:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the configuration: {error.strerror}") from error
    return _parsed(data, path, required)


def _parsed(data: bytes, path: str, required: bool) -> Settings | None:
    inside_pyproject = os.path.basename(path) == "pyproject.toml"
    if inside_pyproject and not required and not _mentions_table(data):
        return None
    import hashlib
    import tomllib

    try:
        text = data.decode("utf-8")
        document: dict[str, object] = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}:{data[: error.start].count(10) + 1}: not UTF-8 text") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        where = re.search(r"\(at line (\d+)", str(error))
        message = printable(str(error).partition(" (at ")[0])
        raise ConfigError(f"{path}:{where[1] if where else 1}: not TOML: {message}") from error
    prefix: Path = ()
    if inside_pyproject:
        tool = document.get("tool")
        table = tool.get("iamlint") if isinstance(tool, dict) else None
        if table is None:
            if required:
                raise ConfigError(f"{path}: there is no table [tool.iamlint]")
            return None
        prefix = ("tool", "iamlint")
        if not isinstance(table, dict):
            raise ConfigError(f"{_where(path, text, prefix)}: `iamlint` must be a table")
        document = table
    return _settings(Table(document, path, text, prefix), path, hashlib.sha256(data).hexdigest(), text)


def _settings(reader: "Table", path: str, sha256: str, text: str) -> Settings:
    kinds = reader.table("policy-kinds")
    rules = reader.table("rules")
    settings = Settings(
        root=os.path.dirname(os.path.abspath(path)),
        path=path,
        sha256=sha256,
        text=text,
        include=reader.strings("include") or ("*.json",),
        exclude=reader.strings("exclude", DEFAULT_EXCLUDE),
        extend_exclude=reader.strings("extend-exclude"),
        select=reader.strings("select"),
        ignore=reader.strings("ignore"),
        extend_select=reader.strings("extend-select"),
        min_severity=reader.choice("min-severity", SEVERITIES),
        fail_on=reader.choice("fail-on", SEVERITIES),
        preview=reader.flag("preview"),
        data_max_age_days=reader.number("data-max-age-days", 180),
        policy_kinds=tuple((glob, kinds.choice(glob, POLICY_KINDS) or "") for glob in kinds.names()),
        sources=tuple(_source(table) for table in reader.tables("sources")),
        rule_options={id_: rules.table(id_).values() for id_ in rules.names()},
        environment=_environment(reader.table("environment")),
        exceptions=tuple(_exception(table) for table in reader.tables("exceptions")),
        plugins=reader.strings("plugins"),
        rule_tables=tuple(reader.tables("rule")),
    )
    reader.finish()
    return settings


def _source(reader: "Table") -> SourceSpec:
    selector = reader.string("selector")
    if selector is None:
        reader.fail("selector", "a source needs a selector, a JSONPath such as `$.resources[*].policy`")
    source = SourceSpec(
        reader.string("name") or selector, selector, reader.string("path"), reader.choice("kind", POLICY_KINDS)
    )
    reader.finish()
    return source


def _exception(reader: "Table") -> ExceptionSpec:
    applies_to = reader.one_or_more("applies-to")
    exception = ExceptionSpec(
        rule=reader.text("rule", "the rule whose findings it accepts"),
        reason=reader.text("reason", "why the finding is accepted"),
        path=reader.string("path"),
        arn=reader.string("arn"),
        sid=reader.string("sid"),
        statement=reader.number("statement"),
        applies_to=applies_to,
        owner=reader.string("owner"),
        expires=reader.day("expires"),
        pin=reader.string("pin"),
    )
    if not exception.path and not exception.arn:
        reader.fail("path", "an exception needs a path or an arn; `ignore` turns a rule off everywhere")
    reader.finish()
    return exception


def _environment(reader: "Table") -> Environment:
    environment = Environment(
        accounts=reader.strings("accounts"),
        partition=reader.string("partition") or "aws",
        regions=reader.strings("regions"),
        networks=tuple(_network(table) for table in reader.tables("networks")),
        repositories=reader.strings("repositories"),
        administrators=reader.strings("administrators"),
        break_glass=reader.strings("break-glass"),
    )
    for account in environment.accounts:
        if not re.fullmatch("[0-9]{12}", account):
            reader.fail("accounts", f"{printable(account, 40)} is no account id; write 12 digits in quotes")
    reader.finish()
    return environment


def _network(reader: "Table") -> Network:
    import ipaddress

    cidr = reader.string("cidr")
    if cidr is None:
        reader.fail("cidr", "a network needs a cidr such as 203.0.113.0/24")
    try:
        ipaddress.ip_network(cidr)
    except ValueError as error:
        reader.fail("cidr", f"{printable(str(error))}; write a network such as 203.0.113.0/24")
    network = Network(reader.string("name") or cidr, cidr, reader.day("review-date"))
    reader.finish()
    return network


class Table:
    """Reads one table of the configuration; what nobody asked for is an error of `finish`.

    Each method raises `ConfigError` with the line where the value is of another type.
    """

    def __init__(self, table: Mapping[str, object], path: str, text: str, keys: Path) -> None:
        self._table = table
        self._path = path
        self._text = text
        self._keys = keys
        self._asked: dict[str, None] = {}

    def fail(self, key: str, message: str) -> NoReturn:
        raise ConfigError(f"{_where(self._path, self._text, (*self._keys, key))}: {message}")

    def _get(self, key: str) -> object:
        self._asked[key] = None
        return self._table.get(key)

    def names(self) -> Collection[str]:
        return list(self._table)

    def values(self) -> Mapping[str, object]:
        return dict(self._table)

    def scalars(self, key: str) -> tuple[str, ...]:
        """The texts of one string, boolean or whole number, or of a list of them, as IAM compares them."""
        value = self._get(key)
        entries = value if isinstance(value, list) else [value]
        if not entries or not all(isinstance(entry, (str, bool, int)) for entry in entries):
            self.fail(key, f"`{key}` must be a string, true or false, a whole number, or a list of such")
        return tuple(str(entry).lower() if isinstance(entry, bool) else str(entry) for entry in entries)

    def string(self, key: str) -> str | None:
        value = self._get(key)
        if value is not None and not isinstance(value, str):
            self.fail(key, f"`{key}` must be a string")
        return value

    def text(self, key: str, what: str) -> str:
        """A string that must be there and say something."""
        value = self.string(key)
        if value is None or not value.strip():
            self.fail(key, f"`{key}` must say {what}")
        return value

    def one_or_more(self, key: str) -> tuple[str, ...]:
        """A list of strings, or one string alone."""
        value = self._get(key)
        return (value,) if isinstance(value, str) else self.strings(key)

    def strings(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self._get(key)
        if value is None:
            return default
        if not isinstance(value, (list, tuple)) or not all(isinstance(entry, str) for entry in value):
            self.fail(key, f"`{key}` must be a list of strings")
        return tuple(value)

    def choice(self, key: str, allowed: Collection[str]) -> str | None:
        value = self.string(key)
        if value is not None and value not in allowed:
            near = nearest(value, list(allowed))
            advice = f"did you mean {near}?" if near else f"known are {', '.join(allowed)}"
            self.fail(key, f"{printable(value, 40)} is not known here; {advice}")
        return value

    def flag(self, key: str) -> bool:
        value = self._get(key)
        if value is not None and not isinstance(value, bool):
            self.fail(key, f"`{key}` must be true or false")
        return bool(value)

    @overload
    def number(self, key: str, default: int) -> int: ...
    @overload
    def number(self, key: str, default: None = None) -> int | None: ...
    def number(self, key: str, default: int | None = None) -> int | None:
        value = self._get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fail(key, f"`{key}` must be a whole number")
        return value

    def day(self, key: str) -> str | None:
        value = self._get(key)
        if value is None:
            return None
        from datetime import date

        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            self.fail(key, f"`{key}` must be a day such as 2026-12-31")

    def table(self, key: str) -> "Table":
        value = self._get(key)
        if value is not None and not isinstance(value, Mapping):
            self.fail(key, f"`{key}` must be a table")
        return Table(value or {}, self._path, self._text, (*self._keys, key))

    def tables(self, key: str) -> list["Table"]:
        value = self._get(key)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)) or not all(isinstance(entry, Mapping) for entry in value):
            self.fail(key, f"`{key}` must be a list of tables, [[{key}]]")
        return [Table(entry, self._path, self._text, (*self._keys, key, n)) for n, entry in enumerate(value)]

    def finish(self) -> None:
        """Raises `ConfigError` for the first key that nobody asked for, with the nearest that there is."""
        for key in self._table:
            if key not in self._asked:
                near = nearest(key, list(self._asked))
                advice = f"did you mean `{near}`?" if near else f"known are {', '.join(self._asked)}"
                self.fail(key, f"unknown key `{printable(key, 40)}`; {advice}")


def _where(path: str, text: str, keys: Path) -> str:
    """`path` with the line of the last of `keys` that stands in `text`."""
    line = _line(text, keys)
    return f"{path}:{line}" if line else path


def _line(text: str, keys: Path) -> int | None:
    from iamlint.syntax.toml import toml_lines

    lines = toml_lines(text)
    return next((lines[keys[:length]] for length in range(len(keys), 0, -1) if keys[:length] in lines), None)
