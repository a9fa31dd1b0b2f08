"""Rules against answers of AWS's policy validation that were recorded: the same codes at the same places."""

import json
from collections import Counter

import pytest

from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_text
from tests.support import corpus
from tools import agreement
from tools.argued import ARGUED

RULES = agreement.mirrors()
IN_USE = {rule.aws for rule in RULES.values() if not rule.preview}


@pytest.fixture(scope="module")
def compared() -> list[agreement.Outcome]:
    return agreement.outcomes(RULES, corpus("corpora/access-analyzer"))


@pytest.mark.parametrize("code", sorted(str(rule.aws) for rule in RULES.values()))
def test_all_differences_are_argued(compared: list[agreement.Outcome], code: str):
    left = [
        (outcome.recording.set, outcome.recording.name, place.pointers)
        for outcome, place in agreement.differences(compared)
        if place.code == code and agreement.argued(outcome, place) is None
    ]
    assert left == []


def test_no_recorded_code_is_without_a_rule(compared: list[agreement.Outcome]):
    recorded = {place.code for outcome in compared for place in outcome.recording.wanted}
    assert recorded <= {rule.aws for rule in RULES.values()}


def test_what_is_argued_is_there(compared: list[agreement.Outcome]):
    met = {agreement.argued(outcome, place) for outcome, place in agreement.differences(compared)} - {None}
    assert met == {entry for entry in ARGUED if entry.is_seen}


def test_what_is_argued_is_little(compared: list[agreement.Outcome]):
    def total(set_: str) -> agreement.Tally:
        numbers = agreement.tallies(compared, set_)
        return agreement.total(tally for code, tally in numbers.items() if code in IN_USE)

    current, history = total("current"), total("history")
    assert current.recorded > 100
    assert current.agreed >= 0.99 * max(current.recorded, current.found)
    assert history.recorded > 500
    assert history.agreed >= 0.98 * history.recorded


def test_each_code_that_aws_documents_has_one_rule():
    codes = Counter(rule.aws for rule in RULES.values())
    assert set(codes.values()) == {1}
    with open(corpus("corpora/access-analyzer/recorded-elsewhere.jsonl"), encoding="utf-8") as lines:
        documented = {entry["code"] for entry in map(json.loads, lines) if entry["kind"] == "documented"}
    assert documented - set(codes) == set()


def test_each_place_is_marked_as_aws_marks_it():
    """Line and column of every place, where the recording tells: AWS's columns begin with 0, ours with 1."""
    used = {id_: rule for id_, rule in RULES.items() if rule.aws in IN_USE}
    compared = 0
    for path in sorted((corpus("corpora/access-analyzer") / "current").iterdir()):
        policy = json.loads(path.read_text("utf-8"))
        wanted: Counter[tuple[object, ...]] = Counter()
        for finding in policy["findings"]:
            spans = [(location["span"]["start"], location["span"]["end"]) for location in finding["locations"]]
            places = sorted((a["line"], a["column"] + 1, b["line"], b["column"] + 1) for a, b in spans)
            wanted[finding["issueCode"], *places] += 1
        settings = settings_for()
        run = Run(settings, used, agreement.DAY)
        run.add(load_text("policy.json", policy["document"], settings, kind="identity", named_alone=True))
        found = Counter(
            (finding.aws, *sorted(tuple(region) for region in finding.marked)) for finding in run.report().findings
        )
        assert found == wanted, policy["name"]
        compared += wanted.total()
    assert compared > 100


def test_clean_policies_have_no_error_of_any_rule():
    """Preview rules too, but for the checks that AWS has withdrawn: these are there to say what it said once."""
    settings = settings_for()
    run = Run(settings, load_rules(), agreement.DAY)
    for recording in agreement.recordings(corpus("corpora/access-analyzer")):
        if recording.set == "current" and not recording.wanted:
            run.add(load_text(recording.name, recording.text, settings, kind="identity"))
    report = run.report()
    assert report.policies > 600
    withdrawn = {entry.code for entry in ARGUED if entry.code.startswith("MISSING_ARN_")}
    errors = [finding for finding in report.findings if finding.severity.value == "error"]
    assert [finding for finding in errors if finding.aws not in withdrawn] == []


def test_the_page_is_up_to_date(compared: list[agreement.Outcome]):
    assert agreement.PAGE.read_text(encoding="utf-8") == agreement.page(RULES, compared), (
        "run python -m tools.agreement"
    )
