"""The register: what stands in it stays to the letter, whatever form of TOML people chose; keys are added below."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.config.register import register_in
from iamlint.lockdown.register import Row, with_rows

ROWS = [Row("AKIAAAAAAAAAAAAAAAAA", "ann", "ops", ""), Row("AKIABBBBBBBBBBBBBBBB", "bob", "", "stands in x:1")]
NEW = {"AKIAAAAAAAAAAAAAAAAA", "AKIABBBBBBBBBBBBBBBB"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "# only words",
        '[keys.AKIAOLD]\nuser = "x" # why',
        '[other]\na = 1\n[keys.AKIAOLD]\nuser = "x"\n[another]\n',
        'keys.AKIAOLD.user = "x"\n',
        "[keys]\n",
        '[keys]\nAKIAOLD = {user = "x"}\n',
        '[[list]]\na = 1\n\n[keys."AKIAOLD"]\n',
    ],
)
def test_what_stands_there_stays(text: str) -> None:
    written = with_rows(text, ROWS)
    assert written.startswith(text.rstrip("\n") if text.strip() else "# Long-lived access keys that remain")
    before, after = tomllib.loads(text), tomllib.loads(written)
    assert {**after, "keys": {k: v for k, v in after["keys"].items() if k not in NEW}} == {"keys": {}, **before}
    assert after["keys"]["AKIAAAAAAAAAAAAAAAAA"]["owner"] == "ops"
    assert "# stands in x:1" in written
    assert with_rows(written, ROWS) == written


@pytest.mark.parametrize("text", ["keys = {}\n", 'keys = { AKIAOLD = { user = "x" } }\n[other]\na = 1\n'])
def test_keys_in_one_line(text: str) -> None:
    written = with_rows(text, ROWS)
    assert set(register_in(written, "register.toml").entries) >= NEW
    assert tomllib.loads(written).get("other") == tomllib.loads(text).get("other")
    assert with_rows(written, ROWS) == written


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(min_size=1, max_size=20))
def test_names_of_an_export_stay_words(user: str, owner: str, hint: str, key: str) -> None:
    """Whatever they hold, the register stays one, with this one table in it."""
    written = with_rows("", [Row(key, user, owner, hint)])
    value = tomllib.loads(written)
    assert set(value) == {"keys"}
    (table,) = value["keys"].values()
    assert list(table) == ["user", "purpose", "where-used", "owner", "review-date"]
    assert table["user"].isprintable()
