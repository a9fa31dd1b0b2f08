"""What parts of a run came to that were made elsewhere, put together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from iamlint.config import Settings
from iamlint.finding import Finding, Report, RunError, Skipped
from iamlint.record import NamedTuple

_Told = TypeVar("_Told", Finding, RunError, Skipped)


class Part(NamedTuple):
    """A report of some of the files. Its first `of_files` findings are of files, the others of accounts.

    `ids` are those of the accounts; `read` are the files that were looked at as a whole.
    """

    report: Report
    of_files: int
    ids: tuple[str, ...]
    read: tuple[str, ...]

    @staticmethod
    def of_errors(errors: Sequence[RunError]) -> "Part":
        """Nothing but these."""
        return Part(Report((), {}, errors=tuple(errors)), 0, (), ())


def together(
    parts: Sequence[Part], own: Report, files: Iterable[str], left: Iterable[str], settings: Settings
) -> Report:
    """The report that one run over all `files`, in this order, would make. `own` tells what is in no part.

    `left` is the order of those that are not checked.
    """
    place, left_place = _places(files), _places(left)
    by_account = sorted(parts, key=lambda part: part.ids)
    reports = [part.report for part in by_account]
    found = [finding for part in parts for finding in part.report.findings[: part.of_files]]
    of_accounts = [finding for part in parts for finding in part.report.findings[part.of_files :]]
    return Report(
        findings=(*_in_order(found, place), *_in_order(of_accounts, place)),
        data={},
        errors=tuple(_in_order([error for report in (own, *reports) for error in report.errors], place)),
        skipped=tuple(_in_order([each for report in (own, *reports) for each in report.skipped], left_place)),
        not_checked=tuple(each for report in reports for each in report.not_checked),
        notes=(*_notes(reports), *own.notes),
        config_path=settings.path,
        config_sha256=settings.sha256,
        files=sum(report.files for report in reports),
        policies=sum(report.policies for report in reports),
        accounts=sum(report.accounts for report in reports),
        as_of=max((report.as_of for report in reports if report.as_of is not None), default=None),
        texts={path: text for report in reports for path, text in report.texts.items()},
    )


def _notes(reports: Iterable[Report]) -> list[str]:
    """What several tell is told once, at the end."""
    told = Counter(note for report in reports for note in report.notes)
    return sorted(told, key=lambda note: told[note] > 1)


def _places(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def _in_order(told: list[_Told], place: Mapping[str, int]) -> list[_Told]:
    return sorted(told, key=lambda each: place.get(each.path, len(place)))
