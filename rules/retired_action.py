from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    Path,
    Policy,
    PolicyRule,
    Severity,
    doubtful,
    entry_out,
    entry_written,
    listing,
    quote,
)


class RetiredAction(PolicyRule):
    """An action, or its whole service, is gone from AWS's lists.

    ## Why it matters
    AWS's validator goes on accepting the name, but it grants or denies nothing any more: most such services are
    closed, most such actions were renamed. An entry that does nothing hides what the policy is for.

    ## What to do instead
    Take the entry out, or use the name that replaced it.

    ## When it can be wrong
    AWS's lists leave out some actions that still work. Keep the entry if requests with it are in your logs.

    ## References
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """

    severity = Severity.SUGGESTION
    only_named = True
    faults = frozenset(("action",))
    tags = ("maintenance",)

    good = [
        Good('{"Effect":"Allow","Action":["s3:GetObject","s3:*","*"],"Resource":"*"}'),
        Good('{"Effect":"Allow","Action":["s3:NoSuchAction","nosuchsvc:*"],"Resource":"*"}', why="never known"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":["s3:Get*",«"deepracer:CreateCar"»],"Resource":"*"}',
            rewritten='{"Effect":"Allow","Action":["s3:Get*"],"Resource":"*"}',
            verdict="narrower",
        ),
        Bad('{"Effect":"Deny","NotAction":«"DeepRacer:*"»,"Resource":"*"}', why="patterns of a closed service too"),
        Bad('{"Effect":"Allow","Action":«"sqs:SendMessageBatch"»,"Resource":"*"}', why="now part of `sqs:SendMessage`"),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        catalogue = ctx.catalogue
        for action in doubtful(policy, catalogue):
            replacing: tuple[str, ...] = ()
            if catalogue.service_status(action.prefix) == "retired":
                gone, seen = f"the service {quote(action.prefix)}", catalogue.seen(action.prefix)
            elif not action.is_pattern and catalogue.action_status(action.prefix, action.name) == "retired":
                gone, seen = quote(action.item), catalogue.seen(action.prefix, action.name)
                replacing = catalogue.api_hint(action.prefix, action.name)
            else:
                continue
            since = f" and was last there on {seen[1]}" if seen else ""
            advice = f"use {listing(replacing)}" if replacing else "take the entry out or use what replaced it"
            yield self.finding(
                action.item,
                f"{gone} is gone from AWS's lists{since}; {advice}",
                rewrite=partial(_rewrite, policy, action.item.path, replacing),
            )


def _rewrite(policy: Policy, path: Path, replacing: tuple[str, ...]) -> Draft | None:
    if replacing:
        return entry_written(policy, path, replacing[0]) if len(replacing) == 1 else None
    return entry_out(policy, path)
