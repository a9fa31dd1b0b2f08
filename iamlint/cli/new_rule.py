"""`new-rule`: the scaffold of a rule, which fails its own laws until it is filled in."""

import re
from pathlib import Path

import click

_TEMPLATE = '''from collections.abc import Iterator

from iamlint.rule import Bad, Context, Good, Hit, Severity, Statement, StatementRule, quote


class {name}(StatementRule):
    """Say in one sentence what the policy has that it should not have.

    ## Why it matters
    What goes wrong, for whom.

    ## What to do instead
    The change to make, concretely.

    ## References
    - the page of AWS's documentation that states the fact, with its https address
    """

    severity = Severity.WARNING
    effect = "Allow"
    elements = frozenset(("Action",))
    tags = ()

    # Mark in « » exactly what is reported; put near misses among the good ones.
    good = [
        Good('{{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'),
    ]
    bad = [
        Bad('{{"Effect":"Allow","Action":«"s3:PutObject"»,"Resource":"*"}}'),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for action in statement.actions:
            if False:
                yield self.finding(action, f"{{quote(action)}} …; what to write instead")
'''


@click.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path("rules"),
    show_default=True,
    help="The folder to write to.",
)
def new_rule(name: str, directory: Path) -> None:
    """Write rules/NAME.py, to be filled in; NAME is the rule's id and reads right after "allow"."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise click.UsageError("a rule id is kebab-case, such as wildcard-action")
    path = directory / f"{name.replace('-', '_')}.py"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_TEMPLATE.format(name="".join(word.title() for word in name.split("-"))))
    except FileExistsError:
        raise click.ClickException(f"{path} exists already") from None
    click.echo(f"wrote {path}; `iamlint rules --check` says what it lacks")
