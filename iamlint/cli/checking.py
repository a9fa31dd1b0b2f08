"""A run of `check`: what is read, what is left out as known, what is written, and the exit status."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from iamlint.cli.asked import Asked
from iamlint.cli.chosen import Chosen, Failure
from iamlint.cli.output import colors, output, progress
from iamlint.config import SEVERITIES, ConfigError, Settings, load_config
from iamlint.engine.run import Run
from iamlint.finding import Severity
from iamlint.load.files import Loader
from iamlint.report import FORMATS, Options, left_out, write

if TYPE_CHECKING:
    from datetime import datetime

    from iamlint.engine.evidence import Evidence
    from iamlint.engine.kept import Kept
    from iamlint.finding import Report
    from iamlint.load import Event
    from iamlint.report import RuleInfo
    from iamlint.rule import Rule

_WITH_REWRITES = frozenset(("json", "json-lines", "sarif"))
"""Formats that show what rules propose. In a terminal people wait: there `--diff` shows it."""
_DATED_FORMATS = frozenset(FORMATS) - {"text", "concise", "github"}
"""Formats that tell the dates of all facts; the others tell one, and need not read the rest."""


class Checking:
    """One run of `check`.

    `further` are formats and paths of more reports, `at` is the time that ages are counted at.
    """

    def __init__(self, asked: Asked, further: Sequence[tuple[str, str]], at: "datetime | None", processes: int) -> None:
        self._asked = asked
        self._paths = asked.paths or (".",)
        self._at = at
        self._further = further
        self._formats = {asked.output_format, *(format_ for format_, _ in further)}
        self._settings = _settings(asked)
        self._chosen = Chosen(self._settings, asked.selected, asked.ignore, asked.extend_select, asked.preview)
        self._accepted = self._chosen.named(asked.accept_wider, "--accept-wider")
        self._fixes = asked.fix or asked.diff
        shows = bool(self._formats & _WITH_REWRITES) if asked.rewrites is None else asked.rewrites
        self._rewrites = self._fixes or shows
        self._evidence = self._read_evidence()
        self._kept = self._opened()
        self._run = Run(
            self._settings,
            lambda: self._chosen.rules,
            asked.as_of_data,
            at,
            pins=asked.add_exceptions,
            rewrites=self._rewrites,
            jobs=1 if self._fixes else processes,  # what is to be applied stays in the process that made it
            keep=None if self._kept is None else self._kept.keep,
            evidence=self._evidence,
        )
        if self._kept is None:
            _ = self._run.rules  # whatever is wrong with them is told before anything is read
        self._texts: dict[str, str] = {}
        """Of files that are to be fixed."""
        self._changes = False

    def told(self) -> "Report":
        """Reads and judges what was named, fixes what is to be fixed, and writes the reports."""
        report = self._run.dated(self._found(), bool(self._formats & _DATED_FORMATS))
        if self._kept is not None:
            self._kept.close()
            if not self._kept.hits:  # what is kept was found by a run of the same rules
                _ = self._run.rules
        if self._knows:
            report = self._without(report, self._run, self._paths, writes=True)
        if self._fixes:
            from iamlint.cli.fixing import Fixing, settled

            asked = self._asked
            fixing = Fixing(asked.diff, asked.unsafe_fixes, self._accepted, asked.force, self._evidence)
            report, self._changes = settled(report, self._texts, fixing, self._again, sys.stdout)
        self._write(report)
        return report

    def status(self, report: "Report") -> int:
        """The exit status for what is reported."""
        asked = self._asked
        if asked.exit_zero:
            return 0
        if report.errors:
            return 2
        fail_on = Severity(asked.fail_on or self._settings.fail_on or "warning")
        failing = any(finding.severity.rank <= fail_on.rank for finding in report.findings)
        incomplete = asked.require_complete and bool(report.not_checked)
        return int(failing or incomplete or (asked.diff and self._changes))

    def _read_evidence(self) -> "Evidence | None":
        if self._asked.usage is None:
            return None
        from iamlint.cli.used import evidence

        return evidence(self._asked.usage, self._asked.holders, self._settings)

    def _opened(self) -> "Kept | None":
        """The results of earlier runs that were asked for the same, as far as that changes findings."""
        asked, chosen = self._asked, self._chosen
        if self._fixes or asked.no_cache or self._evidence or asked.executor:
            return None
        from iamlint.engine.kept import Misplaced, Unusable, opened

        options = (
            *(asked.policy_kind, chosen.selected, chosen.ignored, chosen.extended, chosen.preview),
            *(asked.as_of_data, self._rewrites, asked.add_exceptions),
        )
        try:
            return opened(self._settings, options, self._paths, asked.cache_dir)
        except Misplaced as error:
            raise click.BadParameter(str(error), param_hint="--cache-dir") from error
        except Unusable as error:
            click.echo(f"--cache-dir: {error}", err=True)
            return None

    def _found(self) -> "Report":
        """What is found in the files, here or on a cluster."""
        try:
            if self._asked.executor is not None:
                return self._found_on_cluster(self._asked.executor)
            loader = self._loader()
            with progress(lambda: self._run.read):
                for event in loader.load(self._paths):
                    self._run.add(event)
                    if self._fixes:
                        self._texts.update(_text_of(event))
        except ConfigError as error:  # a selector of the configuration, met when it was first used
            raise Failure(str(error)) from error
        with progress(lambda: self._run.read, is_checking=True):
            return self._run.report(notes=loader.notes)

    def _loader(self) -> Loader:
        asked = self._asked
        return Loader(
            self._settings,
            kind=asked.policy_kind,
            force_exclude=asked.force_exclude,
            stdin_name=asked.stdin_filename,
            recall=None if self._kept is None else self._kept.recall,
        )

    def _found_on_cluster(self, url: str) -> "Report":
        from iamlint.cli.on_cluster import on_cluster
        from iamlint.engine.spread import Job

        asked, chosen = self._asked, self._chosen
        selection = (chosen.selected, chosen.ignored, chosen.extended, chosen.preview)
        job = Job(
            self._settings,
            selection,
            asked.policy_kind,
            asked.as_of_data,
            self._at,
            asked.add_exceptions,
            self._rewrites,
        )
        return on_cluster(url, job, self._paths, self._run.read)

    @property
    def _least(self) -> Severity:
        return Severity(self._asked.min_severity or self._settings.min_severity or "suggestion")

    @property
    def _knows(self) -> bool:
        """True iff some findings may be known already."""
        asked = self._asked
        excepts = bool(self._settings.exceptions) and not asked.no_exceptions
        return asked.add_exceptions or asked.baseline is not None or excepts

    def _without(self, found: "Report", of: Run, paths: Sequence[str], writes: bool) -> "Report":
        """`found` without what is known already."""
        from iamlint.cli.known import Choices, without_known

        asked = self._asked
        given = (asked.update_baseline, asked.add_to_baseline, asked.add_exceptions)
        update, add, new = (writes and each for each in given)
        today = None if self._at is None else f"{self._at:%Y-%m-%d}"
        excepts = not asked.no_exceptions
        choices = Choices(excepts, asked.baseline, update, add, new, asked.reason, self._least, today)
        try:
            return without_known(found, of, self._chosen.known, paths, choices)
        except ConfigError as error:
            raise Failure(str(error)) from error

    def _again(self, path: str, text: str) -> "Report":
        """What is reported of one file with another text."""
        from iamlint.load import load_text

        asked = self._asked
        one = Run(self._settings, self._run.rules, asked.as_of_data, self._at, rewrites=True, evidence=self._evidence)
        one.add(load_text(path, text, self._settings, kind=asked.policy_kind, named_alone=True))
        return self._without(one.report(), one, (path,), writes=False) if self._knows else one.report()

    def _write(self, report: "Report") -> None:
        asked, shown = self._asked, _shown(report, self._least)
        # With --diff, standard output is the diff.
        first = "concise" if asked.diff and asked.output_file is None else asked.output_format
        for format_, path in [(first, asked.output_file), *self._further]:
            with output(path, to_stderr=asked.diff) as out:
                how = self._options(format_, path is None and colors(out))
                write(format_, shown, out, how)
            missing = left_out(format_, shown, how)
            if missing:
                click.echo(
                    f"{format_}: {missing} findings left out, the gravest are in (--sarif-max-results)", err=True
                )

    def _options(self, format_: str, color: bool) -> Options:
        asked = self._asked
        return Options(
            color=color,
            statistics=asked.statistics,
            show_suppressed=asked.show_suppressed,
            redact=format_ in ("sarif", "github") if asked.redact is None else asked.redact,
            width=_width(),
            root=_repository() if format_ in ("sarif", "github", "gitlab") else None,
            rules=lambda: _infos(self._chosen.known),
            help=self._run.advice,
            sarif_category=asked.sarif_category,
            sarif_max_results=asked.sarif_max_results,
            sarif_suppressed=asked.sarif_suppressed,
            sarif_fingerprint=asked.sarif_fingerprint,
        )


def _settings(asked: Asked) -> Settings:
    try:
        settings = load_config(os.getcwd(), asked.config_path, asked.isolated)
        if asked.register is None:
            return settings
        from iamlint.config.register import read_register

        return settings._replace(register=read_register(asked.register))
    except ConfigError as error:
        raise Failure(str(error)) from error


def _text_of(event: "Event") -> Iterator[tuple[str, str]]:
    """Path and text of a file with policies."""
    from iamlint.load import LoadedFile

    if isinstance(event, LoadedFile) and event.documents and event.text is not None:
        yield event.path, event.text


def _infos(rules: "Mapping[str, Rule]") -> "dict[str, RuleInfo]":
    from iamlint.describe import rule_info

    return {id_: rule_info(rule) for id_, rule in rules.items()}


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError, AttributeError):  # no terminal, or no real stream
        return 100


def _repository() -> str | None:
    from iamlint.load.repository import root_of

    return root_of(os.getcwd())


def _shown(report: "Report", least: "Severity") -> "Report":
    if least.value == SEVERITIES[-1]:
        return report
    return report._replace(findings=tuple(f for f in report.findings if f.severity.rank <= least.rank))
