"""Exceptions of the configuration: what they cover, when they lapse, and how they are drafted."""

import json
import tomllib

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import iamlint
from iamlint.cli import main
from iamlint.config import Settings
from iamlint.engine.drafts import _pattern, _toml
from iamlint.engine.registry import load_rules
from iamlint.load.globs import Patterns

ADMIN = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
        {"Sid": "All", "Effect": "Allow", "Action": ["*", "ec2:*"], "Resource": "*"},
    ],
}
HEAD = '[[exceptions]]\nrule = "wildcard-action"\nreason = "break glass"\n'


@pytest.fixture
def check(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/admin.json").write_text(json.dumps(ADMIN))

    def run(config, *arguments, status=None):
        if config is not None:
            (tmp_path / "iamlint.toml").write_text(config)
        arguments = arguments or (".",)
        result = CliRunner().invoke(main, ["check", "--output-format", "json", "--fail-on", "suggestion", *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert status is None or result.exit_code == status, result.output
        return json.loads(result.stdout) if result.exit_code < 2 else result.output

    run.folder = tmp_path
    return run


def reported(document, rule="wildcard-action"):
    return [finding for finding in document["findings"] if finding["rule"] == rule]


def suppressed(document):
    return [(entry["rule"], entry["exception"]) for entry in document["suppressed"]]


@pytest.mark.parametrize(
    ("narrowing", "covered"),
    [
        ('path = "policies/admin.json"', True),
        ('path = "/policies/admin.json"', True),
        ('path = "policies"', True),
        ('path = "/policies/"', True),
        ('path = "admin.json"', True),
        ('path = "*.json"', True),
        ('path = "policies/*"', True),
        ('path = "other/**"', False),
        ('path = "policies/admin.jso"', False),
        ('path = "*.json"\nsid = "All"', True),
        ('path = "*.json"\nsid = "Read"', False),
        ('path = "*.json"\nstatement = 1', True),
        ('path = "*.json"\nstatement = 0', False),
        ('path = "*.json"\napplies-to = "*"', True),
        ('path = "*.json"\napplies-to = ["s3:*", "*"]', True),
        ('path = "*.json"\napplies-to = ["s3:*"]', False),
        ('arn = "arn:aws:iam::111122223333:policy/admin"', False),
        ('path = "*.json"\nexpires = 9999-12-31', True),
        ('path = "*.json"\nexpires = 2020-01-01', False),
    ],
)
def test_every_part_must_fit(check, narrowing, covered):
    document = check(HEAD + narrowing)
    assert [f["arguments"] for f in reported(document)] == [] if covered else reported(document)
    assert suppressed(document) == ([("wildcard-action", "break glass")] if covered else [])


def test_arn_names_policy_or_owner(check):
    export = {
        "Policies": [
            {
                "PolicyName": "admin",
                "Arn": "arn:aws:iam::111122223333:policy/admin",
                "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": ADMIN}],
            }
        ]
    }
    (check.folder / "policies/admin.json").write_text(json.dumps(export))
    assert not reported(check(HEAD + 'arn = "arn:aws:iam::*:policy/admin"'))
    assert reported(check(HEAD + 'arn = "arn:aws:iam::*:policy/other"'))


def test_no_exceptions(check):
    document = check(HEAD + 'path = "*.json"', ".", "--no-exceptions")
    assert reported(document)
    assert not suppressed(document)


def test_show_suppressed(check):
    (check.folder / "iamlint.toml").write_text(HEAD + 'path = "*.json"')
    result = CliRunner().invoke(main, ["check", "--select", "wildcard-action", "--show-suppressed"])
    assert "wildcard-action" in result.output
    assert "suppressed: break glass" in result.output
    assert "1 suppressed" in result.output
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("config", "line", "words"),
    [
        ('[[exceptions]]\nrule = "wildcard-action"\npath = "a"\n', 1, "`reason`"),
        ('[[exceptions]]\nrule = "wildcard-action"\npath = "a"\nreason = " "\n', 4, "`reason`"),
        ('[[exceptions]]\npath = "a"\nreason = "x"\n', 1, "`rule`"),
        ('[[exceptions]]\nrule = "wildcard-action"\nreason = "x"\n', 1, "path or an arn"),
        ('[[exceptions]]\nrule = "wildcard-acton"\nreason = "x"\npath = "a"\n', 2, "did you mean wildcard-action?"),
        ('[[exceptions]]\nrule = "unused-exception"\nreason = "x"\npath = "a"\n', 2, "takes no exceptions"),
        (HEAD + 'path = "a"\n\n[[exceptions]]\nrule = "x"\nreson = "y"\n', 6, "`reason`"),
        (HEAD + 'path = "a"\nexpires = "soon"\n', 5, "a day such as"),
        (HEAD + 'path = "a"\nstatment = 1\n', 5, "did you mean `statement`?"),
    ],
)
def test_mistakes_have_a_line(check, config, line, words):
    output = check(config, status=2)
    assert f"iamlint.toml:{line}: " in output
    assert words in output


def test_unused_is_told_only_where_everything_was_seen(check):
    (check.folder / "other").mkdir()
    (check.folder / "other/b.json").write_text(json.dumps(ADMIN))

    def unused(narrowing, *arguments):
        return [(f["path"], f["line"]) for f in reported(check(HEAD + narrowing, *arguments), "unused-exception")]

    here = [("iamlint.toml", 1)]
    assert unused('path = "policies/old.json"') == here
    assert unused('path = "policies/old.json"', "policies") == here
    assert unused('path = "policies/old.json"', "other") == []
    assert unused('path = "policies/old.json"', "policies/admin.json") == []
    assert unused('path = "policies/admin.json"\nsid = "Read"', "policies/admin.json") == here
    assert unused('path = "policies/*.json"\nsid = "Read"', "policies/admin.json") == []
    assert unused('path = "old.json"', "policies") == []
    assert unused('path = "old.json"') == here
    assert unused('path = "old.json"', ".", "--select", "unused-exception") == []
    assert unused('path = "old.json"', ".", "--ignore", "unused-exception") == []
    assert unused('arn = "arn:aws:iam::*:policy/x"') == here


def test_pyproject(check):
    config = '[tool.iamlint]\n[[tool.iamlint.exceptions]]\nrule = "wildcard-action"\nreason = "r"\npath = "old.json"\n'
    (check.folder / "pyproject.toml").write_text(config)
    [finding] = reported(check(None), "unused-exception")
    assert (finding["path"], finding["line"], finding["column"]) == ("pyproject.toml", 2, 1)
    assert finding["pointer"] == "/tool/iamlint/exceptions/0"


def test_a_pin_lapses_with_the_meaning_only(check):
    drafted = check("", "--select", "all", "--add-exceptions", "--reason", "ticket 7")
    assert not drafted["findings"]
    config = (check.folder / "iamlint.toml").read_text()
    assert "pin = " in config
    assert not reported(check(config))
    path = check.folder / "policies/admin.json"

    same = json.loads(json.dumps(ADMIN))
    same["Statement"].reverse()
    same["Statement"][0] = {"Resource": ["*"], "Action": ["*", "EC2:*", "ec2:*"], "Effect": "Allow", "Sid": "All"}
    path.write_text(json.dumps(same, indent=3))
    document = check(config)
    assert not reported(document)
    assert not reported(document, "unused-exception")

    same["Statement"][0]["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    path.write_text(json.dumps(same))
    document = check(config)
    assert reported(document)
    assert {f["token"] for f in reported(document, "unused-exception")} == {"value"}
    assert any("not what was accepted" in f["message"] for f in reported(document, "unused-exception"))


def test_drafts_wait_for_their_reason(check):
    result = CliRunner().invoke(main, ["check", "--add-exceptions"])
    assert result.exit_code == 0
    assert "write the reason" in result.output
    output = check(None, status=2)
    assert "`reason` must say why" in output


def test_drafts_keep_what_stands_in_the_file(check):
    (check.folder / "iamlint.toml").write_text("# ours\r\nfail-on = 'error' # loud")
    check(None, ".", "--add-exceptions", "--reason", 'says "no"\n')
    text = (check.folder / "iamlint.toml").read_bytes().decode()
    assert text.startswith("# ours\r\nfail-on = 'error' # loud\n\n[[exceptions]]\n")
    assert tomllib.loads(text)["exceptions"][0]["reason"] == 'says "no"\n'


def test_drafts_go_into_the_table_of_pyproject(check):
    (check.folder / "pyproject.toml").write_text("[tool.iamlint]\n")
    check(None, ".", "--add-exceptions", "--reason", "r")
    assert not (check.folder / "iamlint.toml").exists()
    assert not check(None)["findings"]


def test_drafts_do_not_break_an_inline_list(check):
    config = 'exceptions = [{rule = "wildcard-action", path = "old.json", reason = "r"}]\n'
    output = check(config, ".", "--add-exceptions", "--reason", "r", status=2)
    assert "iamlint.toml:1: " in output
    assert (check.folder / "iamlint.toml").read_text() == config


def test_drafts_cover_exactly_what_was_shown(check):
    document = check("", ".", "--min-severity", "security-warning", "--add-exceptions", "--reason", "r")
    assert not document["findings"]
    after = check(None)
    assert after["findings"]
    assert {f["severity"] for f in after["findings"]}.isdisjoint({"error", "security-warning"})
    assert not reported(after, "unused-exception")


def test_hostile_names_stay_text(check):
    hostile = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": 'a"]\n[[exceptions]]\nrule="x"\u2028\x1b\ud800', "Effect": "Allow", "Action": "*"}],
    }
    (check.folder / "policies/admin.json").write_text(json.dumps(hostile))
    check("", ".", "--add-exceptions", "--reason", "r")
    tables = tomllib.loads((check.folder / "iamlint.toml").read_text())["exceptions"]
    assert {table["rule"] for table in tables} <= set(load_rules())
    assert not [f for f in check(None)["findings"] if f["rule"] not in ("unused-exception",)]


@given(st.text())
def test_toml_strings_come_back(text):
    written = _toml(text)
    if written is not None:
        assert "\n" not in written
        assert tomllib.loads(f"a = {written}")["a"] == text


@given(st.lists(st.text("ab*?[]\\!# .é", min_size=1).filter(lambda n: n not in (".", "..")), min_size=1))
def test_patterns_match_their_path_alone(steps):
    path = "/".join(steps)
    pattern = Patterns((_pattern(path),))
    assert pattern.matches(path)
    assert not pattern.matches(f"{path}x")
    assert not pattern.matches(f"x/{path}")


def test_settings_without_a_file_have_none():
    assert Settings(root=".").exceptions == ()


def test_from_python(check):
    check(HEAD + 'path = "*.json"')
    report = iamlint.check(["."], rules=["wildcard-action"])
    assert [entry.exception for entry in report.suppressed] == ["break glass"]
    assert not report.findings
    assert iamlint.check(["."], rules=["wildcard-action"], isolated=True).findings


def test_as_of_is_today(check):
    narrowing = 'path = "*.json"\nexpires = 2030-01-01'
    assert not reported(check(HEAD + narrowing))
    document = check(None, ".", "--as-of", "2030-01-02")
    assert reported(document)
    assert [f["line"] for f in reported(document, "expired-exception")] == [5]


BY_NUMBER = HEAD + 'path = "policies/admin.json"\nstatement = 1\n'


@pytest.mark.parametrize("held", [{}, {"Sid": ""}])
def test_a_statement_that_an_exception_knows_by_its_number_gets_a_sid(check, held):
    statement = held | {"Effect": "Allow", "Action": "*", "Resource": "*"}
    file = check.folder / "policies/admin.json"
    file.write_text(
        json.dumps({"Version": "2012-10-17", "Statement": [{**ADMIN["Statement"][0]}, statement]}, indent=2)
    )
    [finding] = reported(check(BY_NUMBER), "exception-by-number")
    assert (finding["path"], finding["pointer"]) == ("policies/admin.json", "/Statement/1")
    assert finding["severity"] == "suggestion"
    assert (finding["rewrite"]["proof"]["verdict"], finding["rewrite"]["safe"]) == ("equivalent", True)

    select = ("--select", "exception-by-number,wildcard-action")
    document = check(BY_NUMBER, ".", *select, "--fix")
    text = file.read_text()
    assert '    {\n      "Sid": "AllowAll",\n      "Effect": "Allow",' in text
    assert not reported(document)
    # From now on the exception should say so itself: told at its line.
    [finding] = reported(check(BY_NUMBER), "exception-by-number")
    assert (finding["path"], finding["line"], finding["rewrite"]) == ("iamlint.toml", 5, None)
    check(BY_NUMBER, ".", *select, "--fix")
    assert file.read_text() == text
    by_sid = check(BY_NUMBER.replace("statement = 1", 'sid = "AllowAll"'))
    assert not reported(by_sid)
    assert not reported(by_sid, "exception-by-number")


def test_a_new_sid_is_of_its_own_and_beside_what_else_is_fixed(check):
    first = {"Sid": "AllowAll", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    second = {"Effect": "Allow", "Action": ["*", "*"], "Resource": "*"}
    file = check.folder / "policies/admin.json"
    file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [first, second]}))
    check(BY_NUMBER, ".", "--select", "exception-by-number,wildcard-action,redundant-action", "--fix")
    fixed = json.loads(file.read_text())["Statement"]
    assert fixed[1]["Sid"] == "AllowAll2"
    assert fixed[1]["Action"] in ("*", ["*"])


@pytest.mark.parametrize(
    "narrowing",
    ['path = "policies/*.json"\nstatement = 1\n', 'path = "policies/admin.json"\nstatement = 0\n'],
)
def test_numbers_are_told_of_only_where_one_statement_is_meant(check, narrowing):
    """Several files, or nothing covered: there is no statement to name."""
    for name in ("admin", "other"):
        statements = [ADMIN["Statement"][0], {"Effect": "Allow", "Action": "*", "Resource": "*"}]
        (check.folder / f"policies/{name}.json").write_text(json.dumps({"Statement": statements}))
    assert not reported(check(HEAD + narrowing), "exception-by-number")
