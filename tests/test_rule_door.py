"""The door of rules: what the stub tells type checkers is what a run finds."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import iamlint.rule

STUB = Path(iamlint.rule.__file__).with_suffix(".pyi")
HOMES = {
    name.name: node.module
    for node in ast.parse(STUB.read_text()).body
    if isinstance(node, ast.ImportFrom)
    for name in node.names
}


def test_each_name_of_the_stub_is_there_or_a_type():
    """Types that only annotations name are not loaded."""
    for name, home in HOMES.items():
        there = getattr(import_module(home), name)
        try:
            found = getattr(iamlint.rule, name)
        except AttributeError:
            assert isinstance(there, type) or there.__class__.__module__ == "typing", name
            continue
        assert found is there or found.__name__ == "call", name


def test_each_name_that_is_there_is_in_the_stub():
    shared = {name for names in iamlint.rule._SHARED.values() for name in names.split()}
    assert shared <= HOMES.keys()


def test_another_name_is_an_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        iamlint.rule.nothing  # noqa: B018
