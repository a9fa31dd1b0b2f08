"""The rules of the folder without importing them all: what the engine asks of a rule before it runs it.

Importing every rule file costs more than everything else that a check of one small policy does, and most rules have
nothing to say about it. So their metadata are kept in one JSON file beside the compiled files of the folder, and a rule
file is imported when a policy calls for its rule. The index holds good for files of the same names, sizes and times;
where it is absent, damaged or cannot be written, all files are imported, which only costs time.
"""

import json
import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, cast

from iamlint import __version__
from iamlint.finding import Severity
from iamlint.rule import Bad, Good, Rule
from iamlint.rule import base as rule_base
from iamlint.rule.base import Option

_KEPT = (
    "severity",
    "levels",
    "security_severity",
    "aws",
    "kinds",
    "supersedes",
    "tags",
    "asks_for",
    "preview",
    "unsuppressible",
    "options",
    "effect",
    "elements",
    "services",
    "actions",
    "operators",
    "condition_keys",
    "faults",
    "lists",
    "several",
    "larger_than",
    "only_variables",
    "only_wildcards",
    "only_spelled",
    "only_named",
    "only_irregular",
    "only_unreadable",
    "needs",
    "only_held",
    "principals",
)
"""Attributes of a rule that the index keeps, where they differ from those of the rule's scope."""

_SELDOM = ("levels", "security_severity", "tags", "options", "unsuppressible", "needs", "principals")
"""Those that are asked of few rules, or only where something is found: they are decoded then."""


class _Deferred(Rule):
    """Stands in for a rule whose file is not imported yet; `check` and `whole` import it."""

    def __init__(self, module: str, load: Callable[[str], Rule], kept: dict[str, object]) -> None:
        self._module = module
        self._load = load
        self._rule: Rule | None = None
        self._seldom: dict[str, object] = {}
        self._encoded = {name: kept.pop(name) for name in _SELDOM if name in kept}
        vars(self).update({name: _decoded(value) for name, value in kept.items()})

    def whole(self) -> Rule:
        if self._rule is None:
            rule: Any = self._load(self._module)
            vars(self)["check"] = rule.check  # from now on it is asked directly
            self._rule = rule
        return self._rule

    @property
    def good(self) -> list[Good]:  # type: ignore[override]
        return self.whole().good

    @property
    def bad(self) -> list[Bad]:  # type: ignore[override]
        return self.whole().bad

    def check(self, *arguments: Any) -> Iterator[Any]:
        rule: Any = self.whole()
        found: Iterator[Any] = rule.check(*arguments)
        return found

    def check_principal(self, *arguments: Any) -> Iterator[Any]:
        rule: Any = self.whole()
        found: Iterator[Any] = rule.check_principal(*arguments)
        return found


def _deferred(scope: type[Rule]) -> type[_Deferred]:
    """`_Deferred` of that scope, so that the engine treats it as the rule that it stands in for."""

    def body(names: dict[str, object]) -> None:
        names.update({name: _seldom(name, scope) for name in _SELDOM if hasattr(scope, name)})

    return cast("type[_Deferred]", types.new_class(f"Deferred{scope.__name__}", (_Deferred, scope), exec_body=body))


def _seldom(name: str, scope: type[Rule]) -> property:
    """An attribute that is decoded when it is asked for."""

    def get(rule: _Deferred) -> object:
        encoded, known = rule._encoded, rule._seldom
        if name not in known:
            known[name] = _decoded(encoded[name]) if name in encoded else getattr(scope, name)
        return known[name]

    return property(get)


def rules_of(
    package: str, folders: Sequence[str], scopes: Iterable[type[Rule]], load: Callable[[str], Rule]
) -> dict[str, Rule]:
    """One rule for each file of the folders of `package`, by id in the order of the names, deferred where possible.

    `scopes` are the base classes that rules derive from; `load` imports the module of that name and gives its rule.
    """
    by_name = {scope.__name__: scope for scope in scopes}
    stamp = _stamp(folders)
    names = [name for name, _, _ in stamp["files"]]
    path = os.path.join(folders[0], "__pycache__", f"rules.{sys.implementation.cache_tag}.json")
    rules = _read(path, stamp, by_name, package, load)
    if rules is None:
        rules = [load(f"{package}.{name}") for name in names]
        _write(path, stamp, dict(zip(names, rules, strict=True)), by_name)
    return {rule.id: rule for rule in rules}


def _stamp(folders: Sequence[str]) -> dict[str, Any]:
    """What the index depends on: the version and the files, with size and time of change."""
    files = sorted(
        (entry.name[:-3], (status := entry.stat()).st_size, status.st_mtime_ns)
        for folder in folders
        for entry in os.scandir(folder)
        if entry.name.endswith(".py") and not entry.name.startswith("_")
    )
    base = os.stat(str(rule_base.__file__))
    return {"version": __version__, "base": [base.st_size, base.st_mtime_ns], "files": [list(file) for file in files]}


def _read(
    path: str, stamp: dict[str, Any], scopes: dict[str, type[Rule]], package: str, load: Callable[[str], Rule]
) -> list[Rule] | None:
    """The rules by the index; None where it is not there, damaged, or of other files."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        with open(path, encoding="utf-8") as file:
            index = json.load(file)
        if index["stamp"] == stamp:
            rules: list[Rule] = []
            stand_ins = {scope: _deferred(base) for scope, base in scopes.items()}
            for name, _, _ in stamp["files"]:
                scope, facts = index["rules"][name]
                if scope and "severity" not in facts:
                    return None
                module = f"{package}.{name}"
                rules.append(stand_ins[scope](module, load, facts) if scope else load(module))
            return rules
    return None


def _write(path: str, stamp: dict[str, Any], rules: dict[str, Rule], scopes: dict[str, type[Rule]]) -> None:
    """Writes the index whole or not at all; a rule whose metadata JSON cannot hold is marked as not to be deferred."""
    if sys.dont_write_bytecode:  # who wants no compiled files wants no index beside them
        return
    entries: dict[str, tuple[str, dict[str, object]]] = {}
    for name, rule in rules.items():
        scope = next(name for name, base in scopes.items() if isinstance(rule, base))
        inherited = scopes[scope]
        facts = {key: getattr(rule, key) for key in _KEPT if hasattr(rule, key)}
        facts = {"id": rule.id} | {k: v for k, v in facts.items() if v != getattr(inherited, k, None)}
        encoded = {key: _encoded(value) for key, value in facts.items()}
        try:
            lossless = {key: _decoded(json.loads(json.dumps(value))) for key, value in encoded.items()} == facts
        except TypeError:
            lossless = False
        entries[name] = (scope, encoded) if lossless else ("", {})
    temporary = f"{path}.{os.getpid()}"
    with suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump({"stamp": stamp, "rules": entries}, file)
        os.replace(temporary, path)


def _encoded(value: object) -> object:
    """`value` for JSON; what JSON lacks is a list of a type's letter and the content."""
    if isinstance(value, Severity):
        return ["severity", value.value]
    if isinstance(value, Option):
        return ["option", _encoded(value.default), value.help]
    if isinstance(value, frozenset):
        return ["set", *sorted(value)]
    if isinstance(value, tuple):
        return ["tuple", *map(_encoded, value)]
    if isinstance(value, list):
        return ["list", *map(_encoded, value)]
    if isinstance(value, dict):
        return {key: _encoded(entry) for key, entry in value.items()}
    return value


def _decoded(value: Any) -> object:
    if isinstance(value, dict):
        return {key: _decoded(entry) for key, entry in value.items()}
    if not isinstance(value, list):
        return value
    type_, *content = value
    if type_ == "severity":
        return Severity(content[0])
    if type_ == "option":
        return Option(_decoded(content[0]), content[1])
    if type_ == "set":
        return frozenset(content)
    entries = [_decoded(entry) for entry in content]
    return tuple(entries) if type_ == "tuple" else entries
