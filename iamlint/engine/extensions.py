"""Rules that the configuration adds: `plugins`, which are installed packages, and the tables `[[rule]]`.

Nothing that lies in the working directory is imported, so that no checked-out branch can bring code of its own.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

from iamlint.config import ConfigError, Settings
from iamlint.engine.registry import RuleShapeError, rule_of
from iamlint.rule import Rule
from iamlint.syntax import printable

if TYPE_CHECKING:
    from importlib.metadata import Distribution

GROUP = "iamlint.rules"
"""The group of entry points; each gives a module that is a rule file, or a package of rule files."""


def extended(rules: Mapping[str, Rule], settings: Settings) -> dict[str, Rule]:
    """`rules` and those of the configuration, in the order of the ids. Raises `ConfigError`."""
    found = dict(rules)
    for index, name in enumerate(settings.plugins):
        where = settings.where("plugins", index)
        for rule in _plugin_rules(name, where):
            _add(found, rule, f"{where}: the plugin {printable(name, 80)} has a rule")
    if settings.rule_tables:
        from iamlint.engine.organisation import organisation_rules

        for number, rule in enumerate(organisation_rules(settings.rule_tables)):
            _add(found, rule, f"{settings.where('rule', number, 'id')}: there is already a rule")
    return dict(sorted(found.items()))


def _add(rules: dict[str, Rule], rule: Rule, message: str) -> None:
    if rule.id in rules:
        raise ConfigError(f"{message} {rule.id}; two rules cannot have one id")
    rules[rule.id] = rule


def _plugin_rules(name: str, where: str) -> list[Rule]:
    from importlib.metadata import distributions

    with _without_working_directory():
        # One look-up by name; listing the entry points of all packages takes longer than a whole run.
        distribution = next(iter(distributions(name=name)), None) if name else None
        if distribution is None:
            raise ConfigError(f"{where}: the plugin {printable(name, 80)} is not installed beside iamlint")
        try:
            return [rule_of(module) for module in _modules(distribution)]
        except RuleShapeError as error:
            raise ConfigError(f"{where}: the plugin {printable(name, 80)} cannot be used: {error}") from error
        except (Exception, SystemExit) as error:  # whatever a package does when it is imported
            what = printable(f"{type(error).__name__}: {error}", 300)
            raise ConfigError(f"{where}: the plugin {printable(name, 80)} cannot be loaded: {what}") from error


def _modules(distribution: "Distribution") -> Iterator[ModuleType]:
    import importlib
    import pkgutil

    entries = [entry for entry in distribution.entry_points if entry.group == GROUP]
    if not entries:
        raise RuleShapeError(f"it has no entry point of the group {GROUP}")
    for entry in entries:
        module = importlib.import_module(entry.module)
        if not hasattr(module, "__path__"):
            yield module
            continue
        for found in sorted(pkgutil.iter_modules(module.__path__), key=lambda found: found.name):
            if not found.ispkg and not found.name.startswith("_"):
                yield importlib.import_module(f"{entry.module}.{found.name}")


@contextmanager
def _without_working_directory() -> Iterator[None]:
    """`python -m` and an empty entry of `PYTHONPATH` put it on the path of modules."""
    kept = list(sys.path)
    here = os.path.realpath(os.getcwd())
    sys.path[:] = [entry for entry in kept if entry and os.path.realpath(entry) != here]
    try:
        yield
    finally:
        sys.path[:] = kept
