"""How far rules agree with answers of AWS's policy validation that somebody recorded; writes `docs/agreement.md`.

    python -m tools.agreement [--check]

The recordings are real answers to AWS's own policies and some others, under other licences, and no part of this
repository. `IAMLINT_SHARED` names the folder that holds them; else it is looked for as `shared/` beside the checkout.
"""

import gzip
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from iamlint.config import settings_for
from iamlint.engine.registry import load_rules
from iamlint.engine.run import Run
from iamlint.load import load_text
from iamlint.rule import Rule
from iamlint.syntax import pointer
from tools.argued import ARGUED, Argued

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "agreement.md"

DAY = "2026-03-07"
"""The day on which all current policies were validated. AWS's lists are asked as of the day of each recording."""

SETS = ("current", "history", "elsewhere")
"""`current`: AWS's managed policies on that day, all findings and the clean ones. `history`: earlier versions of
them with what was found then. `elsewhere`: other policies, with what the API or a test of AWS's own answers."""

YOUNG = {
    "INVALID_SERVICE": "2021-04-07",
    "INVALID_SERVICE_IN_ACTION": "2021-04-07",
    "INVALID_SERVICE_CONDITION_KEY": "2021-08-01",
    "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE": "2021-10-08",
    "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS": "2024-11-21",
    "TYPE_MISMATCH": "2024-12-02",
    "EQUIVALENT_TO_NULL_FALSE": "2025-07-31",
    "INVALID_SERVICE_PRINCIPAL_FORMAT": "2025-09-30",
    "MISSING_ARN_ACCOUNT": "2025-11-21",
}
"""Since when a code is seen in answers: what was recorded before says nothing about it. Others are older, or never."""

_KINDS = {
    "IDENTITY_POLICY": "identity",
    "RESOURCE_POLICY": "resource",
    "SERVICE_CONTROL_POLICY": "scp",
    "RESOURCE_CONTROL_POLICY": "rcp",
}
_GRADES = ("api-output", "e2e-test")
"""What counts of the recordings from elsewhere: not what people only describe."""


class Place(NamedTuple):
    """A finding as it is compared: its code and the places that it marks, sorted; None where they are not known."""

    code: str
    pointers: tuple[str, ...] | None


class Recording(NamedTuple):
    """A policy with the findings that AWS answered."""

    set: str
    name: str
    kind: str
    text: str
    wanted: tuple[Place, ...]
    day: str
    """The last one on which it was validated."""


class Outcome(NamedTuple):
    """What of a recording the rules found, missed, and found beyond it."""

    recording: Recording
    agreed: tuple[Place, ...]
    missed: tuple[Place, ...]
    extra: tuple[Place, ...]


def corpus() -> Path | None:
    """The folder of the recordings; None where they are not at hand."""
    folder = Path(os.environ.get("IAMLINT_SHARED", ROOT.parent / "shared")) / "corpora" / "access-analyzer"
    return folder if folder.is_dir() else None


def recordings(folder: Path) -> Iterator[Recording]:
    """All of them."""
    for path in sorted((folder / "current").iterdir()):
        yield _managed("current", json.loads(path.read_text("utf-8")))
    with gzip.open(folder / "clean.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield _managed("current", json.loads(line))
    for path in sorted((folder / "history").iterdir()):
        yield _managed("history", json.loads(path.read_text("utf-8")))
    yield from _elsewhere(folder / "recorded-elsewhere.jsonl")


def _managed(set_: str, entry: dict[str, Any]) -> Recording:
    passing = [transient["finding"] for transient in entry.get("transient_findings", ())]
    findings = [finding for finding in entry["findings"] if finding not in passing]
    wanted = (_place(one["issueCode"], [location["path"] for location in one["locations"]]) for one in findings)
    name = entry["name"] if set_ == "current" else f"{entry['name']} {entry['version']} {entry['policy_blob'][:8]}"
    day = entry.get("last_recorded", DAY)[:10]
    return Recording(set_, name, "identity", entry["document"], tuple(wanted), day)


def _elsewhere(path: Path) -> Iterator[Recording]:
    """One recording per document: its findings stand in a line each."""
    wanted: dict[tuple[str, str], list[Place]] = {}
    with open(path, encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            if entry["grade"] in _GRADES and entry["document"] is not None:
                kind = entry.get("resource_type") or _KINDS[entry["policy_type"]]
                places = wanted.setdefault((entry["document"], kind), [])
                if entry["code"] is not None:
                    places.append(_place(entry["code"], entry["path"]))
    for number, ((text, kind), found) in enumerate(wanted.items(), 1):
        yield Recording("elsewhere", f"{number}", kind, text, tuple(found), DAY)


def _place(code: str, paths: list[list[dict[str, Any]]] | None) -> Place:
    if paths is None:
        return Place(code, None)
    return Place(code, tuple(sorted(pointer(tuple(step for part in path for step in part.values())) for path in paths)))


def mirrors() -> dict[str, Rule]:
    """The rules that stand for a check of AWS's, preview rules too, by id."""
    return {id_: rule for id_, rule in load_rules().items() if rule.aws}


def answers(rules: Mapping[str, Rule], recording: Recording) -> list[Place]:
    """What the rules answer to the policy."""
    settings = settings_for()
    run = Run(settings, rules, recording.day)
    run.add(load_text("policy.json", recording.text, settings, kind=recording.kind, named_alone=True))
    report = run.report()
    if report.errors:
        raise RuntimeError(f"{recording.name}: {report.errors[0].message}")
    return [Place(str(finding.aws), tuple(sorted(finding.pointers))) for finding in report.findings]


def compare(rules: Mapping[str, Rule], recording: Recording) -> Outcome:
    """The recording against the answers of the rules, finding by finding."""
    left = Counter(answers(rules, recording))
    agreed, missed = [], []
    for place in sorted(recording.wanted, key=lambda place: place.pointers is None):
        fitting = place if place.pointers is not None else next((one for one in left if one.code == place.code), place)
        if left[fitting]:
            left[fitting] -= 1
            left += Counter()  # without what is used up
            agreed.append(place)
        else:
            missed.append(place)
    extra = [place for place in left.elements() if recording.day >= YOUNG.get(place.code, "")]
    return Outcome(recording, tuple(agreed), tuple(missed), tuple(sorted(extra)))


def outcomes(rules: Mapping[str, Rule], folder: Path) -> list[Outcome]:
    """Every recording, compared."""
    return [compare(rules, recording) for recording in recordings(folder)]


class Tally(NamedTuple):
    """Numbers of findings."""

    recorded: int = 0
    found: int = 0
    agreed: int = 0

    @property
    def recall(self) -> float | None:
        """The share of what was recorded that was found; None where nothing was."""
        return self.agreed / self.recorded if self.recorded else None

    @property
    def precision(self) -> float | None:
        """The share of what was found that was recorded; None where nothing was found."""
        return self.agreed / self.found if self.found else None


def tallies(compared: Iterable[Outcome], set_: str) -> dict[str, Tally]:
    """Code → numbers, over one set."""
    recorded: Counter[str] = Counter()
    found: Counter[str] = Counter()
    agreed: Counter[str] = Counter()
    for outcome in compared:
        if outcome.recording.set == set_:
            recorded.update(place.code for place in (*outcome.agreed, *outcome.missed))
            found.update(place.code for place in (*outcome.agreed, *outcome.extra))
            agreed.update(place.code for place in outcome.agreed)
    return {code: Tally(recorded[code], found[code], agreed[code]) for code in sorted({*recorded, *found})}


def total(numbers: Iterable[Tally]) -> Tally:
    """The sum."""
    return Tally(*map(sum, zip(Tally(), *numbers, strict=True)))


def argued(outcome: Outcome, place: Place) -> Argued | None:
    """The reason that is on record for a difference; None where there is none."""
    name = f"{outcome.recording.set} {outcome.recording.name}"
    for entry in ARGUED:
        if entry.code == place.code and (not entry.recordings or name.startswith(entry.recordings)):
            return entry
    return None


def differences(compared: Iterable[Outcome]) -> Iterator[tuple[Outcome, Place]]:
    """What counts of the differences.

    Findings beyond a recording of the history do not: AWS's lists of its day are not known well enough, and answers
    to policies that AWS gave up were kept without being asked again.
    """
    for outcome in compared:
        beyond = outcome.extra if outcome.recording.set != "history" else ()
        for place in (*outcome.missed, *beyond):
            yield outcome, place


def page(rules: Mapping[str, Rule], compared: list[Outcome]) -> str:
    """The text of `docs/agreement.md`."""
    numbers = {set_: tallies(compared, set_) for set_ in SETS}
    previews = {rule.aws for rule in rules.values() if rule.preview}
    policies = Counter(outcome.recording.set for outcome in compared)
    out = [_INTRODUCTION, "| | policies | recorded | found | agreed | recall | precision |", "| --- |" + " ---: |" * 6]
    for set_ in SETS:
        sum_ = total(tally for code, tally in numbers[set_].items() if code not in previews)
        precision = "" if set_ == "history" else percent(sum_.precision)
        found = "" if set_ == "history" else sum_.found
        cells = (policies[set_], sum_.recorded, found, sum_.agreed, percent(sum_.recall), precision)
        out.append(f"| {set_} | {' | '.join(map(str, cells))} |")
    out += ["", _CODES, "| code | rule | current | history | elsewhere |", "| --- | --- | ---: | ---: | ---: |"]
    noted = {entry.code for entry in ARGUED}
    for rule in sorted(rules.values(), key=lambda rule: str(rule.aws)):
        code = str(rule.aws)
        shares = (_cell(numbers[set_].get(code, Tally()), set_) for set_ in SETS)
        marks = " (preview)" if rule.preview else ""
        star = "[*](#known-differences)" if code in noted else ""
        out.append(f"| `{code}`{star} | `{rule.id}`{marks} | {' | '.join(shares)} |")
    out += ["", "## Known differences", ""]
    out += (f"- `{entry.code}`: {entry.reason}" for entry in sorted(ARGUED))
    return "\n".join(out) + "\n"


def _cell(tally: Tally, set_: str) -> str:
    beyond = tally.found - tally.agreed if set_ != "history" else 0
    if not tally.recorded and not beyond:
        return ""
    return f"{tally.agreed} of {tally.recorded}" + (f", {beyond} more" if beyond else "")


def percent(share: float | None) -> str:
    """`98.8 %`; empty where there is none."""
    return "" if share is None else f"{100 * share:.1f} %"


_INTRODUCTION = f"""# Agreement with AWS's validation

Made by `python -m tools.agreement`; the tests say when it is out of date.

IAM Access Analyzer validates policies; each check has a code, and here each code has a rule. Real answers to real
policies decide whether a rule does what AWS does. A recorded finding is found again only if code and all marked
places are the same; a finding that the recorded answer does not hold counts against the rule.

- **current**: AWS's managed policies, validated on {DAY}: those with findings, and those that AWS calls clean.
- **history**: earlier texts of them with the answers of their day, back to 2021, without findings that AWS later took
  back from the same text. AWS's lists of that day are known from releases months apart and answers to policies that
  AWS gave up were not renewed, so only what was recorded counts.
- **elsewhere**: policies of other kinds, with the printed answer or a test of AWS's own.

Rules in preview are not in the sums.
"""

_CODES = """## Code by code

How many of the recorded findings are found again. A code without numbers was never met in a recording: its rule
follows AWS's documentation and is held to its own examples. A rule in preview is off unless `--preview` is given:
AWS names the check without saying what sets it off, or has withdrawn it.
"""


def main() -> int:
    """1 with `--check` where the page is out of date, 2 without recordings, else 0."""
    folder = corpus()
    if folder is None:
        print("the recordings are not at hand", file=sys.stderr)
        return 2
    rules = mirrors()
    text = page(rules, outcomes(rules, folder))
    if "--check" in sys.argv[1:]:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
