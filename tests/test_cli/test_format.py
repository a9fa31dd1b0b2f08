"""`iamlint format`: what is written, what is left alone, and that it means the same."""

import json
import os

import pytest
from click.testing import CliRunner

from iamlint.cli import main
from iamlint.engine import formatting
from iamlint.rewrite import prove

UNTIDY = {
    "Statement": [
        {"Resource": ["*"], "Action": ["s3:PutObject", "s3:GetObject", "s3:Get*"], "Effect": "Deny", "Sid": "Last"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b"},
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::b/a/*"},
    ],
    "Version": "2012-10-17",
}
TIDY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:PutObject"
      ],
      "Resource": "arn:aws:s3:::b/*"
    },
    {
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::b"
    },
    {
      "Sid": "Last",
      "Effect": "Deny",
      "Action": [
        "s3:Get*",
        "s3:PutObject"
      ],
      "Resource": "*"
    }
  ]
}
"""


def run(*arguments, **options):
    result = CliRunner().invoke(main, ["format", *arguments], **options)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_normal_form_is_written_once(here):
    (here / "a.json").write_text(json.dumps(UNTIDY))
    result = run("a.json")
    assert (result.exit_code, (here / "a.json").read_text()) == (0, TIDY)
    assert "reformatted a.json" in result.stderr
    again = run("a.json")
    assert (again.exit_code, again.output, (here / "a.json").read_text()) == (0, "", TIDY)
    assert os.listdir(here) == ["a.json"]


def test_check_and_diff_change_nothing(here):
    (here / "a.json").write_text(text := json.dumps(UNTIDY))
    checked, shown = run("a.json", "--check"), run("a.json", "--diff")
    assert (checked.exit_code, shown.exit_code) == (1, 1)
    assert checked.stdout == "would reformat a.json\n"
    assert "--- a/a.json" in shown.stdout
    assert (here / "a.json").read_text() == text
    (here / "a.json").write_text(TIDY)
    assert run("a.json", "--check").exit_code == run("a.json", "--diff").exit_code == 0


def test_standard_input_goes_to_standard_output(here):
    assert run("-", input=json.dumps(UNTIDY)).stdout == TIDY
    assert run("-", input=TIDY).stdout == TIDY
    assert run("-", input="{}").exit_code == 2


def test_the_shortest_text_has_no_sids(here):
    found = run("-", "--compact", input=TIDY).stdout
    assert found.endswith('"Resource":"*"}]}\n')
    assert "Sid" not in found
    assert len(found) < len(json.dumps(UNTIDY, separators=(",", ":")))
    assert run("-", "--compact", input=found).stdout == found


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("unit", ["\t", "    "])
def test_the_style_of_the_file_stays(here, newline, bom, unit):
    text = json.dumps(UNTIDY, indent=unit).replace("\n", newline)
    (here / "a.json").write_bytes(bom + text.encode())
    run("a.json")
    assert (here / "a.json").read_bytes() == bom + TIDY.replace("  ", unit).replace("\n", newline).encode()


def test_a_policy_inside_other_json_is_formatted_there(here):
    holder = {"name": "x", "Policy": json.dumps(UNTIDY), "PolicyDocument": UNTIDY, "z": [1, 2]}
    (here / "a.json").write_text(json.dumps(holder, indent=1))
    assert run("a.json").exit_code == 0
    made = json.loads((here / "a.json").read_text())
    assert made["PolicyDocument"] == json.loads(made["Policy"]) == json.loads(TIDY)
    assert (made["name"], made["z"]) == ("x", [1, 2])
    assert run("a.json", "--check").exit_code == 0


TWICE = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*"}}'
EXPORT = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TWICE, "a key stands twice"),
        ('{"Statement": [{"Effect": "Allow"}, 7]}', "no object"),
        ('{"Version": "2012-10-17", "Statement": [', "line 1"),
        ("[" * 100_000, "nested"),
        ('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "x": 1e999}}', "written again"),
        (json.dumps(EXPORT), "export"),
        ('{"name": "unrelated"}', "not formatted"),
    ],
)
def test_what_is_left_alone_is_named(here, text, said):
    (here / "a.json").write_text(text)
    for arguments in ((), ("--compact",)):
        result = run("a.json", *arguments)
        assert result.exit_code == 2
        assert said in result.stderr
        assert (here / "a.json").read_text() == text


def test_hooks_may_name_files_that_are_no_policies(here):
    (here / "tsconfig.json").write_text('{"a": 1}')
    (here / "b.json").write_text(json.dumps(UNTIDY))
    assert run("--force-exclude", "tsconfig.json").exit_code == 0
    assert run("--force-exclude", "--check", "tsconfig.json", "b.json").exit_code == 1


def test_what_is_not_proven_is_not_written(here, monkeypatch):
    """With a form that drops a statement, and with no steps left for a proof."""
    (here / "a.json").write_text(text := json.dumps(UNTIDY))
    wrong = {**UNTIDY, "Statement": UNTIDY["Statement"][1:]}
    with monkeypatch.context() as patch:
        patch.setattr(formatting, "normalised", lambda policy: wrong)
        result = run("a.json")
    assert (result.exit_code, (here / "a.json").read_text()) == (2, text)
    assert "not proven that the policy means the same" in result.stderr
    monkeypatch.setattr(formatting, "_WORK", 1)
    monkeypatch.setattr(prove, "says_no_more", lambda new, old: False)
    result = run("a.json")
    assert (result.exit_code, (here / "a.json").read_text()) == (2, text)
    assert "more work than is allowed" in result.stderr


def test_other_files_are_written_where_one_fails(here):
    (here / "a.json").write_text(TWICE)
    (here / "b.json").write_text(json.dumps(UNTIDY))
    assert run("a.json", "b.json").exit_code == 2
    assert (here / "b.json").read_text() == TIDY


def test_exceptions_by_number_are_told_of(here):
    (here / "iamlint.toml").write_text(
        '[[exceptions]]\nrule = "wildcard-resource"\npath = "a.json"\nstatement = 0\nreason = "r"\n'
    )
    for name in ("a.json", "b.json"):
        (here / name).write_text(json.dumps(UNTIDY))
    result = run("a.json", "b.json")
    assert "note: a.json: exceptions name statements here by number" in result.stderr
    assert "note: b.json" not in result.stderr


def test_what_no_service_takes_is_refused_at_once(here):
    actions = [f"s3:Get{number}*" for number in range(50_000)]
    large = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    (here / "a.json").write_text(json.dumps(large))
    result = run("a.json")
    assert result.exit_code == 2
    assert "none that AWS takes" in result.stderr


def test_usage(here):
    assert run().exit_code == run("a", "--check", "--diff").exit_code == run("-", "a").exit_code == 2
    (here / "iamlint.toml").write_text("unknown = 1\n")
    result = run("a.json")
    assert result.exit_code == 2
    assert "unknown" in result.stderr
