"""`check`: policy files in, findings out."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

from iamlint.config import ConfigError, Settings, load_config
from iamlint.engine.registry import RuleShapeError, load_rules
from iamlint.engine.run import Run
from iamlint.engine.select import SelectionError, select
from iamlint.finding import Report, Severity
from iamlint.load import LoadedFile, Loader, load_text
from iamlint.model import POLICY_KINDS, RESOURCE_TYPES
from iamlint.report import FORMATS, Options, RuleInfo, left_out, write
from iamlint.rule import Rule

if TYPE_CHECKING:
    from datetime import datetime

_SEVERITIES = [severity.value for severity in Severity]
_WITH_REWRITES = frozenset(("json", "json-lines", "sarif"))
"""Formats that show what rules propose. In a terminal people wait: there `--diff` shows it."""
_DATED_FORMATS = frozenset(FORMATS) - {"text", "concise", "github"}
"""Formats that tell the dates of all facts; the others tell one, and need not read the rest."""


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--output-format", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output-file", type=click.Path(dir_okay=False), help="Write there instead of stdout.")
@click.option("--report", "reports", multiple=True, metavar="FORMAT=PATH", help="Write a further report; repeatable.")
@click.option("--select", "selected", multiple=True, metavar="RULES", help="Run these rules only (ids, or all).")
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not run these rules.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="Run these rules as well.")
@click.option("--min-severity", type=click.Choice(_SEVERITIES), help="Show nothing below.")
@click.option("--fail-on", type=click.Choice(_SEVERITIES), help="Exit with 1 from this severity on. [default: warning]")
@click.option(
    "--policy-kind",
    type=click.Choice([*POLICY_KINDS, *RESOURCE_TYPES]),
    help="Take every policy for one of this kind, or for one that is attached to a resource of this type.",
)
@click.option("--preview", is_flag=True, help="Run preview rules too.")
@click.option("--fix", is_flag=True, help="Apply the rewrites after which the policy means the same.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--unsafe-fixes", is_flag=True, help="Also apply rewrites that take rights away, but for new denials.")
@click.option("--accept-wider", multiple=True, metavar="RULES", help="Also apply whatever these rules propose.")
@click.option("--rewrites/--no-rewrites", default=None, help="Show what rules propose. [default: on for json, sarif]")
@click.option("--force", is_flag=True, help="Also write files that are read-only, linked or outside the folder.")
@click.option("--show-suppressed", is_flag=True, help="List what exceptions and the baseline cover.")
@click.option("--no-exceptions", is_flag=True, help="Report what the configuration's exceptions cover, too.")
@click.option("--add-exceptions", is_flag=True, help="Write exceptions for what is shown into the configuration.")
@click.option("--reason", metavar="TEXT", help="The reason of the exceptions that --add-exceptions writes.")
@click.option("--baseline", type=click.Path(dir_okay=False), help="Report only what this file does not know yet.")
@click.option("--update-baseline", is_flag=True, help="Remove from the baseline what is gone; write it if it is new.")
@click.option("--add-to-baseline", is_flag=True, help="Also add to the baseline what is new.")
@click.option("--statistics", is_flag=True, help="Show counts per rule instead of findings.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever was found.")
@click.option("--require-complete", is_flag=True, help="Exit with 1 where something could not be checked.")
@click.option("--config", "config_path", type=click.Path(), help="The configuration file to use.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option("--force-exclude", is_flag=True, help="For hooks: leave out excluded files though they are named.")
@click.option("--stdin-filename", metavar="PATH", help="The path that findings in standard input (`-`) are given.")
@click.option("--as-of", metavar="DATE", help="Count ages of keys and passwords at this day or time (UTC).")
@click.option("--as-of-data", metavar="DATE", help="Answer by AWS's lists as they stood on this day (YYYY-MM-DD).")
@click.option("--jobs", default="auto", metavar="N", help="Processes that share big inputs. [default: auto]")
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
    force_exclude: bool,
    stdin_filename: str | None,
    as_of: str | None,
    as_of_data: str | None,
    jobs: str,
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
    )
    if fix and "-" in paths:
        raise click.UsageError("--fix cannot write to standard input; --diff shows what it would do")
    settings, rules, known = _prepare(config_path, isolated, selected, ignore, extend_select, preview)
    formats = {output_format, *(format_ for format_, _ in further)}
    accepted = tuple(_known_rules(accept_wider, known))
    fixes = fix or diff
    wanted = bool(formats & _WITH_REWRITES) if rewrites is None else rewrites
    many = 1 if fixes else _processes(jobs)  # what is to be applied stays in the process that made it
    run = Run(settings, rules, as_of_data, _time(as_of), pins=add_exceptions, rewrites=fixes or wanted, jobs=many)
    loader = Loader(settings, kind=policy_kind, force_exclude=force_exclude, stdin_name=stdin_filename)
    texts: dict[str, str] = {}
    try:
        for event in loader.load(paths or (".",)):
            run.add(event)
            if fixes and isinstance(event, LoadedFile) and event.documents and event.text is not None:
                texts[event.path] = event.text
    except ConfigError as error:  # a selector of the configuration, met when it was first used
        raise _Failure(str(error)) from error
    report = _dated(run.report(notes=loader.notes), run, bool(formats & _DATED_FORMATS), _time(as_of))
    least = Severity(min_severity or settings.min_severity or "suggestion")
    knows = add_exceptions or baseline is not None or (bool(settings.exceptions) and not no_exceptions)
    at = _time(as_of)
    today = None if at is None else f"{at:%Y-%m-%d}"

    def without(found: Report, of: Run, of_paths: Sequence[str], writes: bool) -> Report:
        """`found` without what is known already."""
        from iamlint.cli.known import Choices, without_known

        update, add, new = (writes and given for given in (update_baseline, add_to_baseline, add_exceptions))
        choices = Choices(not no_exceptions, baseline, update, add, new, reason, least, today)
        try:
            return without_known(found, of, known, of_paths, choices)
        except ConfigError as error:
            raise _Failure(str(error)) from error

    def again(path: str, text: str) -> Report:
        """What is reported of one file with another text."""
        one = Run(settings, rules, as_of_data, at, rewrites=True)
        one.add(load_text(path, text, settings, kind=policy_kind, named_alone=True))
        return without(one.report(), one, (path,), writes=False) if knows else one.report()

    if knows:
        report = without(report, run, paths or (".",), writes=True)
    changes = False
    if fixes:
        from iamlint.cli.fixing import Fixing, settled

        fixing = Fixing(diff, unsafe_fixes, accepted, force)
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
            rules=lambda: _infos(known),
            help=lambda id_: _advice(known, id_),
            sarif_category=sarif_category,
            sarif_max_results=sarif_max_results,
            sarif_suppressed=sarif_suppressed,
            sarif_fingerprint=sarif_fingerprint,
        )

    # With --diff, standard output is the diff.
    for format_, path in [("concise" if diff and output_file is None else output_format, output_file), *further]:
        with _output(path, to_stderr=diff) as out:
            chosen = options(format_, path is None and _colors(out))
            write(format_, shown, out, chosen)
        missing = left_out(format_, shown, chosen)
        if missing:
            click.echo(f"{format_}: {missing} findings left out, the gravest are in (--sarif-max-results)", err=True)
    status = _status(report, Severity(fail_on or settings.fail_on or "warning"), exit_zero, require_complete)
    ctx.exit(max(status, int(diff and changes and not exit_zero)))


def _prepare(
    config_path: str | None,
    isolated: bool,
    selected: tuple[str, ...],
    ignore: tuple[str, ...],
    extend_select: tuple[str, ...],
    preview: bool,
) -> tuple[Settings, Mapping[str, Rule], Mapping[str, Rule]]:
    """The settings, the rules to run, and all rules."""
    try:
        settings = load_config(os.getcwd(), config_path, isolated)
        known = load_rules(settings)
        rules = select(
            known,
            settings,
            selected=_split(selected),
            ignored=_split(ignore),
            extended=_split(extend_select),
            preview=preview or settings.preview,
        )
    except (ConfigError, RuleShapeError, SelectionError) as error:
        raise _Failure(str(error)) from error
    return settings, rules, known


class _Failure(click.ClickException):
    exit_code = 2


def _processes(jobs: str) -> int:
    if jobs != "auto" and not (jobs.isascii() and jobs.isdecimal() and 0 < int(jobs[:4]) < 1000):
        raise click.BadParameter("a number of processes from 1 on, or auto", param_hint="--jobs")
    from iamlint.engine.workers import processes

    return processes(None if jobs == "auto" else int(jobs[:4]))


def _split(values: Iterable[str]) -> list[str]:
    """`a,b` and repeated options are the same."""
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def _known_rules(values: Iterable[str], known: Mapping[str, Rule]) -> list[str]:
    """The rules of --accept-wider; a name that is no rule is told with the nearest."""
    names = _split(values)
    for name in names:
        if name not in known:
            from iamlint.syntax import nearest

            near = nearest(name, known)
            raise _Failure(f"--accept-wider: there is no rule {name!r}{f'; did you mean {near}?' if near else ''}")
    return names


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


def _dated(report: Report, run: Run, is_full: bool, as_of: "datetime | None") -> Report:
    """The report with the dates of all facts, or the one that rules have read already; and a note if it is old."""
    if not (is_full or run.context.has_asked):
        return report
    from iamlint.engine.facts import age_notes, dates

    data = dates(run.context) if is_full else {"as-of": run.context.catalogue.day}
    return report._replace(data=data, notes=(*report.notes, *age_notes(run.settings, run.context, as_of)))


def _infos(rules: Mapping[str, Rule]) -> dict[str, RuleInfo]:
    from iamlint.describe import rule_info

    return {id_: rule_info(rule) for id_, rule in rules.items()}


def _advice(rules: Mapping[str, Rule], id_: str) -> str | None:
    """The first sentence of what the rule's page says to do."""
    from iamlint.engine.registry import docs

    advice = docs(rules[id_]).sections.get("What to do instead", "") if id_ in rules else ""
    return " ".join(advice.split()).partition(". ")[0].rstrip(".") or None


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError, AttributeError):  # no terminal, or no real stream
        return 100


def _repository() -> str | None:
    from iamlint.load.repository import root_of

    return root_of(os.getcwd())


def _shown(report: Report, least: Severity) -> Report:
    if least is Severity.SUGGESTION:
        return report
    return report._replace(findings=tuple(f for f in report.findings if f.severity.rank <= least.rank))


def _status(report: Report, fail_on: Severity, exit_zero: bool, require_complete: bool) -> int:
    if exit_zero:
        return 0
    if report.errors:
        return 2
    failing = any(finding.severity.rank <= fail_on.rank for finding in report.findings)
    return int(failing or (require_complete and bool(report.not_checked)))


def _colors(out: TextIO) -> bool:
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


@contextmanager
def _output(path: str | None, to_stderr: bool = False) -> Iterator[TextIO]:
    """Standard output (or error) or a file, in UTF-8; what it cannot show is escaped."""
    if path is None:
        out = sys.stderr if to_stderr else sys.stdout
        reconfigure = getattr(out, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
        yield out
        return
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
            yield out
    except OSError as error:
        raise _Failure(f"cannot write {path}: {error.strerror}") from error
