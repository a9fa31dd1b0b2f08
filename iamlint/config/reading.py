"""The tables of a configuration → `Settings`."""

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from iamlint.config import (
    DEFAULT_EXCLUDE,
    POLICY_KINDS,
    SEVERITIES,
    ConfigError,
    Environment,
    ExceptionSpec,
    ForbiddenSpec,
    Network,
    Settings,
    SourceSpec,
    UsageSpec,
)
from iamlint.config.table import Table, where
from iamlint.syntax import Path, printable

if TYPE_CHECKING:
    from iamlint.config.register import Register


def settings_in(data: bytes, path: str, required: bool) -> Settings | None:
    """The settings in the bytes of the file `path`; None for a `pyproject.toml` without a table of ours.

    That is a mistake where the file is `required`. Raises `ConfigError`.
    """
    inside_pyproject = os.path.basename(path) == "pyproject.toml"
    try:
        text = data.decode("utf-8")
        document: dict[str, object] = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}:{data[: error.start].count(10) + 1}: not UTF-8 text") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"\(at line (\d+)", str(error))
        message = printable(str(error).partition(" (at ")[0])
        raise ConfigError(f"{path}:{at[1] if at else 1}: not TOML: {message}") from error
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
            raise ConfigError(f"{where(path, text, prefix)}: `iamlint` must be a table")
        document = table
    return _settings(Table(document, path, text, prefix), path, hashlib.sha256(data).hexdigest(), text)


def environment_in(table: Mapping[str, object]) -> Environment:
    """The table `[environment]`, given as values. Raises `ConfigError`."""
    return _environment(Table({"environment": table}, "settings", "", ()).table("environment"))


def forbidden_in(tables: Sequence[Mapping[str, object]]) -> tuple[ForbiddenSpec, ...]:
    """The tables `[[forbidden-access]]`, given as values. Raises `ConfigError`."""
    reader = Table({_FORBIDDEN: list(tables)}, "settings", "", ())
    return tuple(map(_forbidden, reader.tables(_FORBIDDEN)))


_FORBIDDEN = "forbidden-access"


def _settings(reader: Table, path: str, sha256: str, text: str) -> Settings:
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
        usage=_usage(reader.table("usage")),
        exceptions=tuple(_exception(table) for table in reader.tables("exceptions")),
        forbidden_access=tuple(map(_forbidden, reader.tables(_FORBIDDEN))),
        plugins=reader.strings("plugins"),
        rule_tables=tuple(reader.tables("rule")),
        register=_register(reader, path),
    )
    reader.finish()
    return settings


def _register(reader: Table, path: str) -> "Register | None":
    """The register that the configuration names, relative to itself."""
    name = reader.string("register")
    if name is None:
        return None
    from iamlint.config.register import read_register

    try:
        return read_register(os.path.join(os.path.dirname(path), name))
    except ConfigError as error:
        reader.fail("register", str(error))


def _source(reader: Table) -> SourceSpec:
    selector = reader.string("selector")
    if selector is None:
        reader.fail("selector", "a source needs a selector, a JSONPath such as `$.resources[*].policy`")
    source = SourceSpec(
        reader.string("name") or selector, selector, reader.string("path"), reader.choice("kind", POLICY_KINDS)
    )
    reader.finish()
    return source


def _exception(reader: Table) -> ExceptionSpec:
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


def _forbidden(reader: Table) -> ForbiddenSpec:
    block = reader.table("conditions")
    operators = [(operator, block.table(operator)) for operator in block.names()]
    spec = ForbiddenSpec(
        reader.string("name") or "",
        reader.one_or_more("actions"),
        reader.one_or_more("resources") or ("*",),
        reader.one_or_more("principals"),
        reader.one_or_more("except-principals"),
        tuple((operator, key, table.scalars(key)) for operator, table in operators for key in table.names()),
    )
    reader.finish()
    reader.text("name", "in a few words what is forbidden")
    if not spec.actions:
        reader.fail("actions", "`actions` must list what is forbidden, such as `s3:DeleteBucket` or `kms:*`")
    for action in spec.actions:
        if action != "*" and (action.count(":") != 1 or not all(action.split(":"))):
            reader.fail("actions", f"{printable(action, 80)} is no pattern of actions; write `service:Name` or `*`")
    for resource in spec.resources:
        if resource != "*" and (resource.count(":") < 5 or not resource.startswith("arn:")):
            reader.fail("resources", f"{printable(resource, 80)} is no pattern of ARNs; write `arn:aws:s3:::name/*`")
    for key, patterns in (("principals", spec.principals), ("except-principals", spec.except_principals)):
        for pattern in patterns:
            if not re.fullmatch(r"\*|[0-9]{12}|arn:[^:]+:(iam|sts):[^:]*:[^:]*:.+", pattern):
                what = "no account id and no pattern of principals"
                reader.fail(key, f"{printable(pattern, 80)} is {what}; write `arn:aws:iam::*:role/deploy-*`")
    return spec


def _environment(reader: Table) -> Environment:
    environment = Environment(
        accounts=reader.strings("accounts"),
        partition=reader.string("partition") or "aws",
        regions=reader.strings("regions"),
        networks=tuple(_network(table) for table in reader.tables("networks")),
        repositories=reader.strings("repositories"),
        administrators=reader.strings("administrators"),
        break_glass=reader.strings("break-glass"),
        persons=reader.strings("persons"),
        machines=reader.strings("machines"),
    )
    for account in environment.accounts:
        if not re.fullmatch("[0-9]{12}", account):
            reader.fail("accounts", f"{printable(account, 40)} is no account id; write 12 digits in quotes")
    if not re.fullmatch("aws(-[a-z]+)*", environment.partition):
        reader.fail("partition", f"{printable(environment.partition, 40)} is no partition; write aws, aws-cn or such")
    for region in environment.regions:
        if not re.fullmatch("[a-z]+(-[a-z]+)+-[0-9]+", region):
            reader.fail("regions", f"{printable(region, 40)} is no Region; write eu-west-1 or such")
    for repository in environment.repositories:
        if not re.fullmatch(r"(repo:)?[^\s:/*?]+/[^\s:/*?]+(:[^\s*?]+)?", repository):
            wanted = "OWNER/NAME or OWNER/NAME:ref:refs/heads/BRANCH"
            reader.fail("repositories", f"{printable(repository, 80)} is no repository; write {wanted}")
    reader.finish()
    return environment


def is_holder(pattern: str) -> bool:
    """True iff the text is a pattern of ARNs of users or roles, or one such ARN."""
    return re.fullmatch(r"arn:[^:]+:iam::[^:]*:(user|role)/.+", pattern) is not None


def _usage(reader: Table) -> UsageSpec:
    holders = reader.table("holders")
    spec = UsageSpec(
        tuple((glob, holders.one_or_more(glob)) for glob in holders.names()), reader.one_or_more("keep-actions")
    )
    for glob, patterns in spec.holders:
        for pattern in patterns:
            if not is_holder(pattern):
                what = "no pattern of users or roles"
                holders.fail(glob, f"{printable(pattern, 80)} is {what}; write `arn:aws:iam::*:role/deploy-*`")
    for action in spec.keep_actions:
        if not re.fullmatch(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+", action):
            wanted = "write `service:Name`, with `*` in the name if need be"
            reader.fail("keep-actions", f"{printable(action, 80)} is no pattern of one service's actions; {wanted}")
    reader.finish()
    return spec


def _network(reader: Table) -> Network:
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
