"""`format`: policies in their normal form, or as short as they can be said, proven to mean the same."""

import click

from iamlint.config import POLICY_KINDS


@click.command(name="format")
@click.argument("paths", nargs=-1, required=True, metavar="POLICY...")
@click.option("--compact", is_flag=True, help="Write the shortest text that is found; Sids and Id go.")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with 1 where something would change.")
@click.option("--diff", is_flag=True, help="Show what would change, and change nothing; exit as with --check.")
@click.option("--policy-kind", type=click.Choice(list(POLICY_KINDS)), help="Take every policy for one of this kind.")
@click.option("--force", is_flag=True, help="Also write files that are read-only, linked or outside the folder.")
@click.option("--config", "config_path", type=click.Path(), help="The configuration file to use.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option("--force-exclude", is_flag=True, help="For hooks: leave out excluded files though they are named.")
@click.pass_context
def format_(
    ctx: click.Context,
    paths: tuple[str, ...],
    compact: bool,
    only_check: bool,
    diff: bool,
    policy_kind: str | None,
    force: bool,
    config_path: str | None,
    isolated: bool,
    force_exclude: bool,
) -> None:
    """Write policies in their normal form.

    Elements, entries and statements are sorted; what others cover is gone; statements without a Sid that are alike but
    for one list become one. POLICY is a file, a folder, or `-`, which is standard input, printed to standard output.
    Files are written in place, each whole or not at all, and only where it is proven that the policy means the same
    over all requests. Exports of accounts and what is no policy are left alone.

    Exit status: 0, 1 with --check or --diff where something would change, 2 where a file could not be read, proven or
    written.
    """
    from iamlint.cli.formatting import Wanted, formatted

    if only_check and diff:
        raise click.UsageError("--diff does all that --check does")
    if force and (only_check or diff):
        raise click.UsageError("--force has no effect where nothing is written")
    if "-" in paths and len(paths) > 1:
        raise click.UsageError("`-` stands alone")
    how = "check" if only_check else "diff" if diff else "write"
    ctx.exit(formatted(Wanted(paths, compact, how, policy_kind, force, config_path, isolated, force_exclude)))
