"""Rewrites under findings: the lines that change, few and harmless."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from iamlint.cli import main
from iamlint.finding import Edit, Proof, Region, Rewrite
from iamlint.report.difference import MOST_LINES, difference
from iamlint.syntax import Lines
from iamlint.syntax.edits import TextEdit, applied


def rewrite(*edits):
    made = tuple(Edit(Region(*region), text) for *region, text in edits)
    return Rewrite("a title", True, made, Proof("equivalent"))


@pytest.mark.parametrize(
    ("text", "edits", "shown"),
    [
        ("one\ntwo\nthree\n", [(2, 1, 2, 4, "2")], ["- two", "+ 2"]),
        ("one\ntwo\nthree\n", [(2, 1, 3, 1, "")], ["- two"]),
        ("one\ntwo\nthree\n", [(1, 4, 1, 4, "\nmore")], ["+ more"]),
        ("one\r\ntwo\r\nthree", [(1, 1, 1, 2, "O"), (3, 1, 3, 2, "T")], ["- one", "+ One", "- three", "+ Three"]),
        ("one\n", [(1, 1, 1, 2, "\x1b[2J")], ["- one", "+ \\u001b[2Jne"]),
        ("one\n", [(1, 1, 1, 2, "x\n" * 20)], []),
        ("one\n" * 500, [(1, 1, 400, 1, "")], []),
        ("one\n", [], []),
        ("x" * 50_000, [(1, 1, 1, 2, "y")], []),
    ],
)
def test_examples(text, edits, shown):
    assert difference(rewrite(*edits), Lines(text), 80) == shown


@given(st.text(st.sampled_from("ab\n\r\t\u202e\x1b"), max_size=30), st.data())
def test_what_is_shown_is_what_becomes_of_the_text(text, data):
    lines = Lines(text)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    new = data.draw(st.text(st.sampled_from("ab\n"), max_size=5))
    made = rewrite((*lines.range(start, end), new))
    found = difference(made, lines, 60)
    assert len(found) <= MOST_LINES
    for line in found:
        assert line[:2] in ("- ", "+ ")
        assert line.isprintable()
        assert len(line) <= 60
    if set(text) <= set("ab\n"):
        after = applied(text, [TextEdit(start, end, new)])
        assert {line[2:] for line in found if line[0] == "+"} <= set(after.split("\n"))
        assert {line[2:] for line in found if line[0] == "-"} <= set(text.split("\n"))


POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "arn:aws:s3:::b"}],
}


def test_the_terminal_shows_them_where_they_are_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text(json.dumps(POLICY, indent=2))
    asked = CliRunner().invoke(main, ["check", "a.json", "--rewrites"])
    assert "rewrite: take out what is covered (equivalent; --fix does it)" in asked.stdout
    assert '    -         "s3:GetObject",\n' in asked.stdout
    assert "rewrite:" not in CliRunner().invoke(main, ["check", "a.json"]).stdout
    quiet = CliRunner().invoke(main, ["check", "a.json", "--no-rewrites", "--output-format", "json"])
    assert json.loads(quiet.stdout)["findings"][0]["rewrite"] is None
