from collections.abc import Iterator
from functools import partial

from iamlint.rule import (
    GRANTING_KINDS,
    Bad,
    Context,
    Good,
    Hit,
    Severity,
    Statement,
    StatementRule,
    action_covers,
    level_of,
    quote,
    to_services,
)


class WildcardAction(StatementRule):
    """An Allow statement grants every action of every service.

    ## Why it matters
    Whoever holds the policy can create users, read all data and switch off logging. AWS adds actions every day; they
    are granted too.

    ## What to do instead
    List the actions in use. Start from the services that the workload calls, and let a permissions boundary cap what
    the list may ever grow to.

    ## When it can be wrong
    Break-glass administrators need it. The level is `limited` where a condition, or a Deny of the same policy on all of
    it, stands in between.

    ## References
    - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """

    severity = Severity.SECURITY_WARNING
    levels = {"full": Severity.SECURITY_WARNING, "limited": Severity.WARNING}
    security_severity = 9.0
    kinds = GRANTING_KINDS
    effect = "Allow"
    elements = frozenset(("Action",))
    supersedes = frozenset(("wildcard-resource", "wildcard-service-action", "broad-managed-policy"))
    only_wildcards = True
    tags = ("security", "least-privilege", "external/cwe/cwe-250")

    good = [
        Good('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}'),
        Good(
            '{"Effect":"Allow","Action":"s3:*","Resource":"*"}',
            why="every action of one service is another rule",
        ),
        Good('{"Effect":"Deny","Action":"*","Resource":"*"}', why="a Deny narrows"),
        Good('{"Effect":"Allow","Action":"*","Resource":"*"}', kind="scp", why="the normal ceiling of an SCP"),
    ]
    bad = [
        Bad('{"Effect":"Allow","Action":«"*"»,"Resource":"*"}'),
        Bad('{"Effect":"Allow","Action":["s3:GetObject",«"*"»],"Resource":"*"}', why="one entry is enough"),
        Bad('{"Effect":"Allow","Action":«"**"»,"Resource":"*"}', why="another spelling of the same"),
        Bad('{"Effect":"Allow","Action":«"*:*"»,"Resource":"*"}'),
        Bad(
            '{"Effect":"Allow","Action":«"*"»,"Resource":"arn:aws:sqs:eu-west-1:111122223333:jobs"}',
            why="of one queue",
            rewritten='{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:eu-west-1:111122223333:jobs"}',
            verdict="narrower",
        ),
        Bad(
            '{"Effect":"Allow","Action":«"*"»,"Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}',
            level="limited",
        ),
    ]

    def check(self, statement: Statement, ctx: Context) -> Iterator[Hit]:
        for action in statement.actions:
            if action_covers(action.text, "*") and (level := level_of(statement, "*")):
                message = f"{quote(action)} grants every action of every service; list the actions in use"
                rewrite = partial(to_services, statement, action, ctx)
                yield self.finding(action, message, level=level, rewrite=rewrite)
