"""The files of tools/build_history.py: sound, sorted, and folded as the tool says."""

import importlib.util
from pathlib import Path

import pytest

from iamlint.aws import history
from tests.support import ROOT

DATA = Path(history.__file__).parent / "data"
FILES = ("actions.txt", "keys.txt", "resources.txt")


@pytest.mark.parametrize("file", FILES)
def test_lines_are_sorted_and_sound(file: str):
    head, releases, *lines = (DATA / file).read_text("utf-8").split("\n")
    assert head.startswith("# ")
    assert releases.split("\t")[1:] == list(history.releases())
    assert lines.pop() == ""
    rows = [line.split("\t") for line in lines]
    assert rows == sorted(rows)
    for service, span, *_ in rows:
        first, _, last = span.partition("-")
        assert 0 <= int(first) <= int(last or len(history.days()) - 1) < len(history.days())
        assert service == "=" or service in history.services()


def test_days_ascend():
    assert list(history.days()) == sorted(history.days())
    assert "2026-03-07" in history.days()


def test_no_name_twice():
    for service in history.services():
        names = [name for row in set(history.actions(service).values()) for name in row.names.lower().split(" ")]
        assert len(names) == len(set(names)) == len(history.actions(service))


def _tool():
    spec = importlib.util.spec_from_file_location("build_history", ROOT / "tools" / "build_history.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_tags_by_release():
    """`!` and the releases in which requests hold no tags; one that does not tell agrees with the next that does."""
    tool = _tool()
    told = {"Never": [False] * 3, "Always": [True] * 3, "Lately": [None, False, True], "Once": [None, True, False]}

    def release(place: int):
        items = {name: tool.Item("svc", name.lower(), ("R",), name) for name in told}
        tags = {item: told[name][place] for name, item in items.items() if told[name][place] is not None}
        return tool.Release("2024-01-01", "x", frozenset({"svc"}), tuple(items.values()), (), (), tags=tags)

    releases = [release(place) for place in range(3)]
    marked = tool.with_tags(tool.spans(releases, lambda one: one.actions), releases)
    facts = {item.name: item.facts[0] for item in marked}
    assert facts == {"Never": "R!", "Always": "R", "Lately": "R!0-1", "Once": "R!2-"}
    rows = {name: history.Row("0-2", fact.replace("2-", "2-2"), name) for name, fact in facts.items()}
    assert [rows["Lately"].holds_tags(place) for place in range(3)] == [False, False, True]
    assert [rows["Once"].holds_tags(place) for place in range(3)] == [True, True, False]
    assert [rows["Never"].holds_tags(place) for place in range(3)] == [False] * 3
    assert rows["Always"].holds_tags(7) is True
    assert history.Row("0-2", "W?", "Old").holds_tags(1) is None


def test_folding():
    tool = _tool()

    def release(*names: str):
        actions = tuple(tool.Item("svc", name.lower(), ("R",), name) for name in names)
        return tool.Release("2024-01-01", "x", frozenset({"svc"}), actions, (), ())

    releases = [release("Old", "Gap", "Same"), release("Same", "New"), release("SAME", "New", "Gap")]
    spans = tool.spans(releases, lambda one: one.actions)
    assert {item.name: span for item, span in spans.items()} == {"Old": "0-0", "Gap": "0-", "SAME": "0-", "New": "1-"}
    assert tool.grouped(spans, " ") == ["svc\t0-\tR\tGap SAME", "svc\t0-0\tR\tOld", "svc\t1-\tR\tNew"]


def test_template_variables_are_all_alike():
    tool = _tool()
    assert tool.plain("s3:ExistingObjectTag/<key>") == tool.plain("s3:existingobjecttag/${TagKey}")
    assert tool.level(["Permissions management", " Write"]) == "P"
