"""`compare`: does a new policy grant anything that the old one did not."""

from typing import IO

import click

from iamlint.analyse.decide.assumptions import ASSUMPTIONS
from iamlint.config import POLICY_KINDS

_FORMATS = ("text", "json", "sarif", "markdown")


@click.command()
@click.argument("paths", nargs=-1, metavar="OLD NEW", type=click.Path())
@click.option("--git", "base", metavar="BASE", help="OLD is this commit; NEW are the files named (default: all).")
@click.option("--output-format", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--known-actions", is_flag=True, help="Look only at actions that AWS lists today.")
@click.option("--across-colons", is_flag=True, help="Let wildcards in the first five fields of an ARN go on at `:`.")
@click.option("--assume", multiple=True, type=click.Choice(list(ASSUMPTIONS)), help="Also take this for granted.")
@click.option("--assume-nothing", is_flag=True, help="Take nothing for granted but what --assume names.")
@click.option("--policy-kind", type=click.Choice(list(POLICY_KINDS)), help="Take every policy for one of this kind.")
@click.option("--config", "config_path", type=click.Path(), help="The configuration file to use.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option("--jsonl", "cases", type=click.File("rb"), metavar="CASES", help="Compare many pairs, see below.")
@click.pass_context
def compare(
    ctx: click.Context,
    paths: tuple[str, ...],
    base: str | None,
    output_format: str,
    known_actions: bool,
    across_colons: bool,
    assume: tuple[str, ...],
    assume_nothing: bool,
    policy_kind: str | None,
    config_path: str | None,
    isolated: bool,
    cases: IO[bytes] | None,
) -> None:
    """Does NEW grant anything that OLD did not, over all requests there can be?

    OLD and NEW are files with a policy each; folders, whose policies are matched by their paths; or folders with
    exports of an account, where each principal is compared by all policies that apply to it. With --git BASE the
    working tree is compared with a commit. What is gained, and of folders what is lost, is shown by a request.

    With --jsonl, each line of CASES (`-`: standard input) has `id`, `old` and `new` (a policy document, or a list of
    documents that are attached together) and maybe `policy_type` (IDENTITY_POLICY, RESOURCE_POLICY or a kind). Each
    line of output has `id`, `verdict` (no-new-access, new-access or cannot-tell), `witness`, `reason` and `assumes`.

    Exit status: 0 nothing new; 1 new access; 2 where it cannot be told, or something could not be read. With --jsonl
    0, or 2 where a line could not be read, which is named on standard error while the others are answered.
    """
    from iamlint.analyse.decide.assumptions import USUAL
    from iamlint.engine.changes import Options

    options = Options(known_actions, across_colons, frozenset(assume) | (frozenset() if assume_nothing else USUAL))
    if cases is not None:
        if paths or base is not None:
            raise click.UsageError("--jsonl stands alone")
        from iamlint.cli.pairs import compare_cases

        compare_cases(cases, options)
        return
    if base is None and len(paths) != 2:
        raise click.UsageError("name OLD and NEW, or --git BASE, or --jsonl CASES")
    from iamlint.cli.comparing import Wanted, compared

    wanted = Wanted(paths, base, policy_kind, config_path, isolated, options, output_format)
    ctx.exit(compared(wanted))
