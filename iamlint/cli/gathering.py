"""What `usage` says while it reads and when it is done."""

from collections.abc import Callable, Sequence

import click

from iamlint.cli.progress import is_wanted
from iamlint.syntax import printable
from iamlint.usage.problem import UsageError

_MOST_NAMED = 20


def gather(trail: Sequence[str], out: str | None, jobs: int | None) -> int:
    """Reads and writes; the exit status."""
    try:
        import duckdb as _  # noqa: F401
        import msgspec as _m  # noqa: F401
    except ImportError:
        raise UsageError("needs DuckDB and msgspec: pip install 'iamlint[usage]'") from None
    from iamlint.usage.run import collect

    try:
        summary = collect(trail, out, jobs=jobs, progress=_progress())
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # so DuckDB passes Ctrl-C on
            raise KeyboardInterrupt from None
        raise
    window = f"{summary.first} to {summary.last}" if summary.first else "no times"
    click.echo(f"{summary.events} events of {summary.files} files, {window}")
    click.echo(f"{summary.principals} principals, {summary.keys} long-lived keys, {summary.denied} calls were denied")
    if out:
        click.echo(f"{summary.rows} rows in {printable(out, 500)}")
    if summary.unmapped:
        total = sum(count for _, count in summary.unmapped)
        click.echo(f"{total} events stand for no action that AWS lists:")
        for event, count in summary.unmapped[:_MOST_NAMED]:
            click.echo(f"  {count:>8}  {printable(event)}")
        if len(summary.unmapped) > _MOST_NAMED:
            click.echo(f"  and {len(summary.unmapped) - _MOST_NAMED} others")
    for one in summary.damaged:
        read = f" ({one.records} records before it were read)" if one.records else ""
        click.echo(f"{printable(one.path, 500)}: {printable(one.problem or '')}{read}", err=True)
    if summary.foreign:
        names = ", ".join(printable(one.path, 200) for one in summary.foreign[:_MOST_NAMED])
        click.echo(f"{len(summary.foreign)} files are no trails: {names}", err=True)
    return 1 if summary.damaged else 0


def _progress() -> Callable[[int, int], None] | None:
    if not is_wanted():
        return None

    def show(done: int, files: int) -> None:
        end = "\n" if done == files else ""
        click.echo(f"\r{done} of {files} files", err=True, nl=False)
        click.echo(end, err=True, nl=False)

    return show
