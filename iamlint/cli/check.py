"""`check`: policy files in, findings out."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from iamlint.cli.chosen import Chosen, Failure
from iamlint.cli.output import colors, output, progress
from iamlint.cli.parameters import Command, PathType
from iamlint.config import POLICY_KINDS, SEVERITIES, ConfigError, Settings, load_config
from iamlint.report import FORMATS

if TYPE_CHECKING:
    from datetime import datetime

    from iamlint.engine.kept import Kept
    from iamlint.finding import Report, Severity
    from iamlint.load import Event
    from iamlint.report import RuleInfo
    from iamlint.rule import Rule

_WITH_REWRITES = frozenset(("json", "json-lines", "sarif"))
"""Formats that show what rules propose. In a terminal people wait: there `--diff` shows it."""
_DATED_FORMATS = frozenset(FORMATS) - {"text", "concise", "github"}
"""Formats that tell the dates of all facts; the others tell one, and need not read the rest."""


@click.command(cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--output-format", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output-file", type=PathType("file"), help="Write there instead of stdout.")
@click.option("--report", "reports", multiple=True, metavar="FORMAT=PATH", help="Write a further report; repeatable.")
@click.option("--select", "selected", multiple=True, metavar="RULES", help="Run these rules only (ids, or all).")
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not run these rules.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="Run these rules as well.")
@click.option("--min-severity", type=click.Choice(SEVERITIES), help="Show nothing below.")
@click.option("--fail-on", type=click.Choice(SEVERITIES), help="Exit with 1 from this severity on. [default: warning]")
@click.option(
    "--policy-kind",
    type=click.Choice(POLICY_KINDS),
    help="Take every policy for one of this kind, or for one that is attached to a resource of this type.",
)
@click.option("--preview", is_flag=True, help="Run preview rules too.")
@click.option("--fix", is_flag=True, help="Apply the rewrites after which the policy means the same.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--unsafe-fixes", is_flag=True, help="Also apply rewrites that take rights away, but for new denials.")
@click.option("--accept-wider", multiple=True, metavar="RULES", help="Also apply whatever these rules propose.")
@click.option(
    "--usage", type=PathType("file"), help="What was used, as `iamlint usage` writes it: evidence for rewrites."
)
@click.option(
    "--holder", "holders", multiple=True, metavar="ARN", help="Whose policies these are; only their use counts."
)
@click.option("--rewrites/--no-rewrites", default=None, help="Show what rules propose. [default: on for json, sarif]")
@click.option("--force", is_flag=True, help="Also write files that are read-only, linked or outside the folder.")
@click.option("--show-suppressed", is_flag=True, help="List what exceptions and the baseline cover.")
@click.option("--no-exceptions", is_flag=True, help="Report what the configuration's exceptions cover, too.")
@click.option("--add-exceptions", is_flag=True, help="Write exceptions for what is shown into the configuration.")
@click.option("--reason", metavar="TEXT", help="The reason of the exceptions that --add-exceptions writes.")
@click.option("--baseline", type=PathType("file"), help="Report only what this file does not know yet.")
@click.option("--update-baseline", is_flag=True, help="Remove from the baseline what is gone; write it if it is new.")
@click.option("--add-to-baseline", is_flag=True, help="Also add to the baseline what is new.")
@click.option("--statistics", is_flag=True, help="Show counts per rule instead of findings.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever was found.")
@click.option("--require-complete", is_flag=True, help="Exit with 1 where something could not be checked.")
@click.option("--config", "config_path", type=PathType("path"), help="The configuration file to use.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option("--register", type=PathType("file"), help="The register of access keys that `lockdown` writes.")
@click.option("--force-exclude", is_flag=True, help="For hooks: leave out excluded files though they are named.")
@click.option("--stdin-filename", metavar="PATH", help="The path that findings in standard input (`-`) are given.")
@click.option("--as-of", metavar="DATE", help="Count ages of keys and passwords at this day or time (UTC).")
@click.option("--as-of-data", metavar="DATE", help="Answer by AWS's lists as they stood on this day (YYYY-MM-DD).")
@click.option("--jobs", default="auto", metavar="N", help="Processes that share big inputs. [default: auto]")
@click.option("--executor", metavar="URL", help="dask://HOST:PORT: hand files to this cluster, which is trusted.")
@click.option("--no-cache", is_flag=True, help="Neither use nor keep results of files that have not changed.")
@click.option("--cache-dir", type=PathType("directory"), help="Keep results there, even where CI is set.")
@click.option("--redact/--no-redact", default=None, help="Shorten access-key ids. [default: on for sarif and github]")
@click.option("--sarif-category", metavar="NAME", help="Category of a SARIF upload.")
@click.option("--sarif-max-results", type=click.IntRange(min=1), default=5000, show_default=True)
@click.option("--sarif-suppressed", is_flag=True, help="Put suppressed findings into SARIF.")
@click.option("--sarif-fingerprint", type=click.Choice(["github", "content"]), default="github", show_default=True)
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[str, ...],
    output_format: str,
    output_file: str | None,
    reports: tuple[str, ...],
    selected: tuple[str, ...],
    ignore: tuple[str, ...],
    extend_select: tuple[str, ...],
    min_severity: str | None,
    fail_on: str | None,
    policy_kind: str | None,
    preview: bool,
    fix: bool,
    diff: bool,
    unsafe_fixes: bool,
    accept_wider: tuple[str, ...],
    usage: str | None,
    holders: tuple[str, ...],
    rewrites: bool | None,
    force: bool,
    show_suppressed: bool,
    no_exceptions: bool,
    add_exceptions: bool,
    reason: str | None,
    baseline: str | None,
    update_baseline: bool,
    add_to_baseline: bool,
    statistics: bool,
    exit_zero: bool,
    require_complete: bool,
    config_path: str | None,
    isolated: bool,
    register: str | None,
    force_exclude: bool,
    stdin_filename: str | None,
    as_of: str | None,
    as_of_data: str | None,
    jobs: str,
    executor: str | None,
    no_cache: bool,
    cache_dir: str | None,
    redact: bool | None,
    sarif_category: str | None,
    sarif_max_results: int,
    sarif_suppressed: bool,
    sarif_fingerprint: str,
) -> None:
    """Check policy files, folders and exports.

    PATHS are files or folders, `-` is standard input; the default is the working directory. Exit status: 0 nothing at
    or above --fail-on, 1 something, 2 wrong usage or configuration, or a file or rule that failed.
    """
    further = [_report_target(text) for text in reports]
    _check_day(as_of_data)
    _check_together(
        (update_baseline, "--update-baseline", baseline is not None, "--baseline"),
        (add_to_baseline, "--add-to-baseline", baseline is not None, "--baseline"),
        (reason is not None, "--reason", add_exceptions, "--add-exceptions"),
        (add_exceptions, "--add-exceptions", not (isolated or no_exceptions), "a configuration and its exceptions"),
        (unsafe_fixes, "--unsafe-fixes", fix or diff, "--fix or --diff"),
        (bool(accept_wider), "--accept-wider", fix or diff, "--fix or --diff"),
        (force, "--force", fix, "--fix"),
        (bool(holders), "--holder", usage is not None, "--usage"),
        (
            executor is not None,
            "--executor",
            not (fix or diff or force_exclude or usage or "-" in paths),
            "files, and none of --fix, --diff, --usage and --force-exclude",
        ),
    )
    if fix and "-" in paths:
        raise click.UsageError("--fix cannot write to standard input; --diff shows what it would do")
    from iamlint.engine.run import Run
    from iamlint.finding import Severity
    from iamlint.load.files import Loader
    from iamlint.report import Options, left_out, write

    settings = _settings(config_path, isolated, register)
    chosen = Chosen(settings, selected, ignore, extend_select, preview)
    formats = {output_format, *(format_ for format_, _ in further)}
    accepted = chosen.named(accept_wider, "--accept-wider")
    fixes = fix or diff
    wanted = fixes or (bool(formats & _WITH_REWRITES) if rewrites is None else rewrites)
    many = 1 if fixes else _processes(jobs)  # what is to be applied stays in the process that made it
    at = _time(as_of)
    used = None
    if usage is not None:
        from iamlint.cli.used import evidence

        used = evidence(usage, holders, settings)
    kept = None
    if not (fixes or no_cache or used or executor):
        as_told = (policy_kind, chosen.selected, chosen.ignored, chosen.extended, chosen.preview)
        kept = _kept(settings, (*as_told, as_of_data, wanted, add_exceptions), paths or (".",), cache_dir)
    keep, recall = (None, None) if kept is None else (kept.keep, kept.recall)
    run = Run(
        settings,
        lambda: chosen.rules,
        as_of_data,
        at,
        pins=add_exceptions,
        rewrites=wanted,
        jobs=many,
        keep=keep,
        evidence=used,
    )
    loader = Loader(settings, kind=policy_kind, force_exclude=force_exclude, stdin_name=stdin_filename, recall=recall)
    if kept is None:
        _ = run.rules  # whatever is wrong with them is told before anything is read
    texts: dict[str, str] = {}
    found: Report | None = None
    try:
        if executor is not None:
            from iamlint.cli.on_cluster import on_cluster
            from iamlint.engine.spread import Job

            selection = (chosen.selected, chosen.ignored, chosen.extended, chosen.preview)
            job = Job(settings, selection, policy_kind, as_of_data, at, add_exceptions, wanted)
            found = on_cluster(executor, job, paths or (".",), run.read)
        else:
            with progress(lambda: run.read):
                for event in loader.load(paths or (".",)):
                    run.add(event)
                    if fixes:
                        texts.update(_text_of(event))
    except ConfigError as error:  # a selector of the configuration, met when it was first used
        raise Failure(str(error)) from error
    if found is None:
        with progress(lambda: run.read, is_checking=True):
            found = run.report(notes=loader.notes)
    report = run.dated(found, bool(formats & _DATED_FORMATS))
    if kept is not None:
        kept.close()
        if not kept.hits:  # what is kept was found by a run of the same rules
            _ = run.rules
    least = Severity(min_severity or settings.min_severity or "suggestion")
    knows = add_exceptions or baseline is not None or (bool(settings.exceptions) and not no_exceptions)
    today = None if at is None else f"{at:%Y-%m-%d}"

    def without(found: "Report", of: Run, of_paths: Sequence[str], writes: bool) -> "Report":
        """`found` without what is known already."""
        from iamlint.cli.known import Choices, without_known

        update, add, new = (writes and given for given in (update_baseline, add_to_baseline, add_exceptions))
        choices = Choices(not no_exceptions, baseline, update, add, new, reason, least, today)
        try:
            return without_known(found, of, chosen.known, of_paths, choices)
        except ConfigError as error:
            raise Failure(str(error)) from error

    def again(path: str, text: str) -> "Report":
        """What is reported of one file with another text."""
        from iamlint.load import load_text

        one = Run(settings, run.rules, as_of_data, at, rewrites=True, evidence=used)
        one.add(load_text(path, text, settings, kind=policy_kind, named_alone=True))
        return without(one.report(), one, (path,), writes=False) if knows else one.report()

    if knows:
        report = without(report, run, paths or (".",), writes=True)
    changes = False
    if fixes:
        from iamlint.cli.fixing import Fixing, settled

        fixing = Fixing(diff, unsafe_fixes, accepted, force, used)
        report, changes = settled(report, texts, fixing, again, sys.stdout)
    shown = _shown(report, least)

    def options(format_: str, color: bool) -> Options:
        return Options(
            color=color,
            statistics=statistics,
            show_suppressed=show_suppressed,
            redact=format_ in ("sarif", "github") if redact is None else redact,
            width=_width(),
            root=_repository() if format_ in ("sarif", "github", "gitlab") else None,
            rules=lambda: _infos(chosen.known),
            help=run.advice,
            sarif_category=sarif_category,
            sarif_max_results=sarif_max_results,
            sarif_suppressed=sarif_suppressed,
            sarif_fingerprint=sarif_fingerprint,
        )

    # With --diff, standard output is the diff.
    for format_, path in [("concise" if diff and output_file is None else output_format, output_file), *further]:
        with output(path, to_stderr=diff) as out:
            how = options(format_, path is None and colors(out))
            write(format_, shown, out, how)
        missing = left_out(format_, shown, how)
        if missing:
            click.echo(f"{format_}: {missing} findings left out, the gravest are in (--sarif-max-results)", err=True)
    status = _status(report, Severity(fail_on or settings.fail_on or "warning"), exit_zero, require_complete)
    ctx.exit(max(status, int(diff and changes and not exit_zero)))


def _settings(config_path: str | None, isolated: bool, register: str | None) -> Settings:
    try:
        settings = load_config(os.getcwd(), config_path, isolated)
        if register is None:
            return settings
        from iamlint.config.register import read_register

        return settings._replace(register=read_register(register))
    except ConfigError as error:
        raise Failure(str(error)) from error


def _kept(settings: Settings, options: Sequence[object], paths: Sequence[str], folder: str | None) -> "Kept | None":
    """The results of earlier runs with the same `options`, as far as these change findings."""
    from iamlint.engine.kept import Misplaced, Unusable, opened

    try:
        return opened(settings, options, paths, folder)
    except Misplaced as error:
        raise click.BadParameter(str(error), param_hint="--cache-dir") from error
    except Unusable as error:
        click.echo(f"--cache-dir: {error}", err=True)
        return None


def _text_of(event: "Event") -> Iterator[tuple[str, str]]:
    """Path and text of a file with policies."""
    from iamlint.load import LoadedFile

    if isinstance(event, LoadedFile) and event.documents and event.text is not None:
        yield event.path, event.text


def _processes(jobs: str) -> int:
    if jobs != "auto" and not (jobs.isascii() and jobs.isdecimal() and 0 < int(jobs[:4]) < 1000):
        raise click.BadParameter("a number of processes from 1 on, or auto", param_hint="--jobs")
    from iamlint.engine.workers import processes

    return processes(None if jobs == "auto" else int(jobs[:4]))


def _check_day(day: str | None) -> None:
    if day is None:
        return
    from datetime import date

    try:
        date.fromisoformat(day)
    except ValueError:
        raise click.UsageError(f"--as-of-data wants a day such as 2026-03-07, not {day!r}") from None


def _time(text: str | None) -> "datetime | None":
    if text is None:
        return None
    from iamlint.load.times import when

    found = when(text)
    if found is None:
        raise click.UsageError(f"--as-of wants a day such as 2026-03-07 or a time, not {text!r}")
    return found


def _check_together(*options: tuple[bool, str, bool, str]) -> None:
    """Each option with whether it was given, and what it needs with whether that is there."""
    for given, option, is_there, needed in options:
        if given and not is_there:
            raise click.UsageError(f"{option} needs {needed}")


def _report_target(text: str) -> tuple[str, str]:
    format_, separator, path = text.partition("=")
    if not separator or not path or format_ not in FORMATS:
        raise click.UsageError(f"--report wants FORMAT=PATH with a format out of {', '.join(FORMATS)}, not {text!r}")
    return format_, path


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


def _status(report: "Report", fail_on: "Severity", exit_zero: bool, require_complete: bool) -> int:
    if exit_zero:
        return 0
    if report.errors:
        return 2
    failing = any(finding.severity.rank <= fail_on.rank for finding in report.findings)
    return int(failing or (require_complete and bool(report.not_checked)))
