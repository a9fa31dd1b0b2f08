"""Findings that the user knows of: exceptions of the configuration, and the baseline."""

from collections.abc import Mapping, Sequence

import click

from iamlint.engine.run import Run
from iamlint.finding import Report, Severity, Suppressed
from iamlint.record import NamedTuple
from iamlint.rule import Rule


class Choices(NamedTuple):
    """What the command line says of known findings."""

    use_exceptions: bool
    baseline: str | None
    update_baseline: bool
    add_to_baseline: bool
    add_exceptions: bool
    reason: str | None
    least: Severity
    """Below it nothing is shown, and no exception written."""
    today: str | None = None
    """A day (YYYY-MM-DD); None: the day of the clock."""


def without_known(
    report: Report, run: Run, known: Mapping[str, Rule], paths: Sequence[str], choices: Choices
) -> Report:
    """`report` with known findings set apart; writes the baseline and exceptions where that is asked for.

    `known` are all rules. Raises `ConfigError`.
    """
    if choices.use_exceptions and run.settings.exceptions:
        from iamlint.engine.exceptions import without_excepted

        report = without_excepted(report, run, known, paths, choices.today)
    if choices.baseline is not None:
        report = _without_baseline(report, run, paths, choices.baseline, choices)
    if choices.add_exceptions:
        report = _with_exceptions(report, run, known, choices)
    return report


def _without_baseline(report: Report, run: Run, paths: Sequence[str], path: str, choices: Choices) -> Report:
    from iamlint.engine.baseline import Baseline, BaselineError, apply, load_baseline, save_baseline

    found = load_baseline(path)
    writes = choices.update_baseline or choices.add_to_baseline
    if found is None and not writes:
        raise BaselineError(f"{path}: there is no such baseline; --update-baseline writes it")
    outcome = apply(found or Baseline({}), report, run.rules, root_folder=run.settings.root, paths=paths, read=run.read)
    before = 0 if found is None else found.total
    if not writes:
        gone = before - outcome.shrunk.total
        if gone:
            note = f"{gone} of the {before} findings in {path} are gone; --update-baseline removes them"
            return outcome.report._replace(notes=(*outcome.report.notes, note))
        return outcome.report
    after = outcome.grown if found is None or choices.add_to_baseline else outcome.shrunk
    if found is None or after.counts != found.counts:
        save_baseline(path, after)
    click.echo(f"{path}: {after.total} known findings, {before} before", err=True)
    if after is outcome.shrunk:
        return outcome.report
    # What was just added counts as known already.
    return apply(after, report, run.rules, root_folder=run.settings.root, paths=paths, read=run.read).report


def _with_exceptions(report: Report, run: Run, known: Mapping[str, Rule], choices: Choices) -> Report:
    from iamlint.engine.drafts import append, draft

    reason = choices.reason
    shown = [finding for finding in report.findings if finding.severity.rank <= choices.least.rank]
    drafts = draft(shown, run.settings, known, reason or "")
    if not drafts.tables:
        click.echo("no exceptions to add", err=True)
        return report
    path = append(drafts.text, run.settings)
    advice = "" if reason else "; write the reason of each, nothing is checked until then"
    exceptions = "1 exception" if drafts.tables == 1 else f"{drafts.tables} exceptions"
    click.echo(f"{path}: {exceptions} added for {len(drafts.findings)} findings{advice}", err=True)
    covered = {id(finding) for finding in drafts.findings}
    return report._replace(
        findings=tuple(f for f in report.findings if id(f) not in covered),
        suppressed=(*report.suppressed, *(Suppressed(f, reason or "a new exception") for f in drafts.findings)),
    )
