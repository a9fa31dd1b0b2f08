"""Configuration: one TOML file per run → frozen `Settings`. Every mistake is an error with its line."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from iamlint.record import NamedTuple

if TYPE_CHECKING:
    from iamlint.config.register import Register
    from iamlint.config.table import Table

FILE_NAMES = ("iamlint.toml", ".iamlint.toml", "pyproject.toml")
SEVERITIES = ("error", "security-warning", "warning", "suggestion")
POLICY_KINDS = (
    *("identity", "resource", "trust", "scp", "rcp", "boundary", "session", "endpoint"),
    *("AWS::S3::Bucket", "AWS::S3::AccessPoint", "AWS::S3::MultiRegionAccessPoint", "AWS::S3ObjectLambda::AccessPoint"),
    *("AWS::DynamoDB::Table", "AWS::IAM::AssumeRolePolicyDocument"),
)
"""Kinds of policies, and types of resources whose policies have rules of their own."""
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
    """What belongs to the organisation: the facts that no policy tells.

    `repositories` are those on GitHub whose workflows may assume roles: `OWNER/NAME`, or the subject of their tokens as
    far as it is fixed, `OWNER/NAME:ref:refs/heads/BRANCH`. `administrators`, `break_glass`, `persons` and `machines`
    are names of users, or patterns of their ARNs.
    """

    accounts: tuple[str, ...] = ()
    partition: str = "aws"
    regions: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    repositories: tuple[str, ...] = ()
    administrators: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()


class UsageSpec(NamedTuple):
    """What is to be known of usage tables.

    `holders` are, by patterns of files with policies, patterns of the ARNs of those who hold them. `keep_actions` are
    action patterns that are never taken away for not being seen.
    """

    holders: tuple[tuple[str, tuple[str, ...]], ...] = ()
    keep_actions: tuple[str, ...] = ()


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


class ForbiddenSpec(NamedTuple):
    """Access that no policy may grant: any of `actions` on any of `resources`, all patterns, if `conditions` hold.

    `principals` and `except_principals` are patterns of ARNs, or account ids; `conditions` are operator, key, values.
    """

    name: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    principals: tuple[str, ...] = ()
    except_principals: tuple[str, ...] = ()
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


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
    usage: UsageSpec = UsageSpec()
    exceptions: tuple[ExceptionSpec, ...] = ()
    forbidden_access: tuple[ForbiddenSpec, ...] = ()
    plugins: tuple[str, ...] = ()
    """Installed packages that bring rules."""
    rule_tables: tuple["Table", ...] = ()
    """The organisation's own rules, `[[rule]]`; what they mean is known where rules are made."""
    register: "Register | None" = None
    """The register of the access keys that remain."""

    def where(self, *keys: str | int) -> str:
        """`file:line` of what stands under these keys (and indexes of lists), for messages about it."""
        from iamlint.config.table import where

        return where(str(self.path), self.text, (*self.table, *keys))

    def line(self, *keys: str | int) -> int:
        """The line, from 1, of what stands under these keys."""
        from iamlint.config.table import line

        return line(self.text, (*self.table, *keys)) or 1

    @property
    def table(self) -> tuple[str, ...]:
        """The keys of the table in the file that is the configuration."""
        return ("tool", "iamlint") if os.path.basename(self.path or "") == "pyproject.toml" else ()


def settings_for(
    environment: Mapping[str, object] | None = None,
    rule_options: Mapping[str, Mapping[str, object]] | None = None,
    forbidden_access: Sequence[Mapping[str, object]] = (),
    register: str | None = None,
) -> Settings:
    """Settings without a file, from the tables `[environment]`, `[rules]` and `[[forbidden-access]]`.

    `register` is the text of one. Raises `ConfigError`.
    """
    from iamlint.config.reading import environment_in, forbidden_in
    from iamlint.config.register import register_in

    return Settings(
        root=os.getcwd(),
        rule_options=rule_options or {},
        environment=environment_in(environment or {}),
        forbidden_access=forbidden_in(forbidden_access),
        register=None if register is None else register_in(register, "register"),
    )


def settings_of(text: str, path: str) -> Settings:
    """The settings that `text`, a configuration that stands at `path`, holds. Raises `ConfigError`."""
    from iamlint.config.reading import settings_in

    settings = settings_in(text.encode(), path, required=True)
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
    import re

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
    if os.path.basename(path) == FILE_NAMES[2] and not required and not _mentions_table(data):
        return None
    from iamlint.config.reading import settings_in

    return settings_in(data, path, required)
