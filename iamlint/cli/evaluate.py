"""`evaluate`: is a request allowed, and why."""

from typing import IO

import click


@click.command()
@click.argument("snapshot", nargs=-1, type=click.Path())
@click.option(
    "--principal", metavar="ARN", help="Who asks: an ARN, the name of a user or role, a service, `anonymous`."
)
@click.option("--action", metavar="NAME", help="What for; a pattern such as `s3:*` lists what is allowed.")
@click.option("--resource", metavar="ARN", help="About which resource. [default: `*`, for actions that take none]")
@click.option("--resource-account", metavar="ID", help="Whose resource it is, where its ARN does not tell.")
@click.option("--context", multiple=True, metavar="KEY=VALUE", help="A condition key of the request (repeatable).")
@click.option(
    "--scp", "scps", multiple=True, metavar="FILE", help="The SCPs of a level, from the root down (repeatable)."
)
@click.option("--rcp", "rcps", multiple=True, metavar="FILE", help="The same for resource control policies.")
@click.option("--resource-policy", metavar="FILE", help="The policy on the resource.")
@click.option("--session-policy", metavar="FILE", help="The session policy.")
@click.option("--management-account", metavar="ID", help="The account that SCPs and RCPs do not bind.")
@click.option("--event", metavar="FILE", help="Explain the denied calls in a file of CloudTrail records, see below.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--jsonl", "cases", type=click.File("rb"), metavar="CASES", help="Answer many requests, see below.")
@click.pass_context
def evaluate(
    ctx: click.Context,
    snapshot: tuple[str, ...],
    principal: str | None,
    action: str | None,
    resource: str | None,
    resource_account: str | None,
    context: tuple[str, ...],
    scps: tuple[str, ...],
    rcps: tuple[str, ...],
    resource_policy: str | None,
    session_policy: str | None,
    management_account: str | None,
    event: str | None,
    output_format: str,
    cases: IO[bytes] | None,
) -> None:
    """Answer requests as AWS does, with the reason.

    SNAPSHOT is a folder or file with the exports of an account: identity policies, groups, permissions boundaries and
    trust policies are taken from there. What it does not tell (policies on resources, of sessions and organisations)
    may be given; else the answer says what it takes for granted.

    With --jsonl, each line of CASES (`-`: standard input) has `id`, `request` (`principal`, `action`, `resource`,
    `resource_account`, `context`), and the policies that apply: `identity_policies` and `boundary` (lists of
    documents), `scps` and `rcps` (lists of levels from the root of the organisation down, each a list of documents),
    `resource_policy` and `session` (a document). A field that is left out is not known. Each line of output has `id`,
    `decision` (Allowed, ImplicitlyDenied, ExplicitlyDenied or CannotTell), `reason`, `blockers` and `assumed`.

    With --event, FILE (`-`: standard input) holds CloudTrail records: `Records`, answers of `aws cloudtrail
    lookup-events`, or one record a line. For each call that AWS denied (AccessDenied) the answer names the policies
    that stood in the way, by kind, and the smallest statements that would let it through, with what AWS would answer
    then. In JSON, each has `request`, `time`, `count`, `message`, `told` (the kind of policy that AWS's message names),
    `decision`, `blockers`, `additions` (`step`, `policy`, `statement`), `denials` and `result`.

    Exit status: 0 for any answer; 2 for what could not be read or asked. A line that could not be read is named on
    standard error while the others are answered.
    """
    asked = any(value for name, value in ctx.params.items() if name not in ("cases", "output_format"))
    if cases is not None:
        if asked:
            raise click.UsageError("--jsonl stands alone")
        from iamlint.cli.cases import answer_cases

        answer_cases(cases)
        return
    if event is not None and (principal or action or resource or resource_account or context):
        raise click.UsageError("--event tells who asked for what by itself")
    if not (snapshot and ((principal and action) or event is not None)):
        raise click.UsageError("name a SNAPSHOT, --principal and --action, or SNAPSHOT and --event, or --jsonl CASES")
    from iamlint.cli.asking import Question, answer
    from iamlint.syntax import printable

    question = Question(
        snapshot,
        principal or "",
        action or "",
        resource,
        resource_account,
        context,
        scps,
        rcps,
        resource_policy,
        session_policy,
        management_account,
    )
    try:
        if event is not None:
            from iamlint.cli.events import explain

            explain(question, event, output_format)
        else:
            answer(question, output_format)
    except ValueError as problem:
        click.echo(f"Error: {printable(str(problem), 1000)}", err=True)
        ctx.exit(2)
