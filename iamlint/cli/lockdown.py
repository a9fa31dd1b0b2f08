"""`lockdown`: the how-to over an exported account."""

import click


@click.command()
@click.argument("snapshot", nargs=-1, required=True, type=click.Path())
@click.option("--out", metavar="DIR", type=click.Path(), help="Write the report, policies, commands and register here.")
@click.option("--verify", is_flag=True, help="Only say which lines of the how-to hold; the exit status tells it.")
@click.option("--register", metavar="FILE", type=click.Path(), help="The register of keys. [default: that of --out]")
@click.option("--search", metavar="DIR", multiple=True, type=click.Path(), help="Look for key ids here (repeatable).")
@click.option("--usage", metavar="FILE", type=click.Path(), help="What was used, as `iamlint usage` writes it.")
@click.option("--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Count ages at this day.")
@click.option("--config", "config_path", type=click.Path(), help="The configuration file to use.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.pass_context
def lockdown(ctx: click.Context, /, **options: object) -> None:
    """Lock down the long-lived credentials of an exported account.

    SNAPSHOT is a folder, or files, with the exports of one account or several. --out writes a report (text and
    Markdown), the plan for each user in order of risk, the policies that are proposed, the AWS CLI commands that would
    apply them, each with its undo, and a register of the keys that remain. Nothing is sent to AWS and nothing is run.
    What people wrote into the register stays.

    --verify answers the how-to's lines: holds, does not hold, or not checked for want of an export.

    Exit status: with --verify 0 all hold, 1 one does not, 3 nothing failed but something was not checked; else 0. 2 for
    what could not be read or written.
    """
    from iamlint.cli.locking import Options, locked_down

    ctx.exit(locked_down(Options(**options)))  # type: ignore[arg-type]
