"""`evaluate`: is a request allowed, and why."""

from typing import IO

import click


@click.command()
@click.option(
    "--jsonl",
    "cases",
    type=click.File("rb"),
    required=True,
    metavar="CASES",
    help="Answer many requests: one JSON object a line, `-` for standard input.",
)
def evaluate(cases: IO[bytes]) -> None:
    """Answer requests as AWS does, with the reason.

    Each line of CASES has `id`, `request` (`principal`, `action`, `resource`, `resource_account`, `context`), and the
    policies that apply: `identity_policies` and `boundary` (lists of documents), `scps` and `rcps` (lists of levels
    from the root of the organisation down, each a list of documents), `resource_policy` and `session` (a document).
    A field that is left out is not known, which the answer says. Each line of output has `id`, `decision` (Allowed,
    ImplicitlyDenied, ExplicitlyDenied or CannotTell), `reason`, `blockers` and `assumed`.

    Exit status: 0; 2 where a line could not be read, which is named on standard error while the others are answered.
    """
    from iamlint.cli.cases import answer_cases

    answer_cases(cases)
