"""`usage`: CloudTrail logs to one table of who used what, from where."""

import click


@click.command()
@click.argument("trail", nargs=-1, type=click.Path())
@click.option("--out", metavar="FILE", help="Write the table: .parquet, .csv or .jsonl.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes and threads. [default: all cores]")
@click.option(
    "--print-sql",
    metavar="ENGINE",
    type=click.Choice(["duckdb", "athena", "spark"]),
    help="Print the aggregation for the engine where the trail lies; its result is read as a TRAIL.",
)
@click.option("--table", default="cloudtrail_logs", show_default=True, help="The table's name in that SQL.")
@click.pass_context
def usage(
    ctx: click.Context, trail: tuple[str, ...], out: str | None, jobs: int | None, print_sql: str | None, table: str
) -> None:
    """Gather who used which action on what, from where, out of CloudTrail logs.

    TRAIL is a file or folder: logs as a trail delivers them (`.json.gz` or unpacked), event-history exports, answers
    of `lookup-events`, JSON Lines, results of Athena and CloudTrail Lake as CSV or Parquet, and the result of the SQL
    that --print-sql prints. Files are recognised by their content. An event that is delivered twice counts once.

    Exit status: 0 when all could be read, 1 when some files are damaged (they are named, the rest is in the table),
    2 for an error.
    """
    from iamlint.syntax import printable
    from iamlint.usage.problem import UsageError

    if print_sql:
        if trail or out:
            raise click.UsageError("--print-sql stands alone, but for --table")
        from iamlint.usage.sql import printed

        try:
            click.echo(printed(print_sql, table), nl=False)
        except (ValueError, ImportError) as problem:
            raise click.UsageError(printable(str(problem))) from None
        return
    if not trail:
        raise click.UsageError("name a TRAIL, or --print-sql")
    from iamlint.cli.gathering import gather

    try:
        ctx.exit(gather(trail, out, jobs))
    except UsageError as problem:
        click.echo(f"Error: {printable(str(problem), 1000)}", err=True)
        ctx.exit(2)
