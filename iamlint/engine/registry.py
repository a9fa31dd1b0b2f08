"""The rules there are: the folder is the registry. A file dropped into `rules/` is live."""

import importlib
from collections.abc import Mapping
from types import ModuleType

from iamlint.config import Settings
from iamlint.record import NamedTuple
from iamlint.rule import (
    AccountRule,
    ExceptionRule,
    HeldPolicyRule,
    PolicyRule,
    PrincipalRule,
    Rule,
    Severity,
    StatementRule,
    TextRule,
)
from iamlint.rule.base import ALL_KINDS

_SCOPES = (StatementRule, HeldPolicyRule, PolicyRule, TextRule, PrincipalRule, AccountRule, ExceptionRule)

SECTIONS = ("Why it matters", "What to do instead", "References")
"""Sections that the docstring of every rule must have."""


class RuleShapeError(Exception):
    """A rule file that is no proper rule; the message names the file, and the line where it is known."""


class Docs(NamedTuple):
    """The documentation of a rule, taken apart: the first line, then the text under each `##` heading."""

    summary: str
    sections: Mapping[str, str]


def load_rules(settings: Settings | None = None) -> dict[str, Rule]:
    """One instance of every rule of the folder `iamlint.rules`, by id, in the order of the ids.

    A rule's file is imported when the rule is first run, or when `Rule.whole` is called.

    With `settings`, also those of the plugins and of the tables `[[rule]]` that the configuration names. Raises
    `RuleShapeError` where a file does not hold exactly one well-formed rule, and `ConfigError` where what the
    configuration names is not there, is wrong, or has the id of another rule.
    """
    rules = _own_rules()
    if settings is not None and settings.forbidden_access:
        from iamlint.engine.forbidden import check_forbidden

        check_forbidden(settings)
    if settings is not None and (settings.plugins or settings.rule_tables):
        from iamlint.engine.extensions import extended

        return extended(rules, settings)
    return rules


def _own_rules() -> dict[str, Rule]:
    from iamlint.engine.index import rules_of

    package = importlib.import_module("iamlint.rules")
    folders = list(package.__path__)
    return rules_of("iamlint.rules", folders, _SCOPES, lambda name: rule_of(importlib.import_module(name)))


def rule_of(module: ModuleType) -> Rule:
    """The one rule that `module` defines.

    Raises `RuleShapeError` where it defines none or several, or where the rule lacks what every rule must have.
    """
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__
    ]
    if len(classes) != 1:
        raise RuleShapeError(f"{module.__file__}: a rule file holds exactly one rule class, this one {len(classes)}")
    rule = classes[0]()
    fault = _fault(rule)
    if fault:
        raise RuleShapeError(f"{module.__file__}: {fault}")
    return rule


def _fault(rule: Rule) -> str | None:
    if not isinstance(rule, _SCOPES):
        return f"the rule is of no scope: derive it from one of {', '.join(scope.__name__ for scope in _SCOPES)}"
    if not isinstance(getattr(rule, "severity", None), Severity):
        return "`severity` is missing"
    if rule.levels and rule.levels.get("full") is not rule.severity:
        return "`levels` must give `full` the rule's severity"
    if not rule.kinds <= ALL_KINDS:
        return f"unknown policy kinds in `kinds`: {sorted(rule.kinds - ALL_KINDS)}"
    if not rule.good or not rule.bad:
        return "`good` and `bad` need at least one example each"
    text = rule.__doc__ or ""
    for section in SECTIONS:
        if f"## {section}\n" not in text:
            return f"the docstring lacks the section `## {section}`"
    return None


def docs(rule: Rule) -> Docs:
    """The docstring of `rule`, taken apart."""
    import inspect

    head, *rest = inspect.cleandoc(rule.whole().__doc__ or "").split("\n## ")
    sections = {}
    for block in rest:
        title, _, text = block.partition("\n")
        sections[title.strip()] = text.strip()
    return Docs(" ".join(head.split()), sections)


def advice(rule: Rule) -> str | None:
    """The first sentence of what the rule's page says to do."""
    text = docs(rule).sections.get("What to do instead", "")
    return " ".join(text.split()).partition(". ")[0].rstrip(".") or None


def source_of(rule: Rule) -> str:
    """The path of the file that defines `rule`."""
    module = importlib.import_module(type(rule.whole()).__module__)
    return str(module.__file__)
