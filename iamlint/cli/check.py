"""`check`: policy files in, findings out."""

from typing import TYPE_CHECKING, Any

import click

from iamlint.cli.asked import Asked
from iamlint.cli.parameters import Command, PathType
from iamlint.config import POLICY_KINDS, SEVERITIES
from iamlint.report import FORMATS

if TYPE_CHECKING:
    from datetime import datetime


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
def check(ctx: click.Context, /, **given: Any) -> None:
    """Check policy files, folders and exports.

    PATHS are files or folders, `-` is standard input; the default is the working directory. Exit status: 0 nothing at
    or above --fail-on, 1 something, 2 wrong usage or configuration, or a file or rule that failed.
    """
    asked = Asked(**given)
    further = [_report_target(text) for text in asked.reports]
    _check_day(asked.as_of_data)
    _check_together(asked)
    from iamlint.cli.checking import Checking

    checking = Checking(asked, further, _time(asked.as_of), _processes(asked.jobs))
    ctx.exit(checking.status(checking.told()))


def _check_together(asked: Asked) -> None:
    """Raises `click.UsageError` for an option without what it needs."""
    fixes = asked.fix or asked.diff
    together = (
        (asked.update_baseline, "--update-baseline", asked.baseline is not None, "--baseline"),
        (asked.add_to_baseline, "--add-to-baseline", asked.baseline is not None, "--baseline"),
        (asked.reason is not None, "--reason", asked.add_exceptions, "--add-exceptions"),
        (
            asked.add_exceptions,
            "--add-exceptions",
            not (asked.isolated or asked.no_exceptions),
            "a configuration and its exceptions",
        ),
        (asked.unsafe_fixes, "--unsafe-fixes", fixes, "--fix or --diff"),
        (bool(asked.accept_wider), "--accept-wider", fixes, "--fix or --diff"),
        (asked.force, "--force", asked.fix, "--fix"),
        (bool(asked.holders), "--holder", asked.usage is not None, "--usage"),
        (
            asked.executor is not None,
            "--executor",
            not (fixes or asked.force_exclude or asked.usage or "-" in asked.paths),
            "files, and none of --fix, --diff, --usage and --force-exclude",
        ),
    )
    for given, option, is_there, needed in together:
        if given and not is_there:
            raise click.UsageError(f"{option} needs {needed}")
    if asked.fix and "-" in asked.paths:
        raise click.UsageError("--fix cannot write to standard input; --diff shows what it would do")


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


def _report_target(text: str) -> tuple[str, str]:
    format_, separator, path = text.partition("=")
    if not separator or not path or format_ not in FORMATS:
        raise click.UsageError(f"--report wants FORMAT=PATH with a format out of {', '.join(FORMATS)}, not {text!r}")
    return format_, path
